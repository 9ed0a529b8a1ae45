//! Documents of the contract whose work comes with a later step: accepted by the schema, answered `UNAVAILABLE`, never with something invented.

use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use kernel::Refusal;

use crate::{context::viewer, error::refusal_error, reports::JobStatus};

fn not_yet() -> Refusal {
    Refusal::unavailable("此功能尚未开放。", "This is not available yet.")
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct RosterImport {
    id: ID,
    status: JobStatus,
    progress: f64,
    dry_run: bool,
    created: i32,
    updated: i32,
    unchanged: i32,
    rejected_count: i32,
    failure: Option<String>,
}
#[async_graphql::ComplexObject]
impl RosterImport {
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn rejected(&self, first: i32) -> Vec<RejectedRow> {
        let _ = first;
        Vec::new()
    }
}
#[derive(SimpleObject)]
pub struct RejectedRow {
    line: i32,
    reason: String,
}
#[derive(SimpleObject)]
pub struct RosterImportPayload {
    import: RosterImport,
}
#[derive(InputObject)]
pub struct ImportRosterInput {
    asset_id: ID,
    dry_run: bool,
}

#[derive(Default)]
pub struct LaterQuery;

#[Object]
impl LaterQuery {
    async fn roster_import(&self, ctx: &Context<'_>, id: ID) -> Result<Option<RosterImport>> {
        let (viewer, _) = (viewer(ctx)?, id);
        Err(refusal_error(&not_yet(), viewer.language))
    }
}

#[derive(Default)]
pub struct LaterMutation;

#[Object]
impl LaterMutation {
    async fn import_roster(&self, ctx: &Context<'_>, input: ImportRosterInput) -> Result<RosterImportPayload> {
        let ImportRosterInput { asset_id: _, dry_run: _ } = input;
        Err(refusal_error(&not_yet(), viewer(ctx)?.language))
    }
}
