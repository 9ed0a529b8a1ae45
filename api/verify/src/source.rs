//! Where a ledger is read from: the same questions to both databases.

use std::sync::{Arc, Mutex};

use kernel::entry::Fields;

use crate::{checkpoint::Block, postgres::Postgres, sqlite::Sqlite};

/// An entry as it stands.
pub struct Row<'a> {
    pub fields: Fields<'a>,
    /// The content hash that was written with it.
    pub hash: Option<&'a [u8]>,
}

pub enum Read<'a> {
    Row(Row<'a>),
    /// A column holds what an entry cannot have there.
    Unreadable(i64),
}

/// What is asked of an entry that another takes back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Side {
    pub id: i64,
    pub person: [u8; 16],
    pub measure: String,
    pub amount: i64,
    pub rule: String,
}

/// A row of a cache: whose, of which measure, how much.
pub type Cached<O> = (O, String, i64);

/// Is told each entry in turn; `false` ends the reading.
pub trait Take: Send {
    fn take(&mut self, read: Read<'_>) -> bool;
}

/// SQLite keeps hold of it while it reads, and longer.
pub type Taker = Arc<Mutex<dyn Take>>;

struct Telling<S> {
    state: Option<S>,
    told: fn(&mut S, Read<'_>) -> bool,
}

impl<S: Send> Take for Telling<S> {
    fn take(&mut self, read: Read<'_>) -> bool {
        self.state.as_mut().is_some_and(|state| (self.told)(state, read))
    }
}

/// Tells `told` the entries of these numbers, in order, until it answers `false`; gives the state back.
pub fn each<S: Send + 'static>(
    reader: &mut dyn Reader,
    (first, last): (i64, i64),
    state: S,
    told: fn(&mut S, Read<'_>) -> bool,
) -> Result<S, String> {
    let telling = Arc::new(Mutex::new(Telling { state: Some(state), told }));
    reader.entries(first, last, telling.clone())?;
    let state = telling.lock().ok().and_then(|mut telling| telling.state.take());
    state.ok_or_else(|| "the reading broke off".to_owned())
}

/// Reads on one connection.
pub trait Reader {
    /// From here to the end all answers are of one instant.
    fn freeze(&mut self) -> Result<(), String>;
    /// The number of the newest entry.
    fn head(&mut self) -> Result<i64, String>;
    fn blocks(&mut self) -> Result<Vec<Block>, String>;
    /// Entries of these numbers, in order; [`each`] is the convenient way.
    fn entries(&mut self, first: i64, last: i64, taker: Taker) -> Result<(), String>;
    /// Numbers of entries outside `1..=upto`, at most ten.
    fn strays(&mut self, upto: i64) -> Result<Vec<i64>, String>;
    fn sides(&mut self, ids: &[i64]) -> Result<Vec<Side>, String>;
    fn balances(&mut self) -> Result<Vec<Cached<[u8; 16]>>, String>;
    fn accounts(&mut self) -> Result<Vec<Cached<String>>, String>;
}

pub enum Source {
    Sqlite(std::path::PathBuf),
    Postgres(String),
}

/// In which order SQLite reads entries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As they lie in the file: fast, and the same as by number for a table that only ever grew.
    Stored,
    ByNumber,
}

impl Source {
    pub fn of(url: &str) -> Result<Self, String> {
        if let Some(path) = url.strip_prefix("sqlite:") {
            return Ok(Self::Sqlite(path.trim_start_matches("//").into()));
        }
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        Err(format!("{url}: sqlite:PATH or postgres://…"))
    }
    pub fn open(&self, order: Order) -> Result<Box<dyn Reader>, String> {
        match self {
            Self::Sqlite(path) => Ok(Box::new(Sqlite::open(path, order)?)),
            Self::Postgres(url) => Ok(Box::new(Postgres::open(url)?)),
        }
    }
}

/// The columns of an entry, in the order in which both readers take them.
pub const COLUMNS: &str = "id, person, measure, amount, reason_key, rule, pack, contra, course, lesson, note, reverses, day, \
                           posted_at, content_hash";
