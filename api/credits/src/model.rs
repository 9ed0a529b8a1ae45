//! Entries and what is told of them.

use kernel::{
    Amount, Day, Millis,
    event::Measure,
    id::{CourseId, EntryId, LessonId, PersonId},
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

/// The state of the ledger. Blocks are not sealed yet, so nothing is claimed about them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Health {
    pub entries: u64,
    pub last_sealed_at: Option<Millis>,
    pub verified: Option<bool>,
    pub first_fault: Option<String>,
}
