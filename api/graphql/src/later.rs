//! Documents of the contract whose work comes with a later step: accepted by the schema, answered `UNAVAILABLE`, never with something invented.

use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::Refusal;

use crate::{
    context::viewer,
    credits::{CreditMeasure, LedgerEntry},
    error::refusal_error,
    reports::JobStatus,
    scalar::Decimal,
};

pub fn not_yet() -> Refusal {
    Refusal::unavailable("此功能尚未开放。", "This is not available yet.")
}

#[derive(SimpleObject)]
pub struct Check {
    id: ID,
    prompt: String,
    options: Vec<CheckOption>,
    deadline_ms: i32,
}
#[derive(SimpleObject)]
pub struct CheckOption {
    key: String,
    text: String,
}
#[derive(SimpleObject)]
pub struct CheckAnswer {
    passed: bool,
    released_ms: i32,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum AdjustmentStatus {
    Proposed,
    Approved,
    Rejected,
}
#[derive(SimpleObject)]
pub struct Adjustment {
    id: ID,
    status: AdjustmentStatus,
    entry: Option<LedgerEntry>,
}
#[derive(SimpleObject)]
pub struct AdjustmentPayload {
    adjustment: Adjustment,
}
#[derive(InputObject)]
pub struct AdjustmentInput {
    student_id: ID,
    measure: CreditMeasure,
    amount: Decimal,
    reason: String,
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
    async fn propose_adjustment(&self, ctx: &Context<'_>, input: AdjustmentInput) -> Result<AdjustmentPayload> {
        let AdjustmentInput { student_id: _, measure: _, amount: _, reason: _ } = input;
        Err(refusal_error(&not_yet(), viewer(ctx)?.language))
    }
    async fn approve_adjustment(&self, ctx: &Context<'_>, id: ID) -> Result<AdjustmentPayload> {
        let (viewer, _) = (viewer(ctx)?, id);
        Err(refusal_error(&not_yet(), viewer.language))
    }
    async fn import_roster(&self, ctx: &Context<'_>, input: ImportRosterInput) -> Result<RosterImportPayload> {
        let ImportRosterInput { asset_id: _, dry_run: _ } = input;
        Err(refusal_error(&not_yet(), viewer(ctx)?.language))
    }
}
