//! Readings as their lecturer writes them, and as a device keeps them.

use ::catalogue as house;
use async_graphql::{Context, ID, Object, Result, SimpleObject};
use kernel::{Code, id::LessonId};

use super::author::ReadingFormat;
use crate::{
    context::{houses, viewer},
    error::told,
    scalar::{self, int},
};

/// `paged`: the pages of a PDF; its text follows its pictures and is not written by hand.
#[derive(SimpleObject)]
pub struct ReadingSource {
    format: ReadingFormat,
    body: String,
    paged: bool,
}

/// A text as students would see it.
#[derive(SimpleObject)]
pub struct ReadingPreview {
    html: String,
    characters: i32,
    blocks: i32,
}

/// A reading that the asker may see: a copy of another version is old.
#[derive(SimpleObject)]
pub struct ReadingVersion {
    lesson_id: ID,
    version: String,
}

#[derive(SimpleObject)]
pub struct ReadingText {
    lesson_id: ID,
    version: String,
    title: String,
    course_title: String,
    html: String,
}

impl From<ReadingFormat> for house::Format {
    fn from(format: ReadingFormat) -> Self {
        match format {
            ReadingFormat::Markdown => Self::Markdown,
            ReadingFormat::Html => Self::Html,
        }
    }
}

/// Null for who does not teach it, and while a document is being read.
pub async fn source_of(ctx: &Context<'_>, lesson: LessonId) -> Result<Option<ReadingSource>> {
    let told_source = |source: house::Source| ReadingSource {
        paged: house::Catalogue::is_paged(&source),
        format: match source.format {
            house::Format::Markdown => ReadingFormat::Markdown,
            house::Format::Html => ReadingFormat::Html,
        },
        body: source.body,
    };
    match houses(ctx).catalogue.source(viewer(ctx)?, lesson).await {
        Ok(source) => Ok(source.map(told_source)),
        Err(error) if matches!(error.code(), Some(Code::Forbidden | Code::NotFound)) => Ok(None),
        Err(error) => Err(told(ctx)(error)),
    }
}

#[derive(Default)]
pub struct ReadingsQuery;

#[Object]
impl ReadingsQuery {
    /// For who teaches the course; nothing is kept.
    async fn reading_preview(
        &self,
        ctx: &Context<'_>,
        course_id: ID,
        format: ReadingFormat,
        body: String,
    ) -> Result<ReadingPreview> {
        let (viewer, course) = (viewer(ctx)?, scalar::id(&course_id).map_err(told(ctx))?);
        let source = house::Source { format: format.into(), body };
        let made = houses(ctx).catalogue.preview(viewer, course, source).await.map_err(told(ctx))?;
        Ok(ReadingPreview { html: made.html, characters: int(made.characters), blocks: int(made.blocks.len()) })
    }

    /// What a lecturer wrote; null for who does not teach the lesson, and while a document is being read.
    async fn reading_source(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<Option<ReadingSource>> {
        viewer(ctx)?;
        source_of(ctx, scalar::id(&lesson_id).map_err(told(ctx))?).await
    }

    /// The versions of those readings among these that the asker may still see; at most 200 are asked about.
    async fn reading_versions(&self, ctx: &Context<'_>, lesson_ids: Vec<ID>) -> Result<Vec<ReadingVersion>> {
        let viewer = viewer(ctx)?;
        let ids: Vec<LessonId> = lesson_ids.iter().filter_map(|id| scalar::id(id).ok()).collect();
        let seen = houses(ctx).catalogue.readings_seen(viewer, &ids).await.map_err(told(ctx))?;
        let version =
            |lesson: house::Lesson| ReadingVersion { lesson_id: ID(lesson.id.to_string()), version: lesson.version };
        Ok(seen.into_iter().map(version).collect())
    }

    /// A reading apart from any study, for a copy that is kept on a device: reading it earns nothing.
    async fn reading_text(&self, ctx: &Context<'_>, lesson_id: ID) -> Result<ReadingText> {
        let (viewer, lesson) = (viewer(ctx)?, scalar::id(&lesson_id).map_err(told(ctx))?);
        let text = houses(ctx).catalogue.reading_text(viewer, lesson).await.map_err(told(ctx))?;
        Ok(ReadingText {
            lesson_id: ID(text.lesson.id.to_string()),
            version: text.lesson.version,
            title: text.lesson.title,
            course_title: text.course.title,
            html: text.html,
        })
    }
}
