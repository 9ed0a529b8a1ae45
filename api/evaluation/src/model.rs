//! The score and the reason for every part of it; who has one. Pure.

use kernel::{
    Amount, Millis,
    id::{EntryId, PersonId},
};
use organisation::{Person, Stage, Term};

/// The political-literacy score of one person at the end of a term.
#[derive(Debug, Clone)]
pub struct Literacy {
    pub term: Term,
    /// Of the five-dimension total.
    pub weight: Amount,
    /// 0 to 5; `None` while nothing at all is due.
    pub score: Option<Amount>,
    pub indicators: Vec<Indicator>,
    pub as_of: Millis,
    /// Version of the weights and tables that were used.
    pub scheme: String,
    /// What was left out and how the weights were rescaled; and, always last, what the score is not.
    pub notes: Vec<String>,
}

/// One of the five parts of the score.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indicator {
    pub key: String,
    pub name: String,
    /// As published, before any rescaling.
    pub weight: Amount,
    pub score: Option<Amount>,
    pub missing: Option<Missing>,
    pub evidence: Vec<Evidence>,
}

/// Why an indicator has no score. It is never counted as zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Nothing was asked of this person.
    NotDue,
    /// Something was asked, and what came of it was never recorded.
    NoRecord,
}

/// A sentence that says what an indicator rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Evidence {
    pub text: String,
    pub amount: Option<Amount>,
    pub entry: Option<EntryId>,
}

/// How many have a score of `from` up to, not including, `to`; the last bucket includes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub from: Amount,
    pub to: Amount,
    pub students: u64,
}

/// One person in a report.
#[derive(Debug, Clone)]
pub struct Row {
    pub person: Person,
    pub score: Option<Amount>,
    pub indicators: Vec<Indicator>,
}

/// Everybody's score beneath some units, by name: what an export is made of.
#[derive(Debug, Clone)]
pub struct Roll {
    /// `None` before the first term; then there are no rows.
    pub term: Option<Term>,
    pub scheme: String,
    pub as_of: Millis,
    /// The names of the indicators, in the order of each row's.
    pub indicators: Vec<String>,
    pub rows: Vec<Row>,
    /// True of every row; always ends with what the score is not.
    pub notes: Vec<String>,
}

/// One course in what is due: how many of its required lessons, and how many of them are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    pub title: String,
    pub due: i64,
    pub done: i64,
}

/// Only who is being cultivated has a score: activists, candidates and probationary members.
pub const fn is_scored(stage: Stage) -> bool {
    match stage {
        Stage::Activist | Stage::Candidate | Stage::Probationary => true,
        Stage::None | Stage::Applicant | Stage::Member => false,
    }
}

/// The order of names: pinyin, then number, then id.
pub(crate) fn place(person: &Person) -> (&str, &str, PersonId) {
    (&person.sort_key, &person.number, person.id)
}
