//! Making an index beside the one that answers: filled, brought up to date, and then put in its place in one step.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::document::Document;
use crate::generation::Generation;
use crate::store::Building;
use crate::{Error, Index};

/// A new index while the old one still answers. Dropped unfinished, it is as if it had never been.
pub struct Build {
    unfinished: Unfinished,
}

impl Build {
    pub(crate) fn begin(index: &Arc<Index>, generation: Generation, lock: Option<Building>) -> Build {
        index.building.store(true, Ordering::Release);
        Build { unfinished: Unfinished { index: index.clone(), generation: Some(generation), own: true, lock } }
    }

    pub fn add(&self, documents: &[Document]) -> Result<(), Error> {
        self.unfinished.generation.as_ref().map_or(Ok(()), |generation| generation.add(documents))
    }

    /// Commits. It holds everything announced up to `watermark`; what was announced since can be brought in before it answers.
    pub fn commit(self, watermark: i64) -> Result<Incoming, Error> {
        if let Some(generation) = &self.unfinished.generation {
            generation.finish(watermark)?;
        }
        Ok(Incoming { unfinished: self.unfinished })
    }

    /// Commits, and lets it answer from here on. Answers how many documents it has.
    pub fn finish(self, watermark: i64) -> Result<u64, Error> {
        self.commit(watermark)?.take_over()
    }
}

/// An index that is whole up to its mark, and does not answer yet: one that was made here, or by another process.
pub struct Incoming {
    unfinished: Unfinished,
}

impl Incoming {
    pub(crate) fn made_elsewhere(index: &Arc<Index>, generation: Generation) -> Incoming {
        Incoming {
            unfinished: Unfinished { index: index.clone(), generation: Some(generation), own: false, lock: None },
        }
    }

    /// Everything announced up to here is in it.
    pub fn watermark(&self) -> Option<i64> {
        self.unfinished.generation.as_ref().and_then(Generation::watermark)
    }

    /// Like [`Index::replace_up_to`].
    pub fn replace_up_to(&self, groups: &[String], documents: &[Document], watermark: i64) -> Result<(), Error> {
        let generation = self.unfinished.generation.as_ref();
        generation.map_or(Ok(()), |generation| generation.replace(groups, documents, Some(watermark)))
    }

    /// Lets it answer from here on, in one step. Answers how many documents it has.
    pub fn take_over(mut self) -> Result<u64, Error> {
        let Unfinished { index, generation, own, lock } = &mut self.unfinished;
        if let Some(made) = generation.as_ref() {
            // Where it was made for another process, that one is the next to write.
            made.rest()?;
            if let (Some(store), Some(path), true) = (&index.store, &made.path, *own) {
                store.switch(path)?;
                lock.iter().for_each(|held| store.sweep(held));
            }
        }
        if let Some(made) = generation.take() {
            index.set_live(made);
        }
        Ok(index.documents())
    }
}

/// A generation that is nobody's yet; of our own making, it goes with this.
struct Unfinished {
    index: Arc<Index>,
    generation: Option<Generation>,
    own: bool,
    lock: Option<Building>,
}

impl Drop for Unfinished {
    fn drop(&mut self) {
        if !self.own {
            return;
        }
        self.index.building.store(false, Ordering::Release);
        let Some(path) = self.generation.take().and_then(|generation| generation.path.clone()) else { return };
        let current = self.index.store.as_ref().and_then(|store| store.current());
        if current.as_ref() != Some(&path)
            && let Err(error) = fs::remove_dir_all(&path)
        {
            tracing::warn!(%error, path = %path.display(), "an unfinished search index could not be taken away");
        }
    }
}
