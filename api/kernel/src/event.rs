//! All public events: what one house announces and others may hear. A listener never imports the house that spoke.

use serde::{Deserialize, Serialize};

use crate::{
    Amount, Millis,
    id::{AssetId, CheckId, CourseId, EntryId, LessonId, PersonId},
};

/// Which amounts there are. They never convert into one another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Measure {
    Points,
    Hours,
    Credits,
}

/// What kind of lesson a study was of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Medium {
    Video,
    Reading,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Event {
    /// A person was made, or their name, number, unit, stage or roles changed.
    PersonChanged { person: PersonId },
    /// A published course, or something in it, changed; or it was published or withdrawn.
    CourseChanged { course: CourseId },
    /// A video can be played from now on.
    AssetReady { asset: AssetId },
    /// A study was opened.
    StudyOpened { person: PersonId, course: CourseId, lesson: LessonId, at: Millis },
    /// Coverage passed further whole minutes of a video: minutes `from + 1 ..= to` of its `version`, counted from one.
    MinutesCovered {
        person: PersonId,
        course: CourseId,
        lesson: LessonId,
        version: String,
        from: u32,
        to: u32,
        at: Millis,
    },
    /// A lesson was completed for the first time. `last_minute` is, for a video, the number of its last minute and how many milliseconds that one has.
    LessonCompleted {
        person: PersonId,
        course: CourseId,
        lesson: LessonId,
        version: String,
        medium: Medium,
        last_minute: Option<(u32, u32)>,
        at: Millis,
    },
    /// A question on what was just shown was answered rightly.
    CheckPassed { person: PersonId, course: CourseId, lesson: LessonId, check: CheckId, at: Millis },
    /// All required lessons of a course were completed.
    CourseCompleted { person: PersonId, course: CourseId, at: Millis },
    /// An entry stands in the ledger.
    EntryPosted {
        entry: EntryId,
        person: PersonId,
        measure: Measure,
        amount: Amount,
        course: Option<CourseId>,
        lesson: Option<LessonId>,
        at: Millis,
    },
}

impl Event {
    /// The name under which `flows` lists listeners.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::PersonChanged { .. } => "PersonChanged",
            Self::CourseChanged { .. } => "CourseChanged",
            Self::AssetReady { .. } => "AssetReady",
            Self::StudyOpened { .. } => "StudyOpened",
            Self::MinutesCovered { .. } => "MinutesCovered",
            Self::LessonCompleted { .. } => "LessonCompleted",
            Self::CheckPassed { .. } => "CheckPassed",
            Self::CourseCompleted { .. } => "CourseCompleted",
            Self::EntryPosted { .. } => "EntryPosted",
        }
    }
    /// Jobs of one lane run in order, one at a time: a person's, a course's, an asset's.
    pub fn lane(&self) -> String {
        match self {
            Self::PersonChanged { person }
            | Self::StudyOpened { person, .. }
            | Self::MinutesCovered { person, .. }
            | Self::LessonCompleted { person, .. }
            | Self::CheckPassed { person, .. }
            | Self::CourseCompleted { person, .. }
            | Self::EntryPosted { person, .. } => person.to_string(),
            Self::CourseChanged { course } => course.to_string(),
            Self::AssetReady { asset } => asset.to_string(),
        }
    }
}
