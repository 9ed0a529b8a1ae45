//! The health of the ledger, and adjustments by two people.

use ::credits as house;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Page, Role, event::Measure, id::PersonId};

use crate::{
    context::{houses, loaders, viewer},
    credits::{CreditMeasure, LedgerEntry},
    error::told,
    organisation::{self, Person},
    page::{AdjustmentNames, Paged, paged},
    reports::Student,
    scalar::{self, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::AdjustmentStatus")]
pub enum AdjustmentStatus {
    Proposed,
    Approved,
    Rejected,
}

pub struct Adjustment(house::Adjustment);

#[Object]
impl Adjustment {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn status(&self) -> AdjustmentStatus {
        self.0.status.into()
    }
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.0.person).await
    }
    async fn measure(&self) -> CreditMeasure {
        self.0.measure.into()
    }
    async fn amount(&self) -> Decimal {
        Decimal(self.0.amount)
    }
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    async fn proposed_by(&self, ctx: &Context<'_>) -> Result<Person> {
        let found = organisation::person(ctx, self.0.proposed_by).await?;
        found.ok_or_else(|| told(ctx)(kernel::Refusal::not_found().into()))
    }
    async fn proposed_at(&self) -> DateTime {
        DateTime(self.0.proposed_at)
    }
    async fn decided_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(id) = self.0.decided_by else { return Ok(None) };
        organisation::person(ctx, id).await
    }
    async fn decided_at(&self) -> Option<DateTime> {
        self.0.decided_at.map(DateTime)
    }
    /// Why it was rejected.
    async fn decision(&self) -> Option<&str> {
        self.0.decision.as_deref()
    }
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<LedgerEntry>> {
        let Some(id) = self.0.entry else { return Ok(None) };
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(LedgerEntry))
    }
    /// False for who proposed it and for whom it concerns.
    async fn may_decide(&self, ctx: &Context<'_>) -> Result<bool> {
        let viewer = viewer(ctx)?;
        let apart = viewer.person != self.0.proposed_by && viewer.person != self.0.person;
        Ok(apart && self.0.decided_by.is_none() && viewer.covers(Role::Admin, &self.0.path))
    }
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
pub struct LedgerHealth {
    entries: i32,
    last_sealed_at: Option<DateTime>,
    /// Of the last verification; null before the first.
    verified: Option<bool>,
    first_fault: Option<String>,
    verified_at: Option<DateTime>,
    /// How many entries it read.
    verified_entries: Option<i32>,
    /// Sealed ones.
    blocks: i32,
    /// With which anybody can check the checkpoints; hexadecimal.
    public_key: String,
}

impl LedgerHealth {
    async fn of(ctx: &Context<'_>) -> Result<Self> {
        let health = houses(ctx).credits.health().await.map_err(told(ctx))?;
        Ok(Self {
            entries: int(health.entries),
            last_sealed_at: health.last_sealed_at.map(DateTime),
            verified: health.verified,
            first_fault: health.first_fault,
            verified_at: health.verified_at.map(DateTime),
            verified_entries: health.verified_entries.map(int),
            blocks: int(health.blocks),
            public_key: health.public_key,
        })
    }
}

fn must_watch(ctx: &Context<'_>) -> Result<()> {
    let viewer = viewer(ctx)?;
    if viewer.has(Role::Admin) || viewer.has(Role::Auditor) {
        return Ok(());
    }
    Err(told(ctx)(kernel::Refusal::forbidden().into()))
}

/// What was verified so lately is told as it was.
const FRESH_MS: i64 = 60_000;

#[derive(Default)]
pub struct LedgerQuery;

#[Object]
impl LedgerQuery {
    /// For admins and auditors.
    async fn ledger_health(&self, ctx: &Context<'_>) -> Result<LedgerHealth> {
        must_watch(ctx)?;
        LedgerHealth::of(ctx).await
    }
    /// Newest first: for admins and auditors, of the units in their charge.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn adjustments(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        status: Option<AdjustmentStatus>,
    ) -> Result<Paged<Adjustment, AdjustmentNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let status = status.map(house::AdjustmentStatus::from);
        let found = houses(ctx).credits.adjustments(viewer, status, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(Adjustment)))
    }
    async fn adjustment(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Adjustment>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(Adjustment(houses(ctx).credits.adjustment(viewer, id).await.map_err(told(ctx))?)))
    }
}

#[derive(Default)]
pub struct LedgerMutation;

#[Object]
impl LedgerMutation {
    /// By an admin in charge of the student's unit, never in their own case; another admin decides.
    async fn propose_adjustment(&self, ctx: &Context<'_>, input: AdjustmentInput) -> Result<AdjustmentPayload> {
        let viewer = viewer(ctx)?;
        let student: PersonId = scalar::id(&input.student_id).map_err(told(ctx))?;
        let (measure, amount) = (Measure::from(input.measure), input.amount.0);
        let credits = &houses(ctx).credits;
        let proposed = credits.propose_adjustment(viewer, student, measure, amount, &input.reason).await;
        Ok(AdjustmentPayload { adjustment: Adjustment(proposed.map_err(told(ctx))?) })
    }
    /// By an admin in charge who neither proposed it nor is concerned; then an entry stands.
    async fn approve_adjustment(&self, ctx: &Context<'_>, id: ID) -> Result<AdjustmentPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let approved = houses(ctx).credits.approve_adjustment(viewer, id).await.map_err(told(ctx))?;
        Ok(AdjustmentPayload { adjustment: Adjustment(approved) })
    }
    async fn reject_adjustment(&self, ctx: &Context<'_>, id: ID, reason: String) -> Result<AdjustmentPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let rejected = houses(ctx).credits.reject_adjustment(viewer, id, &reason).await.map_err(told(ctx))?;
        Ok(AdjustmentPayload { adjustment: Adjustment(rejected) })
    }
    /// Reads the whole ledger anew and answers when that is done, at most once a minute.
    async fn verify_ledger(&self, ctx: &Context<'_>) -> Result<LedgerHealth> {
        must_watch(ctx)?;
        let before = houses(ctx).credits.health().await.map_err(told(ctx))?;
        let fresh = before.verified_at.is_some_and(|at| houses(ctx).base.now() - at < FRESH_MS);
        if !fresh {
            (houses(ctx).verify)().await.map_err(told(ctx))?;
        }
        LedgerHealth::of(ctx).await
    }
}
