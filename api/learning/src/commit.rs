//! Group commit of heartbeats. One task takes what waits, decides each by the rules, writes each table once, commits, and only then answers.
//! No fixed window: the commit in flight is the window of the next batch, so one caller alone waits for nobody and many share one commit.

mod desk;
mod time;

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
};

use futures::FutureExt;
use kernel::{
    Error, Refusal, Result,
    id::{PersonId, SessionId, StudyId},
};
use platform::Base;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{Config, model::Answer, rules::Claim, store};
use desk::{Desk, Moment};
pub(crate) use time::ServerTime;

/// Heartbeats that may wait; one more is told to come back.
const QUEUE: usize = 8_192;
/// Heartbeats of one commit.
const BATCH: usize = 256;
/// When a refused one may come back.
const RETRY_MS: i64 = 1_000;

/// A heartbeat that waits for its commit.
pub(crate) struct Ticket {
    pub person: PersonId,
    pub session: SessionId,
    pub study: StudyId,
    pub claim: Claim,
    pub told: oneshot::Sender<Result<Answer>>,
}

/// Where heartbeats are handed in. The task behind it starts with the first one.
pub(crate) struct Committer {
    base: Base,
    config: Config,
    pub time: ServerTime,
    state: Mutex<State>,
}

enum State {
    Idle,
    Running { queue: mpsc::Sender<Ticket>, task: JoinHandle<()> },
    Stopped,
}

impl Committer {
    pub fn new(base: Base, config: Config) -> Self {
        let time = ServerTime::new(base.clock.clone());
        Self { base, config, time, state: Mutex::new(State::Idle) }
    }

    /// Hands a heartbeat in without waiting; its answer comes through the ticket.
    pub fn submit(&self, ticket: Ticket) -> Result<()> {
        let Some(queue) = self.start() else { return Err(busy()) };
        queue.try_send(ticket).map_err(|_| busy())
    }

    /// Starts the task unless it runs; nothing after [`Self::stop`].
    pub fn start(&self) -> Option<mpsc::Sender<Ticket>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Idle) {
            let (queue, waiting) = mpsc::channel(QUEUE);
            let task = tokio::spawn(run(self.base.clone(), self.config, self.time.clone(), waiting));
            *state = State::Running { queue, task };
        }
        match &*state {
            State::Running { queue, .. } => Some(queue.clone()),
            State::Idle | State::Stopped => None,
        }
    }

    /// Takes no more; returns when everything that waits is committed and answered.
    pub async fn stop(&self) {
        let before = {
            let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
            std::mem::replace(&mut *state, State::Stopped)
        };
        if let State::Running { queue, task } = before {
            drop(queue);
            if let Err(error) = task.await {
                tracing::error!(%error, "the heartbeat committer did not end well");
            }
        }
    }
}

fn busy() -> Error {
    Refusal::unavailable("服务器繁忙，请稍后重试。", "The server is busy; please try again.")
        .retry_after(RETRY_MS)
        .into()
}

/// Ends when every sender is gone and the queue is empty.
async fn run(base: Base, config: Config, time: ServerTime, mut waiting: mpsc::Receiver<Ticket>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // A panic is a bug of ours; it must not end the only task that commits.
        let decided = AssertUnwindSafe(commit(&base, &config, &time, &batch)).catch_unwind().await;
        match decided.unwrap_or_else(|_| Err(Error::broken("a batch of heartbeats panicked"))) {
            Ok(answers) => batch.drain(..).zip(answers).for_each(|(ticket, answer)| tell(ticket, answer)),
            Err(error) => batch.drain(..).for_each(|ticket| tell(ticket, Err(error.clone()))),
        }
    }
}

/// Whoever hung up in the meantime asks again with the same seq.
fn tell(ticket: Ticket, answer: Result<Answer>) {
    drop(ticket.told.send(answer));
}

/// One transaction: lock and load, decide in the order of arrival, save and publish. The answers stand once this has returned.
async fn commit(base: &Base, config: &Config, time: &ServerTime, batch: &[Ticket]) -> Result<Vec<Result<Answer>>> {
    let tx = base.db.begin().await?;
    let mut people: Vec<PersonId> = batch.iter().map(|ticket| ticket.person).collect();
    people.sort_unstable();
    people.dedup();
    let mut studies: Vec<StudyId> = batch.iter().map(|ticket| ticket.study).collect();
    studies.sort_unstable();
    studies.dedup();

    // Locked before anything is read: what a beat is decided on cannot change until it is committed.
    let holdings = store::lock_holdings(&tx, &people).await?;
    let sittings = store::sittings(&tx, &studies).await?;
    let mut lessons: Vec<_> =
        sittings.values().flatten().map(|sitting| (sitting.info.person, sitting.info.lesson)).collect();
    lessons.sort_unstable();
    lessons.dedup();
    let records = store::records(&tx, &lessons).await?;

    let at = Moment { wall: base.now(), server: time.now(), day: base.today() };
    let mut desk = Desk::new(*config, at, holdings, sittings, records);
    let answers = batch.iter().map(|ticket| desk.decide(ticket)).collect();
    if desk.is_clean() {
        tx.rollback().await?;
        return Ok(answers);
    }
    store::save_sittings(&tx, &desk.changed_sittings()).await?;
    store::save_holdings(&tx, desk.changed_holdings()).await?;
    store::save_records(&tx, &desk.changed_records()).await?;
    store::add_days(&tx, desk.days()).await?;
    base.outbox.publish_all(&tx, at.wall, desk.events()).await?;
    tx.commit().await?;
    Ok(answers)
}
