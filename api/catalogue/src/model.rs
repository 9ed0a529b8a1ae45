//! Courses, their chapters and lessons, what a lesson is made of, and who may see and change it; in [`review`] what is looked at before it
//! is published, in [`version`] what is kept of what was.

mod library;
mod review;
mod version;

mod labels;

use kernel::{
    Amount, Millis, Refusal, Role, Viewer,
    id::{AssetId, CaptionsId, ChapterId, CourseId, LessonId, PersonId, QuestionId, UnitId},
    text::Text,
};

pub use crate::rules::captions::Cue;
pub use library::{LibraryFilter, Replaced, Thrown, Use};
pub use review::{Outcome, Review, Submission};
pub use version::{
    CaptionsKept, Change, ChapterKept, Contents, CourseVersion, Differences, FieldChange, LessonDifference, LessonKept,
    QuestionKept, Run, RunKind, Snapshot, TextKept,
};

pub use labels::{Filing, Labels};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Status {
    Draft,
    InReview,
    Published,
    Archived,
}

impl Status {
    pub const ALL: [Self; 4] = [Self::Draft, Self::InReview, Self::Published, Self::Archived];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::InReview => "IN_REVIEW",
            Self::Published => "PUBLISHED",
            Self::Archived => "ARCHIVED",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LessonKind {
    Video,
    Reading,
}

impl LessonKind {
    pub const ALL: [Self; 2] = [Self::Video, Self::Reading];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Video => "VIDEO",
            Self::Reading => "READING",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// What a reading was written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    Markdown,
    Html,
}

impl Format {
    pub const ALL: [Self; 2] = [Self::Markdown, Self::Html];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Markdown => "MARKDOWN",
            Self::Html => "HTML",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Course {
    pub id: CourseId,
    pub title: String,
    pub summary: String,
    /// Whom it is for: this unit and all beneath it.
    pub unit: UnitId,
    /// Path of the unit.
    pub audience: String,
    pub required: bool,
    /// Awarded, like the credits, at completion of the required lessons.
    pub hours: Amount,
    pub credits: Amount,
    pub status: Status,
    pub lecturers: Vec<PersonId>,
    pub created_at: Millis,
    /// Of the publication that stands; none while it is not published.
    pub published_at: Option<Millis>,
    /// Characters of a reading that a minute of study is counted for.
    pub characters_per_minute: u32,
    /// Of a draft: the published course in whose place it will come.
    pub draft_of: Option<CourseId>,
    /// 出处: where its content is from.
    pub source: String,
    /// 版次: how those who made it call this version.
    pub edition: String,
    /// Of the newest kept version; nought before the first.
    pub version: u32,
    /// Who took it back after it was published.
    pub withdrawn_by: Option<PersonId>,
}

impl Course {
    /// The course that students know: itself, or the one that it is a draft of.
    pub fn lasting(&self) -> CourseId {
        self.draft_of.unwrap_or(self.id)
    }
    pub fn taught_by(&self, viewer: &Viewer) -> bool {
        viewer.has(Role::Lecturer) && self.lecturers.contains(&viewer.person)
    }
    /// Who teaches it, and admins of its unit.
    pub fn managed_by(&self, viewer: &Viewer) -> bool {
        self.taught_by(viewer) || viewer.covers(Role::Admin, &self.audience)
    }
    /// Published for the viewer's unit, or for one beneath or above a unit in their charge; or theirs to manage, whatever its status.
    pub fn seen_by(&self, viewer: &Viewer) -> bool {
        let charges = viewer.charges.iter().filter(|charge| matches!(charge.role, Role::Admin | Role::Auditor));
        let mut near = charges.map(|charge| charge.path.as_str());
        let charged = near.any(|path| self.audience.starts_with(path) || path.starts_with(&self.audience));
        let published = self.status == Status::Published;
        self.managed_by(viewer) || published && (charged || viewer.path.starts_with(&self.audience))
    }
    /// What is in it may be changed at will: nobody has begun to rely on it.
    pub fn must_be_draft(&self) -> Result<(), Refusal> {
        if self.status == Status::Draft {
            return Ok(());
        }
        Err(Refusal::conflict(
            "课程已发布，请在修改稿中修改；学员在新版本发布前看到的仍是现在的内容。",
            "The course is published; change its draft. Students go on with what is published until then.",
        ))
    }
    /// What reviewers look at stands still.
    pub fn must_not_be_in_review(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Draft | Status::Published | Status::Archived => Ok(()),
            Status::InReview => Err(Refusal::conflict(
                "课程正在审核，请先撤回再修改。",
                "The course is in review; take it back before changing it.",
            )),
        }
    }
    pub fn must_not_be_archived(&self) -> Result<(), Refusal> {
        match self.status {
            Status::Draft | Status::InReview | Status::Published => Ok(()),
            Status::Archived => Err(Refusal::conflict("课程已归档，不能再修改。", "The course is archived.")),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chapter {
    pub id: ChapterId,
    pub course: CourseId,
    pub position: i32,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lesson {
    pub id: LessonId,
    pub course: CourseId,
    pub chapter: ChapterId,
    pub position: i32,
    pub kind: LessonKind,
    pub title: String,
    pub required: bool,
    /// Of a video.
    pub asset: Option<AssetId>,
    /// Of a video; none until it is converted.
    pub duration_ms: Option<i64>,
    /// Of a reading: letters, digits and Chinese characters of all blocks.
    pub characters: Option<u32>,
    /// Changes whenever coverage of the earlier content says nothing about this one.
    pub version: String,
    /// No longer in its course; ledgers still name it.
    pub removed: bool,
}

/// A block of a reading: the element with this `data-block`. It has at least one letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    pub index: u32,
    pub characters: u32,
}

/// Chapters and lessons in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outline {
    pub course: Course,
    pub chapters: Vec<(Chapter, Vec<Lesson>)>,
}

impl Outline {
    pub fn lessons(&self) -> impl Iterator<Item = &Lesson> {
        self.chapters.iter().flat_map(|(_, lessons)| lessons)
    }
}

/// What one studies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material {
    pub lesson: Lesson,
    pub course: Course,
    /// Of a reading: sanitised, each block with its `data-block`.
    pub html: Option<String>,
    pub blocks: Vec<Block>,
    /// Of a video.
    pub captions: Vec<CaptionsInfo>,
}

/// A reading's text apart from any study.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadingText {
    pub lesson: Lesson,
    pub course: Course,
    pub html: String,
}

/// Captions as their lecturer works on them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    pub info: CaptionsInfo,
    /// Changes with every edit: who edits says which one they saw.
    pub version: String,
    pub cues: Vec<Cue>,
}

