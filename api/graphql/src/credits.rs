//! The ledger and balances as the person concerned sees them.

use ::credits as house;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use data_encoding::HEXLOWER;
use kernel::{Page, event::Measure, id::PersonId};

use crate::{
    catalogue::{self, Lesson},
    context::{houses, loaders},
    error::told,
    page::{LedgerNames, Paged, paged},
    scalar::{DateTime, Decimal},
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
    pub points: Decimal,
    pub hours: Decimal,
    pub credits: Option<Decimal>,
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
    /// The rule pack by which it was made; null for what people decided.
    async fn pack(&self) -> Option<&str> {
        Some(self.0.pack.as_str()).filter(|pack| !pack.is_empty())
    }
    /// The other side of the entry: what issued it.
    async fn contra(&self) -> &str {
        &self.0.contra
    }
    /// SHA-256 of its content, hexadecimal; null for entries from before blocks were sealed.
    async fn hash(&self) -> Option<String> {
        self.0.hash.as_deref().map(|hash| HEXLOWER.encode(hash))
    }
    /// In a signed block: it can no longer be changed unnoticed.
    async fn sealed(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(self.0.id.0 <= houses(ctx).credits.sealed_upto().await.map_err(told(ctx))?)
    }
    /// The asker's newest request for review of it.
    async fn appeal(&self, ctx: &Context<'_>) -> Result<Option<crate::appeals::Appeal>> {
        crate::appeals::about(ctx, self.0.person, self.0.id).await
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
