//! Group commit. One task takes what waits, heartbeats, evidence and answers alike, decides each by the rules in the order of arrival, writes each
//! table once, commits, and only then answers. No fixed window: the commit in flight is the window of the next batch, so one caller alone waits
//! for nobody and many share one commit.

mod desk;
mod memory;
mod time;

use std::{
    panic::AssertUnwindSafe,
    sync::{Mutex, PoisonError},
};

use futures::FutureExt;
use kernel::{
    Error, Refusal, Result,
    id::{CheckId, PersonId, SessionId, StudyId},
};
use platform::Base;
use tokio::{
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use crate::{
    Config,
    model::{Answer, CheckAnswer, Seat, Served},
    rules::{Claim, Crowd},
    store,
};
use desk::{Desk, Moment};
use memory::Memory;
pub(crate) use memory::Scripts;
pub(crate) use time::ServerTime;

/// Acts that may wait; one more is told to come back.
const QUEUE: usize = 8_192;
/// Acts of one commit.
const BATCH: usize = 256;
/// When a refused one may come back.
const RETRY_MS: i64 = 1_000;

/// Something that waits for its commit.
pub(crate) struct Ticket {
    pub person: PersonId,
    pub act: Act,
    pub told: oneshot::Sender<Result<Verdict>>,
}

pub(crate) enum Act {
    Beat {
        study: StudyId,
        session: SessionId,
        claim: Claim,
        network: Option<String>,
    },
    /// Evidence that was handed in before a beat is decided before it.
    Served(Served),
    AnswerCheck {
        session: SessionId,
        check: CheckId,
        option: String,
    },
    ExtendCheck {
        session: SessionId,
        check: CheckId,
    },
}

impl Act {
    /// The study that it names; the acts on a check are about the study that holds the lease.
    const fn study(&self) -> Option<StudyId> {
        match self {
            Self::Beat { study, .. } => Some(*study),
            Self::Served(served) => Some(served.study),
            Self::AnswerCheck { .. } | Self::ExtendCheck { .. } => None,
        }
    }
}

/// What became of an act.
#[derive(Debug, Clone)]
pub(crate) enum Verdict {
    Beat(Answer),
    Noted,
    Checked(CheckAnswer),
    Extended(i64),
}

/// Whereto it is told what became of an act.
pub(crate) type Told = oneshot::Receiver<Result<Verdict>>;

/// What was told, once it is.
pub(crate) async fn answered(told: Told) -> Result<Verdict> {
    told.await.unwrap_or_else(|_| Err(Error::broken("the committer is gone")))
}

/// Where acts are handed in. The task behind it starts with the first one.
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

    /// Hands an act in without waiting, and answers when it is committed. Whoever hangs up before has not taken anything back.
    pub async fn decide(&self, person: PersonId, act: Act) -> Result<Verdict> {
        answered(self.hand_in(person, act)?).await
    }

    /// It has its place in the order when this returns; what became of it is told when it is committed.
    pub fn hand_in(&self, person: PersonId, act: Act) -> Result<Told> {
        let (told, answer) = oneshot::channel();
        let Some(queue) = self.start() else { return Err(busy()) };
        queue.try_send(Ticket { person, act, told }).map_err(|_| busy())?;
        Ok(answer)
    }

    /// Starts the task unless it runs; nothing after [`Self::stop`].
    pub fn start(&self) -> Option<mpsc::Sender<Ticket>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(*state, State::Idle) {
            let (queue, waiting) = mpsc::channel(QUEUE);
            let office = Office {
                base: self.base.clone(),
                config: self.config,
                time: self.time.clone(),
                memory: Memory::default(),
                crowd: Crowd::default(),
            };
            *state = State::Running { queue, task: tokio::spawn(run(office, waiting)) };
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
                tracing::error!(%error, "the committer did not end well");
            }
        }
    }
}

fn busy() -> Error {
    Refusal::unavailable("服务器繁忙，请稍后重试。", "The server is busy; please try again.")
        .retry_after(RETRY_MS)
        .into()
}

/// What the one task works with.
struct Office {
    base: Base,
    config: Config,
    time: ServerTime,
    memory: Memory,
    crowd: Crowd,
}

/// Ends when every sender is gone and the queue is empty.
async fn run(mut office: Office, mut waiting: mpsc::Receiver<Ticket>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // A panic is a bug of ours; it must not end the only task that commits. What it had in hand is forgotten and read again.
        let decided = AssertUnwindSafe(office.commit(&batch)).catch_unwind().await;
        match decided.unwrap_or_else(|_| Err(Error::broken("a batch of heartbeats panicked"))) {
            Ok(verdicts) => batch.drain(..).zip(verdicts).for_each(|(ticket, verdict)| tell(ticket, verdict)),
            Err(error) => batch.drain(..).for_each(|ticket| tell(ticket, Err(error.clone()))),
        }
    }
}

/// Whoever hung up in the meantime asks again with the same seq.
fn tell(ticket: Ticket, verdict: Result<Verdict>) {
    drop(ticket.told.send(verdict));
}

impl Office {
    /// One transaction: lock and load, decide in the order of arrival, save and publish. The verdicts stand once this has returned.
    async fn commit(&mut self, batch: &[Ticket]) -> Result<Vec<Result<Verdict>>> {
        let base = &self.base;
        let tx = base.db.begin().await?;
        let mut people: Vec<PersonId> = batch.iter().map(|ticket| ticket.person).collect();
        people.sort_unstable();
        people.dedup();
        let mut seats: Vec<Seat> = people.iter().filter_map(|person| self.memory.take(*person)).collect();
        // Locked before anything is read: what is decided on cannot change until it is committed.
        let stale = store::lock_seats(&tx, &people, &seats).await?;
        seats.retain(|seat| stale.binary_search(&seat.person).is_err());
        let loaded = store::seats(&tx, &stale, &mut self.memory.scripts).await?;

        let at = Moment { wall: base.now(), server: self.time.now(), day: base.today() };
        let mut desk = Desk::new(self.config, at, seats, loaded);
        let others = desk.others(batch);
        let sittings = store::sittings(&tx, &others, &mut self.memory.scripts).await?;
        let records = store::records(&tx, &desk.other_lessons(&sittings)).await?;
        desk.add_others(sittings, records);
        let ids = base.ids.clone();
        let mut chance = move || ids.secret().as_u128();
        let verdicts = batch.iter().map(|ticket| desk.decide(ticket, &mut chance, &mut self.crowd)).collect();
        if desk.is_clean() {
            tx.rollback().await?;
        } else {
            store::save_seats(&tx, desk.changed_seats()).await?;
            store::save_records(&tx, desk.changed_records()).await?;
            store::save_sittings(&tx, &desk.changed_sittings()).await?;
            store::note_days(&tx, at.day, desk.days()).await?;
            store::add_flags(&tx, desk.flags(), at.wall, &*base.ids, &*base.clock).await?;
            base.outbox.publish_all(&tx, at.wall, desk.events()).await?;
            tx.commit().await?;
        }
        desk.into_seats().for_each(|seat| self.memory.keep(seat));
        Ok(verdicts)
    }
}
