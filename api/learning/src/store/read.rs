//! What others ask.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kernel::{
    Connection, Day, Millis, Page, Result,
    id::{CourseId, FlagId, LessonId, PersonId, StudyId},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Cond};
use uuid::Uuid;

use super::rows;
use crate::{
    model::{Flag, Progress, Recent, Record, Script, StudyInfo},
    tables::{day, enrolment, flag, lease, progress, script, study},
};

/// Ids that one statement may name: both databases bound the number of parameters.
pub(super) const CHUNK: usize = 1_000;

/// The days between the two, both included, on which something was credited.
pub async fn days(connection: &impl ConnectionTrait, person: PersonId, from: Day, to: Day) -> Result<Vec<Day>> {
    let numbers: Vec<i32> = day::Entity::find()
        .select_only()
        .column(day::Column::Day)
        .filter(day::Column::Person.eq(person.uuid()))
        .filter(day::Column::Day.between(from.number(), to.number()))
        .filter(day::Column::CreditedMs.gt(0))
        .order_by_asc(day::Column::Day)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(numbers.into_iter().filter_map(Day::from_number).collect())
}

pub async fn count_completed(connection: &impl ConnectionTrait, course: CourseId) -> Result<u64> {
    let count: Option<i64> = enrolment::Entity::find()
        .select_only()
        .column_as(enrolment::Column::Person.count(), "people")
        .filter(enrolment::Column::Course.eq(course.uuid()))
        .filter(enrolment::Column::CompletedAt.is_not_null())
        .into_tuple()
        .one(connection)
        .await?;
    Ok(count.and_then(|n| u64::try_from(n).ok()).unwrap_or(0))
}

/// Progress, and in which content of the lesson it was made.
pub struct Held {
    pub progress: Progress,
    pub version: String,
    pub size: i64,
}

pub async fn progress(
    connection: &impl ConnectionTrait,
    person: PersonId,
    lessons: &[LessonId],
) -> Result<HashMap<LessonId, Held>> {
    let mut found = HashMap::new();
    for some in lessons.chunks(CHUNK) {
        let rows: Vec<(Uuid, f64, Option<i64>, i64, String, i64)> = progress::Entity::find()
            .select_only()
            .columns([
                progress::Column::Lesson,
                progress::Column::Coverage,
                progress::Column::CompletedAt,
                progress::Column::ResumeAt,
                progress::Column::Version,
                progress::Column::Size,
            ])
            .filter(progress::Column::Person.eq(person.uuid()))
            .filter(progress::Column::Lesson.is_in(some.iter().map(|lesson| lesson.uuid())))
            .into_tuple()
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|(lesson, coverage, completed_at, resume_at, version, size)| {
            let progress = Progress { coverage, completed: completed_at.is_some(), resume_at };
            (lesson.into(), Held { progress, version, size })
        }));
    }
    if found.is_empty() {
        return Ok(found);
    }
    if let Some(ahead) = ahead(connection, person).await?
        && let Some(held) = found.get_mut(&ahead.lesson)
    {
        (held.progress.coverage, held.progress.resume_at) = (ahead.coverage(), ahead.resume_at);
    }
    Ok(found)
}

/// What the person's own row knows of the lesson that they study now, which its progress does not yet.
async fn ahead(connection: &impl ConnectionTrait, person: PersonId) -> Result<Option<rows::Ahead>> {
    let live: Option<String> = lease::Entity::find_by_id(person.uuid())
        .select_only()
        .column(lease::Column::Live)
        .into_tuple()
        .one(connection)
        .await?;
    rows::ahead(&live.unwrap_or_default())
}

/// The record of one person in one lesson, up to the last beat.
pub async fn record(connection: &impl ConnectionTrait, person: PersonId, lesson: LessonId) -> Result<Option<Record>> {
    let Some(row) = progress::Entity::find_by_id((person.uuid(), lesson.uuid())).one(connection).await? else {
        return Ok(None);
    };
    let mut record = Record::try_from(row)?;
    if let Some(ahead) = ahead(connection, person).await?.filter(|ahead| ahead.lesson == lesson) {
        ahead.lay_over(&mut record);
    }
    Ok(Some(record))
}

/// Begun and not completed, newest first.
pub async fn recent(connection: &impl ConnectionTrait, person: PersonId, most: u64) -> Result<Vec<Recent>> {
    let rows: Vec<(Uuid, Uuid, f64, i64)> = progress::Entity::find()
        .select_only()
        .columns([
            progress::Column::Course,
            progress::Column::Lesson,
            progress::Column::Coverage,
            progress::Column::UpdatedAt,
        ])
        .filter(progress::Column::Person.eq(person.uuid()))
        .filter(progress::Column::CompletedAt.is_null())
        .filter(progress::Column::Coverage.gt(0.0))
        .order_by_desc(progress::Column::UpdatedAt)
        .order_by_desc(progress::Column::Lesson)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    let mut all: Vec<(Millis, Recent)> = rows
        .into_iter()
        .map(|(course, lesson, coverage, at)| (at, Recent { course: course.into(), lesson: lesson.into(), coverage }))
        .collect();
    if let Some(ahead) = ahead(connection, person).await?
        && let Some((at, recent)) = all.iter_mut().find(|(_, recent)| recent.lesson == ahead.lesson)
    {
        (*at, recent.coverage) = (ahead.updated_at, ahead.coverage());
    }
    all.sort_by_key(|(at, recent)| (std::cmp::Reverse(*at), std::cmp::Reverse(recent.lesson)));
    Ok(all.into_iter().map(|(_, recent)| recent).collect())
}

