//! Dry runs: what was asked, how far it is, and what came out for each student.

use kernel::{
    Connection, Millis, Page, Result,
    id::{DryRunId, PersonId},
};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{day_of, word};
use crate::{
    model::{DryRun, DryRunRow, DryRunStatus, MeasureTotals},
    tables::packs::{dry_run, dry_run_row},
};

/// Rows of one `INSERT`; five parameters each.
const BATCH: usize = 1_000;

pub async fn add(tx: &Tx, new: &DryRun) -> Result<()> {
    let row = dry_run::ActiveModel {
        id: Set(new.id.uuid()),
        version: Set(new.version.clone()),
        term: Set(new.term.uuid()),
        starts: Set(new.from.number()),
        ends: Set(new.to.number()),
        status: Set(new.status.name().to_owned()),
        students: Set(0),
        done: Set(0),
        changed: Set(0),
        totals: Set(serde_json::to_string(&new.totals)?),
        asked_by: Set(new.asked_by.uuid()),
        asked_at: Set(new.asked_at),
        finished_at: Set(None),
    };
    dry_run::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn run_of(row: dry_run::Model) -> Result<DryRun> {
    let count = |number: i64| u64::try_from(number).unwrap_or(0);
    Ok(DryRun {
        id: row.id.into(),
        version: row.version,
        term: row.term.into(),
        from: day_of(row.starts)?,
        to: day_of(row.ends)?,
        status: word(DryRunStatus::parse(&row.status), &row.status)?,
        students: count(row.students),
        done: count(row.done),
        changed: count(row.changed),
        totals: serde_json::from_str(&row.totals)?,
        asked_by: row.asked_by.into(),
        asked_at: row.asked_at,
        finished_at: row.finished_at,
    })
}

pub async fn find(db: &impl ConnectionTrait, id: DryRunId) -> Result<Option<DryRun>> {
    dry_run::Entity::find_by_id(id.uuid()).one(db).await?.map(run_of).transpose()
}

/// Newest first, at most twenty.
pub async fn newest(db: &impl ConnectionTrait) -> Result<Vec<DryRun>> {
    let query = dry_run::Entity::find().order_by_desc(dry_run::Column::AskedAt).order_by_desc(dry_run::Column::Id);
    query.limit(20).all(db).await?.into_iter().map(run_of).collect()
}

/// From the beginning: what an interrupted run left is dropped.
pub async fn begin(tx: &Tx, run: &DryRun, students: u64) -> Result<()> {
    dry_run_row::Entity::delete_many().filter(dry_run_row::Column::Run.eq(run.id.uuid())).exec(tx).await?;
    let row = dry_run::ActiveModel {
        id: Set(run.id.uuid()),
        status: Set(DryRunStatus::Running.name().to_owned()),
        students: Set(number(students)),
        done: Set(0),
        changed: Set(0),
        ..Default::default()
    };
    dry_run::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Further rows, numbered from `first` on, and how far the run is.
pub async fn put(
    tx: &Tx,
    id: DryRunId,
    first: u64,
    rows: &[DryRunRow],
    changed: u64,
    totals: &MeasureTotals,
) -> Result<()> {
    let numbered: Vec<(u64, &DryRunRow)> = (first..).zip(rows).collect();
    for some in numbered.chunks(BATCH) {
        let rows = some.iter().map(|(no, row)| row_of(id, *no, row)).collect::<Result<Vec<_>>>()?;
        dry_run_row::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    let row = dry_run::ActiveModel {
        id: Set(id.uuid()),
        done: Set(number(first + numbered.len() as u64)),
        changed: Set(number(changed)),
        totals: Set(serde_json::to_string(totals)?),
        ..Default::default()
    };
    dry_run::Entity::update(row).exec(tx).await?;
    Ok(())
}

fn row_of(run: DryRunId, no: u64, row: &DryRunRow) -> Result<dry_run_row::ActiveModel> {
    Ok(dry_run_row::ActiveModel {
        run: Set(run.uuid()),
        no: Set(number(no)),
        person: Set(row.person.uuid()),
        amounts: Set(serde_json::to_string(&row.totals)?),
        changed: Set(row.totals.is_changed()),
    })
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub async fn finish(tx: &Tx, id: DryRunId, now: Millis) -> Result<()> {
    let row = dry_run::ActiveModel {
        id: Set(id.uuid()),
        status: Set(DryRunStatus::Done.name().to_owned()),
        finished_at: Set(Some(now)),
        ..Default::default()
    };
    dry_run::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// In the order of the roster.
pub async fn rows(
    db: &impl ConnectionTrait,
    id: DryRunId,
    page: &Page,
    only_changed: bool,
) -> Result<Connection<DryRunRow>> {
    let mut query = dry_run_row::Entity::find().filter(dry_run_row::Column::Run.eq(id.uuid()));
    if only_changed {
        query = query.filter(dry_run_row::Column::Changed.eq(true));
    }
    if let Some(after) = page.after::<i64>()? {
        query = query.filter(dry_run_row::Column::No.gt(after));
    }
    let found = query.order_by_asc(dry_run_row::Column::No).limit(page.limit()).all(db).await?;
    let read = |row: dry_run_row::Model| {
        let totals = serde_json::from_str(&row.amounts)?;
        Ok((row.no, DryRunRow { person: PersonId::new(row.person), totals }))
    };
    let rows = found.into_iter().map(read).collect::<Result<Vec<_>>>()?;
    Ok(Connection::new(page, rows, |(no, _)| *no).map(|(_, row)| row))
}

/// The job's failure stands with the job; whoever asked sees that it did not come to an end.
pub async fn fail(tx: &Tx, id: DryRunId) -> Result<()> {
    let status = Set(DryRunStatus::Failed.name().to_owned());
    let row = dry_run::ActiveModel { id: Set(id.uuid()), status, ..Default::default() };
    dry_run::Entity::update(row).exec(tx).await?;
    Ok(())
}
