//! Boards kept up to date by who asks for them: what is half a second old is told and refreshed behind the answer, what is older than some
//! seconds is refreshed first. In Redis where it is configured and answers, else in memory; both from the same feed by the same step.

use std::{
    sync::{Arc, Mutex, PoisonError, RwLock},
    time::{Duration, Instant},
};

use kernel::{Error, Result};
use platform::{Cache, cache::Trouble};
use tokio::sync::{Mutex as Turn, OnceCell};

use crate::{
    Gamification,
    rules::tableau::{self, Question, Since, Tableau, Told},
    store::shared::{Failure, Found, Shared},
};

const SOON: Duration = Duration::from_millis(500);
const LATE: Duration = Duration::from_secs(5);
/// Other processes may be quicker so often before this one gives up for now.
const TRIES: usize = 8;

pub struct Boards {
    cache: Option<Cache>,
    shared: OnceCell<Shared>,
    shared_pace: Pace,
    live: RwLock<Tableau>,
    live_pace: Pace,
}

/// When something was last refreshed, and whose turn it is to do so.
#[derive(Default)]
struct Pace {
    last: Mutex<Option<Instant>>,
    turn: Arc<Turn<()>>,
}

impl Pace {
    fn age(&self) -> Option<Duration> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).map(|last| last.elapsed())
    }
    fn done(&self, began: Instant) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(began);
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Live,
    Shared,
}

