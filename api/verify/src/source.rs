//! Where a ledger is read from: the same questions to both databases.

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
pub type Told<'t> = dyn FnMut(Read<'_>) -> bool + 't;

/// Reads on one connection.
pub trait Reader {
    /// From here to the end all answers are of one instant.
    fn freeze(&mut self) -> Result<(), String>;
    /// The number of the newest entry.
    fn head(&mut self) -> Result<i64, String>;
    fn blocks(&mut self) -> Result<Vec<Block>, String>;
    /// Entries of these numbers, in order.
    fn entries(&mut self, first: i64, last: i64, told: &mut Told<'_>) -> Result<(), String>;
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
