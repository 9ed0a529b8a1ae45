//! What happens later, as rows: written in the transaction of the change that asks for it, deleted when done. Two kinds: an *inside* job
//! changes only the database and runs in the transaction that deletes it, so its effect happens exactly once; an *outside* job (ffmpeg, an
//! index, a file) runs under a lease and is idempotent.

use kernel::{Millis, Result};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Base, Tx, dialect, tables::job};

/// After so many failed attempts a job is dead: it stays in the table with its failure and no longer holds up its lane, until the program is
/// started anew.
pub const ATTEMPTS: i32 = 8;
/// What cannot be done for now is tried again so much later.
pub const LATER_MS: Millis = 300_000;

/// A claimed job.
#[derive(Debug, Clone)]
pub struct Job {
    pub id: i64,
    pub kind: String,
    pub lane: String,
    pub attempts: i32,
    payload: String,
}

impl Job {
    pub fn payload<T: DeserializeOwned>(&self) -> Result<T> {
        Ok(serde_json::from_str(&self.payload)?)
    }
}

impl From<job::Model> for Job {
    fn from(row: job::Model) -> Self {
        Self { id: row.id, kind: row.kind, lane: row.lane, attempts: row.attempts, payload: row.payload }
    }
}

/// A job to be written: `lane` orders it behind the jobs of the same thing; with a `key` a second one of that key is dropped while the first waits.
pub struct NewJob<'a> {
    pub kind: &'a str,
    pub lane: String,
    pub key: Option<String>,
    pub outside: bool,
    pub run_at: Millis,
}

pub async fn add(tx: &Tx, new: NewJob<'_>, payload: &impl Serialize) -> Result<()> {
    add_text(tx, new, serde_json::to_string(payload)?).await
}

pub(crate) async fn add_text(tx: &Tx, new: NewJob<'_>, payload: String) -> Result<()> {
    add_all(tx, vec![(new, payload)]).await
}

/// With one statement, in order.
pub(crate) async fn add_all(tx: &Tx, all: Vec<(NewJob<'_>, String)>) -> Result<()> {
    if all.is_empty() {
        return Ok(());
    }
    let rows = all.into_iter().map(|(new, payload)| job::ActiveModel {
        kind: Set(new.kind.to_owned()),
        lane: Set(new.lane),
        payload: Set(payload),
        unique_key: Set(new.key),
        outside: Set(new.outside),
        run_at: Set(new.run_at),
        lease_until: Set(0),
        attempts: Set(0),
        failure: Set(None),
        dead: Set(false),
        ..Default::default()
    });
    let once = sea_orm::sea_query::OnConflict::column(job::Column::UniqueKey).do_nothing().to_owned();
    job::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await?;
    tx.leaves_jobs();
    Ok(())
}

/// Which kinds of jobs somebody takes.
#[derive(Clone, Copy)]
pub(crate) enum Kinds<'a> {
    All,
    Only(&'a [&'static str]),
    Without(&'a [&'static str]),
}

impl<'a> Kinds<'a> {
    const fn names(self) -> &'a [&'static str] {
        match self {
            Self::All => &[],
            Self::Only(kinds) | Self::Without(kinds) => kinds,
        }
    }
    fn condition(self) -> String {
        let marks = vec!["?"; self.names().len()].join(", ");
        match self {
            Self::Only([]) => " AND 1 = 0".to_owned(),
            Self::Only(_) => format!(" AND j.kind IN ({marks})"),
            Self::All | Self::Without([]) => String::new(),
            Self::Without(_) => format!(" AND j.kind NOT IN ({marks})"),
        }
    }
}

/// The jobs that may run now, oldest first, at most one waiting predecessor-free run per lane: a lane whose earlier job waits for a retry waits with it.
async fn due(tx: &Tx, outside: bool, now: Millis, most: u64, kinds: Kinds<'_>) -> Result<Vec<job::Model>> {
    let sql = format!(
        "SELECT j.* FROM platform_job j WHERE j.outside = ? AND j.dead = ? AND j.run_at <= ? AND j.lease_until <= ? \
         AND NOT EXISTS (SELECT 1 FROM platform_job e WHERE e.lane = j.lane AND e.id < j.id AND e.outside = j.outside \
         AND e.dead = ? AND (e.run_at > ? OR e.lease_until > ?)){} ORDER BY j.id LIMIT {most}{}",
        kinds.condition(),
        if dialect::lock_rows(tx).is_empty() { "" } else { " FOR UPDATE OF j SKIP LOCKED" },
    );
    let mut values = vec![outside.into(), false.into(), now.into(), now.into(), false.into(), now.into(), now.into()];
    values.extend(kinds.names().iter().map(|kind| sea_orm::Value::from(*kind)));
    Ok(job::Entity::find().from_raw_sql(dialect::statement(tx, &sql, values)).all(tx).await?)
}

