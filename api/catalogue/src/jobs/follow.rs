//! Keeps the search index of this process up with what was announced: it reads the announcements in their order from a mark of its own, which is
//! committed with the index itself. Each node has its own index and its own mark, so none waits for another, and none can miss what another heard.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use kernel::{Error, Event, Result, id::CourseId};
use platform::outbox::{self, Horizon};
use search::Index;
use tokio::sync::watch;

use crate::{Catalogue, store};

/// What other nodes announced is looked for this often; what this one did is heard at once.
const POLL: Duration = Duration::from_millis(250);
/// Announcements, and courses, in one step.
const STEP: u64 = 5_000;
const AT_ONCE: u64 = 24;
/// So often a new index looks whether transactions are still open before it is begun from an older mark.
const SETTLED_LOOKS: u32 = 100;
const SETTLED_LOOK: Duration = Duration::from_millis(50);
const RESTS: Duration = Duration::from_secs(1);
const HEARD: &str = "CourseChanged";

/// Follows for one index.
pub struct Follower {
    house: Catalogue,
    index: Arc<Index>,
    /// Everything up to here is in the index; none until it was read from it.
    mark: Option<i64>,
    /// Behind the mark, already in the index.
    heard: BTreeSet<i64>,
    earlier: Option<Horizon>,
    /// Of which index the mark is.
    generation: u64,
}

impl Follower {
    pub const fn new(house: Catalogue, index: Arc<Index>) -> Self {
        Self { house, index, mark: None, heard: BTreeSet::new(), earlier: None, generation: 0 }
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
            let rest = match step {
                Ok(()) => POLL,
                Err(error) => {
                    tracing::error!(%error, "the search index could not be brought up to date; trying again");
                    RESTS
                }
            };
            tokio::select! {
                _ = woken.changed(), if rest == POLL => {}
                () = tokio::time::sleep(rest) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Everything announced so far is in the index on return; a missing or damaged index is made again.
    pub async fn catch_up(&mut self) -> Result<()> {
        let index = self.index.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || index.look()).await? {
            tracing::warn!(%error, "the search index is made again");
        }
        let db = self.house.base().db.read();
        let ahead = |mark: i64, horizon: &Horizon| mark > horizon.last;
        let horizon = outbox::horizon(db).await?;
        if self.index.needs_building() || self.index.watermark().is_some_and(|mark| ahead(mark, &horizon)) {
            self.rebuild().await?;
        }
        if self.mark.is_none() || self.generation != self.index.generation() {
            self.generation = self.index.generation();
            self.begin_at(self.index.watermark().unwrap_or(0));
        }
        while self.step().await? {}
        self.index.set_caught_up();
        Ok(())
    }

    fn begin_at(&mut self, mark: i64) {
        self.mark = Some(mark);
        self.heard.clear();
        self.earlier = None;
    }

    /// Hears the next announcements; answers whether there may be more.
    async fn step(&mut self) -> Result<bool> {
        let db = self.house.base().db.read();
        let (mark, horizon) = (self.mark.unwrap_or(0), outbox::horizon(db).await?);
        // Read after the horizon: everything up to an earlier one that has settled by now can be seen.
        let told = outbox::told(db, HEARD, mark, STEP).await?;
        let whole = u64::try_from(told.len()).unwrap_or(0) < STEP;
        let settled = self.earlier.filter(|earlier| horizon.settles(earlier)).map(|earlier| earlier.last);
        let upto = match (whole, settled) {
            (true, Some(last)) => last.max(mark),
            (true, None) => mark,
            // More follow than fit in one step, and nobody writes so many at once: the mark follows what is old.
            (false, _) => told.last().map_or(mark, |(id, _)| if settled >= Some(*id) { *id } else { mark }),
        };
        let new: Vec<&(i64, Event)> = told.iter().filter(|(id, _)| !self.heard.contains(id)).collect();
        let courses = new.iter().filter_map(|(_, event)| match event {
            Event::CourseChanged { course } => Some(*course),
            _ => None,
        });
        let courses: Vec<CourseId> = courses.collect::<BTreeSet<_>>().into_iter().collect();
        if !courses.is_empty() {
            self.hear(&courses, upto).await?;
        }
        self.heard.extend(new.iter().map(|(id, _)| *id));
        let stuck = !whole && upto == mark && new.is_empty();
        self.mark = Some(upto);
        self.heard = self.heard.split_off(&(upto + 1));
        if self.earlier.is_none_or(|earlier| horizon.settles(&earlier)) {
            self.earlier = Some(horizon);
        }
        if stuck {
            tokio::time::sleep(SETTLED_LOOK).await;
        }
        Ok(!whole)
    }

    async fn hear(&self, courses: &[CourseId], upto: i64) -> Result<()> {
        for courses in courses.chunks(usize::try_from(AT_ONCE).unwrap_or(1)) {
            let documents = super::documents_of(&self.house, courses).await?;
            let groups: Vec<String> = courses.iter().map(ToString::to_string).collect();
            // The mark goes with the last of them: until then it stays where it was.
            let (index, mark) = (self.index.clone(), self.index.watermark().unwrap_or(0));
            let replaced = tokio::task::spawn_blocking(move || index.replace_up_to(&groups, &documents, mark));
            replaced.await?.map_err(Error::from)?;
        }
        if self.index.watermark() != Some(upto) {
            let index = self.index.clone();
            let marked = tokio::task::spawn_blocking(move || index.replace_up_to(&[], &[], upto));
            marked.await?.map_err(Error::from)?;
        }
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
        let documents = tokio::task::spawn_blocking(move || build.finish(mark)).await?.map_err(Error::from)?;
        tracing::info!(documents, "the search index was made");
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
