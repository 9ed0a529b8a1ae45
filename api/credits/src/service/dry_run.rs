//! A pack tried on the facts of a term: for each student what they earned under the packs then in force and what they would have earned.
//! Both are counted from the same facts by the same code, so that a difference comes from the rules alone; nothing is posted.

use std::sync::Arc;

use kernel::{
    Connection, Day, Page, Refusal, Result, Viewer,
    event::Measure,
    id::{DryRunId, PersonId, TermId},
};
use platform::jobs::{self, NewJob};

use crate::{
    Credits,
    jobs::DRY_RUN,
    model::{Change, DryRun, DryRunRow, DryRunStatus, MeasureTotals},
    rules::{derive, fact::Fact, force::Packs, pack::Pack, replay::Replay},
    store::{dry_run, facts, packs},
};

/// Students whose rows are written in one transaction.
const BATCH: usize = 200;

impl Credits {
    /// In the background; its id tells how far it is.
    pub async fn start_dry_run(&self, viewer: &Viewer, version: &str, term: TermId) -> Result<DryRunId> {
        let path = self.must_rule(viewer).await?;
        let packs = self.packs().await?;
        packs.find(version).ok_or_else(Refusal::not_found)?;
        let term = self.0.organisation.term(term).await?.ok_or_else(Refusal::not_found)?;
        let run = DryRun {
            id: self.base().id(),
            version: version.to_owned(),
            term: term.id,
            from: term.starts,
            to: term.ends,
            status: DryRunStatus::Queued,
            students: 0,
            done: 0,
            changed: 0,
            totals: MeasureTotals::default(),
            asked_by: viewer.person,
            asked_at: self.base().now(),
            finished_at: None,
        };
        let tx = self.base().db.begin().await?;
        dry_run::add(&tx, &run).await?;
        // One lane: a second one waits for the first.
        let job = NewJob { kind: DRY_RUN, lane: DRY_RUN.to_owned(), key: None, outside: true, run_at: run.asked_at };
        jobs::add(&tx, job, &run.id).await?;
        self.note(&tx, viewer, "credits.dry_run", version.to_owned(), Some(term.name), &path).await?;
        tx.commit().await?;
        Ok(run.id)
    }

    pub async fn dry_run(&self, viewer: &Viewer, id: DryRunId) -> Result<DryRun> {
        self.must_rule(viewer).await?;
        Ok(dry_run::find(self.base().db.read(), id).await?.ok_or_else(Refusal::not_found)?)
    }

    /// Newest first, at most twenty.
    pub async fn dry_runs(&self, viewer: &Viewer) -> Result<Vec<DryRun>> {
        self.must_rule(viewer).await?;
        dry_run::newest(self.base().db.read()).await
    }

    /// In the order of the roster.
    pub async fn dry_run_rows(
        &self,
        viewer: &Viewer,
        id: DryRunId,
        page: &Page,
        only_changed: bool,
    ) -> Result<Connection<DryRunRow>> {
        self.dry_run(viewer, id).await?;
        dry_run::rows(self.base().db.read(), id, page, only_changed).await
    }
}

/// What all students' replays share.
struct Plan {
    packs: Arc<Packs>,
    pack: Arc<Pack>,
    terms: Vec<Day>,
    days: (Day, Day),
    derived_to: i64,
}

/// The job: begins anew after an interruption, because the roster may have changed.
pub async fn run(house: &Credits, id: DryRunId) -> Result<()> {
    let Some(run) = dry_run::find(house.base().db.read(), id).await? else { return Ok(()) };
    let done = all(house, &run).await;
    if done.is_err() {
        let tx = house.base().db.begin().await?;
        dry_run::fail(&tx, id).await?;
        tx.commit().await?;
    }
    done
}

async fn all(house: &Credits, run: &DryRun) -> Result<()> {
    let db = &house.base().db;
    let packs = house.packs().await?;
    let pack = packs.find(&run.version).map(|known| known.pack.clone()).ok_or_else(Refusal::not_found)?;
    let (terms, derived_to) = (house.term_starts().await?, packs::state(db.read()).await?.derived_to);
    let plan = Arc::new(Plan { packs, pack, terms, days: (run.from, run.to), derived_to });
    let root = house.0.organisation.root().await?;
    let students = house.0.organisation.students_beneath(&root.path).await?;
    let tx = db.begin().await?;
    dry_run::begin(&tx, run, u64::try_from(students.len()).unwrap_or(u64::MAX)).await?;
    tx.commit().await?;
    let (mut totals, mut changed, mut first) = (MeasureTotals::default(), 0, 0);
    for some in students.chunks(BATCH) {
        let mut rows = Vec::with_capacity(some.len());
        for (person, _) in some {
            let row = DryRunRow { person: *person, totals: one(house, &plan, *person).await? };
            totals.add(&row.totals);
            changed += u64::from(row.totals.is_changed());
            rows.push(row);
        }
        let tx = db.begin().await?;
        dry_run::put(&tx, run.id, first, &rows, changed, &totals).await?;
        tx.commit().await?;
        first += u64::try_from(rows.len()).unwrap_or(u64::MAX);
    }
    let tx = db.begin().await?;
    dry_run::finish(&tx, run.id, house.base().now()).await?;
    tx.commit().await
}

/// One student: the facts are read here, counted beside the threads that answer people.
async fn one(house: &Credits, plan: &Arc<Plan>, person: PersonId) -> Result<MeasureTotals> {
    let (db, (from, to)) = (house.base().db.read(), plan.days);
    let mut told = Vec::new();
    if plan.derived_to > 0 {
        let entries = facts::entries(db, &plan.packs, person, plan.days, plan.derived_to).await?;
        told = derive::facts(&entries, &plan.packs);
    }
    told.extend(facts::of_person(db, person, from, to).await?);
    if told.is_empty() {
        return Ok(MeasureTotals::default());
    }
    let plan = plan.clone();
    Ok(tokio::task::spawn_blocking(move || compare(&plan, &told)).await?)
}

fn compare(plan: &Plan, facts: &[Fact]) -> MeasureTotals {
    let (mut old, mut new) = (Replay::default(), Replay::default());
    for fact in facts {
        if let Some(pack) = plan.packs.on(fact.day) {
            old.tell(pack, fact, &plan.terms);
        }
        new.tell(&plan.pack, fact, &plan.terms);
    }
    let change = |measure| Change { old: old.total(measure), new: new.total(measure) };
    MeasureTotals { points: change(Measure::Points), hours: change(Measure::Hours), credits: change(Measure::Credits) }
}
