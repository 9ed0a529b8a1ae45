//! Drafts of published courses: a course of their own whose chapters, lessons and questions remember for which published ones they stand;
//! and who had a hand in a course since it was last published.

use std::collections::HashMap;

use kernel::{
    Millis, Result,
    id::{ChapterId, CourseId, LessonId, PersonId, QuestionId, Uuid},
};
use platform::Tx;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, sea_query::OnConflict,
};

use super::{content, labels};
use crate::tables::{captions, chapter, course, kept::hand, lecturer, lesson, question, reading};

/// The draft of a published course, where there is one.
pub async fn draft_of(db: &impl ConnectionTrait, id: CourseId) -> Result<Option<CourseId>> {
    Ok(drafts_of(db, &[id]).await?.remove(&id))
}

pub async fn drafts_of(db: &impl ConnectionTrait, ids: &[CourseId]) -> Result<HashMap<CourseId, CourseId>> {
    let theirs = course::Column::DraftOf.is_in(ids.iter().map(|id| id.uuid()));
    let query = course::Entity::find().filter(theirs).select_only();
    let rows: Vec<(Uuid, Uuid)> =
        query.columns([course::Column::DraftOf, course::Column::Id]).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(course, draft)| (course.into(), draft.into())).collect())
}

/// From the parts of a draft to the published ones that they stand for.
pub struct Origins {
    pub chapters: HashMap<ChapterId, ChapterId>,
    pub lessons: HashMap<LessonId, LessonId>,
    pub questions: HashMap<QuestionId, QuestionId>,
}

pub async fn origins(db: &impl ConnectionTrait, draft: CourseId) -> Result<Origins> {
    let chapters = chapter::Entity::find().filter(chapter::Column::Course.eq(draft.uuid())).all(db).await?;
    let lessons = lesson::Entity::find().filter(lesson::Column::Course.eq(draft.uuid())).all(db).await?;
    let ids = lessons.iter().map(|row| row.id);
    let questions = question::Entity::find().filter(question::Column::Lesson.is_in(ids)).all(db).await?;
    Ok(Origins {
        chapters: chapters.into_iter().filter_map(|row| Some((row.id.into(), row.origin?.into()))).collect(),
        lessons: lessons.into_iter().filter_map(|row| Some((row.id.into(), row.origin?.into()))).collect(),
        questions: questions.into_iter().filter_map(|row| Some((row.id.into(), row.origin?.into()))).collect(),
    })
}

