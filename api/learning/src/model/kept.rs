//! What is kept of a study, of a person's one lease and of what they have covered.

use std::sync::Arc;

use kernel::{
    Millis,
    event::Medium,
    id::{CourseId, PersonId, StudyId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Answer, Checks, Question, Refused, StudyInfo};
use crate::rules::{Bucket, Spans};

/// How long the medium of a study is. Frozen with the study, which is bound to one version of its lesson: a beat needs no look at the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Extent {
    Video {
        duration_ms: i64,
    },
    Reading {
        /// The characters of each block, in the order of the text.
        characters: Vec<u32>,
        /// How many of them a minute takes.
        #[serde(default = "usual_pace")]
        per_minute: u32,
    },
}

const fn usual_pace() -> u32 {
    catalogue::CHARACTERS_A_MINUTE
}

impl Extent {
    pub const fn medium(&self) -> Medium {
        match self {
            Self::Video { .. } => Medium::Video,
            Self::Reading { .. } => Medium::Reading,
        }
    }
    /// The first position beyond the end: milliseconds, or the number of blocks.
    pub fn end(&self) -> i64 {
        match self {
            Self::Video { duration_ms } => *duration_ms,
            Self::Reading { characters, .. } => i64::try_from(characters.len()).unwrap_or(i64::MAX),
        }
    }
    /// What tells two versions apart by size: milliseconds, or characters.
    pub fn size(&self) -> i64 {
        match self {
            Self::Video { duration_ms } => *duration_ms,
            Self::Reading { characters, .. } => characters.iter().copied().map(i64::from).sum(),
        }
    }
}

/// What a lesson was when it was opened: the same for everybody who opened it then, so it is stored and held once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Script {
    pub extent: Extent,
    #[serde(default)]
    pub questions: Vec<Question>,
}

/// A study as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct Sitting {
    pub id: StudyId,
    pub info: StudyInfo,
    pub version: String,
    pub script_id: Option<Uuid>,
    pub script: Arc<Script>,
    /// The lease's epoch that the study was given; an older one than the lease's has lost it.
    pub epoch: i64,
    pub next_seq: i64,
    /// The last beat's body and its answer; none before the first.
    pub last: Option<(String, Answer)>,
    /// Entries up to here were told; none before the first answer.
    pub entries_seen: Option<i64>,
    pub evidence: Evidence,
    pub habits: Habits,
}

/// What was handed out within a study.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Evidence {
    /// Spans of pieces that were served whole.
    #[serde(rename = "s", default, skip_serializing_if = "Spans::is_empty")]
    pub served: Spans,
    /// Pieces that were served in part, oldest first.
    #[serde(rename = "p", default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Part>,
    /// Claimed after the lease was lost: counts for nothing, and a person may look at it.
    #[serde(rename = "c", default, skip_serializing_if = "Spans::is_empty")]
    pub contested: Spans,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub piece: String,
    pub span: (i64, i64),
    pub size: i64,
    /// Bytes.
    pub ranges: Spans,
}

/// How somebody beats: a few rolling figures, from which only flags for human eyes follow.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "[i64; 9]", into = "[i64; 9]")]
pub struct Habits {
    /// Server time of the last beat.
    pub beat_at: Millis,
    /// How many intervals in a row lie within fifty milliseconds, and between which two.
    pub even: i64,
    pub least_ms: i64,
    pub most_ms: i64,
    /// Since when there was neither pause nor jump, and where the last span ended.
    pub unbroken_since: Millis,
    pub end: i64,
    /// The day, and how long was studied on it.
    pub day: i64,
    pub active_ms: i64,
    /// Which flags this study has, one bit each.
    pub flagged: i64,
}

impl From<[i64; 9]> for Habits {
    fn from(of: [i64; 9]) -> Self {
        let [beat_at, even, least_ms, most_ms, unbroken_since, end, day, active_ms, flagged] = of;
        Self { beat_at, even, least_ms, most_ms, unbroken_since, end, day, active_ms, flagged }
    }
}
impl From<Habits> for [i64; 9] {
    fn from(of: Habits) -> Self {
        let first = [of.beat_at, of.even, of.least_ms, of.most_ms, of.unbroken_since];
        let [a, b, c, d, e] = first;
        [a, b, c, d, e, of.end, of.day, of.active_ms, of.flagged]
    }
}

/// The one lease of a person, and the one bucket that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holding {
    pub epoch: i64,
    pub study: StudyId,
    pub bucket: Bucket,
}

/// What a person has covered of a lesson. `version` and `size` are those with which the union began: a re-encoded video goes on with it.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    pub course: CourseId,
    pub version: String,
    pub size: i64,
    pub script_id: Option<Uuid>,
    pub covered: Spans,
    pub covered_ms: i64,
    pub coverage: f64,
    pub resume_at: i64,
    /// Set once, whatever later versions do to the coverage.
    pub completed_at: Option<Millis>,
    pub updated_at: Millis,
    /// Paid, and waiting for a question to be answered or for a person to release it.
    pub pending: Spans,
    /// What was refused last, in order, apart, and not covered since.
    pub refused: Vec<Refused>,
    pub checks: Checks,
}

/// All that a heartbeat of the study that holds the lease is decided on. Whoever changes any of it raises `version` in the same transaction.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    pub person: PersonId,
    pub version: i64,
    pub holding: Holding,
    /// None where the study was removed after long silence.
    pub sitting: Option<Sitting>,
    /// Of the sitting's lesson; none before anything of it was written.
    pub record: Option<Record>,
    /// How much of it stands in its own row; none while it has none.
    pub stored_ms: Option<i64>,
    /// Whether the record is ahead of its own row: then the person's row has what is new.
    pub ahead: bool,
    /// The last day that stands in the table of days as far as this process knows.
    pub day_noted: Option<i32>,
}