impl Boards {
    pub fn new(cache: Option<Cache>) -> Self {
        let live = RwLock::new(Tableau::default());
        Self { cache, shared: OnceCell::new(), shared_pace: Pace::default(), live, live_pace: Pace::default() }
    }
    fn pace(&self, place: Place) -> &Pace {
        match place {
            Place::Live => &self.live_pace,
            Place::Shared => &self.shared_pace,
        }
    }
    fn seen<T>(&self, look: impl FnOnce(&Tableau) -> T) -> T {
        look(&self.live.read().unwrap_or_else(PoisonError::into_inner))
    }
    fn changed<T>(&self, change: impl FnOnce(&mut Tableau) -> T) -> T {
        change(&mut self.live.write().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Gamification {
    /// What boards tell of the time since then.
    pub(crate) async fn told(&self, since: Since, question: Question<'_>) -> Result<Told> {
        if let Some(told) = self.of_shared(since, question).await? {
            return Ok(told);
        }
        self.live_since(since).await?;
        Ok(self.0.boards.seen(|tableau| tableau.tell(since, question)))
    }

    /// Brings the boards up to date now.
    pub async fn catch_up(&self) -> Result<()> {
        match self.refresh(Place::Shared).await {
            Ok(()) => Ok(()),
            Err(Failure::House(error)) => Err(error),
            Err(Failure::Cache(_)) => self.refresh(Place::Live).await.or_else(fault),
        }
    }

    /// What Redis answers; none where it is not there or cannot be believed.
    async fn of_shared(&self, since: Since, question: Question<'_>) -> Result<Option<Told>> {
        let Some(shared) = self.shared().await? else { return Ok(None) };
        match self.insist(shared, since, question).await {
            Ok(found) => Ok(found),
            Err(Failure::Cache(_)) => Ok(None),
            Err(Failure::House(error)) => Err(error),
        }
    }

    /// Asks; where there is nothing, or something of yesterday's periods, once more with everything up to date; on a doubt once more with
    /// everything anew.
    async fn insist(&self, shared: &Shared, since: Since, question: Question<'_>) -> Result<Option<Told>, Failure> {
        self.follow(Place::Shared, LATE).await?;
        if let Found::Told(mark, told) = ask(shared, since, question).await?
            && mark.plan.contains(&since)
        {
            return Ok(Some(told));
        }
        self.refresh(Place::Shared).await?;
        if let Found::Told(mark, told) = ask(shared, since, question).await? {
            return Ok(Some(told).filter(|_| mark.plan.contains(&since)));
        }
        self.rebuild_shared(shared).await?;
        match ask(shared, since, question).await? {
            Found::Told(mark, told) => Ok(Some(told).filter(|_| mark.plan.contains(&since))),
            Found::Doubt => Ok(None),
        }
    }

    async fn shared(&self) -> Result<Option<&Shared>> {
        let Some(cache) = &self.0.boards.cache else { return Ok(None) };
        let made = async {
            let root = self.0.organisation.root().await?;
            Ok::<_, Error>(Shared::new(cache.clone(), root.id.uuid()))
        };
        Ok(Some(self.0.boards.shared.get_or_try_init(|| made).await?))
    }

    async fn live_since(&self, since: Since) -> Result<()> {
        // Where memory stands in for Redis it was not asked for a while: it does not answer with what was true before.
        let late = if self.0.boards.cache.is_some() { SOON } else { LATE };
        self.follow(Place::Live, late).await.or_else(fault)?;
        if self.0.boards.seen(|tableau| tableau.mark.plan.contains(&since)) {
            return Ok(());
        }
        self.refresh(Place::Live).await.or_else(fault)
    }

    /// Refreshed now where it is late, behind the caller's back where it is soon, else not at all.
    async fn follow(&self, place: Place, late: Duration) -> Result<(), Failure> {
        let pace = self.0.boards.pace(place);
        match pace.age() {
            Some(age) if age < SOON => Ok(()),
            Some(age) if age < late => {
                if let Ok(turn) = pace.turn.clone().try_lock_owned() {
                    let house = self.clone();
                    drop(tokio::spawn(async move {
                        // The next who asks tries again, and waits once it is late.
                        if let Err(error) = house.refreshed(place).await {
                            tracing::warn!(?error, "boards could not be refreshed");
                        }
                        drop(turn);
                    }));
                }
                Ok(())
            }
            _ => {
                let turn = pace.turn.lock().await;
                // Who waited for a turn finds it done.
                if pace.age().is_none_or(|age| age >= late) {
                    self.refreshed(place).await?;
                }
                drop(turn);
                Ok(())
            }
        }
    }

    async fn refresh(&self, place: Place) -> Result<(), Failure> {
        let turn = self.0.boards.pace(place).turn.lock().await;
        let done = self.refreshed(place).await;
        drop(turn);
        done
    }

    async fn refreshed(&self, place: Place) -> Result<(), Failure> {
        let began = Instant::now();
        match (place, self.shared().await?) {
            (Place::Live, _) => self.refresh_live().await?,
            (Place::Shared, Some(shared)) => self.refresh_shared(shared).await?,
            (Place::Shared, None) => return Err(Failure::Cache(Trouble::Away("not configured".to_owned()))),
        }
        self.0.boards.pace(place).done(began);
        Ok(())
    }

    async fn refresh_live(&self) -> Result<()> {
        let boards = &self.0.boards;
        loop {
            let mark = boards.seen(|tableau| tableau.mark.clone());
            if let Some(plan) = self.carried(&mark).await? {
                boards.changed(|tableau| tableau.replan(plan));
                continue;
            }
            let Some(feed) = self.feed(&mark).await? else {
                let loaded = self.load(self.plan().await?).await?;
                boards.changed(|tableau| *tableau = loaded);
                return Ok(());
            };
            boards.changed(|tableau| {
                let step = tableau::step(tableau.known(&feed), &feed);
                tableau.apply(&step, feed.next.clone());
            });
            if !feed.more {
                return Ok(());
            }
        }
    }

    async fn refresh_shared(&self, shared: &Shared) -> Result<(), Failure> {
        match self.step_shared(shared).await {
            Ok(true) => Ok(()),
            Ok(false) | Err(Failure::Cache(Trouble::Wrong(_))) => self.rebuild_shared(shared).await,
            Err(failure) => Err(failure),
        }
    }

    /// False where what is there cannot be gone on from.
    async fn step_shared(&self, shared: &Shared) -> Result<bool, Failure> {
        let mut tries = 0;
        while tries < TRIES {
            let Some(head) = shared.head().await? else { return Ok(false) };
            if let Some(plan) = self.carried(&head.mark).await? {
                shared.replan(&head, plan).await?;
                tries += 1;
                continue;
            }
            let Some(feed) = self.feed(&head.mark).await? else { return Ok(false) };
            if feed.next == head.mark {
                return Ok(true);
            }
            let Found::Told(_, known) = shared.known(&head, &feed).await? else { return Ok(false) };
            let step = tableau::step(known, &feed);
            match shared.apply(&head, &step, &feed.next).await? {
                true if !feed.more => return Ok(true),
                true => tries = 0,
                false => tries += 1,
            }
        }
        Ok(true)
    }

    /// Everything anew. Where another process is at it, memory answers meanwhile.
    pub(crate) async fn rebuild_shared(&self, shared: &Shared) -> Result<(), Failure> {
        let generation = self.base().ids.secret().simple().to_string();
        if !shared.claim(&generation).await? {
            return Err(Failure::Cache(Trouble::Away("another process makes the boards anew".to_owned())));
        }
        let tableau = self.load(self.plan().await?).await?;
        shared.replace(&generation, &tableau).await
    }

    /// Forgets what is kept and makes it anew from the ledger.
    pub(crate) async fn remake(&self) -> Result<()> {
        let loaded = self.load(self.plan().await?).await?;
        self.0.boards.changed(|tableau| *tableau = loaded);
        if let Some(shared) = self.shared().await? {
            // Redis away: it is made anew when it comes back and does not agree.
            drop(self.rebuild_shared(shared).await);
        }
        Ok(())
    }
}

/// A refusal is a doubt like any other: what is kept there is not ours.
async fn ask(shared: &Shared, since: Since, question: Question<'_>) -> Result<Found<Told>, Failure> {
    match shared.tell(since, question).await {
        Err(Trouble::Wrong(_)) => Ok(Found::Doubt),
        other => Ok(other?),
    }
}

fn fault(failure: Failure) -> Result<()> {
    match failure {
        Failure::House(error) => Err(error),
        Failure::Cache(trouble) => Err(Error::broken(format!("{trouble:?}"))),
    }
}
