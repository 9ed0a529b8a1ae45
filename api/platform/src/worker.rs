//! Runs the jobs: inside ones in batches, each batch one transaction with a savepoint a job; outside ones one at a time under a lease that is
//! renewed while they run. On stop nothing new is begun, and an outside job in hand is put back.

use std::{collections::HashMap, panic::AssertUnwindSafe, sync::Arc, time::Duration};

use futures::{FutureExt, future::BoxFuture};
use kernel::{Error, Result};
use tokio::sync::watch;

use crate::{
    Base, Tx,
    jobs::{self, Job, Kinds},
};

/// Waiting jobs of other processes are looked for this often.
const POLL: Duration = Duration::from_millis(500);
const BATCH: u64 = 64;
const LEASE_MS: i64 = 60_000;

type Inside = Arc<dyn for<'a> Fn(&'a Tx, &'a Job) -> BoxFuture<'a, Result<()>> + Send + Sync>;
type Outside = Arc<dyn Fn(Job) -> BoxFuture<'static, Result<()>> + Send + Sync>;

/// What each kind of job does.
#[derive(Clone, Default)]
pub struct Handlers {
    inside: HashMap<&'static str, Inside>,
    outside: HashMap<&'static str, Outside>,
    long: Vec<&'static str>,
}

impl Handlers {
    /// A job that only changes the database; it must do everything through the transaction that it is given.
    pub fn inside<F>(&mut self, kind: &'static str, run: F)
    where
        F: for<'a> Fn(&'a Tx, &'a Job) -> BoxFuture<'a, Result<()>> + Send + Sync + 'static,
    {
        self.inside.insert(kind, Arc::new(run));
    }
    /// A job with effects outside the database; it may be run again after a crash, so it must be idempotent.
    pub fn outside<F>(&mut self, kind: &'static str, run: F)
    where
        F: Fn(Job) -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    {
        self.outside.insert(kind, Arc::new(run));
    }
    /// An outside job that may take hours: one of them runs at a time, beside the others, so that nothing short ever waits for it.
    pub fn long<F>(&mut self, kind: &'static str, run: F)
    where
        F: Fn(Job) -> BoxFuture<'static, Result<()>> + Send + Sync + 'static,
    {
        self.outside(kind, run);
        self.long.push(kind);
    }
}

#[derive(Clone)]
pub struct Worker {
    base: Base,
    handlers: Handlers,
}

impl Worker {
    pub const fn new(base: Base, handlers: Handlers) -> Self {
        Self { base, handlers }
    }

    /// Runs until `stop` turns true; `outside` is how many outside jobs may run at once, beside a long one.
    pub async fn run(&self, stop: watch::Receiver<bool>, outside: usize) {
        let inside = self.loop_inside(stop.clone());
        let short = Kinds::Without(&self.handlers.long);
        let others = (0..outside).map(|_| self.loop_outside(stop.clone(), short));
        let long = self.loop_outside(stop.clone(), Kinds::Only(&self.handlers.long));
        tokio::join!(inside, futures::future::join_all(others), long);
    }

    /// Runs everything that is due, and what that sets off, then returns: for the seed and for tests. Answers how many jobs ran.
    pub async fn run_until_idle(&self) -> Result<u64> {
        let mut ran = 0;
        loop {
            let inside = self.inside_batch().await?;
            let outside = u64::from(self.outside_one(None, Kinds::All).await?);
            if inside + outside == 0 {
                return Ok(ran);
            }
            ran += inside + outside;
        }
    }

    async fn loop_inside(&self, mut stop: watch::Receiver<bool>) {
        let mut woken = self.base.db.wake.subscribe();
        while !*stop.borrow() {
            woken.mark_unchanged();
            match self.inside_batch().await {
                Ok(0) => wait(&mut woken, &mut stop).await,
                Ok(_) => {}
                Err(error) => self.rest_after(&error).await,
            }
        }
    }

    async fn loop_outside(&self, mut stop: watch::Receiver<bool>, kinds: Kinds<'_>) {
        let mut woken = self.base.db.wake.subscribe();
        while !*stop.borrow() {
            woken.mark_unchanged();
            match self.outside_one(Some(stop.clone()), kinds).await {
                Ok(false) => wait(&mut woken, &mut stop).await,
                Ok(true) => {}
                Err(error) => self.rest_after(&error).await,
            }
        }
    }

    async fn rest_after(&self, error: &Error) {
        tracing::error!(%error, "the job queue cannot be worked; trying again");
        tokio::time::sleep(POLL).await;
    }

    /// Claims and runs a batch of inside jobs in one transaction; answers how many were claimed.
    async fn inside_batch(&self) -> Result<u64> {
        let tx = self.base.db.begin().await?;
        let claimed = jobs::claim_inside(&tx, self.base.now(), BATCH).await?;
        let mut stuck: Vec<&str> = Vec::new();
        for job in claimed.iter() {
            if stuck.contains(&job.lane.as_str()) {
                continue;
            }
            if let Err(error) = self.inside_one(&tx, job).await {
                self.note_failure(&tx, job, job.attempts + 1, &error).await?;
                stuck.push(&job.lane);
            }
        }
        let count = u64::try_from(claimed.len()).unwrap_or(u64::MAX);
        if count == 0 {
            tx.rollback().await?
        } else {
            tx.commit().await?
        }
        Ok(count)
    }

    async fn inside_one(&self, tx: &Tx, job: &Job) -> Result<()> {
        let handler = self.handlers.inside.get(job.kind.as_str()).ok_or_else(|| unknown(job))?;
        let savepoint = tx.savepoint().await?;
        let run = AssertUnwindSafe(handler(&savepoint, job)).catch_unwind().await;
        match run.unwrap_or_else(|_| Err(Error::broken("the handler panicked"))) {
            Ok(()) => {
                jobs::done(&savepoint, job.id).await?;
                metrics::counter!("xianfeng_jobs_done", "kind" => job.kind.clone()).increment(1);
                savepoint.commit().await
            }
            Err(error) => {
                savepoint.rollback().await?;
                Err(error)
            }
        }
    }

    /// Claims and runs one outside job; answers whether there was one.
    async fn outside_one(&self, stop: Option<watch::Receiver<bool>>, kinds: Kinds<'_>) -> Result<bool> {
        let now = self.base.now();
        let tx = self.base.db.begin().await?;
        let Some(job) = jobs::claim_outside(&tx, now, now + LEASE_MS, kinds).await? else {
            tx.rollback().await?;
            return Ok(false);
        };
        tx.commit().await?;
        let outcome = self.outside_run(&job, stop).await;
        let tx = self.base.db.begin().await?;
        match outcome {
            Some(Ok(())) => {
                metrics::counter!("xianfeng_jobs_done", "kind" => job.kind.clone()).increment(1);
                jobs::done(&tx, job.id).await?;
            }
            Some(Err(error)) => self.note_failure(&tx, &job, job.attempts, &error).await?,
            None => jobs::put_back(&tx, &job).await?,
        }
        tx.commit().await?;
        Ok(true)
    }

    /// `None`: stopped before it was done.
    async fn outside_run(&self, job: &Job, stop: Option<watch::Receiver<bool>>) -> Option<Result<()>> {
        let Some(handler) = self.handlers.outside.get(job.kind.as_str()) else { return Some(Err(unknown(job))) };
        let run = AssertUnwindSafe(handler(job.clone())).catch_unwind();
        tokio::select! {
            outcome = run => Some(outcome.unwrap_or_else(|_| Err(Error::broken("the handler panicked")))),
            () = self.keep_lease(job.id) => None,
            () = stopped(stop) => None,
        }
    }

    async fn keep_lease(&self, id: i64) {
        let third = Duration::from_millis(LEASE_MS.unsigned_abs() / 3);
        loop {
            tokio::time::sleep(third).await;
            let renewed = async {
                let tx = self.base.db.begin().await?;
                jobs::renew(&tx, id, self.base.now() + LEASE_MS).await?;
                tx.commit().await
            };
            if let Err(error) = renewed.await {
                tracing::warn!(job.id = id, %error, "a job's lease could not be renewed");
            }
        }
    }

    async fn note_failure(&self, tx: &Tx, job: &Job, attempts: i32, error: &Error) -> Result<()> {
        tracing::warn!(job.id = job.id, job.kind = %job.kind, attempts, %error, "a job failed");
        metrics::counter!("xianfeng_jobs_failed", "kind" => job.kind.clone()).increment(1);
        jobs::failed(tx, job.id, attempts, self.base.now(), error.to_string()).await
    }
}

async fn wait(woken: &mut watch::Receiver<u64>, stop: &mut watch::Receiver<bool>) {
    tokio::select! {
        _ = woken.changed() => {}
        () = tokio::time::sleep(POLL) => {}
        _ = stop.changed() => {}
    }
}

async fn stopped(stop: Option<watch::Receiver<bool>>) {
    match stop {
        Some(mut stop) => drop(stop.wait_for(|stop| *stop).await),
        None => std::future::pending().await,
    }
}

fn unknown(job: &Job) -> Error {
    Error::broken(format!("no handler for jobs of kind {}", job.kind))
}
