//! Catalogue: courses, their chapters and lessons (videos and readings), captions, publishing, who may see which course, and the documents
//! that search indexes. A course is for one unit and all beneath it.
//!
//! Jobs: `catalogue.asset_ready` (inside, on AssetReady), `catalogue.document` (outside, on AssetReady), `catalogue.recognise` (outside, asked for by
//! a lecturer), `catalogue.erase_asset` (outside, some days after a file was thrown away). [`Follower`] hears CourseChanged by itself, once for
//! each node; `catalogue.index` is what an older release left waiting.

pub mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use kernel::id::{CourseId, LessonId};
use media::Media;
use moka::future::Cache;
use organisation::Organisation;
use platform::{Base, Kept};

pub use jobs::follow::Follower;
pub use model::{
    Block, CaptionsDesk, CaptionsInfo, CaptionsKept, Change, Chapter, ChapterKept, Contents, Course, CourseChange,
    CourseFilter, CourseVersion, Cue, CueChange, Differences, FieldChange, Filing, Format, Hearing, Labels, Lesson,
    LessonChange, LessonDifference, LessonKept, LessonKind, LibraryFilter, Material, NewCaptions, NewCourse,
    NewQuestion, NewReadingLesson, NewVideoLesson, Outcome, Outline, Question, QuestionKept, ReadingText, Recognition,
    Replaced, Review, Run, RunKind, Snapshot, Source, Status, Submission, TextKept, Thrown, Track, Use,
};
pub use rules::reading::Reading;

pub use service::KEPT_MS;

/// What captions say: from when to when, and the words.
pub fn cues(vtt: &str) -> Vec<(u64, u64, String)> {
    let cues = rules::captions::parse_vtt(vtt).unwrap_or_default();
    cues.into_iter().map(|cue| (cue.start_ms, cue.end_ms, cue.text)).collect()
}

/// Characters of a reading that a minute of study is counted for, where a course does not set its own.
pub const CHARACTERS_A_MINUTE: u32 = 600;

/// How long what another process (or a job) wrote may go unseen by [`Catalogue::required_for`] and [`Catalogue::required_lessons`].
pub const KEPT: Duration = Duration::from_secs(3);

/// The same for [`Catalogue::kept_courses`] and [`Catalogue::kept_lessons`].
pub const NAMED: Duration = Duration::from_secs(1);

/// Courses whose tags of all versions are remembered.
const MOST_FILED: u64 = 10_000;

/// The front door.
#[derive(Clone)]
pub struct Catalogue(pub(crate) Arc<Inner>);

type Required = Arc<Vec<(Course, Vec<Lesson>)>>;

pub(crate) struct Inner {
    base: Base,
    organisation: Organisation,
    media: Media,
    /// By the path of a unit.
    required_for: Cache<String, Required>,
    required_lessons: Cache<CourseId, Arc<Vec<LessonId>>>,
    courses: Kept<CourseId, Arc<Course>>,
    lessons: Kept<LessonId, Arc<Lesson>>,
    /// As of a version, which never changes.
    filings: Cache<(CourseId, u32), Arc<Vec<Filing>>>,
}

impl Catalogue {
    pub fn new(base: Base, organisation: Organisation, media: Media) -> Self {
        let required_for = Cache::builder().max_capacity(2_000).time_to_live(KEPT).build();
        let required_lessons = Cache::builder().max_capacity(10_000).time_to_live(KEPT).build();
        let filings = Cache::new(MOST_FILED);
        let (courses, lessons) = (Kept::new(10_000, NAMED), Kept::new(50_000, NAMED));
        Self(Arc::new(Inner { base, organisation, media, required_for, required_lessons, courses, lessons, filings }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
    pub(crate) fn media(&self) -> &Media {
        &self.0.media
    }
    pub(crate) fn organisation(&self) -> &Organisation {
        &self.0.organisation
    }
    /// After every write of this process.
    pub(crate) fn forget(&self) {
        self.0.required_for.invalidate_all();
        self.0.required_lessons.invalidate_all();
        self.0.courses.forget_all();
        self.0.lessons.forget_all();
    }
}
