//! An appeal and its life: open, then accepted, declined or withdrawn, once and for all.

use kernel::{
    Amount, Millis,
    id::{AppealId, CourseId, EntryId, LessonId, PersonId},
};
use learning::Span;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Open,
    Accepted,
    Declined,
    Withdrawn,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Open, Self::Accepted, Self::Declined, Self::Withdrawn];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Open => "OPEN",
            Self::Accepted => "ACCEPTED",
            Self::Declined => "DECLINED",
            Self::Withdrawn => "WITHDRAWN",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

/// What an appeal is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Entry(EntryId),
    /// Milliseconds of a video, blocks of a reading: disjoint, in order.
    Spans {
        course: CourseId,
        lesson: LessonId,
        /// The content that they are of; none of what was asked for before this was kept.
        version: Option<String>,
        spans: Vec<Span>,
    },
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Appeal {
    pub id: AppealId,
    pub person: PersonId,
    /// Of the person's unit: who has charge of it may answer.
    pub path: String,
    pub subject: Subject,
    pub reason: String,
    pub status: Status,
    pub created_at: Millis,
    pub answer: Option<Answer>,
}

/// What was answered, by whom, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub by: PersonId,
    pub at: Millis,
    pub text: String,
    /// The entry in which the answer stands.
    pub outcome: EntryId,
    /// Milliseconds that count since; of an appeal about spans that was accepted.
    pub released_ms: Option<i64>,
}

/// What somebody in charge decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    pub accept: bool,
    pub text: String,
    /// By which an entry is corrected; only with an accepted appeal about an entry.
    pub amount: Option<Amount>,
}
