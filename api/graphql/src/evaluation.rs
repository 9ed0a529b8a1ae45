//! The political-literacy score with the reason for every part of it.

use ::evaluation as house;
use async_graphql::{ComplexObject, Context, Enum, ID, Object, Result, SimpleObject};
use kernel::{
    Page,
    id::{EntryId, PersonId, TermId, UnitId},
};

use crate::{
    context::{houses, loaders, viewer},
    credits::LedgerEntry,
    error::told,
    page::{LiteracyRowNames, Paged, paged},
    reports::Student,
    scalar::{self, Date, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "::organisation::TermStatus")]
pub enum LiteracyStatus {
    Provisional,
    Published,
    Final,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Missing")]
pub enum Missing {
    NotDue,
    NoRecord,
}

#[derive(SimpleObject, Clone)]
pub struct Term {
    id: ID,
    name: String,
    starts: Date,
    /// Its last day.
    ends: Date,
    status: LiteracyStatus,
}

impl From<::organisation::Term> for Term {
    fn from(term: ::organisation::Term) -> Self {
        let (starts, ends) = (Date(term.starts), Date(term.ends));
        Self { id: ID(term.id.to_string()), name: term.name, starts, ends, status: term.status.into() }
    }
}

#[derive(SimpleObject)]
pub struct Literacy {
    term: Term,
    /// Of the five-dimension total.
    weight: Decimal,
    /// 0 to 5; null while nothing at all is due.
    score: Option<Decimal>,
    status: LiteracyStatus,
    indicators: Vec<Indicator>,
    as_of: DateTime,
    /// Version of the published weights and tables that were used.
    scheme: String,
    /// In words: what was left out and how the weights were rescaled; and what the score is not.
    notes: Vec<String>,
}

#[derive(SimpleObject, Clone)]
pub struct Indicator {
    key: String,
    name: String,
    weight: Decimal,
    score: Option<Decimal>,
    missing: Option<Missing>,
    evidence: Vec<Evidence>,
}

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct Evidence {
    text: String,
    amount: Option<Decimal>,
    #[graphql(skip)]
    entry_id: Option<EntryId>,
}

#[ComplexObject]
impl Evidence {
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<LedgerEntry>> {
        let Some(id) = self.entry_id else { return Ok(None) };
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(LedgerEntry))
    }
}

impl From<house::Indicator> for Indicator {
    fn from(indicator: house::Indicator) -> Self {
        let evidence = |e: house::Evidence| Evidence { text: e.text, amount: e.amount.map(Decimal), entry_id: e.entry };
        Self {
            key: indicator.key,
            name: indicator.name,
            weight: Decimal(indicator.weight),
            score: indicator.score.map(Decimal),
            missing: indicator.missing.map(Missing::from),
            evidence: indicator.evidence.into_iter().map(evidence).collect(),
        }
    }
}

impl From<house::Literacy> for Literacy {
    fn from(literacy: house::Literacy) -> Self {
        Self {
            status: literacy.term.status.into(),
            term: literacy.term.into(),
            weight: Decimal(literacy.weight),
            score: literacy.score.map(Decimal),
            indicators: literacy.indicators.into_iter().map(Indicator::from).collect(),
            as_of: DateTime(literacy.as_of),
            scheme: literacy.scheme,
            notes: literacy.notes,
        }
    }
}

impl Literacy {
    pub async fn of(ctx: &Context<'_>, person: PersonId, term: Option<TermId>) -> Result<Option<Self>> {
        let found = houses(ctx).evaluation.literacy(person, term).await.map_err(told(ctx))?;
        Ok(found.map(Self::from))
    }
}

#[derive(SimpleObject)]
pub struct Bucket {
    from: Decimal,
    to: Decimal,
    students: i32,
}

#[derive(SimpleObject, Clone)]
pub struct LiteracyRow {
    student: Student,
    score: Option<Decimal>,
    indicators: Vec<Indicator>,
}

pub struct LiteracyReport {
    term: Option<TermId>,
    unit: Option<UnitId>,
}

#[Object]
impl LiteracyReport {
    async fn term(&self, ctx: &Context<'_>) -> Result<Option<Term>> {
        let found = houses(ctx).evaluation.term(self.term).await.map_err(told(ctx))?;
        Ok(found.map(Term::from))
    }
    /// Students by score, half a point wide; who has no score is in none.
    async fn distribution(&self, ctx: &Context<'_>) -> Result<Vec<Bucket>> {
        let found = houses(ctx).evaluation.distribution(viewer(ctx)?, self.term, self.unit).await.map_err(told(ctx))?;
        let bucket = |b: house::Bucket| Bucket { from: Decimal(b.from), to: Decimal(b.to), students: int(b.students) };
        Ok(found.into_iter().map(bucket).collect())
    }
    /// Activists, candidates and probationary members in charge, by name.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn students(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Paged<LiteracyRow, LiteracyRowNames>> {
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found = houses(ctx).evaluation.rows(viewer(ctx)?, self.term, self.unit, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(|row| LiteracyRow {
            student: row.person.into(),
            score: row.score.map(Decimal),
            indicators: row.indicators.into_iter().map(Indicator::from).collect(),
        })))
    }
}

#[derive(Default)]
pub struct EvaluationQuery;

#[Object]
impl EvaluationQuery {
    /// Exactly the units in the asker's charge. The read is in the audit log.
    async fn literacy_report(
        &self,
        ctx: &Context<'_>,
        term_id: Option<ID>,
        unit_id: Option<ID>,
    ) -> Result<LiteracyReport> {
        let viewer = viewer(ctx)?;
        let term = scalar::id_option(term_id.as_ref()).map_err(told(ctx))?;
        let unit = scalar::id_option(unit_id.as_ref()).map_err(told(ctx))?;
        houses(ctx).evaluation.may_report(viewer, term, unit).await.map_err(told(ctx))?;
        Ok(LiteracyReport { term, unit })
    }
}