pub async fn chapter_stands_for(tx: &Tx, draft: ChapterId, origin: ChapterId) -> Result<()> {
    let row = chapter::ActiveModel { id: Set(draft.uuid()), origin: Set(Some(origin.uuid())), ..Default::default() };
    chapter::Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn lesson_stands_for(tx: &Tx, draft: LessonId, origin: LessonId) -> Result<()> {
    let row = lesson::ActiveModel { id: Set(draft.uuid()), origin: Set(Some(origin.uuid())), ..Default::default() };
    lesson::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Everything that hangs on a lesson, once more for another. `id` makes new ids.
pub async fn copy_content(tx: &Tx, from: LessonId, to: LessonId, id: &impl Fn() -> Uuid) -> Result<()> {
    if let Some(mut row) = reading::Entity::find_by_id(from.uuid()).one(tx).await? {
        row.lesson = to.uuid();
        content::write_reading(tx, row).await?;
    }
    for mut row in captions::Entity::find().filter(captions::Column::Lesson.eq(from.uuid())).all(tx).await? {
        (row.id, row.lesson) = (id(), to.uuid());
        captions::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    }
    for mut row in question::Entity::find().filter(question::Column::Lesson.eq(from.uuid())).all(tx).await? {
        row.origin = Some(row.id);
        (row.id, row.lesson) = (id(), to.uuid());
        question::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// Puts what hangs on a draft's lesson in the place of what hangs on the published one. Captions of a language keep their address, questions
/// their id: who was asked one before is not asked and paid again.
pub async fn move_content(tx: &Tx, from: LessonId, to: LessonId) -> Result<()> {
    if let Some(mut row) = reading::Entity::find_by_id(from.uuid()).one(tx).await? {
        content::delete_reading(tx, from).await?;
        row.lesson = to.uuid();
        content::write_reading(tx, row).await?;
    }
    move_captions(tx, from, to).await?;
    super::recognition::move_to(tx, from, to).await?;
    move_questions(tx, from, to).await
}

async fn move_captions(tx: &Tx, from: LessonId, to: LessonId) -> Result<()> {
    let of = |lesson: LessonId| captions::Entity::find().filter(captions::Column::Lesson.eq(lesson.uuid()));
    let there = of(to).all(tx).await?;
    let addresses: HashMap<String, Uuid> = there.into_iter().map(|row| (row.language, row.id)).collect();
    let mut rows = of(from).all(tx).await?;
    captions::Entity::delete_many().filter(captions::Column::Lesson.is_in([from.uuid(), to.uuid()])).exec(tx).await?;
    for row in &mut rows {
        row.id = addresses.get(&row.language).copied().unwrap_or(row.id);
        row.lesson = to.uuid();
        captions::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(tx).await?;
    }
    Ok(())
}

async fn move_questions(tx: &Tx, from: LessonId, to: LessonId) -> Result<()> {
    let mut rows = question::Entity::find().filter(question::Column::Lesson.eq(from.uuid())).all(tx).await?;
    question::Entity::delete_many().filter(question::Column::Lesson.is_in([from.uuid(), to.uuid()])).exec(tx).await?;
    for row in &mut rows {
        row.id = row.origin.take().unwrap_or(row.id);
        row.lesson = to.uuid();
        question::Entity::insert(row.clone().into_active_model().reset_all()).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// It leaves the outline and stays for the ledgers that name it; what hangs on it is kept by the versions that had it.
pub async fn remove_lesson(tx: &Tx, id: LessonId, at: Millis) -> Result<()> {
    content::delete_content(tx, id).await?;
    let row = lesson::ActiveModel { id: Set(id.uuid()), removed_at: Set(Some(at)), ..Default::default() };
    row.update(tx).await?;
    Ok(())
}

pub async fn remove_chapter(tx: &Tx, id: ChapterId, at: Millis) -> Result<()> {
    let row = chapter::ActiveModel { id: Set(id.uuid()), removed_at: Set(Some(at)), ..Default::default() };
    row.update(tx).await?;
    Ok(())
}

/// A draft with all that is still in it.
pub async fn delete(tx: &Tx, draft: CourseId) -> Result<()> {
    let lessons = lesson::Entity::find().filter(lesson::Column::Course.eq(draft.uuid())).all(tx).await?;
    for row in lessons {
        content::delete_lesson(tx, row.id.into()).await?;
    }
    chapter::Entity::delete_many().filter(chapter::Column::Course.eq(draft.uuid())).exec(tx).await?;
    lecturer::Entity::delete_many().filter(lecturer::Column::Course.eq(draft.uuid())).exec(tx).await?;
    labels::delete(tx, draft).await?;
    forget_hands(tx, draft).await?;
    course::Entity::delete_by_id(draft.uuid()).exec(tx).await?;
    Ok(())
}

pub async fn note_hand(tx: &Tx, course: CourseId, person: PersonId, at: Millis) -> Result<()> {
    let row = hand::ActiveModel { course: Set(course.uuid()), person: Set(person.uuid()), at: Set(at) };
    let again =
        OnConflict::columns([hand::Column::Course, hand::Column::Person]).update_column(hand::Column::At).to_owned();
    hand::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

/// The last one first.
pub async fn hands(db: &impl ConnectionTrait, course: CourseId) -> Result<Vec<PersonId>> {
    let mut rows = hand::Entity::find().filter(hand::Column::Course.eq(course.uuid())).all(db).await?;
    rows.sort_by_key(|row| (std::cmp::Reverse(row.at), row.person));
    Ok(rows.into_iter().map(|row| row.person.into()).collect())
}

pub async fn hands_of(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<HashMap<CourseId, Vec<PersonId>>> {
    let theirs = hand::Column::Course.is_in(courses.iter().map(|id| id.uuid()));
    let mut found: HashMap<CourseId, Vec<PersonId>> = HashMap::new();
    for row in hand::Entity::find().filter(theirs).all(db).await? {
        found.entry(row.course.into()).or_default().push(row.person.into());
    }
    Ok(found)
}

pub async fn forget_hands(tx: &Tx, course: CourseId) -> Result<()> {
    hand::Entity::delete_many().filter(hand::Column::Course.eq(course.uuid())).exec(tx).await?;
    Ok(())
}
