//! Courses, chapters, lessons; what lecturers do to them.

mod author;
mod captions;
mod labels;
mod questions;
mod readings;
mod review;
mod version;

use ::catalogue as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Interface, Object, Result, SimpleObject};
use kernel::{
    Page, Role,
    id::{CourseId, LessonId},
};

use crate::{
    context::{houses, loaders, viewer},
    error::told,
    flags::PendingStretch,
    learning::WatchMap,
    loaders::{BlocksOf, CourseProgressOf, OutlineOf, ProgressOf},
    organisation::{Person, Unit},
    page::{Counted, CourseNames, counted},
    scalar::{self, Decimal, int},
};

pub use author::{CatalogueMutation, LessonPayload};
pub use captions::{CaptionsMutation, CaptionsQuery};
pub use labels::LabelMutation;
pub use review::{ReviewMutation, ReviewQuery};
pub use version::VersionQuery;

pub use questions::{QuestionMutation, of as questions_of};
pub use readings::ReadingsQuery;

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Status")]
pub enum CourseStatus {
    Draft,
    InReview,
    Published,
    Archived,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::LessonKind")]
pub enum LessonKind {
    Video,
    Reading,
}

impl LessonKind {
    /// As a snapshot names it.
    pub fn named(name: &str) -> Option<Self> {
        house::LessonKind::parse(name).map(Self::from)
    }
}

#[derive(SimpleObject)]
pub struct CourseProgress {
    coverage: f64,
    lessons_done: i32,
    lessons_total: i32,
}

/// `enrolled`: everybody it is for.
#[derive(SimpleObject)]
pub struct CourseStatistics {
    enrolled: i32,
    started: i32,
    completed: i32,
    median_coverage: Option<f64>,
}

/// `resume_at`: milliseconds of a video, block of a reading.
#[derive(SimpleObject)]
pub struct LessonProgress {
    coverage: f64,
    completed: bool,
    resume_at: i32,
}

#[derive(Clone)]
pub struct Course(pub house::Course);

#[Object]
impl Course {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn title(&self) -> &str {
        &self.0.title
    }
    async fn summary(&self) -> &str {
        &self.0.summary
    }
    async fn status(&self) -> CourseStatus {
        self.0.status.into()
    }
    /// Null: the client draws one from the course's id.
    async fn cover_url(&self) -> Option<String> {
        None
    }
    async fn required(&self) -> bool {
        self.0.required
    }
    async fn hours(&self) -> Decimal {
        Decimal(self.0.hours)
    }
    /// Of a reading: how many characters a minute of study is counted for.
    async fn characters_per_minute(&self) -> i32 {
        int(self.0.characters_per_minute)
    }
    /// Null where the school does not use them.
    async fn credits(&self, ctx: &Context<'_>) -> Result<Option<Decimal>> {
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        Ok(school.uses_credits.then_some(Decimal(self.0.credits)))
    }
    /// Whom it is for: this unit and all beneath it.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        Ok(loaders(ctx).load_one(self.0.unit).await.map_err(told(ctx))?.map(Unit::from))
    }
    async fn lecturers(&self, ctx: &Context<'_>) -> Result<Vec<Person>> {
        let mut found = loaders(ctx).load_many(self.0.lecturers.iter().copied()).await.map_err(told(ctx))?;
        Ok(self.0.lecturers.iter().filter_map(|id| found.remove(id)).map(Person::from).collect())
    }
    #[graphql(complexity = "1 + 8 * child_complexity")]
    async fn chapters(&self, ctx: &Context<'_>) -> Result<Vec<Chapter>> {
        let outline = loaders(ctx).load_one(OutlineOf(self.0.id)).await.map_err(told(ctx))?;
        Ok(outline.into_iter().flat_map(|outline| outline.chapters).map(Chapter::from).collect())
    }
    /// 出处: where its content is from.
    async fn source(&self) -> &str {
        &self.0.source
    }
    /// 版次.
    async fn edition(&self) -> &str {
        &self.0.edition
    }
    /// The number of its newest version; null before the first.
    async fn version(&self) -> Option<i32> {
        (self.0.version > 0).then(|| int(self.0.version))
    }
    /// Of a draft: the published course in whose place it will come.
    async fn draft_of(&self, ctx: &Context<'_>) -> Result<Option<Course>> {
        match self.0.draft_of {
            Some(id) => course(ctx, id).await,
            None => Ok(None),
        }
    }
    /// In which a published course is changed; null where there is none, and for who does not manage it.
    async fn draft(&self, ctx: &Context<'_>) -> Result<Option<Course>> {
        if !self.0.managed_by(viewer(ctx)?) {
            return Ok(None);
        }
        Ok(loaders(ctx).load_one(crate::loaders::DraftOf(self.0.id)).await.map_err(told(ctx))?.map(Course))
    }
    /// The newest handing in for review; null for who does not manage it.
    async fn submission(&self, ctx: &Context<'_>) -> Result<Option<review::Submission>> {
        review::of(ctx, &self.0).await
    }
    /// Newest first; null for who does not manage it.
    #[graphql(complexity = "1 + 10 * child_complexity")]
    async fn versions(&self, ctx: &Context<'_>) -> Result<Option<Vec<version::CourseVersion>>> {
        let viewer = viewer(ctx)?;
        if !self.0.managed_by(viewer) {
            return Ok(None);
        }
        let found = houses(ctx).catalogue.versions(viewer, self.0.id).await.map_err(told(ctx))?;
        Ok(Some(found.into_iter().map(version::CourseVersion).collect()))
    }
    /// How it differs from the newest version; null for who does not manage it.
    #[graphql(complexity = "10 + child_complexity")]
    async fn differences(&self, ctx: &Context<'_>) -> Result<Option<version::CourseDifferences>> {
        let viewer = viewer(ctx)?;
        if !self.0.managed_by(viewer) {
            return Ok(None);
        }
        let found = houses(ctx).catalogue.draft_differences(viewer, self.0.id).await.map_err(told(ctx))?;
        Ok(Some(found.into()))
    }
    /// Of the asker; null for who does not study.
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<CourseProgress>> {
        if !viewer(ctx)?.has(Role::Student) {
            return Ok(None);
        }
        let found = loaders(ctx).load_one(CourseProgressOf(self.0.id)).await.map_err(told(ctx))?;
        Ok(found.map(|p| CourseProgress {
            coverage: p.coverage,
            lessons_done: int(p.lessons_done),
            lessons_total: int(p.lessons_total),
        }))
    }
    /// Words it is filed under.
    async fn tags(&self, ctx: &Context<'_>) -> Result<Vec<String>> {
        Ok(labels::of(ctx, self.0.id).await?.tags)
    }
    /// The stages it is for; none: not only for some.
    async fn stages(&self, ctx: &Context<'_>) -> Result<Vec<crate::organisation::Stage>> {
        Ok(labels::of(ctx, self.0.id).await?.stages.into_iter().map(Into::into).collect())
    }
    /// FORBIDDEN for who does not teach it or has no charge of it.
    async fn statistics(&self, ctx: &Context<'_>) -> Result<Option<CourseStatistics>> {
        let (viewer, houses) = (viewer(ctx)?, houses(ctx));
        let teaches = self.0.lecturers.contains(&viewer.person);
        if !teaches && !viewer.covers(Role::Admin, &self.0.audience) && !viewer.covers(Role::Auditor, &self.0.audience)
        {
            return Err(told(ctx)(kernel::Refusal::forbidden().into()));
        }
        let statistics = houses.learning.statistics(self.0.id).await.map_err(told(ctx))?;
        let enrolled = houses.organisation.count_students(&self.0.audience).await.map_err(told(ctx))?;
        Ok(Some(CourseStatistics {
            enrolled: int(enrolled),
            started: int(statistics.started),
            completed: int(statistics.completed),
            median_coverage: statistics.median_coverage,
        }))
    }
}

