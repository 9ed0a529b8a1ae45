//! What lecturers do to courses.

use ::catalogue as house;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};

use super::{Chapter, Course, Lesson};
use crate::{
    context::{houses, viewer},
    error::told,
    scalar::{self, Decimal},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum ReadingFormat {
    Markdown,
    Html,
}

/// `unit_id`: whom it is for, the unit and all beneath it; null: the whole school.
#[derive(InputObject)]
pub struct CreateCourseInput {
    title: String,
    summary: Option<String>,
    unit_id: Option<ID>,
    required: Option<bool>,
    hours: Option<Decimal>,
    credits: Option<Decimal>,
}

#[derive(InputObject)]
pub struct UpdateCourseInput {
    title: Option<String>,
    summary: Option<String>,
    required: Option<bool>,
    hours: Option<Decimal>,
    credits: Option<Decimal>,
    /// 100 to 2000.
    characters_per_minute: Option<i32>,
    /// 出处, at most 200 characters.
    source: Option<String>,
    /// 版次, at most 60 characters.
    edition: Option<String>,
}

#[derive(InputObject)]
pub struct UpdateLessonInput {
    title: Option<String>,
    required: Option<bool>,
    /// Another video, or of a reading another document, in the place of the one before.
    asset_id: Option<ID>,
    /// Of a reading: another text.
    body: Option<String>,
    /// What the text is written in; MARKDOWN where it is left out.
    format: Option<ReadingFormat>,
}

#[derive(InputObject)]
pub struct VideoLessonInput {
    title: String,
    asset_id: ID,
    required: Option<bool>,
}

#[derive(InputObject)]
pub struct ReadingLessonInput {
    title: String,
    format: Option<ReadingFormat>,
    body: Option<String>,
    asset_id: Option<ID>,
    required: Option<bool>,
}

/// One of: WebVTT text up to 200 KB, or an uploaded WebVTT or SRT file.
#[derive(InputObject)]
pub struct CaptionsInput {
    language: String,
    label: String,
    vtt: Option<String>,
    asset_id: Option<ID>,
}

#[derive(SimpleObject)]
pub struct CoursePayload {
    pub course: Course,
}
#[derive(SimpleObject)]
pub struct ChapterPayload {
    chapter: Chapter,
}
#[derive(SimpleObject)]
pub struct LessonPayload {
    pub lesson: Lesson,
}

#[derive(Default)]
pub struct CatalogueMutation;

#[Object]
impl CatalogueMutation {
    async fn create_course(&self, ctx: &Context<'_>, input: CreateCourseInput) -> Result<CoursePayload> {
        let viewer = viewer(ctx)?;
        let new = house::NewCourse {
            title: input.title,
            summary: input.summary.unwrap_or_default(),
            unit: scalar::id_option(input.unit_id.as_ref()).map_err(told(ctx))?,
            required: input.required.unwrap_or(false),
            hours: input.hours.map(|d| d.0).unwrap_or_default(),
            credits: input.credits.map(|d| d.0).unwrap_or_default(),
        };
        let course = houses(ctx).catalogue.create_course(viewer, new).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }

    async fn add_chapter(&self, ctx: &Context<'_>, course_id: ID, title: String) -> Result<ChapterPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&course_id).map_err(told(ctx))?;
        let chapter = houses(ctx).catalogue.add_chapter(viewer, id, title).await.map_err(told(ctx))?;
        Ok(ChapterPayload { chapter: Chapter::from((chapter, Vec::new())) })
    }

    async fn add_video_lesson(
        &self,
        ctx: &Context<'_>,
        chapter_id: ID,
        input: VideoLessonInput,
    ) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let chapter = scalar::id(&chapter_id).map_err(told(ctx))?;
        let new = house::NewVideoLesson {
            title: input.title,
            asset: scalar::id(&input.asset_id).map_err(told(ctx))?,
            required: input.required.unwrap_or(true),
        };
        let lesson = houses(ctx).catalogue.add_video_lesson(viewer, chapter, new).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }

    async fn add_reading_lesson(
        &self,
        ctx: &Context<'_>,
        chapter_id: ID,
        input: ReadingLessonInput,
    ) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let chapter = scalar::id(&chapter_id).map_err(told(ctx))?;
        let new = house::NewReadingLesson {
            title: input.title,
            format: input.format.unwrap_or(ReadingFormat::Markdown).into(),
            body: input.body,
            asset: scalar::id_option(input.asset_id.as_ref()).map_err(told(ctx))?,
            required: input.required.unwrap_or(true),
        };
        let lesson = houses(ctx).catalogue.add_reading_lesson(viewer, chapter, new).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }

    async fn add_captions(&self, ctx: &Context<'_>, lesson_id: ID, input: CaptionsInput) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let lesson = scalar::id(&lesson_id).map_err(told(ctx))?;
        let new = house::NewCaptions {
            language: input.language,
            label: input.label,
            vtt: input.vtt,
            asset: scalar::id_option(input.asset_id.as_ref()).map_err(told(ctx))?,
        };
        let lesson = houses(ctx).catalogue.add_captions(viewer, lesson, new).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }

    /// Refused with INVALID, naming each lesson that is not ready. IN_REVIEW where the school's policy asks for a review, else PUBLISHED; the draft
    /// of a published course comes in its place, which is answered. What was published before and has not changed since comes back at once.
    async fn publish_course(&self, ctx: &Context<'_>, id: ID) -> Result<CoursePayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let course = houses(ctx).catalogue.publish_course(viewer, id).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }

    /// Back to a draft: out of review, or nobody finds it any more; what was earned stays.
    async fn withdraw_course(&self, ctx: &Context<'_>, id: ID) -> Result<CoursePayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let course = houses(ctx).catalogue.withdraw_course(viewer, id).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }

    /// What is left out stays. Only while the course is a draft.
    async fn update_course(&self, ctx: &Context<'_>, id: ID, input: UpdateCourseInput) -> Result<CoursePayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let change = house::CourseChange {
            title: input.title,
            summary: input.summary,
            required: input.required,
            hours: input.hours.map(|d| d.0),
            credits: input.credits.map(|d| d.0),
            // What cannot be a pace is refused by the house.
            characters_per_minute: input.characters_per_minute.map(|pace| u32::try_from(pace).unwrap_or(0)),
            source: input.source,
            edition: input.edition,
        };
        let course = houses(ctx).catalogue.update_course(viewer, id, change).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }

    /// Only while the course is a draft.
    async fn rename_chapter(&self, ctx: &Context<'_>, id: ID, title: String) -> Result<ChapterPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let chapter = houses(ctx).catalogue.rename_chapter(viewer, id, title).await.map_err(told(ctx))?;
        Ok(ChapterPayload { chapter: Chapter::from((chapter, Vec::new())) })
    }

    /// With its lessons. Only while the course is a draft.
    async fn delete_chapter(&self, ctx: &Context<'_>, id: ID) -> Result<bool> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        houses(ctx).catalogue.delete_chapter(viewer, id).await.map_err(told(ctx))?;
        Ok(true)
    }

    /// What is left out stays. Only while the course is a draft.
    async fn update_lesson(&self, ctx: &Context<'_>, id: ID, input: UpdateLessonInput) -> Result<LessonPayload> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        let asset = scalar::id_option(input.asset_id.as_ref()).map_err(told(ctx))?;
        let format = input.format.unwrap_or(ReadingFormat::Markdown).into();
        let source = input.body.map(|body| house::Source { format, body });
        let change = house::LessonChange { asset, title: input.title, required: input.required, source };
        let lesson = houses(ctx).catalogue.update_lesson(viewer, id, change).await.map_err(told(ctx))?;
        Ok(LessonPayload { lesson: lesson.into() })
    }

    /// To a place in a chapter, counted from 0. Only while the course is a draft.
    async fn move_lesson(&self, ctx: &Context<'_>, id: ID, chapter_id: ID, position: i32) -> Result<bool> {
        let viewer = viewer(ctx)?;
        let (id, chapter) = (scalar::id(&id).map_err(told(ctx))?, scalar::id(&chapter_id).map_err(told(ctx))?);
        let place = usize::try_from(position).unwrap_or(0);
        houses(ctx).catalogue.move_lesson(viewer, id, chapter, place).await.map_err(told(ctx))?;
        Ok(true)
    }

    /// Only while the course is a draft; what was earned by it stays.
    async fn delete_lesson(&self, ctx: &Context<'_>, id: ID) -> Result<bool> {
        let viewer = viewer(ctx)?;
        let id = scalar::id(&id).map_err(told(ctx))?;
        houses(ctx).catalogue.delete_lesson(viewer, id).await.map_err(told(ctx))?;
        Ok(true)
    }
}
