//! The nouns of studying: what a client reports, what it is told, and what is kept of a study, of a person's one lease and of what they have covered.

use kernel::{
    Millis,
    event::Medium,
    id::{AssetId, CourseId, LessonId, PersonId, SessionId, StudyId},
};
use serde::{Deserialize, Serialize};

use crate::rules::{Bucket, Spans};

/// Half open: milliseconds of a video, or blocks of a reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Span {
    pub start: i64,
    pub end: i64,
}

impl Span {
    pub const fn new(start: i64, end: i64) -> Self {
        Self { start, end }
    }
    pub const fn length(self) -> i64 {
        self.end - self.start
    }
}

/// Whether the study that beat holds its person's one lease.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Lease {
    Held,
    Lost,
}

/// Why something claimed does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    TooFast,
    CountedBefore,
    LeaseLost,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub span: Span,
    pub reason: Reason,
}

/// One heartbeat as a client sends it.
#[derive(Debug, Clone)]
pub struct Beat {
    pub study: StudyId,
    pub seq: i64,
    /// As sent: unordered, overlapping, unchecked.
    pub spans: Vec<(i64, i64)>,
    pub rate: Option<f64>,
    pub visible: Option<bool>,
    /// A note of the client's clock: nothing is decided by it.
    pub client_time: Option<Millis>,
    /// The newest ledger entry that the caller knew of when the beat arrived.
    pub ledger_head: i64,
}

/// What a heartbeat is told once it is on disk; kept with the study, so that a repeat is told the same.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    pub next_seq: i64,
    pub lease: Lease,
    pub credited_ms: i64,
    #[serde(with = "share")]
    pub coverage: f64,
    pub completed: bool,
    pub refused: Vec<Refused>,
    /// The window of ledger entries that this answer may tell: of this person, `entries_after < id <= entries_upto`.
    pub entries_after: i64,
    pub entries_upto: i64,
}

/// A share as text. JSON numbers are read quickly, which may miss the last bit; a repeat is told exactly the same.
mod share {
    use serde::{Deserialize, Deserializer, Serializer, de::Error};

    pub fn serialize<S: Serializer>(share: &f64, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(share)
    }
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<f64, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
    }
}

/// An opened study, for the client that opened it.
#[derive(Debug, Clone)]
pub struct Study {
    pub id: StudyId,
    pub heartbeat_ms: i64,
    pub max_rate: f64,
    pub next_seq: i64,
    pub resume_at: i64,
    pub covered: Vec<Span>,
    pub material: catalogue::Material,
}

/// What the media gate asks about a study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StudyInfo {
    pub person: PersonId,
    pub session: SessionId,
    pub course: CourseId,
    pub lesson: LessonId,
    /// The video as it was when the study was opened; none for a reading.
    pub asset: Option<AssetId>,
    pub opened_at: Millis,
    pub beaten_at: Millis,
}

/// A person's progress in one lesson.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    pub coverage: f64,
    pub completed: bool,
    /// Milliseconds of a video, block of a reading.
    pub resume_at: i64,
}

/// A person's progress in one course: the mean coverage of its lessons, and how many are completed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CourseProgress {
    pub coverage: f64,
    pub lessons_done: u32,
    pub lessons_total: u32,
}

/// A lesson begun and not completed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Recent {
    pub course: CourseId,
    pub lesson: LessonId,
    pub coverage: f64,
}

/// How a course is studied. `median_coverage` is over those who have started; none where nobody has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    pub started: u64,
    pub completed: u64,
    pub median_coverage: Option<f64>,
}

/// How long the medium of a study is. Frozen with the study, which is bound to one version of its lesson: a beat needs no look at the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Extent {
    Video {
        duration_ms: i64,
    },
    /// The characters of each block, in the order of the text.
    Reading {
        characters: Vec<u32>,
    },
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
            Self::Reading { characters } => i64::try_from(characters.len()).unwrap_or(i64::MAX),
        }
    }
    /// What tells two versions apart by size: milliseconds, or characters.
    pub fn size(&self) -> i64 {
        match self {
            Self::Video { duration_ms } => *duration_ms,
            Self::Reading { characters } => characters.iter().copied().map(i64::from).sum(),
        }
    }
}

/// A study as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sitting {
    pub id: StudyId,
    pub info: StudyInfo,
    pub version: String,
    pub extent: Extent,
    /// The lease's epoch that the study was given; an older one than the lease's has lost it.
    pub epoch: i64,
    pub next_seq: i64,
    /// The last beat's body and its answer; none before the first.
    pub last: Option<(String, Answer)>,
    /// Entries up to here were told; none before the first answer.
    pub entries_seen: Option<i64>,
}

/// The one lease of a person, and the one bucket that goes with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Holding {
    pub epoch: i64,
    pub study: StudyId,
    pub bucket: Bucket,
}

/// What a person has covered of a lesson. `version` and `size` are those with which the union began: a re-encoded video goes on with it.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Record {
    pub course: CourseId,
    pub version: String,
    pub size: i64,
    pub covered: Spans,
    pub covered_ms: i64,
    pub coverage: f64,
    pub resume_at: i64,
    /// Set once, whatever later versions do to the coverage.
    pub completed_at: Option<Millis>,
    pub updated_at: Millis,
}