#[derive(SimpleObject)]
pub struct Chapter {
    id: ID,
    title: String,
    #[graphql(complexity = "1 + 12 * child_complexity")]
    lessons: Vec<Lesson>,
}

impl From<(house::Chapter, Vec<house::Lesson>)> for Chapter {
    fn from((chapter, lessons): (house::Chapter, Vec<house::Lesson>)) -> Self {
        let lessons = lessons.into_iter().map(Lesson::from).collect();
        Self { id: ID(chapter.id.to_string()), title: chapter.title, lessons }
    }
}

#[derive(Interface, Clone)]
#[graphql(
    field(name = "id", ty = "&ID"),
    field(name = "title", ty = "&String"),
    field(name = "required", ty = "&bool"),
    field(name = "progress", ty = "Option<LessonProgress>"),
    field(name = "watch_map", ty = "Option<WatchMap>"),
    field(name = "asset", ty = "Option<crate::media::Asset>")
)]
pub enum Lesson {
    Video(VideoLesson),
    Reading(ReadingLesson),
}

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct VideoLesson {
    id: ID,
    title: String,
    required: bool,
    /// Null until converted.
    duration_ms: Option<i32>,
    #[graphql(skip)]
    lesson: house::Lesson,
}

#[ComplexObject]
impl VideoLesson {
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<LessonProgress>> {
        progress(ctx, self.lesson.id).await
    }
    /// Of the asker; null for who does not study, and before the first study.
    async fn watch_map(&self, ctx: &Context<'_>) -> Result<Option<WatchMap>> {
        WatchMap::of(ctx, self.lesson.id).await
    }
    /// What waits for a lecturer; null for who does not teach it.
    async fn pending(&self, ctx: &Context<'_>) -> Result<Option<Vec<PendingStretch>>> {
        PendingStretch::of(ctx, self.lesson.id).await
    }
    /// Null for who does not teach it.
    async fn questions(&self, ctx: &Context<'_>) -> Result<Option<Vec<questions::Question>>> {
        questions::of(ctx, self.lesson.id).await
    }
    /// The file behind it; null for who neither teaches nor administers.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<crate::media::Asset>> {
        let viewer = viewer(ctx)?;
        let Some(id) = self.lesson.asset.filter(|_| viewer.has(Role::Lecturer) || viewer.has(Role::Admin)) else {
            return Ok(None);
        };
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(crate::media::Asset))
    }
}

