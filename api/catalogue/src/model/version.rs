//! What a course was when it was published: its outline with everything in it, and how two such differ. Ids are those of the course that
//! students know, also where the snapshot is of a draft.

use std::collections::HashMap;

use kernel::{
    Millis,
    id::{AssetId, ChapterId, CourseId, LessonId, PersonId, QuestionId, SubmissionId, UnitId},
};
use serde::{Deserialize, Serialize};

/// A version that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CourseVersion {
    pub course: CourseId,
    /// Counted from one.
    pub number: u32,
    /// Of the snapshot: the same content has the same.
    pub digest: String,
    pub source: String,
    pub edition: String,
    pub published_by: PersonId,
    pub published_at: Millis,
    /// None where the school asked for no review.
    pub submission: Option<SubmissionId>,
    /// Who approved it.
    pub reviewers: Vec<PersonId>,
}

/// Texts are named by their hash: what did not change is kept once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Snapshot {
    pub title: String,
    pub summary: String,
    pub unit: UnitId,
    pub required: bool,
    /// Thousandths.
    pub hours: i64,
    pub credits: i64,
    pub characters_per_minute: u32,
    pub source: String,
    pub edition: String,
    /// Those that were kept before there were labels read as they were written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<String>,
    pub chapters: Vec<ChapterKept>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChapterKept {
    pub id: ChapterId,
    pub title: String,
    pub lessons: Vec<LessonKept>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LessonKept {
    pub id: LessonId,
    /// `VIDEO` or `READING`.
    pub kind: String,
    pub title: String,
    pub required: bool,
    pub asset: Option<AssetId>,
    /// What the file was called, for the day on which it is gone.
    pub file_name: Option<String>,
    pub duration_ms: Option<i64>,
    pub characters: Option<u32>,
    /// Of the content: coverage goes by it.
    pub version: String,
    pub text: Option<TextKept>,
    pub captions: Vec<CaptionsKept>,
    pub questions: Vec<QuestionKept>,
}

/// Hashes of a reading as it was written and as it is shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextKept {
    pub format: String,
    pub source: String,
    pub html: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaptionsKept {
    pub language: String,
    pub label: String,
    /// Hash of the WebVTT.
    pub vtt: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuestionKept {
    pub id: QuestionId,
    pub start: i64,
    pub end: i64,
    pub prompt: String,
    pub options: Vec<String>,
    pub right: usize,
}

impl Snapshot {
    /// Each with its chapter.
    pub fn lessons(&self) -> impl Iterator<Item = (&ChapterKept, &LessonKept)> {
        self.chapters.iter().flat_map(|chapter| chapter.lessons.iter().map(move |lesson| (chapter, lesson)))
    }
    /// The files in it.
    pub fn assets(&self) -> Vec<AssetId> {
        let mut all: Vec<AssetId> = self.lessons().filter_map(|(_, lesson)| lesson.asset).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
    /// Hashes of the texts in it.
    pub fn texts(&self) -> Vec<String> {
        let of = |lesson: &LessonKept| {
            let text = lesson.text.iter().flat_map(|text| [text.source.clone(), text.html.clone()]);
            text.chain(lesson.captions.iter().map(|captions| captions.vtt.clone())).collect::<Vec<_>>()
        };
        let mut all: Vec<String> = self.lessons().flat_map(|(_, lesson)| of(lesson)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// A snapshot with its texts, by their hash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contents {
    pub snapshot: Snapshot,
    pub texts: HashMap<String, String>,
}

impl Contents {
    pub fn text(&self, hash: &str) -> &str {
        self.texts.get(hash).map(String::as_str).unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunKind {
    Same,
    Added,
    Removed,
}

/// A stretch of text that stayed, came or went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    pub kind: RunKind,
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    Added,
    Removed,
    Changed,
    /// Only its place.
    Moved,
}

/// A field of a course or a lesson that differs; `field` is its name in GraphQL.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldChange {
    pub field: String,
    pub before: String,
    pub after: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LessonDifference {
    pub lesson: LessonId,
    pub kind: String,
    pub title: String,
    pub chapter: String,
    pub change: Change,
    pub fields: Vec<FieldChange>,
    /// Of a reading; empty where its text did not change.
    pub text: Vec<Run>,
    /// By language; only those that differ.
    pub captions: Vec<(String, Vec<Run>)>,
    /// Questions that came, went or read otherwise; a line each.
    pub questions: Vec<Run>,
    /// Students begin anew with its content.
    pub begins_anew: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Differences {
    pub fields: Vec<FieldChange>,
    /// Titles of chapters that came, went, were renamed or moved; a line each.
    pub chapters: Vec<Run>,
    pub lessons: Vec<LessonDifference>,
}