/// Of everybody who has begun it: the sum of their coverages of these lessons, up to a minute of study behind.
pub async fn coverages(connection: &impl ConnectionTrait, course: CourseId, lessons: &[LessonId]) -> Result<Vec<f64>> {
    let sums = progress::Entity::find()
        .select_only()
        .column_as(progress::Column::Coverage.sum(), "covered")
        .filter(progress::Column::Course.eq(course.uuid()))
        .filter(progress::Column::Lesson.is_in(lessons.iter().map(|lesson| lesson.uuid())))
        .filter(progress::Column::Coverage.gt(0.0))
        .group_by(progress::Column::Person)
        .into_tuple()
        .all(connection)
        .await?;
    Ok(sums)
}

/// Which of these lessons each of these people has completed.
pub async fn completed(
    connection: &impl ConnectionTrait,
    people: &[PersonId],
    lessons: &[LessonId],
) -> Result<HashMap<PersonId, HashSet<LessonId>>> {
    let mut done: HashMap<PersonId, HashSet<LessonId>> = HashMap::new();
    for people in people.chunks(CHUNK) {
        for lessons in lessons.chunks(CHUNK) {
            let rows: Vec<(Uuid, Uuid)> = progress::Entity::find()
                .select_only()
                .columns([progress::Column::Person, progress::Column::Lesson])
                .filter(progress::Column::Person.is_in(people.iter().map(|person| person.uuid())))
                .filter(progress::Column::Lesson.is_in(lessons.iter().map(|lesson| lesson.uuid())))
                .filter(progress::Column::CompletedAt.is_not_null())
                .into_tuple()
                .all(connection)
                .await?;
            for (person, lesson) in rows {
                done.entry(person.into()).or_default().insert(lesson.into());
            }
        }
    }
    Ok(done)
}

/// A study as the media gate knows it. While it holds the lease its last beat is noted with the lease.
pub async fn info(connection: &impl ConnectionTrait, id: StudyId) -> Result<Option<StudyInfo>> {
    let Some(row) = study::Entity::find_by_id(id.uuid()).one(connection).await? else { return Ok(None) };
    let held = lease::Entity::find_by_id(row.person).filter(lease::Column::Study.eq(row.id));
    let beaten_at: Option<i64> =
        held.select_only().column(lease::Column::BeatenAt).into_tuple().one(connection).await?;
    let mut info = rows::study_info(&row);
    info.beaten_at = info.beaten_at.max(beaten_at.unwrap_or_default());
    Ok(Some(info))
}

/// What the lesson was when this record was last written; of one that was written before scripts were kept, nothing.
pub async fn script(connection: &impl ConnectionTrait, record: &Record) -> Result<Option<Arc<Script>>> {
    let Some(id) = record.script_id else { return Ok(None) };
    let row = script::Entity::find_by_id(id).one(connection).await?;
    row.map(|row| Ok(Arc::new(serde_json::from_str(&row.text)?))).transpose()
}

/// Everybody who has something pending in this lesson, with their records.
pub async fn pending_of(
    connection: &impl ConnectionTrait,
    lesson: LessonId,
    most: u64,
) -> Result<Vec<(PersonId, Record)>> {
    let rows = progress::Entity::find()
        .filter(progress::Column::Lesson.eq(lesson.uuid()))
        .filter(progress::Column::Pending.ne(""))
        .order_by_asc(progress::Column::Person)
        .limit(most)
        .all(connection)
        .await?;
    rows.into_iter().map(|row| Ok((row.person.into(), Record::try_from(row)?))).collect()
}

/// Newest first.
pub async fn flag(connection: &impl ConnectionTrait, id: Uuid) -> Result<Option<Flag>> {
    flag::Entity::find_by_id(id).one(connection).await?.map(Flag::try_from).transpose()
}

/// Whom these are about.
pub async fn flagged(connection: &impl ConnectionTrait, flags: &[FlagId]) -> Result<HashMap<FlagId, PersonId>> {
    let mut all = HashMap::new();
    for some in flags.chunks(CHUNK) {
        let query = flag::Entity::find().filter(flag::Column::Id.is_in(some.iter().map(|id| id.uuid())));
        let rows = query.all(connection).await?.into_iter();
        all.extend(rows.map(|row| (FlagId::new(row.id), PersonId::new(row.person))));
    }
    Ok(all)
}

/// `reviewed`: only those that were looked at, or only those that were not.
pub async fn flags(connection: &impl ConnectionTrait, reviewed: Option<bool>, page: &Page) -> Result<Connection<Flag>> {
    let mut query = flag::Entity::find();
    if let Some(reviewed) = reviewed {
        let column = flag::Column::ReviewedAt;
        query = query.filter(if reviewed { column.is_not_null() } else { column.is_null() });
    }
    if let Some((at, id)) = page.after::<(Millis, Uuid)>()? {
        let earlier = Cond::all().add(flag::Column::NotedAt.eq(at)).add(flag::Column::Id.lt(id));
        query = query.filter(Cond::any().add(flag::Column::NotedAt.lt(at)).add(earlier));
    }
    let rows = query
        .order_by_desc(flag::Column::NotedAt)
        .order_by_desc(flag::Column::Id)
        .limit(page.limit())
        .all(connection)
        .await?;
    let flags = rows.into_iter().map(Flag::try_from).collect::<Result<Vec<_>>>()?;
    Ok(Connection::new(page, flags, |flag| (flag.noted_at, flag.id)))
}
