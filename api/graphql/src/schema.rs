//! The schema put together, with its limits. Introspection is open: the SDL is public anyway, and the contract's clients ask for it.

use async_graphql::MergedObject;

use crate::{
    appeals::{AppealsMutation, AppealsQuery},
    catalogue::{CatalogueMutation, CatalogueQuery, LabelMutation, QuestionMutation},
    context::Houses,
    evaluation::EvaluationQuery,
    flags::{FlagsMutation, FlagsQuery},
    gamification::{GamificationQuery, PlayMutation},
    identity::{IdentityMutation, IdentityQuery},
    later::{LaterMutation, LaterQuery},
    learning::LearningMutation,
    ledger::{LedgerMutation, LedgerQuery},
    media::{MediaMutation, MediaQuery, MediaSubscription},
    organisation::OrganisationQuery,
    packs::{PacksMutation, PacksQuery},
    platform::PlatformQuery,
    reports::{ReportsMutation, ReportsQuery},
    search::SearchQuery,
};

#[derive(MergedObject, Default)]
pub struct Query(
    IdentityQuery,
    OrganisationQuery,
    CatalogueQuery,
    LedgerQuery,
    PacksQuery,
    FlagsQuery,
    GamificationQuery,
    MediaQuery,
    SearchQuery,
    EvaluationQuery,
    ReportsQuery,
    AppealsQuery,
    PlatformQuery,
    LaterQuery,
);

#[derive(MergedObject, Default)]
pub struct Mutation(
    IdentityMutation,
    CatalogueMutation,
    QuestionMutation,
    LabelMutation,
    LearningMutation,
    MediaMutation,
    ReportsMutation,
    AppealsMutation,
    LedgerMutation,
    PacksMutation,
    PlayMutation,
    FlagsMutation,
    LaterMutation,
);

pub type Schema = async_graphql::Schema<Query, Mutation, MediaSubscription>;

/// Depth, complexity (each selection 1 and its children, aliases included; lists times their `first`) and directives are bounded.
fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, MediaSubscription> {
    let schema = async_graphql::Schema::build(Query::default(), Mutation::default(), MediaSubscription);
    schema.limit_depth(12).limit_complexity(5_000).limit_directives(8).limit_recursive_depth(24).disable_suggestions()
}

pub fn build(houses: Houses) -> Schema {
    builder().data(houses).finish()
}

/// The schema's text, as committed in `web/schema.graphql`.
pub fn sdl() -> String {
    builder().finish().sdl_with_options(async_graphql::SDLExportOptions::new().sorted_fields().sorted_enum_items())
}