/// Captions that a program has heard, or is hearing; nobody sees them but who teaches the lesson.
#[derive(Debug, Clone, PartialEq)]
pub struct Recognition {
    pub id: CaptionsId,
    pub lesson: LessonId,
    pub language: String,
    /// The video that is listened to.
    pub asset: AssetId,
    pub status: Hearing,
    /// 0 to 1.
    pub progress: f64,
    pub failure: Option<Text>,
    pub vtt: Option<String>,
    pub asked_by: PersonId,
    pub asked_at: Millis,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hearing {
    Queued,
    Running,
    /// A draft that waits to be confirmed.
    Ready,
    Failed,
}

impl Hearing {
    pub const ALL: [Self; 4] = [Self::Queued, Self::Running, Self::Ready, Self::Failed];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Queued => "QUEUED",
            Self::Running => "RUNNING",
            Self::Ready => "READY",
            Self::Failed => "FAILED",
        }
    }
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|hearing| hearing.name() == name)
    }
}

/// What a lecturer sees of a lesson's captions.
#[derive(Debug, Clone, PartialEq)]
pub struct CaptionsDesk {
    pub tracks: Vec<Track>,
    pub drafts: Vec<(Recognition, Option<Track>)>,
    /// Whether the school has set a program that recognises speech.
    pub recognises: bool,
}

/// What one line of captions becomes; none: it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CueChange {
    pub start_ms: u64,
    pub end_ms: u64,
    pub text: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaptionsInfo {
    pub id: CaptionsId,
    /// BCP 47: `zh-CN`.
    pub language: String,
    pub label: String,
}

/// What a reading was written as, for its lecturers to go on writing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    pub format: Format,
    pub body: String,
}

#[derive(Debug, Clone, Default)]
pub struct CourseFilter {
    /// Part of the title, in any case.
    pub query: Option<String>,
    pub required: Option<bool>,
    pub lecturer: Option<PersonId>,
    /// Those that the viewer teaches, whatever their status.
    pub mine: bool,
}

#[derive(Debug, Clone)]
pub struct NewCourse {
    pub title: String,
    pub summary: String,
    /// None: the whole school.
    pub unit: Option<UnitId>,
    pub required: bool,
    pub hours: Amount,
    pub credits: Amount,
}

/// What is none stays.
#[derive(Debug, Clone, Default)]
pub struct CourseChange {
    pub title: Option<String>,
    pub summary: Option<String>,
    pub required: Option<bool>,
    pub hours: Option<Amount>,
    pub credits: Option<Amount>,
    pub characters_per_minute: Option<u32>,
    pub source: Option<String>,
    pub edition: Option<String>,
}

#[derive(Debug, Clone)]
pub struct NewVideoLesson {
    pub title: String,
    pub asset: AssetId,
    pub required: bool,
}

/// Exactly one of body and asset.
#[derive(Debug, Clone)]
pub struct NewReadingLesson {
    pub title: String,
    pub format: Format,
    pub body: Option<String>,
    pub asset: Option<AssetId>,
    pub required: bool,
}

/// What is none stays; a source only fits a reading, an asset only a video.
#[derive(Debug, Clone, Default)]
pub struct LessonChange {
    pub asset: Option<AssetId>,
    pub title: Option<String>,
    pub required: Option<bool>,
    pub source: Option<Source>,
}

/// Exactly one of WebVTT text and an uploaded WebVTT or SRT file.
#[derive(Debug, Clone)]
pub struct NewCaptions {
    pub language: String,
    pub label: String,
    pub vtt: Option<String>,
    pub asset: Option<AssetId>,
}

/// A question on a stretch of a lesson.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub id: QuestionId,
    pub lesson: LessonId,
    /// The stretch, half open: milliseconds of a video, blocks of a reading.
    pub start: i64,
    pub end: i64,
    pub prompt: String,
    pub options: Vec<String>,
    /// Index of the right one.
    pub right: usize,
}

/// Checked when it is stored.
#[derive(Debug, Clone)]
pub struct NewQuestion {
    pub start: i64,
    pub end: i64,
    pub prompt: String,
    pub options: Vec<String>,
    pub right: usize,
}
