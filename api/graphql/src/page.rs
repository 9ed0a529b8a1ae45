//! Relay connections as the contract names them.

use async_graphql::{
    OutputType, SimpleObject,
    connection::{Connection, ConnectionNameType, Edge, EdgeNameType, EmptyFields},
};

use crate::scalar::int;

/// The two names of one connection.
macro_rules! names {
    ($($name:ident: $connection:literal $edge:literal),* $(,)?) => {$(
        pub struct $name;
        impl ConnectionNameType for $name {
            fn type_name<T: OutputType>() -> String {
                $connection.to_owned()
            }
        }
        impl EdgeNameType for $name {
            fn type_name<T: OutputType>() -> String {
                $edge.to_owned()
            }
        }
    )*};
}

names! {
    CourseNames: "CourseConnection" "CourseEdge",
    LedgerNames: "LedgerConnection" "LedgerEdge",
    SearchNames: "SearchConnection" "SearchEdge",
    CreditRowNames: "CreditRowConnection" "CreditRowEdge",
    LiteracyRowNames: "LiteracyRowConnection" "LiteracyRowEdge",
    AuditNames: "AuditConnection" "AuditEdge",
    AssetNames: "AssetConnection" "AssetEdge",
    LibraryNames: "LibraryConnection" "LibraryEdge",
    SubmissionNames: "SubmissionConnection" "SubmissionEdge",
    AppealNames: "AppealConnection" "AppealEdge",
    AdjustmentNames: "AdjustmentConnection" "AdjustmentEdge",
    WaitingGrantNames: "WaitingGrantConnection" "WaitingGrantEdge",
    DryRunNames: "DryRunConnection" "DryRunEdge",
    StudyFlagNames: "StudyFlagConnection" "StudyFlagEdge",
}

/// A list whose total is counted, exact to 10 000.
#[derive(SimpleObject)]
pub struct Total {
    total_count: i32,
}

pub type Counted<T, N> = Connection<String, T, Total, EmptyFields, N, N>;
pub type Paged<T, N> = Connection<String, T, EmptyFields, EmptyFields, N, N>;

pub fn counted<T: OutputType, N: ConnectionNameType + EdgeNameType>(page: kernel::Connection<T>) -> Counted<T, N> {
    let total_count = int(page.total.unwrap_or_default());
    let mut connection = Connection::with_additional_fields(page.has_previous, page.has_next, Total { total_count });
    connection.edges.extend(page.edges.into_iter().map(|(cursor, node)| Edge::new(cursor, node)));
    connection
}

pub fn paged<T: OutputType, N: ConnectionNameType + EdgeNameType>(page: kernel::Connection<T>) -> Paged<T, N> {
    let mut connection = Connection::new(page.has_previous, page.has_next);
    connection.edges.extend(page.edges.into_iter().map(|(cursor, node)| Edge::new(cursor, node)));
    connection
}

/// What a list of `first` costs: its children, so often. A nonsensical `first` costs one and is refused by the resolver.
pub fn cost(first: i32, child_complexity: usize) -> usize {
    usize::try_from(first.clamp(1, 100)).unwrap_or(1).saturating_mul(child_complexity)
}
