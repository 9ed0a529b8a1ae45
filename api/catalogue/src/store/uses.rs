//! Where files are used: by lessons, by pictures within readings, by versions that are kept; and which file takes the place of which.

use std::collections::{HashMap, HashSet};

use kernel::{
    Millis, Result,
    id::{AssetId, CourseId, LessonId, PersonId, Uuid},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::OnConflict,
};

use super::content;
use crate::{
    model::Lesson,
    tables::{
        kept::{replacement, version_asset},
        lesson, reading_asset,
    },
};

/// A file, the lesson that uses it and that one's title.
pub type InLesson = (AssetId, CourseId, LessonId, String);

/// The lessons whose video or document is one of these, with their courses.
pub async fn lessons(db: &impl ConnectionTrait, assets: &[AssetId]) -> Result<Vec<InLesson>> {
    let query = lesson::Entity::find()
        .filter(lesson::Column::Asset.is_in(assets.iter().map(|id| id.uuid())))
        .filter(lesson::Column::RemovedAt.is_null())
        .order_by_asc(lesson::Column::CreatedAt)
        .order_by_asc(lesson::Column::Id);
    let rows = query.all(db).await?;
    let told = |row: lesson::Model| Some((row.asset?.into(), row.course.into(), row.id.into(), row.title));
    Ok(rows.into_iter().filter_map(told).collect())
}

/// The readings in which one of these is shown.
pub async fn readings(db: &impl ConnectionTrait, assets: &[AssetId]) -> Result<Vec<InLesson>> {
    let query = reading_asset::Entity::find()
        .filter(reading_asset::Column::Asset.is_in(assets.iter().map(|id| id.uuid())))
        .order_by_asc(reading_asset::Column::Lesson);
    let shown = query.all(db).await?;
    let ids: Vec<LessonId> = shown.iter().map(|row| row.lesson.into()).collect();
    let lessons = content::lessons(db, &ids).await?.into_iter().filter(|lesson| !lesson.removed);
    let lessons: HashMap<LessonId, Lesson> = lessons.map(|lesson| (lesson.id, lesson)).collect();
    let told = |row: reading_asset::Model| {
        let lesson = lessons.get(&row.lesson.into())?;
        Some((row.asset.into(), lesson.course, lesson.id, lesson.title.clone()))
    };
    Ok(shown.into_iter().filter_map(told).collect())
}

/// The versions that keep one of these.
pub async fn versions(db: &impl ConnectionTrait, assets: &[AssetId]) -> Result<Vec<(AssetId, CourseId, u32)>> {
    let query = version_asset::Entity::find()
        .filter(version_asset::Column::Asset.is_in(assets.iter().map(|id| id.uuid())))
        .order_by_asc(version_asset::Column::Number);
    let rows = query.all(db).await?;
    let told = |row: version_asset::Model| Ok((row.asset.into(), row.course.into(), u32::try_from(row.number)?));
    rows.into_iter().map(told).collect()
}

/// Every file that a lesson, a picture in a reading or a kept version names.
pub async fn all(db: &impl ConnectionTrait) -> Result<HashSet<AssetId>> {
    let now: Vec<Option<Uuid>> = lesson::Entity::find()
        .select_only()
        .column(lesson::Column::Asset)
        .distinct()
        .filter(lesson::Column::Asset.is_not_null())
        .filter(lesson::Column::RemovedAt.is_null())
        .into_tuple()
        .all(db)
        .await?;
    let before: Vec<Uuid> = version_asset::Entity::find()
        .select_only()
        .column(version_asset::Column::Asset)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    let shown: Vec<Uuid> = reading_asset::Entity::find()
        .select_only()
        .column(reading_asset::Column::Asset)
        .distinct()
        .into_tuple()
        .all(db)
        .await?;
    Ok(now.into_iter().flatten().chain(before).chain(shown).map(AssetId::new).collect())
}

/// Who asked that `asset` takes the place of another as soon as it is ready.
pub struct Replacement {
    pub old: AssetId,
    pub person: PersonId,
}

pub async fn plan_replacement(tx: &Tx, asset: AssetId, planned: &Replacement, at: Millis) -> Result<()> {
    let row = replacement::ActiveModel {
        asset: Set(asset.uuid()),
        old: Set(planned.old.uuid()),
        person: Set(planned.person.uuid()),
        asked_at: Set(at),
    };
    let again = OnConflict::column(replacement::Column::Asset)
        .update_columns([replacement::Column::Old, replacement::Column::Person, replacement::Column::AskedAt])
        .to_owned();
    replacement::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn replacement(db: &impl ConnectionTrait, asset: AssetId) -> Result<Option<Replacement>> {
    let row = replacement::Entity::find_by_id(asset.uuid()).one(db).await?;
    Ok(row.map(|row| Replacement { old: row.old.into(), person: row.person.into() }))
}

/// The plan is over with this.
pub async fn take_replacement(tx: &Tx, asset: AssetId) -> Result<()> {
    replacement::Entity::delete_by_id(asset.uuid()).exec(tx).await?;
    Ok(())
}

/// Nothing is to take the place of this one any more.
pub async fn forget_replacements(tx: &Tx, old: AssetId) -> Result<()> {
    replacement::Entity::delete_many().filter(replacement::Column::Old.eq(old.uuid())).exec(tx).await?;
    Ok(())
}

/// Which files wait to take the place of these.
pub async fn replacements(db: &impl ConnectionTrait, old: &[AssetId]) -> Result<Vec<(AssetId, AssetId)>> {
    let query = replacement::Entity::find().filter(replacement::Column::Old.is_in(old.iter().map(|id| id.uuid())));
    Ok(query.all(db).await?.into_iter().map(|row| (row.old.into(), row.asset.into())).collect())
}
