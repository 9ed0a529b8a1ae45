//! Dry runs: what a pack would have paid over a term, beside what was paid.

use ::credits as house;
use async_graphql::{ComplexObject, Context, ID, Object, Result, SimpleObject};
use kernel::{Amount, Page};

use crate::{
    context::{houses, viewer},
    credits::{Balance, CreditMeasure},
    error::told,
    page::{DryRunNames, Paged, paged},
    reports::{JobStatus, Student},
    scalar::{self, DateTime, Decimal, int},
};

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct DryRun {
    id: ID,
    status: JobStatus,
    progress: f64,
    version: String,
    failure: Option<String>,
    students: i32,
    /// For how many the pack makes a difference.
    changed: i32,
    totals: Vec<DryRunTotal>,
    asked_at: DateTime,
    #[graphql(skip)]
    run: house::DryRun,
}

#[derive(SimpleObject)]
pub struct DryRunTotal {
    measure: CreditMeasure,
    before: Decimal,
    after: Decimal,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct DryRunRow {
    before: Balance,
    after: Balance,
    #[graphql(skip)]
    person: kernel::id::PersonId,
}

#[ComplexObject]
impl DryRunRow {
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.person).await
    }
}

fn balances(totals: &house::MeasureTotals) -> (Balance, Balance) {
    let told = |side: fn(&house::Change) -> Amount| Balance {
        points: Decimal(side(&totals.points)),
        hours: Decimal(side(&totals.hours)),
        credits: Some(Decimal(side(&totals.credits))),
    };
    (told(|change| change.old), told(|change| change.new))
}

#[ComplexObject]
impl DryRun {
    async fn term(&self, ctx: &Context<'_>) -> Result<Option<crate::evaluation::Term>> {
        let found = houses(ctx).organisation.term(self.run.term).await.map_err(told(ctx))?;
        Ok(found.map(crate::evaluation::Term::from))
    }
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn rows(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        only_changed: Option<bool>,
    ) -> Result<Paged<DryRunRow, DryRunNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let changed = only_changed.unwrap_or(false);
        let found = houses(ctx).credits.dry_run_rows(viewer, self.run.id, &page, changed).await.map_err(told(ctx))?;
        Ok(paged(found.map(|row| {
            let (before, after) = balances(&row.totals);
            DryRunRow { before, after, person: row.person }
        })))
    }
}

impl From<house::DryRun> for DryRun {
    fn from(run: house::DryRun) -> Self {
        let (status, failure) = match &run.status {
            house::DryRunStatus::Queued => (JobStatus::Queued, None),
            house::DryRunStatus::Running => (JobStatus::Running, None),
            house::DryRunStatus::Done => (JobStatus::Ready, None),
            house::DryRunStatus::Failed => (JobStatus::Failed, Some("试运行未能完成，请重新运行。".to_owned())),
        };
        let progress = if run.students == 0 { 0.0 } else { run.done as f64 / run.students as f64 };
        let total = |measure, change: house::Change| DryRunTotal {
            measure,
            before: Decimal(change.old),
            after: Decimal(change.new),
        };
        let totals = vec![
            total(CreditMeasure::Points, run.totals.points),
            total(CreditMeasure::Hours, run.totals.hours),
            total(CreditMeasure::Credits, run.totals.credits),
        ];
        Self {
            id: ID(run.id.to_string()),
            status,
            progress,
            version: run.version.clone(),
            failure,
            students: int(run.students),
            changed: int(run.changed),
            totals,
            asked_at: DateTime(run.asked_at),
            run,
        }
    }
}

#[derive(SimpleObject)]
pub struct DryRunPayload {
    dry_run: DryRun,
}

#[derive(Default)]
pub struct DryRunsQuery;

#[Object]
impl DryRunsQuery {
    async fn dry_run(&self, ctx: &Context<'_>, id: ID) -> Result<Option<DryRun>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(houses(ctx).credits.dry_run(viewer, id).await.map_err(told(ctx))?.into()))
    }
    /// Newest first; for admins of the school.
    async fn dry_runs(&self, ctx: &Context<'_>) -> Result<Vec<DryRun>> {
        let runs = houses(ctx).credits.dry_runs(viewer(ctx)?).await.map_err(told(ctx))?;
        Ok(runs.into_iter().map(DryRun::from).collect())
    }
}

#[derive(Default)]
pub struct DryRunsMutation;

#[Object]
impl DryRunsMutation {
    /// What the facts of a term would have earned by the pack; without `termId` the last term. Nothing is posted.
    async fn start_dry_run(&self, ctx: &Context<'_>, version: String, term_id: Option<ID>) -> Result<DryRunPayload> {
        let (viewer, houses) = (viewer(ctx)?, houses(ctx));
        let term = match term_id {
            Some(id) => scalar::id(&id).map_err(told(ctx))?,
            None => {
                let terms = houses.organisation.terms().await.map_err(told(ctx))?;
                let begun = terms.iter().find(|term| term.starts <= houses.base.today());
                begun.map(|term| term.id).ok_or_else(|| told(ctx)(kernel::Refusal::not_found().into()))?
            }
        };
        let id = houses.credits.start_dry_run(viewer, &version, term).await.map_err(told(ctx))?;
        let run = houses.credits.dry_run(viewer, id).await.map_err(told(ctx))?;
        Ok(DryRunPayload { dry_run: run.into() })
    }
}
