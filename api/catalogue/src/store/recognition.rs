//! Captions that a program has heard, or is hearing.

use kernel::{
    Result,
    id::{CaptionsId, LessonId},
    text::Text,
};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::Expr};

use super::word;
use crate::{
    model::{Hearing, Recognition},
    tables::recognition::{ActiveModel, Column, Entity, Model},
};

fn recognition_of(row: Model) -> Result<Recognition> {
    Ok(Recognition {
        id: row.id.into(),
        lesson: row.lesson.into(),
        language: row.language,
        asset: row.asset.into(),
        status: word(Hearing::parse(&row.status), &row.status)?,
        progress: row.progress,
        failure: row.failure_zh.map(|zh| Text::new(zh, row.failure_en.unwrap_or_default())),
        vtt: row.vtt,
        asked_by: row.asked_by.into(),
        asked_at: row.asked_at,
    })
}

pub async fn find(db: &impl ConnectionTrait, id: CaptionsId) -> Result<Option<Recognition>> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(recognition_of).transpose()
}

/// Of a lesson, by language.
pub async fn of(db: &impl ConnectionTrait, lesson: LessonId) -> Result<Vec<Recognition>> {
    let theirs = Entity::find().filter(Column::Lesson.eq(lesson.uuid()));
    theirs.order_by_asc(Column::Language).all(db).await?.into_iter().map(recognition_of).collect()
}

pub async fn insert(tx: &Tx, new: &Recognition) -> Result<()> {
    let row = ActiveModel {
        lesson: Set(new.lesson.uuid()),
        language: Set(new.language.clone()),
        asset: Set(new.asset.uuid()),
        asked_by: Set(new.asked_by.uuid()),
        asked_at: Set(new.asked_at),
        ..row_of(new)
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// How far it is and what came of it; false when it is gone.
pub async fn update(tx: &Tx, one: &Recognition) -> Result<bool> {
    let update = Entity::update_many().set(row_of(one)).filter(Column::Id.eq(one.id.uuid()));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

/// Where it still runs.
pub async fn set_progress(tx: &Tx, id: CaptionsId, share: f64) -> Result<bool> {
    let running = Entity::update_many()
        .col_expr(Column::Progress, Expr::value(share))
        .filter(Column::Id.eq(id.uuid()))
        .filter(Column::Status.eq(Hearing::Running.name()));
    Ok(running.exec(tx).await?.rows_affected == 1)
}

fn row_of(one: &Recognition) -> ActiveModel {
    ActiveModel {
        id: Set(one.id.uuid()),
        status: Set(one.status.name().to_owned()),
        progress: Set(one.progress),
        failure_zh: Set(one.failure.as_ref().map(|text| text.zh.clone())),
        failure_en: Set(one.failure.as_ref().map(|text| text.en.clone())),
        vtt: Set(one.vtt.clone()),
        ..Default::default()
    }
}

pub async fn delete(tx: &Tx, id: CaptionsId) -> Result<()> {
    Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

pub async fn delete_of(tx: &Tx, lesson: LessonId) -> Result<()> {
    Entity::delete_many().filter(Column::Lesson.eq(lesson.uuid())).exec(tx).await?;
    Ok(())
}

/// What was heard for a draft's lesson is heard for the published one.
pub async fn move_to(tx: &Tx, from: LessonId, to: LessonId) -> Result<()> {
    for one in of(tx, from).await? {
        let earlier = Entity::delete_many().filter(Column::Lesson.eq(to.uuid()));
        earlier.filter(Column::Language.eq(one.language.as_str())).exec(tx).await?;
        let moved = Entity::update_many().col_expr(Column::Lesson, Expr::value(to.uuid()));
        moved.filter(Column::Id.eq(one.id.uuid())).exec(tx).await?;
    }
    Ok(())
}
