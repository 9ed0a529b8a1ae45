//! Chapters, lessons, readings and captions.

use std::collections::HashMap;

use kernel::{
    Error, Millis, Refusal, Result,
    id::{AssetId, CaptionsId, ChapterId, CourseId, LessonId},
};
use platform::Tx;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, SqlErr,
};
use serde::{Deserialize, Serialize};

use super::{MANY, word};
use crate::{
    model::{Block, CaptionsInfo, Chapter, Format, Lesson, LessonKind, Source},
    rules::{pictures, reading::Reading},
    tables::{captions, chapter, lesson, reading, reading_asset},
};

/// The blocks of a reading as they stand in JSON: a tag, for the day on which a block knows more.
#[derive(Serialize, Deserialize)]
#[serde(tag = "version")]
enum StoredBlocks {
    #[serde(rename = "1")]
    Counted { characters: Vec<u32> },
}

/// A reading as it is stored.
pub struct StoredReading {
    pub html: String,
    pub blocks: Vec<Block>,
    pub source: Source,
}

/// Captions as they are stored.
pub struct StoredCaptions {
    pub info: CaptionsInfo,
    pub lesson: LessonId,
    pub vtt: String,
}

fn chapter_of(row: chapter::Model) -> Chapter {
    Chapter { id: row.id.into(), course: row.course.into(), position: row.position, title: row.title }
}

fn lesson_of(row: lesson::Model) -> Result<Lesson> {
    Ok(Lesson {
        id: row.id.into(),
        course: row.course.into(),
        chapter: row.chapter.into(),
        position: row.position,
        kind: word(LessonKind::parse(&row.kind), &row.kind)?,
        title: row.title,
        required: row.required,
        asset: row.asset.map(AssetId::new),
        duration_ms: row.duration_ms,
        characters: row.characters.map(u32::try_from).transpose()?,
        version: row.version,
        removed: row.removed_at.is_some(),
    })
}

pub async fn chapter(db: &impl ConnectionTrait, id: ChapterId) -> Result<Option<Chapter>> {
    let there = chapter::Entity::find_by_id(id.uuid()).filter(chapter::Column::RemovedAt.is_null());
    Ok(there.one(db).await?.map(chapter_of))
}

