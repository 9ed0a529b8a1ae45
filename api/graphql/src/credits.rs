//! The ledger and balances as the person concerned sees them.

use ::credits as house;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use kernel::{Page, event::Measure, id::PersonId};

use crate::{
    catalogue::{self, Lesson},
    context::{houses, loaders, viewer},
    error::told,
    page::{LedgerNames, Paged, paged},
    scalar::{DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "Measure")]
pub enum CreditMeasure {
    Points,
    Hours,
    Credits,
}

#[derive(SimpleObject, Clone)]
pub struct Rule {
    pub key: String,
    pub title: String,
}

impl From<house::RuleRef> for Rule {
    fn from(rule: house::RuleRef) -> Self {
        Self { key: rule.key, title: rule.title }
    }
}

/// `credits` is null where the school does not use them.
#[derive(SimpleObject)]
pub struct Balance {
    points: Decimal,
    hours: Decimal,
    credits: Option<Decimal>,
}

impl Balance {
    pub async fn of(ctx: &Context<'_>, person: PersonId) -> Result<Self> {
        let balance = houses(ctx).credits.balance(person).await.map_err(told(ctx))?;
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        Ok(Self {
            points: Decimal(balance.points),
            hours: Decimal(balance.hours),
            credits: school.uses_credits.then_some(Decimal(balance.credits)),
        })
    }
}

#[derive(Clone)]
pub struct LedgerEntry(pub house::Entry);

#[Object]
impl LedgerEntry {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn measure(&self) -> CreditMeasure {
        self.0.measure.into()
    }
    async fn amount(&self) -> Decimal {
        Decimal(self.0.amount)
    }
    async fn posted_at(&self) -> DateTime {
        DateTime(self.0.posted_at)
    }
    async fn rule(&self) -> Option<Rule> {
        Some(self.0.rule.clone().into())
    }
    async fn lesson(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        let Some(id) = self.0.lesson else { return Ok(None) };
        catalogue::lesson(ctx, id).await
    }
    async fn course(&self, ctx: &Context<'_>) -> Result<Option<catalogue::Course>> {
        let Some(id) = self.0.course else { return Ok(None) };
        catalogue::course(ctx, id).await
    }
    /// Why, in words: which minute, which cap.
    async fn note(&self) -> Option<&str> {
        self.0.note.as_deref()
    }
    /// The entry that this one corrects.
    async fn reverses(&self, ctx: &Context<'_>) -> Result<Option<LedgerEntry>> {
        let Some(id) = self.0.reverses else { return Ok(None) };
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(LedgerEntry))
    }
}

pub type LedgerConnection = Paged<LedgerEntry, LedgerNames>;

/// Newest first.
pub async fn entries(
    ctx: &Context<'_>,
    person: PersonId,
    first: i32,
    after: Option<String>,
    measure: Option<CreditMeasure>,
) -> Result<LedgerConnection> {
    let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
    let found = houses(ctx).credits.entries(person, measure.map(Measure::from), &page).await.map_err(told(ctx))?;
    Ok(paged(found.map(LedgerEntry)))
}

#[derive(SimpleObject)]
pub struct LedgerHealth {
    entries: i32,
    last_sealed_at: Option<DateTime>,
    /// Null while blocks are not sealed yet.
    verified: Option<bool>,
    first_fault: Option<String>,
}

#[derive(Default)]
pub struct CreditsQuery;

#[Object]
impl CreditsQuery {
    /// For admins and auditors.
    async fn ledger_health(&self, ctx: &Context<'_>) -> Result<LedgerHealth> {
        let viewer = viewer(ctx)?;
        if !viewer.has(kernel::Role::Admin) && !viewer.has(kernel::Role::Auditor) {
            return Err(told(ctx)(kernel::Refusal::forbidden().into()));
        }
        let health = houses(ctx).credits.health().await.map_err(told(ctx))?;
        Ok(LedgerHealth {
            entries: int(health.entries),
            last_sealed_at: health.last_sealed_at.map(DateTime),
            verified: health.verified,
            first_fault: health.first_fault,
        })
    }
}
