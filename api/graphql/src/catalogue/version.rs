//! What a course was, is or would be: its versions, what stands in one, and how two differ.

use std::sync::Arc;

use ::catalogue as house;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use kernel::Amount;

use super::LessonKind;
use crate::{
    context::{houses, loaders, viewer},
    error::told,
    organisation::{Person, Stage, Unit, person},
    scalar::{DateTime, Decimal, int},
};

/// A version that students have known, or know.
#[derive(Clone)]
pub struct CourseVersion(pub house::CourseVersion);

#[Object]
impl CourseVersion {
    /// Counted from 1.
    async fn number(&self) -> i32 {
        int(self.0.number)
    }
    /// 出处.
    async fn source(&self) -> &str {
        &self.0.source
    }
    /// 版次.
    async fn edition(&self) -> &str {
        &self.0.edition
    }
    async fn published_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.0.published_by).await
    }
    async fn published_at(&self) -> DateTime {
        DateTime(self.0.published_at)
    }
    /// Who approved it; nobody where the school asked for no review.
    async fn reviewers(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let mut found = loaders(ctx).load_many(self.0.reviewers.iter().copied()).await.map_err(told(ctx))?;
        Ok(self.0.reviewers.iter().filter_map(|id| found.remove(id)).map(Person::from).collect())
    }
    #[graphql(complexity = "10 + child_complexity")]
    async fn contents(&self, ctx: &Context<'_>) -> Result<CourseContents> {
        Ok(houses(ctx).catalogue.version_contents(&self.0).await.map_err(told(ctx))?.into())
    }
    /// How it differs from the version before.
    #[graphql(complexity = "10 + child_complexity")]
    async fn differences(&self, ctx: &Context<'_>) -> Result<CourseDifferences> {
        Ok(houses(ctx).catalogue.version_differences(&self.0).await.map_err(told(ctx))?.into())
    }
}

/// Everything that stands in a course.
pub struct CourseContents(Arc<house::Contents>);

impl From<house::Contents> for CourseContents {
    fn from(contents: house::Contents) -> Self {
        Self(Arc::new(contents))
    }
}

#[Object]
impl CourseContents {
    async fn title(&self) -> &str {
        &self.0.snapshot.title
    }
    async fn summary(&self) -> &str {
        &self.0.snapshot.summary
    }
    async fn source(&self) -> &str {
        &self.0.snapshot.source
    }
    async fn edition(&self) -> &str {
        &self.0.snapshot.edition
    }
    async fn required(&self) -> bool {
        self.0.snapshot.required
    }
    async fn hours(&self) -> Decimal {
        Decimal(Amount::milli(self.0.snapshot.hours))
    }
    /// Null where the school does not use them.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        Ok(school.uses_credits.then_some(Decimal(Amount::milli(self.0.snapshot.credits))))
    }
    /// The words that it was filed under; none in a version of before there were any.
    async fn tags(&self) -> Vec<String> {
        self.0.snapshot.tags.clone()
    }
    /// The stages it was for; none: not only for some.
    async fn stages(&self) -> Vec<Stage> {
        self.0.snapshot.stages.iter().filter_map(|name| ::organisation::Stage::parse(name)).map(Stage::from).collect()
    }
    async fn characters_per_minute(&self) -> i32 {
        int(self.0.snapshot.characters_per_minute)
    }
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(loaders(ctx).load_one(self.0.snapshot.unit).await.map_err(told(ctx))?.map(Unit::from))
    }
    #[graphql(complexity = "1 + 4 * child_complexity")]
    async fn chapters(&self) -> Vec<ContentsChapter> {
        let one = |chapter: &house::ChapterKept| ContentsChapter {
            id: ID(chapter.id.to_string()),
            title: chapter.title.clone(),
            lessons: chapter.lessons.iter().map(|of| ContentsLesson { of: of.clone(), all: self.0.clone() }).collect(),
        };
        self.0.snapshot.chapters.iter().map(one).collect()
    }
}

#[derive(SimpleObject)]
pub struct ContentsChapter {
    id: ID,
    title: String,
    #[graphql(complexity = "1 + 6 * child_complexity")]
    lessons: Vec<ContentsLesson>,
}

pub struct ContentsLesson {
    of: house::LessonKept,
    all: Arc<house::Contents>,
}

