//! Keeps the search index of this process up with what was announced: it reads the announcements in their order from a mark of its own, which is
//! committed with the index itself. Each node has its own index and its own mark, so none waits for another, and none can miss what another heard.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use kernel::{
    Error, Event, Result,
    id::{CourseId, PersonId},
};
use platform::outbox::{self, Horizon};
use search::{Document, Incoming, Index};
use tokio::{sync::watch, time::Instant};

use crate::{Catalogue, store};

/// What other nodes announced is looked for this often; what this one did is heard at once, but no more often than with a gap between.
const POLL: Duration = Duration::from_millis(250);
const GAP: Duration = Duration::from_millis(100);
/// Announcements, and courses, in one step.
const STEP: u64 = 5_000;
const AT_ONCE: u64 = 24;
/// So often a new index looks whether transactions are still open before it is begun from an older mark.
const SETTLED_LOOKS: u32 = 100;
const SETTLED_LOOK: Duration = Duration::from_millis(50);
const RESTS: Duration = Duration::from_secs(1);
/// A mark that only passes by what others listen for is saved after so many announcements, or after this while.
const SAVE_AFTER: i64 = 5_000;
const SAVE_EACH: Duration = Duration::from_secs(60);
/// People by their names, which the index must know.
const HEARD: [&str; 2] = ["CourseChanged", "PersonChanged"];

/// Follows for one index.
pub struct Follower {
    house: Catalogue,
    index: Arc<Index>,
    /// None until it was read from the index.
    place: Option<Place>,
    /// Of which index the place is.
    generation: u64,
}

/// How far one index has heard.
struct Place {
    /// Everything up to here is in the index.
    mark: i64,
    /// Behind the mark, already in the index.
    heard: BTreeSet<i64>,
    /// The last announcement that was worked on: a start before a mark behind it is saved would work on it again.
    owed: Option<i64>,
    earlier: Option<Horizon>,
    saved: Instant,
}

/// What hears: the index that answers, or one that is to take its place.
#[derive(Clone)]
enum Ear {
    Live(Arc<Index>),
    Incoming(Arc<Incoming>),
}

impl Ear {
    fn watermark(&self) -> Option<i64> {
        match self {
            Self::Live(index) => index.watermark(),
            Self::Incoming(incoming) => incoming.watermark(),
        }
    }

    async fn replace(&self, courses: &[CourseId], documents: Vec<Document>, mark: i64) -> Result<()> {
        let (ear, groups) = (self.clone(), courses.iter().map(ToString::to_string).collect::<Vec<_>>());
        let replaced = tokio::task::spawn_blocking(move || match ear {
            Self::Live(index) => index.replace_up_to(&groups, &documents, mark),
            Self::Incoming(incoming) => incoming.replace_up_to(&groups, &documents, mark),
        });
        replaced.await?.map_err(Error::from)
    }
}

impl Follower {
    pub const fn new(house: Catalogue, index: Arc<Index>) -> Self {
        Self { house, index, place: None, generation: 0 }
    }

