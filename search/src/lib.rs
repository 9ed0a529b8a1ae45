//! Finding courses, lectures, readings and the words spoken in them: by Chinese words, pinyin and initials.
//! Knows no house: whoever owns a thing turns it into [`Document`]s, gives the audience it is for, and replaces them
//! when it changes. The index is a cache of the database; it can always be made again.
//!
//! Everything here blocks: callers are on `spawn_blocking`.

mod document;
mod highlight;
mod query;
mod reader;
mod schema;
mod sound;
mod store;
#[cfg(test)]
mod tests;
mod tokenise;
mod writer;

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

use tantivy::{IndexReader, ReloadPolicy};

pub use document::{Document, Kind};
pub use highlight::Fragment;
pub use query::{Query, Searcher};
pub use reader::{Cursor, Found, Hit, Suggestion};
pub use tokenise::pieces;

use schema::Fields;
use store::Store;
use writer::Writer;

/// What can go wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The caller's to mend.
    #[error("{0}")]
    Invalid(&'static str),
    /// One process at a time.
    #[error("the search index in {0} is in use by another process")]
    Busy(String),
    #[error("the folder of the search index: {0}")]
    Folder(#[from] std::io::Error),
    #[error("the search index: {0}")]
    Engine(tantivy::TantivyError),
}

impl From<tantivy::TantivyError> for Error {
    fn from(error: tantivy::TantivyError) -> Self {
        match error {
            tantivy::TantivyError::LockFailure(..) => Error::Busy("the folder".to_owned()),
            other => Error::Engine(other),
        }
    }
}

/// The index; one for the process, shared by reference. Searches run beside each other and beside a change.
pub struct Index {
    fields: Fields,
    writer: Writer,
    reader: IndexReader,
    filled: AtomicBool,
    /// Last, so that the folder is held until the writer is gone. None in memory.
    store: Option<Store>,
}

impl Index {
    /// Opens the folder, or begins it. What is damaged or of another version is set aside: see [`Index::fresh`].
    ///
    /// # Errors
    /// [`Error::Busy`] while another process has it open.
    pub fn open(dir: &Path) -> Result<Index, Error> {
        let (schema, fields) = schema::build();
        let store = Store::open(dir)?;
        let engine = store.engine(&schema)?;
        Index::assemble(engine, fields, Some(store))
    }

    /// For tests, and for an installation that may fill it at every start.
    pub fn in_memory() -> Result<Index, Error> {
        let (schema, fields) = schema::build();
        Index::assemble(tantivy::Index::create_in_ram(schema), fields, None)
    }

    fn assemble(engine: tantivy::Index, fields: Fields, store: Option<Store>) -> Result<Index, Error> {
        tokenise::warm();
        tokenise::register(engine.tokenizers());
        let reader = engine.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let filled = AtomicBool::new(store.as_ref().is_some_and(Store::filled));
        Ok(Index { fields, writer: Writer::open(engine, fields)?, reader, filled, store })
    }

    /// True until [`Index::set_filled`] was called, now or by an earlier process: the caller has to index everything.
    /// Remembered on disk, so an indexing that was cut short is begun again.
    pub fn fresh(&self) -> bool {
        !self.filled.load(Ordering::Acquire)
    }

    /// Says that everything there is has been indexed.
    pub fn set_filled(&self) -> Result<(), Error> {
        self.mark(true)
    }

    /// Takes out everything of these groups and puts in these documents, in one step: searchers see all of it or
    /// nothing. Found on return. Costs a commit (some 10 ms), so hand over many at once.
    pub fn replace(&self, groups: &[String], documents: Vec<Document>) -> Result<(), Error> {
        self.writer.replace(groups, &documents)?;
        Ok(self.reader.reload()?)
    }

    /// Takes out everything; the index is fresh again.
    pub fn clear(&self) -> Result<(), Error> {
        self.mark(false)?;
        self.writer.clear()?;
        Ok(self.reader.reload()?)
    }

    /// The best hits first. Any text has an answer; one without a letter finds nothing.
    pub fn search(&self, searcher: &Searcher, query: &Query) -> Result<Found, Error> {
        reader::search(&self.reader.searcher(), &self.fields, searcher, query)
    }

    /// Titles that hold what was typed so far, as Chinese, pinyin or initials; each title once.
    pub fn suggest(&self, searcher: &Searcher, prefix: &str, first: usize) -> Result<Vec<Suggestion>, Error> {
        reader::suggest(&self.reader.searcher(), &self.fields, searcher, prefix, first)
    }

    /// How many documents there are.
    pub fn documents(&self) -> u64 {
        self.reader.searcher().num_docs()
    }

    fn mark(&self, filled: bool) -> Result<(), Error> {
        if let Some(store) = &self.store {
            store.set_filled(filled)?;
        }
        self.filled.store(filled, Ordering::Release);
        Ok(())
    }
}
