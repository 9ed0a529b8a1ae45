//! What can be found. The house that owns a thing turns it into documents; this crate never asks a house back.
//! A reading or a lecture becomes one document that stands for the whole, and one passage for each further part.

use serde::{Deserialize, Serialize};

/// What sort of thing was found; the order is the order in which counts are listed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Kind {
    #[default]
    Course,
    Video,
    Reading,
    Transcript,
}

impl Kind {
    /// Every kind, in the order of its [`Kind::code`].
    pub const ALL: [Kind; 4] = [Kind::Course, Kind::Video, Kind::Reading, Kind::Transcript];

    /// The number the index keeps. Never renumber: it is on disk.
    pub(crate) fn code(self) -> u64 {
        match self {
            Kind::Course => 0,
            Kind::Video => 1,
            Kind::Reading => 2,
            Kind::Transcript => 3,
        }
    }

    pub(crate) fn of(code: u64) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// One findable thing, or one passage of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Unique in the index, and the same again whenever the same thing is indexed: `les_…#3`.
    pub id: String,
    /// What it is deleted and replaced by, as a rule the course.
    pub group: String,
    pub kind: Kind,
    pub title: String,
    /// Headings in it: they count for less than the title and for more than the body. What they say is in the body too.
    #[serde(default)]
    pub heading: String,
    pub body: String,
    /// Opaque key of those it is for; compared with [`crate::Searcher::audiences`], never read.
    pub audience: String,
    /// A passage of a thing that has a document of its own (a spoken cue, a later block of a reading). It is found
    /// by its own words only: were its title indexed too, a search for a lesson's name would answer with every cue.
    pub passage: bool,
    pub course: String,
    pub lesson: Option<String>,
    pub lecturers: Vec<String>,
    /// Names of the lecturers: they are neither completed nor altered.
    #[serde(default)]
    pub teachers: Vec<String>,
    /// Where in the reading.
    pub block: Option<u32>,
    /// The block is a page.
    #[serde(default)]
    pub page: bool,
    /// Where in the video.
    pub start_ms: Option<u64>,
    /// Words that the course is filed under: found like headings, and suggested.
    #[serde(default)]
    pub tags: Vec<String>,
    /// For whom the course is, by stage.
    #[serde(default)]
    pub stages: Vec<String>,
    /// Whether the course has to be studied: a little higher.
    #[serde(default)]
    pub required: bool,
    /// The day of its publication, as a number that grows by one a day: fresher is a little higher.
    #[serde(default)]
    pub day: i32,
    #[serde(default)]
    pub year: Option<i32>,
}