/// Of these courses, each in its order.
pub async fn chapters(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<Vec<Chapter>> {
    let ids = courses.iter().map(|id| id.uuid());
    let query =
        chapter::Entity::find().filter(chapter::Column::Course.is_in(ids)).filter(chapter::Column::RemovedAt.is_null());
    let rows = query.order_by_asc(chapter::Column::Position).order_by_asc(chapter::Column::Id).all(db).await?;
    Ok(rows.into_iter().map(chapter_of).collect())
}

pub async fn lesson(db: &impl ConnectionTrait, id: LessonId) -> Result<Option<Lesson>> {
    let there = lesson::Entity::find_by_id(id.uuid()).filter(lesson::Column::RemovedAt.is_null());
    there.one(db).await?.map(lesson_of).transpose()
}

/// Those too that were taken out of their course: ledgers name them.
pub async fn lessons(db: &impl ConnectionTrait, ids: &[LessonId]) -> Result<Vec<Lesson>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let rows =
            lesson::Entity::find().filter(lesson::Column::Id.is_in(some.iter().map(|id| id.uuid()))).all(db).await?;
        found.extend(rows.into_iter().map(lesson_of).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// Of these courses, by their place in their chapter.
pub async fn lessons_of(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<Vec<Lesson>> {
    let ids = courses.iter().map(|id| id.uuid());
    let query =
        lesson::Entity::find().filter(lesson::Column::Course.is_in(ids)).filter(lesson::Column::RemovedAt.is_null());
    let rows = query.order_by_asc(lesson::Column::Position).order_by_asc(lesson::Column::Id).all(db).await?;
    rows.into_iter().map(lesson_of).collect()
}

pub async fn insert_chapter(tx: &Tx, new: &Chapter) -> Result<()> {
    chapter::Entity::insert(chapter_row(new)).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn update_chapter(tx: &Tx, chapter: &Chapter) -> Result<()> {
    chapter::Entity::update(chapter_row(chapter)).exec(tx).await?;
    Ok(())
}

fn chapter_row(chapter: &Chapter) -> chapter::ActiveModel {
    chapter::ActiveModel {
        id: Set(chapter.id.uuid()),
        course: Set(chapter.course.uuid()),
        position: Set(chapter.position),
        title: Set(chapter.title.clone()),
        ..Default::default()
    }
}

pub async fn insert_lesson(tx: &Tx, new: &Lesson, now: Millis) -> Result<()> {
    let row = lesson::ActiveModel { created_at: Set(now), ..lesson_row(new)? };
    lesson::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn update_lesson(tx: &Tx, lesson: &Lesson) -> Result<()> {
    lesson::Entity::update(lesson_row(lesson)?).exec(tx).await?;
    Ok(())
}

fn lesson_row(lesson: &Lesson) -> Result<lesson::ActiveModel> {
    Ok(lesson::ActiveModel {
        id: Set(lesson.id.uuid()),
        course: Set(lesson.course.uuid()),
        chapter: Set(lesson.chapter.uuid()),
        position: Set(lesson.position),
        kind: Set(lesson.kind.name().to_owned()),
        title: Set(lesson.title.clone()),
        required: Set(lesson.required),
        asset: Set(lesson.asset.map(AssetId::uuid)),
        duration_ms: Set(lesson.duration_ms),
        characters: Set(lesson.characters.map(i32::try_from).transpose()?),
        version: Set(lesson.version.clone()),
        ..Default::default()
    })
}

/// Readings that wait for the text of a document.
pub async fn waiting_for(db: &impl ConnectionTrait, asset: AssetId) -> Result<Vec<Lesson>> {
    let waiting = lesson::Entity::find()
        .filter(lesson::Column::Asset.eq(asset.uuid()))
        .filter(lesson::Column::Kind.eq(LessonKind::Reading.name()))
        .filter(lesson::Column::Characters.is_null());
    waiting.all(db).await?.into_iter().map(lesson_of).collect()
}

pub async fn delete_reading(tx: &Tx, id: LessonId) -> Result<()> {
    let shown = reading_asset::Entity::delete_many().filter(reading_asset::Column::Lesson.eq(id.uuid()));
    shown.exec(tx).await?;
    reading::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

/// With its text, captions and questions.
pub async fn delete_lesson(tx: &Tx, id: LessonId) -> Result<()> {
    delete_content(tx, id).await?;
    lesson::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

/// Text, captions and questions.
pub async fn delete_content(tx: &Tx, id: LessonId) -> Result<()> {
    delete_reading(tx, id).await?;
    super::recognition::delete_of(tx, id).await?;
    captions::Entity::delete_many().filter(captions::Column::Lesson.eq(id.uuid())).exec(tx).await?;
    super::questions::delete_of(tx, id).await
}

/// An empty one.
pub async fn delete_chapter(tx: &Tx, id: ChapterId) -> Result<()> {
    chapter::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

/// Gives the lessons of a video their length; answers the courses in which there was one without.
pub async fn set_duration(tx: &Tx, asset: AssetId, duration_ms: i64) -> Result<Vec<CourseId>> {
    let waiting = lesson::Entity::find()
        .filter(lesson::Column::Asset.eq(asset.uuid()))
        .filter(lesson::Column::DurationMs.is_null())
        .all(tx)
        .await?;
    let mut courses: Vec<CourseId> = Vec::new();
    for row in waiting {
        courses.push(row.course.into());
        let row = lesson::ActiveModel { id: Set(row.id), duration_ms: Set(Some(duration_ms)), ..Default::default() };
        lesson::Entity::update(row).exec(tx).await?;
    }
    courses.sort();
    courses.dedup();
    Ok(courses)
}

/// Puts the text of a reading in the place of the one before.
pub async fn put_reading(tx: &Tx, lesson: LessonId, source: &Source, made: &Reading) -> Result<()> {
    let blocks = StoredBlocks::Counted { characters: made.blocks.iter().map(|block| block.characters).collect() };
    let row = reading::Model {
        lesson: lesson.uuid(),
        format: source.format.name().to_owned(),
        source: source.body.clone(),
        html: made.html.clone(),
        blocks: serde_json::to_string(&blocks)?,
    };
    write_reading(tx, row).await
}

/// Every text of a reading comes in here, and with it the files that it shows: who asks where a picture is used reads no texts.
pub async fn write_reading(tx: &Tx, row: reading::Model) -> Result<()> {
    let (lesson, shown) = (row.lesson, pictures::named(&row.html, usize::MAX));
    delete_reading(tx, lesson.into()).await?;
    reading::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    for asset in shown {
        let row = reading_asset::ActiveModel { lesson: Set(lesson), asset: Set(asset.uuid()) };
        reading_asset::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

pub async fn reading(db: &impl ConnectionTrait, lesson: LessonId) -> Result<Option<StoredReading>> {
    let Some(row) = reading::Entity::find_by_id(lesson.uuid()).one(db).await? else { return Ok(None) };
    let StoredBlocks::Counted { characters } = serde_json::from_str(&row.blocks)?;
    let blocks = (0..).zip(characters).map(|(index, characters)| Block { index, characters }).collect();
    let source = Source { format: word(Format::parse(&row.format), &row.format)?, body: row.source };
    Ok(Some(StoredReading { html: row.html, blocks, source }))
}

/// What was written, of a reading that has its text.
pub async fn source(db: &impl ConnectionTrait, lesson: LessonId) -> Result<Option<Source>> {
    Ok(reading(db, lesson).await?.map(|stored| stored.source))
}

/// How many blocks each of these readings has; their texts are not loaded.
pub async fn block_counts(db: &impl ConnectionTrait, lessons: &[LessonId]) -> Result<HashMap<LessonId, u32>> {
    let mut found = HashMap::new();
    for some in lessons.chunks(MANY) {
        let theirs = reading::Entity::find().filter(reading::Column::Lesson.is_in(some.iter().map(|id| id.uuid())));
        let columns = theirs.select_only().column(reading::Column::Lesson).column(reading::Column::Blocks);
        for (id, blocks) in columns.into_tuple::<(kernel::id::Uuid, String)>().all(db).await? {
            let StoredBlocks::Counted { characters } = serde_json::from_str(&blocks)?;
            found.insert(id.into(), u32::try_from(characters.len())?);
        }
    }
    Ok(found)
}

/// What is shown of these readings.
pub async fn htmls(db: &impl ConnectionTrait, lessons: &[LessonId]) -> Result<HashMap<LessonId, String>> {
    let ids = lessons.iter().map(|id| id.uuid());
    let rows = reading::Entity::find().filter(reading::Column::Lesson.is_in(ids)).all(db).await?;
    Ok(rows.into_iter().map(|row| (row.lesson.into(), row.html)).collect())
}

fn captions_of_row(row: captions::Model) -> StoredCaptions {
    let info = CaptionsInfo { id: row.id.into(), language: row.language, label: row.label };
    StoredCaptions { info, lesson: row.lesson.into(), vtt: row.vtt }
}

pub async fn captions(db: &impl ConnectionTrait, id: CaptionsId) -> Result<Option<StoredCaptions>> {
    Ok(captions::Entity::find_by_id(id.uuid()).one(db).await?.map(captions_of_row))
}

/// Of these lessons, by language.
pub async fn captions_of(db: &impl ConnectionTrait, lessons: &[LessonId]) -> Result<Vec<StoredCaptions>> {
    let ids = lessons.iter().map(|id| id.uuid());
    let query = captions::Entity::find().filter(captions::Column::Lesson.is_in(ids));
    let rows = query.order_by_asc(captions::Column::Language).all(db).await?;
    Ok(rows.into_iter().map(captions_of_row).collect())
}

/// In the place of those of the same language, whose address they keep.
pub async fn put_captions(tx: &Tx, new: &StoredCaptions) -> Result<()> {
    let same = captions::Entity::find()
        .filter(captions::Column::Lesson.eq(new.lesson.uuid()))
        .filter(captions::Column::Language.eq(new.info.language.as_str()))
        .one(tx)
        .await?;
    let row = captions::ActiveModel {
        id: Set(same.as_ref().map_or_else(|| new.info.id.uuid(), |same| same.id)),
        lesson: Set(new.lesson.uuid()),
        language: Set(new.info.language.clone()),
        label: Set(new.info.label.clone()),
        vtt: Set(new.vtt.clone()),
    };
    if same.is_some() {
        captions::Entity::update(row).exec(tx).await?;
    } else {
        captions::Entity::insert(row).exec_without_returning(tx).await.map_err(twice)?;
    }
    Ok(())
}

fn twice(error: DbErr) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Refusal::conflict("该语言的字幕刚刚由他人添加。", "Somebody has just added captions in this language.")
                .into()
        }
        _ => error.into(),
    }
}

pub async fn delete_captions(tx: &Tx, lesson: LessonId, language: &str) -> Result<bool> {
    let theirs = captions::Entity::delete_many().filter(captions::Column::Lesson.eq(lesson.uuid()));
    Ok(theirs.filter(captions::Column::Language.eq(language)).exec(tx).await?.rows_affected > 0)
}
