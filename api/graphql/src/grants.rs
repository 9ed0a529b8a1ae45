//! Payments that wait for approval: what a rule proposed, and the yes or no of somebody in charge.

use ::credits as house;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use kernel::{Page, Role};

use crate::{
    context::{houses, loaders, viewer},
    credits::{CreditMeasure, LedgerEntry, Rule},
    error::told,
    page::{Paged, WaitingGrantNames, paged},
    reports::Student,
    scalar::{self, Date, DateTime, Decimal},
};

pub struct WaitingGrant(house::Waiting);

#[Object]
impl WaitingGrant {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.0.person).await
    }
    async fn rule(&self) -> Rule {
        self.0.rule.clone().into()
    }
    /// Version of the rule pack that proposed it.
    async fn pack(&self) -> &str {
        &self.0.pack
    }
    async fn measure(&self) -> CreditMeasure {
        self.0.measure.into()
    }
    /// As proposed; the caps of its day are asked again at approval.
    async fn amount(&self) -> Decimal {
        Decimal(self.0.amount)
    }
    async fn note(&self) -> &str {
        &self.0.note
    }
    /// On which it was earned.
    async fn day(&self) -> Date {
        Date(self.0.day)
    }
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    /// False for whom it concerns, and where the student has gone to a unit that is not in the asker's charge.
    async fn may_decide(&self, ctx: &Context<'_>) -> Result<bool> {
        let viewer = viewer(ctx)?;
        let found = loaders(ctx).load_one(self.0.person).await.map_err(told(ctx))?;
        let covered = found.is_some_and(|person| viewer.covers(Role::Admin, &person.path));
        Ok(covered && viewer.person != self.0.person)
    }
}

/// `entries`: what was posted. Fewer than proposed, or none, where the caps of the day had been reached meanwhile.
#[derive(SimpleObject)]
pub struct ApproveGrantPayload {
    entries: Vec<LedgerEntry>,
}

#[derive(Default)]
pub struct GrantsQuery;

#[Object]
impl GrantsQuery {
    /// What waits for approval, oldest first: for admins, of the units in their charge.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn waiting_grants(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Paged<WaitingGrant, WaitingGrantNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found = houses(ctx).credits.waiting(viewer, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(WaitingGrant)))
    }
}

#[derive(Default)]
pub struct GrantsMutation;

#[Object]
impl GrantsMutation {
    /// By an admin in charge who is not concerned; then the entries stand.
    async fn approve_grant(&self, ctx: &Context<'_>, id: ID) -> Result<ApproveGrantPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let posted = houses(ctx).credits.approve_waiting(viewer, id).await.map_err(told(ctx))?;
        let mut found = loaders(ctx).load_many(posted.iter().copied()).await.map_err(told(ctx))?;
        Ok(ApproveGrantPayload { entries: posted.iter().filter_map(|id| found.remove(id)).map(LedgerEntry).collect() })
    }
    /// Nothing is posted; the reason, of 1 to 200 characters, is kept. Answers its id.
    async fn reject_grant(&self, ctx: &Context<'_>, id: ID, reason: String) -> Result<ID> {
        let (viewer, waiting) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        houses(ctx).credits.reject_waiting(viewer, waiting, &reason).await.map_err(told(ctx))?;
        Ok(id)
    }
}
