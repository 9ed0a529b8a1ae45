//! Finding courses, lectures, readings and the words spoken in them: by Chinese words and characters, pinyin and initials.
//! Knows no house: whoever owns a thing turns it into [`Document`]s, gives the audience it is for, and replaces them
//! when it changes. The index is derived data; it can always be made again, and is, whenever it is missing or damaged.
//!
//! Everything here blocks: callers are on `spawn_blocking`.

mod building;
mod clause;
mod columns;
mod document;
mod fold;
mod folder;
mod gate;
mod generation;
mod highlight;
mod lexicon;
mod mixed;
mod names;
mod near;
mod page;
mod query;
mod rank;
mod reader;
mod roster;
mod schema;
mod sound;
mod store;
mod terms;
#[cfg(test)]
mod tests;
mod titles;
mod tokenise;
mod ways;
mod wish;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

pub use building::{Build, Incoming};
pub use document::{Document, Kind};
pub use highlight::Fragment;
pub use lexicon::Words;
pub use page::{Counts, Cursor};
pub use query::{Query, Searcher, Way};
pub use reader::{Found, Hit, Suggestion};
pub use tokenise::pieces;

use generation::Generation;
use lexicon::Lexicon;
use names::Known;
use reader::Reading;
use schema::Fields;
use store::Store;

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
    /// It is made again by whoever keeps it; see [`Index::needs_building`].
    #[error("the search index is damaged and will be made again")]
    Damaged,
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
    schema: tantivy::schema::Schema,
    lexicon: Arc<Lexicon>,
    live: RwLock<Arc<Generation>>,
    /// Raised with each index that takes the place of another.
    generation: AtomicU64,
    building: AtomicBool,
    caught_up: AtomicBool,
    /// Whether there was an index when this was opened, sound or not.
    was_there: bool,
    /// None in memory.
    store: Option<Store>,
}

impl Index {
    /// Opens the folder, or begins it. What is damaged or of another version is set aside: see [`Index::needs_building`].
    ///
    /// # Errors
    /// [`Error::Busy`] while another process has it open.
    pub fn open(dir: &Path) -> Result<Index, Error> {
        Index::open_with(dir, &Words::default())
    }

    /// With the words that a school adds.
    pub fn open_with(dir: &Path, words: &Words) -> Result<Index, Error> {
        let lexicon = Lexicon::of(words);
        let store = Store::open(dir, &lexicon)?;
        let (schema, fields) = schema::build();
        let current = store.current();
        let was_there = current.is_some();
        let opened = current.and_then(|path| match store.sound(&path, &schema, &lexicon) {
            Ok(engine) => Some((engine, path)),
            Err(reason) => {
                tracing::warn!(%reason, dir = %dir.display(), "the search index is set aside and made anew");
                if let Err(error) = store.set_aside(&path) {
                    tracing::warn!(%error, "the damaged index could not be kept");
                }
                None
            }
        });
        let (engine, path) = match opened {
            Some(opened) => opened,
            None => {
                let (engine, path) = store.begin(&schema, &lexicon)?;
                store.switch(&path)?;
                (engine, path)
            }
        };
        store.tidy();
        let live = Generation::open(engine, fields, Some(path))?;
        Ok(Index::of(fields, schema, lexicon, live, was_there, Some(store)))
    }

    /// For building a new index in a folder that another process has open, which takes it over when it is whole: see [`Index::look`].
    ///
    /// # Errors
    /// [`Error::Busy`] while another process does the same.
    pub fn beside(dir: &Path, words: &Words) -> Result<Index, Error> {
        let lexicon = Lexicon::of(words);
        let store = Store::beside(dir, &lexicon)?;
        let (schema, fields) = schema::build();
        let live = in_memory(&schema, fields, &lexicon)?;
        Ok(Index::of(fields, schema, lexicon, live, true, Some(store)))
    }

    /// For tests, and for an installation that may fill it at every start.
    pub fn in_memory() -> Result<Index, Error> {
        Index::in_memory_with(&Words::default())
    }

    /// With the words that a school adds.
    pub fn in_memory_with(words: &Words) -> Result<Index, Error> {
        let lexicon = Lexicon::of(words);
        let (schema, fields) = schema::build();
        let live = in_memory(&schema, fields, &lexicon)?;
        Ok(Index::of(fields, schema, lexicon, live, false, None))
    }

    fn of(
        fields: Fields,
        schema: tantivy::schema::Schema,
        lexicon: Arc<Lexicon>,
        live: Generation,
        was_there: bool,
        store: Option<Store>,
    ) -> Index {
        let (live, building) = (RwLock::new(Arc::new(live)), AtomicBool::new(false));
        let (caught_up, generation) = (AtomicBool::new(false), AtomicU64::new(1));
        Index { fields, schema, lexicon, live, generation, building, caught_up, was_there, store }
    }

