//! Entries and what is told of them.

mod packs;

use std::collections::HashMap;

use kernel::{
    Amount, Day, Millis,
    event::Measure,
    id::{AdjustmentId, CourseId, EntryId, LessonId, PersonId},
};

pub use packs::{
    Change, Checked, DryRun, DryRunRow, DryRunStatus, Explained, MeasureTotals, NumberView, PackState, PackView,
    Sample, Tried, TriedEntry, Waiting, WaitingState,
};

pub(crate) const MEASURES: [Measure; 3] = [Measure::Points, Measure::Hours, Measure::Credits];

/// A measure as it stands in tables.
pub(crate) const fn measure_name(measure: Measure) -> &'static str {
    match measure {
        Measure::Points => "POINTS",
        Measure::Hours => "HOURS",
        Measure::Credits => "CREDITS",
    }
}

pub(crate) fn measure_of(name: &str) -> Option<Measure> {
    MEASURES.into_iter().find(|measure| measure_name(*measure) == name)
}

/// A rule as people read it; the title is data of the pack by which the entry was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleRef {
    pub key: String,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    pub id: EntryId,
    pub person: PersonId,
    pub measure: Measure,
    /// Zero where the entry only explains why nothing more was paid; negative where it takes back.
    pub amount: Amount,
    pub rule: RuleRef,
    /// Version of the rule pack.
    pub pack: String,
    pub course: Option<CourseId>,
    pub lesson: Option<LessonId>,
    /// Why, for people.
    pub note: Option<String>,
    pub reverses: Option<EntryId>,
    /// The day of the fact; a reversal has the day of the entry that it reverses, whose earnings it corrects.
    pub day: Day,
    pub posted_at: Millis,
    /// The account on the other side.
    pub contra: String,
    /// SHA-256 of the canonical encoding; none for entries from before it was kept.
    pub hash: Option<Vec<u8>>,
}

/// An entry before it has its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NewEntry {
    pub person: PersonId,
    pub measure: Measure,
    pub amount: Amount,
    /// Exists once in the whole ledger.
    pub reason_key: String,
    pub rule: String,
    pub pack: String,
    pub course: Option<CourseId>,
    pub lesson: Option<LessonId>,
    pub note: String,
    pub reverses: Option<EntryId>,
    pub day: Day,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Balance {
    pub points: Amount,
    pub hours: Amount,
    pub credits: Amount,
}

/// What the point rules have paid today, and may still pay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Today {
    pub date: Day,
    pub earned: Amount,
    pub cap: Option<Amount>,
    pub tasks: Vec<Task>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    pub rule: RuleRef,
    pub earned: Amount,
    pub cap: Option<Amount>,
    /// Nothing more can be earned by it today.
    pub done: bool,
}

/// The state of the ledger: how much there is, when it was sealed, and what the last verification said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub entries: u64,
    pub last_sealed_at: Option<Millis>,
    /// `None`: never verified yet.
    pub verified: Option<bool>,
    pub first_fault: Option<String>,
    pub verified_at: Option<Millis>,
    /// How many entries the last verification read.
    pub verified_entries: Option<i64>,
    /// Sealed ones.
    pub blocks: i64,
    /// With which anybody can check the checkpoints, hexadecimal; empty where this process does not seal.
    pub public_key: String,
}

/// What a verification said, to be remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verification {
    pub entries: i64,
    /// The last entry that a seal covers.
    pub upto: i64,
    pub first_fault: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AdjustmentStatus {
    Proposed,
    Approved,
    Rejected,
}

impl AdjustmentStatus {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Proposed => "PROPOSED",
            Self::Approved => "APPROVED",
            Self::Rejected => "REJECTED",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Proposed, Self::Approved, Self::Rejected].into_iter().find(|status| status.name() == name)
    }
}

/// What one admin wants to add or take away, and what another decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Adjustment {
    pub id: AdjustmentId,
    pub person: PersonId,
    /// Path of the person's unit when it was proposed.
    pub path: String,
    pub measure: Measure,
    pub amount: Amount,
    pub reason: String,
    pub status: AdjustmentStatus,
    pub proposed_by: PersonId,
    pub proposed_at: Millis,
    pub decided_by: Option<PersonId>,
    pub decided_at: Option<Millis>,
    /// Why it was rejected.
    pub decision: Option<String>,
    pub entry: Option<EntryId>,
}

/// What an appeal corrects. Without `reverses` it gives or takes `amount`; with it, it takes that entry back and is its opposite.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCorrection {
    pub person: PersonId,
    pub measure: Measure,
    pub amount: Amount,
    pub reason: String,
    pub reverses: Option<EntryId>,
    /// Exists once in the whole ledger, for example the appeal's id.
    pub case: String,
    /// Who decided.
    pub by: PersonId,
    /// What it is about, where that is a lesson.
    pub lesson: Option<(CourseId, LessonId)>,
}

/// What a rebuild found: rows of each cache that did not say what the entries say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rebuilt {
    pub differences: Vec<Difference>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    pub table: String,
    pub rows: usize,
    /// Some of them, as they stood and as they should have.
    pub examples: Vec<String>,
}

impl Rebuilt {
    pub fn rows(&self) -> usize {
        self.differences.iter().map(|difference| difference.rows).sum()
    }
}

/// Points of people, as of an entry of the ledger: whoever goes on from there misses nothing and counts nothing twice.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Standings {
    pub upto: i64,
    /// Who has none is absent.
    pub points: HashMap<PersonId, Amount>,
}

/// What was posted after an entry, in the order of the ledger.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Following {
    /// When the entry was posted after which this follows; none where the ledger does not have it.
    pub after_at: Option<Millis>,
    /// The last entry that was looked at, whatever its measure.
    pub upto: i64,
    pub upto_at: Option<Millis>,
    pub points: Vec<(PersonId, Day, Amount)>,
}
