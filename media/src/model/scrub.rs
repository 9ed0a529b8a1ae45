//! What a check of all objects found: those that changed, those that are gone, and those that nobody knows.

use kernel::Millis;
use serde::{Deserialize, Serialize};

/// So many findings are listed; all are counted.
const LISTED: usize = 200;

/// What is wrong with an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Fault {
    /// Its bytes are not those that were kept.
    Changed,
    /// There is a row, and no object.
    Missing,
    /// There is an object, and no row.
    Unknown,
    /// The store did not give it out.
    Unreadable,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrong {
    pub key: String,
    pub fault: Fault,
}

/// The counts of a check and its first findings.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Objects that were read and compared, and their bytes.
    pub objects: u64,
    pub bytes: u64,
    /// Objects to be read in all, as far as was known at the beginning.
    pub expected: u64,
    /// Objects of before there were checksums: theirs was taken now.
    pub adopted: u64,
    pub changed: u64,
    pub missing: u64,
    pub unknown: u64,
    pub unreadable: u64,
    pub wrong: Vec<Wrong>,
}

impl Found {
    pub fn note(&mut self, key: &str, fault: Fault) {
        let count = match fault {
            Fault::Changed => &mut self.changed,
            Fault::Missing => &mut self.missing,
            Fault::Unknown => &mut self.unknown,
            Fault::Unreadable => &mut self.unreadable,
        };
        *count += 1;
        if self.wrong.len() < LISTED {
            self.wrong.push(Wrong { key: key.to_owned(), fault });
        }
    }
    pub fn read(&mut self, bytes: u64) {
        self.objects += 1;
        self.bytes += bytes;
    }
    pub const fn faults(&self) -> u64 {
        self.changed + self.missing + self.unknown + self.unreadable
    }
}

/// One check, running or ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scrub {
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
    pub found: Found,
}

impl Scrub {
    /// 0 to 1.
    pub fn progress(&self) -> f64 {
        if self.ended_at.is_some() {
            return 1.0;
        }
        (self.found.objects as f64 / self.found.expected.max(1) as f64).min(0.99)
    }
}