#[Object]
impl ContentsLesson {
    async fn id(&self) -> ID {
        ID(self.of.id.to_string())
    }
    async fn kind(&self) -> Option<LessonKind> {
        LessonKind::named(&self.of.kind)
    }
    async fn title(&self) -> &str {
        &self.of.title
    }
    async fn required(&self) -> bool {
        self.of.required
    }
    async fn duration_ms(&self) -> Option<i32> {
        self.of.duration_ms.map(int)
    }
    async fn characters(&self) -> Option<i32> {
        self.of.characters.map(int)
    }
    /// Of a video, also when the file is gone.
    async fn file_name(&self) -> Option<&str> {
        self.of.file_name.as_deref()
    }
    /// Of a reading: sanitised.
    async fn html(&self, ctx: &Context<'_>) -> Option<String> {
        self.of.text.as_ref().map(|text| houses(ctx).catalogue.addressed(self.all.text(&text.html)))
    }
    /// The playlist of a video, for the asker, for two hours; null where the file is gone.
    async fn preview_url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        let Some(asset) = self.of.asset else { return Ok(None) };
        let found = loaders(ctx).load_one(asset).await.map_err(told(ctx))?;
        let ready = found.is_some_and(|asset| asset.status == ::media::Status::Ready);
        let prefix = houses(ctx).media.preview_prefix(asset, viewer(ctx)?.person);
        Ok(ready.then(|| format!("{prefix}/master.m3u8")))
    }
    async fn captions(&self) -> Vec<ContentsCaptions> {
        let one = |captions: &house::CaptionsKept| ContentsCaptions {
            language: captions.language.clone(),
            label: captions.label.clone(),
            cues: house::cues(self.all.text(&captions.vtt)).into_iter().map(Cue::from).collect(),
        };
        self.of.captions.iter().map(one).collect()
    }
    async fn questions(&self) -> Vec<ContentsQuestion> {
        let one = |question: &house::QuestionKept| ContentsQuestion {
            start: int(question.start),
            end: int(question.end),
            prompt: question.prompt.clone(),
            options: question.options.clone(),
            right: int(question.right),
        };
        self.of.questions.iter().map(one).collect()
    }
}

#[derive(SimpleObject)]
pub struct ContentsCaptions {
    language: String,
    label: String,
    cues: Vec<Cue>,
}

/// What is said, and when.
#[derive(SimpleObject)]
#[graphql(name = "ContentsCue")]
pub struct Cue {
    start_ms: i32,
    end_ms: i32,
    text: String,
}

impl From<(u64, u64, String)> for Cue {
    fn from((start, end, text): (u64, u64, String)) -> Self {
        Self { start_ms: int(start), end_ms: int(end), text }
    }
}

/// On a stretch of a lesson: milliseconds of a video, blocks of a reading.
#[derive(SimpleObject)]
pub struct ContentsQuestion {
    start: i32,
    end: i32,
    prompt: String,
    options: Vec<String>,
    right: i32,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::RunKind")]
pub enum RunKind {
    Same,
    Added,
    Removed,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Change")]
pub enum LessonChange {
    Added,
    Removed,
    Changed,
    Moved,
}

/// A stretch of text that stayed, came or went.
#[derive(SimpleObject)]
pub struct TextRun {
    kind: RunKind,
    text: String,
}

fn runs(all: Vec<house::Run>) -> Vec<TextRun> {
    all.into_iter().map(|run| TextRun { kind: run.kind.into(), text: run.text }).collect()
}

/// `field`: the name of a field of the course or the lesson.
#[derive(SimpleObject)]
pub struct FieldChange {
    field: String,
    before: String,
    after: String,
}

#[derive(SimpleObject)]
pub struct CaptionsDifference {
    language: String,
    runs: Vec<TextRun>,
}

#[derive(SimpleObject)]
pub struct LessonDifference {
    lesson_id: ID,
    kind: Option<LessonKind>,
    title: String,
    chapter: String,
    change: LessonChange,
    fields: Vec<FieldChange>,
    text: Vec<TextRun>,
    captions: Vec<CaptionsDifference>,
    questions: Vec<TextRun>,
    /// Who has not completed it begins anew with its content.
    begins_anew: bool,
}

#[derive(SimpleObject)]
pub struct CourseDifferences {
    fields: Vec<FieldChange>,
    /// Titles of chapters that came and went.
    chapters: Vec<TextRun>,
    #[graphql(complexity = "1 + 6 * child_complexity")]
    lessons: Vec<LessonDifference>,
}

fn fields(all: Vec<house::FieldChange>) -> Vec<FieldChange> {
    all.into_iter().map(|one| FieldChange { field: one.field, before: one.before, after: one.after }).collect()
}

impl From<house::Differences> for CourseDifferences {
    fn from(all: house::Differences) -> Self {
        let lesson = |one: house::LessonDifference| LessonDifference {
            lesson_id: ID(one.lesson.to_string()),
            kind: LessonKind::named(&one.kind),
            title: one.title,
            chapter: one.chapter,
            change: one.change.into(),
            fields: fields(one.fields),
            text: runs(one.text),
            captions: one
                .captions
                .into_iter()
                .map(|(language, all)| CaptionsDifference { language, runs: runs(all) })
                .collect(),
            questions: runs(one.questions),
            begins_anew: one.begins_anew,
        };
        Self {
            fields: fields(all.fields),
            chapters: runs(all.chapters),
            lessons: all.lessons.into_iter().map(lesson).collect(),
        }
    }
}

#[derive(Default)]
pub struct VersionQuery;

#[Object]
impl VersionQuery {
    /// For who may change the course.
    async fn course_version(&self, ctx: &Context<'_>, course_id: ID, number: i32) -> Result<Option<CourseVersion>> {
        let (viewer, id) = (viewer(ctx)?, crate::scalar::id(&course_id).map_err(told(ctx))?);
        let number = u32::try_from(number).unwrap_or(0);
        Ok(Some(CourseVersion(houses(ctx).catalogue.version(viewer, id, number).await.map_err(told(ctx))?)))
    }
}