    /// Until `stop` turns true. Whatever goes wrong is tried again.
    pub async fn follow(mut self, mut stop: watch::Receiver<bool>) {
        let mut woken = self.house.base().db.woken();
        while !*stop.borrow() {
            woken.mark_unchanged();
            let step = tokio::select! {
                step = self.catch_up() => step,
                _ = stop.wait_for(|stop| *stop) => return,
            };
            // Not woken while it rests: many small transactions cost one look.
            let (rest, poll) = match step {
                Ok(()) => (GAP, POLL),
                Err(error) => {
                    tracing::error!(%error, "the search index could not be brought up to date; trying again");
                    (RESTS, Duration::ZERO)
                }
            };
            tokio::select! {
                () = tokio::time::sleep(rest) => {}
                _ = stop.changed() => {}
            }
            tokio::select! {
                _ = woken.changed() => {}
                () = tokio::time::sleep(poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Everything announced so far is in the index on return; a missing or damaged index is made again.
    pub async fn catch_up(&mut self) -> Result<()> {
        let index = self.index.clone();
        match tokio::task::spawn_blocking(move || index.look()).await? {
            Ok(Some(incoming)) => self.take_over(incoming).await.map(drop)?,
            Ok(None) => {}
            Err(error) => tracing::warn!(%error, "the search index is made again"),
        }
        let horizon = outbox::horizon(self.house.base().db.read()).await?;
        let ahead = |mark: i64| mark > horizon.last;
        if self.index.needs_building() || self.index.watermark().is_some_and(ahead) {
            self.rebuild().await?;
        }
        let mut place = match self.place.take().filter(|_| self.generation == self.index.generation()) {
            Some(place) => place,
            None => Place::at(self.index.watermark().unwrap_or(0)),
        };
        self.generation = self.index.generation();
        let ear = Ear::Live(self.index.clone());
        while place.step(&self.house, &ear).await? {}
        self.place = Some(place);
        self.index.set_caught_up();
        Ok(())
    }

    /// Makes the whole index again from the published courses, beside the one that answers, and lets it answer in one step. Answers how many
    /// documents it has.
    pub async fn rebuild(&mut self) -> Result<u64> {
        let mark = self.settled().await?;
        let index = self.index.clone();
        let mut build = tokio::task::spawn_blocking(move || index.build()).await?.map_err(Error::from)?;
        let mut last = None;
        loop {
            let courses = store::published(self.house.base().db.read(), last, AT_ONCE).await?;
            let Some(end) = courses.last() else { break };
            last = Some(*end);
            let documents = super::documents_of(&self.house, &courses).await?;
            let added = tokio::task::spawn_blocking(move || build.add(&documents).map(|()| build));
            build = added.await?.map_err(Error::from)?;
        }
        let incoming = tokio::task::spawn_blocking(move || build.commit(mark)).await?.map_err(Error::from)?;
        let documents = self.take_over(incoming).await?;
        tracing::info!(documents, "the search index was made");
        Ok(documents)
    }

    /// What was announced while it was made is brought in before it answers: nobody finds again what was withdrawn meanwhile.
    async fn take_over(&mut self, incoming: Incoming) -> Result<u64> {
        let incoming = Arc::new(incoming);
        let mut place = Place::at(incoming.watermark().unwrap_or(0));
        let ear = Ear::Incoming(incoming.clone());
        while place.step(&self.house, &ear).await? {}
        drop(ear);
        let incoming = Arc::into_inner(incoming).ok_or_else(|| Error::broken("an index that two bring up to date"))?;
        let documents = tokio::task::spawn_blocking(move || incoming.take_over()).await?.map_err(Error::from)?;
        (self.place, self.generation) = (Some(place), self.index.generation());
        Ok(documents)
    }

    /// A mark up to which everything can be seen.
    async fn settled(&self) -> Result<i64> {
        let db = self.house.base().db.read();
        let first = outbox::horizon(db).await?;
        for _ in 0..SETTLED_LOOKS {
            if outbox::horizon(db).await?.settles(&first) {
                return Ok(first.last);
            }
            tokio::time::sleep(SETTLED_LOOK).await;
        }
        // Somebody holds a transaction open: what was announced from the beginning on is heard again instead.
        Ok(0)
    }
}

impl Place {
    fn at(mark: i64) -> Self {
        Self { mark, heard: BTreeSet::new(), owed: None, earlier: None, saved: Instant::now() }
    }

    /// Hears the next announcements; answers whether there may be more.
    async fn step(&mut self, house: &Catalogue, ear: &Ear) -> Result<bool> {
        let db = house.base().db.read();
        let horizon = outbox::horizon(db).await?;
        // Read after the horizon: everything up to an earlier one that has settled by now can be seen.
        let told = outbox::told(db, &HEARD, self.mark, STEP).await?;
        let whole = u64::try_from(told.len()).unwrap_or(0) < STEP;
        let settled = self.earlier.filter(|earlier| horizon.settles(earlier)).map(|earlier| earlier.last);
        let upto = match (whole, settled) {
            (true, Some(last)) => last.max(self.mark),
            (true, None) => self.mark,
            // More follow than fit in one step, and nobody writes so many at once: the mark follows what is old.
            (false, _) => told.last().map_or(self.mark, |(id, _)| if settled >= Some(*id) { *id } else { self.mark }),
        };
        let new: Vec<&(i64, Event)> = told.iter().filter(|(id, _)| !self.heard.contains(id)).collect();
        let courses = touched(house, new.iter().map(|(_, event)| event)).await?;
        if !courses.is_empty() {
            self.owed = self.owed.max(new.last().map(|(id, _)| *id));
        }
        self.hear(house, ear, &courses, upto).await?;
        self.heard.extend(new.iter().map(|(id, _)| *id));
        let stuck = !whole && upto == self.mark && new.is_empty();
        self.mark = upto;
        self.heard = self.heard.split_off(&(upto + 1));
        if self.earlier.is_none_or(|earlier| horizon.settles(&earlier)) {
            self.earlier = Some(horizon);
        }
        if stuck {
            tokio::time::sleep(SETTLED_LOOK).await;
        }
        Ok(!whole)
    }

    async fn hear(&mut self, house: &Catalogue, ear: &Ear, courses: &[CourseId], upto: i64) -> Result<()> {
        let known = ear.watermark().unwrap_or(0);
        for courses in courses.chunks(usize::try_from(AT_ONCE).unwrap_or(1)) {
            let documents = super::documents_of(house, courses).await?;
            // The mark goes with the last of them: until then it stays where it was.
            ear.replace(courses, documents, known).await?;
        }
        let owed = self.owed.is_some_and(|id| id <= upto);
        let due = owed || !courses.is_empty() || upto - known > SAVE_AFTER || self.saved.elapsed() > SAVE_EACH;
        if due && upto > known {
            ear.replace(&[], Vec::new(), upto).await?;
            self.owed = self.owed.filter(|id| *id > upto);
            self.saved = Instant::now();
        }
        Ok(())
    }
}

/// The courses whose documents may have changed.
async fn touched(house: &Catalogue, events: impl Iterator<Item = &Event>) -> Result<Vec<CourseId>> {
    let (mut courses, mut people) = (BTreeSet::new(), BTreeSet::<PersonId>::new());
    for event in events {
        match event {
            Event::CourseChanged { course } => drop(courses.insert(*course)),
            Event::PersonChanged { person } => drop(people.insert(*person)),
            _ => {}
        }
    }
    let people: Vec<PersonId> = people.into_iter().collect();
    courses.extend(store::published_by(house.base().db.read(), &people).await?);
    Ok(courses.into_iter().collect())
}
