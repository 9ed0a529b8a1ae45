//! The nouns of studying: what a client reports, what it is told, and what is kept of a study, of a person's one lease and of what they have covered.

use kernel::{
    Millis,
    id::{AssetId, CheckId, CourseId, LessonId, PersonId, SessionId, StudyId},
};
use serde::{Deserialize, Serialize};

mod check;
mod kept;

pub(crate) use check::{Checks, Given, Open, Phase, Question};
pub(crate) use kept::{Evidence, Extent, Habits, Holding, Part, Record, Script, Seat, Sitting};

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
    /// Its bytes were not handed out within this study. Once they are it may be claimed again.
    NotServed,
    /// Paid, and kept until the question on what was shown before it is answered.
    CheckPending,
    /// Played where nobody could see it, and the school does not count that.
    Hidden,
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
    /// Where it came from: an opaque name of the network, the same for the same network.
    pub network: Option<String>,
}

/// Some bytes of a piece of a study's material were handed to the socket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    pub study: StudyId,
    /// What the whole piece shows: milliseconds of a video, blocks of a reading.
    pub span: (i64, i64),
    /// Which piece: a segment of one rendition, or the page of a reading.
    pub piece: String,
    /// Half open, within the piece.
    pub bytes: (u64, u64),
    /// How many bytes the whole piece has.
    pub size: u64,
    /// Whereto: an opaque name of the network, as that of a beat; none where that says nothing.
    pub network: Option<String>,
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
    /// The question that waits for an answer. Told anew with each answer, also with a repeated one.
    #[serde(skip)]
    pub check: Option<Check>,
    /// The stretch that has to be shown again before the next question on it.
    #[serde(skip)]
    pub again: Option<Span>,
}

/// A question on what was just shown, as it is told. The right option never leaves the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub id: CheckId,
    pub prompt: String,
    /// Key and text; keys are drawn for each check.
    pub options: Vec<(String, String)>,
    /// Milliseconds left.
    pub deadline_ms: i64,
    /// The stretch that the question is about.
    pub from: i64,
    pub to: i64,
}

/// What came of an answer to a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    pub passed: bool,
    /// What was pending and counts from now on.
    pub released_ms: i64,
    /// Where the stretch begins that is to be shown again.
    pub again_from: Option<i64>,
}

/// Which parts of a lesson count for a person, which wait, and which do not and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WatchMap {
    /// Names the content that it is a map of; none before anything of the lesson was studied.
    pub version: Option<String>,
    /// The first position beyond the end.
    pub end: i64,
    pub covered: Vec<Span>,
    pub pending: Vec<Span>,
    /// In order, none within another; of each the newest reason.
    pub refused: Vec<(Span, Reason)>,
}

/// What a person has pending in a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    pub person: PersonId,
    pub spans: Vec<Span>,
    /// Milliseconds of a video, or of reading time.
    pub pending_ms: i64,
    pub updated_at: Millis,
}

/// A habit that a machine has sooner than a person. For a person to look at: nothing is decided by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flag {
    pub id: uuid::Uuid,
    pub person: PersonId,
    pub study: StudyId,
    pub kind: FlagKind,
    /// Of an even cadence and a cluster the spread in milliseconds, of the others how long it took.
    pub figure_ms: i64,
    pub noted_at: Millis,
    /// Who looked at it, when, and what they found.
    pub reviewed: Option<(PersonId, Millis, String)>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum FlagKind {
    /// Fifty intervals as even as no browser keeps them.
    EvenCadence,
    /// Hours without one pause or jump.
    Unbroken,
    /// More hours in a day than a person studies.
    LongDay,
    /// A question answered faster than it can be read.
    FastAnswer,
    /// Several people of one network in the same beat.
    Cluster,
    /// What is watched is fetched through one network and told through another.
    OtherNetwork,
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
    /// A question that was left open in an earlier study of the lesson, and the stretch that is to be shown again before the next.
    pub check: Option<Check>,
    pub again: Option<Span>,
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

/// A lesson that a person finished.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finished {
    pub person: PersonId,
    pub course: CourseId,
    pub lesson: LessonId,
    pub at: Millis,
}

/// How a course is studied. `median_coverage` is over those who have started; none where nobody has.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Statistics {
    pub started: u64,
    pub completed: u64,
    pub median_coverage: Option<f64>,
}