/// Inside jobs to run in this very transaction. On PostgreSQL one process at a time runs them, so that lanes keep their order across processes.
pub(crate) async fn claim_inside(tx: &Tx, now: Millis, most: u64) -> Result<Vec<Job>> {
    if !dialect::lock_rows(tx).is_empty() {
        let lock = dialect::statement(tx, "SELECT pg_try_advisory_xact_lock(20261122) AS mine", vec![]);
        let mine = tx.query_one_raw(lock).await?.map(|row| row.try_get::<bool>("", "mine")).transpose()?;
        if mine != Some(true) {
            return Ok(Vec::new());
        }
    }
    Ok(due(tx, false, now, most, Kinds::All).await?.into_iter().map(Job::from).collect())
}

/// One outside job, leased until `until`; of one lane never two at once. It gives up its key: what changes from now on needs a run of its own.
pub(crate) async fn claim_outside(tx: &Tx, now: Millis, until: Millis, kinds: Kinds<'_>) -> Result<Option<Job>> {
    let Some(row) = due(tx, true, now, 16, kinds).await?.into_iter().next() else { return Ok(None) };
    let lease = job::ActiveModel {
        id: Set(row.id),
        lease_until: Set(until),
        attempts: Set(row.attempts + 1),
        unique_key: Set(None),
        ..Default::default()
    };
    let claimed = job::Entity::update(lease).exec(tx).await?;
    Ok(Some(claimed.into()))
}

pub(crate) async fn renew(tx: &Tx, id: i64, until: Millis) -> Result<()> {
    job::Entity::update(job::ActiveModel { id: Set(id), lease_until: Set(until), ..Default::default() })
        .exec(tx)
        .await?;
    Ok(())
}

/// Back into the queue as if it had not been claimed: the process is going down.
pub(crate) async fn put_back(tx: &Tx, job: &Job) -> Result<()> {
    let row = job::ActiveModel {
        id: Set(job.id),
        lease_until: Set(0),
        attempts: Set(job.attempts - 1),
        ..Default::default()
    };
    job::Entity::update(row).exec(tx).await?;
    Ok(())
}

pub(crate) async fn done(tx: &Tx, id: i64) -> Result<()> {
    job::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// Notes the failure; the next try comes after 1, 2, 4 … seconds, at most five minutes.
pub(crate) async fn failed(tx: &Tx, id: i64, attempts: i32, now: Millis, failure: String) -> Result<()> {
    let wait = 1000_i64.saturating_mul(1 << attempts.clamp(0, 9)).min(300_000);
    let row = job::ActiveModel {
        id: Set(id),
        lease_until: Set(0),
        attempts: Set(attempts),
        run_at: Set(now + wait),
        failure: Set(Some(failure)),
        dead: Set(attempts >= ATTEMPTS),
        ..Default::default()
    };
    job::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Dead jobs are due again, with all their attempts: whoever starts the program anew has mended the cause. Answers how many.
pub async fn revive(tx: &Tx, now: Millis) -> Result<u64> {
    let sql = "UPDATE platform_job SET dead = ?, attempts = 0, run_at = ?, lease_until = 0 WHERE dead = ?";
    let values = vec![false.into(), now.into(), true.into()];
    let revived = tx.execute_raw(dialect::statement(tx, sql, values)).await?.rows_affected();
    tx.leaves_jobs();
    Ok(revived)
}

/// Leaves the same job again, as a new one.
async fn again(tx: &Tx, job: &Job, run_at: Millis) -> Result<()> {
    let new = NewJob { kind: &job.kind, lane: job.lane.clone(), key: None, outside: true, run_at };
    add_text(tx, new, job.payload.clone()).await
}

/// For outside jobs that nobody else makes good, as clearing up: what fails for the last time is left again for later instead of dying.
pub async fn without_end(base: &Base, job: &Job, run: impl Future<Output = Result<()>> + Send) -> Result<()> {
    let Err(error) = run.await else { return Ok(()) };
    if job.attempts < ATTEMPTS {
        return Err(error);
    }
    tracing::error!(job.kind = %job.kind, %error, "a job cannot be done for now; trying again in five minutes");
    let tx = base.db.begin().await?;
    again(&tx, job, base.now() + LATER_MS).await?;
    tx.commit().await
}

/// How many jobs wait and how many are dead: for `/metrics` and `doctor`.
pub async fn counts(connection: &impl ConnectionTrait) -> Result<(u64, u64)> {
    let count = |dead: bool| job::Entity::find().filter(job::Column::Dead.eq(dead)).count(connection);
    Ok((count(false).await?, count(true).await?))
}

/// The dead jobs' kinds and failures, newest first, at most twenty.
pub async fn dead(connection: &impl ConnectionTrait) -> Result<Vec<(String, String)>> {
    let rows = job::Entity::find()
        .filter(job::Column::Dead.eq(true))
        .order_by_desc(job::Column::Id)
        .limit(20)
        .all(connection)
        .await?;
    Ok(rows.into_iter().map(|row| (row.kind, row.failure.unwrap_or_default())).collect())
}