    fn live(&self) -> Arc<Generation> {
        self.live.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether it was never filled, or is damaged: somebody has to build it, and who searches is to be told that something may be missing.
    pub fn needs_building(&self) -> bool {
        let live = self.live();
        live.watermark().is_none() || live.is_broken()
    }

    /// Whether there was an index when it was opened, sound or not: if not, this is a new node.
    pub fn was_there(&self) -> bool {
        self.was_there
    }

    /// Told by whoever keeps it: everything announced so far is in it.
    pub fn set_caught_up(&self) {
        self.caught_up.store(true, Ordering::Release);
    }

    /// Whether this node may be asked: it has caught up once; or its index was lost, which is said in the answers and takes nobody off the air.
    pub fn is_ready(&self) -> bool {
        self.caught_up.load(Ordering::Acquire) || self.was_there && self.needs_building()
    }

    /// Changes when another index takes the place of this one.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Everything announced up to here is in it.
    pub fn watermark(&self) -> Option<i64> {
        self.live().watermark()
    }

    /// Looks whether the files are all there, and whether another process made a new generation: that one is to be brought up to date and then
    /// taken over by whoever keeps the index. Cheap; to be called every second or so.
    pub fn look(self: &Arc<Self>) -> Result<Option<Incoming>, Error> {
        let live = self.live();
        let Some(store) = &self.store else { return Ok(None) };
        let current = store.current();
        if current.is_some() && current != live.path && !self.building.load(Ordering::Acquire) {
            return self.incoming(store, current.unwrap_or_default()).map(Some);
        }
        if !live.is_broken() && (!live.is_whole() || current.is_none()) {
            live.careful(|_| Err::<(), _>(Error::Damaged)).or(Err(Error::Damaged))?;
        }
        Ok(None)
    }

    fn incoming(self: &Arc<Self>, store: &Store, path: PathBuf) -> Result<Incoming, Error> {
        match store.sound(&path, &self.schema, &self.lexicon) {
            Ok(engine) => Ok(Incoming::made_elsewhere(self, Generation::open(engine, self.fields, Some(path))?)),
            Err(reason) => {
                tracing::warn!(%reason, "the search index that another process made is not used");
                self.live().careful(|_| Err(Error::Damaged))
            }
        }
    }

    fn set_live(&self, generation: Generation) {
        *self.live.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(generation);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Takes out everything of these groups and puts in these documents, in one step: searchers see all of it or
    /// nothing. Found on return. Costs a commit (some 10 ms), so hand over many at once.
    pub fn replace(&self, groups: &[String], documents: Vec<Document>) -> Result<(), Error> {
        self.live().replace(groups, &documents, None)
    }

    /// The same, and from here on everything announced up to `watermark` is known to be in it.
    pub fn replace_up_to(&self, groups: &[String], documents: &[Document], watermark: i64) -> Result<(), Error> {
        self.live().replace(groups, documents, Some(watermark))
    }

    /// Begins a new index beside the one that answers; see [`Build`].
    ///
    /// # Errors
    /// [`Error::Busy`] while another is being built.
    pub fn build(self: &Arc<Self>) -> Result<Build, Error> {
        let (generation, lock) = match &self.store {
            None => (in_memory(&self.schema, self.fields, &self.lexicon)?, None),
            Some(store) => {
                let lock = store.building()?;
                let (engine, path) = store.begin(&self.schema, &self.lexicon)?;
                (Generation::open(engine, self.fields, Some(path))?, Some(lock))
            }
        };
        Ok(Build::begin(self, generation, lock))
    }

    /// The best hits first. Any text has an answer; one without a letter finds nothing.
    ///
    /// # Errors
    /// [`Error::Damaged`] when the index cannot be read; it then needs building.
    pub fn search(&self, searcher: &Searcher, query: &Query) -> Result<Found, Error> {
        self.live().careful(|shelf| Reading::of(shelf, &self.fields, &self.lexicon, (searcher, query)).search())
    }

    /// Titles, tags and terms of the dictionary that hold what was typed so far, as Chinese, pinyin or initials; each once.
    pub fn suggest(&self, searcher: &Searcher, prefix: &str, first: usize) -> Result<Vec<Suggestion>, Error> {
        let query = Query { text: prefix.to_owned(), ..Query::default() };
        self.live().careful(|shelf| Reading::of(shelf, &self.fields, &self.lexicon, (searcher, &query)).suggest(first))
    }

    /// Stretches of a text that no line may be broken within, in characters.
    pub fn whole(&self, text: &str) -> Vec<(usize, usize)> {
        let shelf = self.live().shelf();
        highlight::whole(Known { lexicon: &self.lexicon, people: &shelf.people }, text)
    }

    /// How many documents there are.
    pub fn documents(&self) -> u64 {
        let shelf = self.live().shelf();
        shelf.columns.iter().zip(shelf.searcher.segment_readers()).map(|(columns, reader)| columns.found(reader)).sum()
    }

    /// Bytes of the index by what they are for, the largest first: for measuring.
    pub fn sizes(&self) -> Result<Vec<(String, u64)>, Error> {
        let space = self.live().shelf().searcher.space_usage()?;
        let mut sizes = std::collections::BTreeMap::new();
        let mut add = |name: String, bytes: u64| *sizes.entry(name).or_insert(0) += bytes;
        for segment in space.segments() {
            for (part, usage) in [
                ("terms", segment.termdict()),
                ("postings", segment.postings()),
                ("positions", segment.positions()),
                ("columns", segment.fast_fields()),
                ("lengths", segment.fieldnorms()),
            ] {
                for usage in usage.fields() {
                    add(format!("{}: {part}", usage.field_name()), usage.total().get_bytes());
                }
            }
            add("stored texts".to_owned(), segment.store().total().get_bytes());
        }
        let mut sizes: Vec<_> = sizes.into_iter().collect();
        sizes.sort_by_key(|(_, bytes)| std::cmp::Reverse(*bytes));
        Ok(sizes)
    }
}

fn in_memory(schema: &tantivy::schema::Schema, fields: Fields, lexicon: &Arc<Lexicon>) -> Result<Generation, Error> {
    let builder = tantivy::Index::builder().schema(schema.clone()).settings(store::settings());
    let engine = builder.create_in_ram()?;
    tokenise::register(engine.tokenizers(), lexicon);
    Generation::open(engine, fields, None)
}

/// Loads the dictionaries now rather than in the first search.
pub fn warm() {
    Lexicon::of(&Words::default());
}

/// How Chinese would be typed in pinyin without tones: for measuring.
pub fn spelled(text: &str) -> String {
    sound::spelled(&fold::folded(text))
}
