//! Questions on stretches of lessons.

use kernel::{
    Error, Millis, Result,
    id::{LessonId, QuestionId},
};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{model::Question, tables::question};

fn question_of(row: question::Model) -> Result<Question> {
    Ok(Question {
        id: row.id.into(),
        lesson: row.lesson.into(),
        start: row.start_at,
        end: row.end_at,
        prompt: row.prompt,
        options: serde_json::from_str(&row.options)?,
        right: usize::try_from(row.right_option).map_err(|_| Error::broken("a stored option that is none"))?,
    })
}

pub async fn of(db: &impl ConnectionTrait, lesson: LessonId) -> Result<Vec<Question>> {
    of_many(db, &[lesson]).await
}

/// In the order of their stretches.
pub async fn of_many(db: &impl ConnectionTrait, lessons: &[LessonId]) -> Result<Vec<Question>> {
    let ids = lessons.iter().map(|id| id.uuid());
    let theirs = question::Entity::find().filter(question::Column::Lesson.is_in(ids));
    let rows = theirs.order_by_asc(question::Column::StartAt).order_by_asc(question::Column::Id).all(db).await?;
    rows.into_iter().map(question_of).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: QuestionId) -> Result<Option<Question>> {
    question::Entity::find_by_id(id.uuid()).one(db).await?.map(question_of).transpose()
}

pub async fn insert(tx: &Tx, new: &Question, now: Millis) -> Result<()> {
    let row = question::ActiveModel { created_at: Set(now), ..row_of(new)? };
    question::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Whether it was there.
pub async fn update(tx: &Tx, question: &Question) -> Result<bool> {
    if find(tx, question.id).await?.is_none() {
        return Ok(false);
    }
    question::Entity::update(row_of(question)?).exec(tx).await?;
    Ok(true)
}

pub async fn delete(tx: &Tx, id: QuestionId) -> Result<()> {
    question::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

pub async fn delete_of(tx: &Tx, lesson: LessonId) -> Result<()> {
    question::Entity::delete_many().filter(question::Column::Lesson.eq(lesson.uuid())).exec(tx).await?;
    Ok(())
}

fn row_of(question: &Question) -> Result<question::ActiveModel> {
    Ok(question::ActiveModel {
        id: Set(question.id.uuid()),
        lesson: Set(question.lesson.uuid()),
        start_at: Set(question.start),
        end_at: Set(question.end),
        prompt: Set(question.prompt.clone()),
        options: Set(serde_json::to_string(&question.options)?),
        right_option: Set(i32::try_from(question.right)?),
        ..Default::default()
    })
}