#[derive(SimpleObject, Clone)]
#[graphql(complex)]
pub struct ReadingLesson {
    id: ID,
    title: String,
    required: bool,
    /// Null while its document is being read.
    characters: Option<i32>,
    #[graphql(skip)]
    lesson: house::Lesson,
}

#[ComplexObject]
impl ReadingLesson {
    /// How many blocks it has; null for who neither teaches nor administers, and while its document is being read.
    async fn blocks(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        let viewer = viewer(ctx)?;
        if !(viewer.has(Role::Lecturer) || viewer.has(Role::Admin)) {
            return Ok(None);
        }
        Ok(loaders(ctx).load_one(BlocksOf(self.lesson.id)).await.map_err(told(ctx))?.map(int))
    }
    /// The document it was made from; null for who neither teaches nor administers.
    async fn asset(&self, ctx: &Context<'_>) -> Result<Option<crate::media::Asset>> {
        let viewer = viewer(ctx)?;
        let Some(id) = self.lesson.asset.filter(|_| viewer.has(Role::Lecturer) || viewer.has(Role::Admin)) else {
            return Ok(None);
        };
        Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(crate::media::Asset))
    }
    async fn progress(&self, ctx: &Context<'_>) -> Result<Option<LessonProgress>> {
        progress(ctx, self.lesson.id).await
    }
    /// Of the asker; null for who does not study, and before the first study.
    async fn watch_map(&self, ctx: &Context<'_>) -> Result<Option<WatchMap>> {
        WatchMap::of(ctx, self.lesson.id).await
    }
    /// What waits for a lecturer; null for who does not teach it.
    async fn pending(&self, ctx: &Context<'_>) -> Result<Option<Vec<PendingStretch>>> {
        PendingStretch::of(ctx, self.lesson.id).await
    }
    /// Null for who does not teach it.
    async fn questions(&self, ctx: &Context<'_>) -> Result<Option<Vec<questions::Question>>> {
        questions::of(ctx, self.lesson.id).await
    }
}

impl From<house::Lesson> for Lesson {
    fn from(lesson: house::Lesson) -> Self {
        let (id, title, required) = (ID(lesson.id.to_string()), lesson.title.clone(), lesson.required);
        match lesson.kind {
            house::LessonKind::Video => {
                Self::Video(VideoLesson { id, title, required, duration_ms: lesson.duration_ms.map(int), lesson })
            }
            house::LessonKind::Reading => {
                Self::Reading(ReadingLesson { id, title, required, characters: lesson.characters.map(int), lesson })
            }
        }
    }
}

/// Of the asker; null for who does not study.
async fn progress(ctx: &Context<'_>, lesson: LessonId) -> Result<Option<LessonProgress>> {
    if !viewer(ctx)?.has(Role::Student) {
        return Ok(None);
    }
    let found = loaders(ctx).load_one(ProgressOf(lesson)).await.map_err(told(ctx))?;
    let begun =
        found.map(|p| LessonProgress { coverage: p.coverage, completed: p.completed, resume_at: int(p.resume_at) });
    Ok(Some(begun.unwrap_or(LessonProgress { coverage: 0.0, completed: false, resume_at: 0 })))
}

/// The course of an id that a house gave.
pub async fn course(ctx: &Context<'_>, id: CourseId) -> Result<Option<Course>> {
    Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(Course))
}

/// The lesson of an id that a house gave.
pub async fn lesson(ctx: &Context<'_>, id: LessonId) -> Result<Option<Lesson>> {
    Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(Lesson::from))
}

#[derive(InputObject, Default)]
pub struct CourseFilter {
    query: Option<String>,
    required: Option<bool>,
    lecturer_id: Option<ID>,
    mine: Option<bool>,
}

#[derive(Default)]
pub struct CatalogueQuery;

#[Object]
impl CatalogueQuery {
    async fn course(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Course>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(Course(houses(ctx).catalogue.course(viewer, id).await.map_err(told(ctx))?)))
    }

    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn courses(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<CourseFilter>,
    ) -> Result<Counted<Course, CourseNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let filter = filter.unwrap_or_default();
        let filter = house::CourseFilter {
            query: filter.query,
            required: filter.required,
            lecturer: scalar::id_option(filter.lecturer_id.as_ref()).map_err(told(ctx))?,
            mine: filter.mine.unwrap_or(false),
        };
        let found = houses(ctx).catalogue.courses(viewer, filter, &page).await.map_err(told(ctx))?;
        Ok(counted(found.map(Course)))
    }
}
