//! Reading what was finished, page by page along the primary key.

use std::collections::HashSet;

use kernel::{
    Day, Millis, Result,
    id::{CourseId, LessonId, PersonId},
};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::read::CHUNK;
use crate::{
    model::Finished,
    tables::{day, enrolment, progress},
};

pub async fn studied(db: &impl ConnectionTrait, people: &[PersonId], from: Day, to: Day) -> Result<HashSet<PersonId>> {
    let mut found = HashSet::new();
    for some in people.chunks(CHUNK) {
        let query = day::Entity::find().filter(day::Column::Person.is_in(some.iter().map(|id| id.uuid())));
        let query = query.filter(day::Column::Day.between(from.number(), to.number()));
        let query = query.filter(day::Column::CreditedMs.gt(0)).select_only().column(day::Column::Person).distinct();
        let rows: Vec<Uuid> = query.into_tuple().all(db).await?;
        found.extend(rows.into_iter().map(PersonId::new));
    }
    Ok(found)
}

pub async fn lessons(
    db: &impl ConnectionTrait,
    after: Option<(PersonId, LessonId)>,
    most: u64,
) -> Result<Vec<Finished>> {
    let mut query = progress::Entity::find().filter(progress::Column::CompletedAt.is_not_null());
    if let Some((person, lesson)) = after {
        let same = Condition::all().add(progress::Column::Person.eq(person.uuid()));
        let same = same.add(progress::Column::Lesson.gt(lesson.uuid()));
        query = query.filter(Condition::any().add(progress::Column::Person.gt(person.uuid())).add(same));
    }
    let query = query.order_by_asc(progress::Column::Person).order_by_asc(progress::Column::Lesson).limit(most);
    let columns =
        [progress::Column::Person, progress::Column::Course, progress::Column::Lesson, progress::Column::CompletedAt];
    let rows: Vec<(Uuid, Uuid, Uuid, i64)> = query.select_only().columns(columns).into_tuple().all(db).await?;
    let finished = |(person, course, lesson, at): (Uuid, Uuid, Uuid, i64)| Finished {
        person: person.into(),
        course: course.into(),
        lesson: lesson.into(),
        at,
    };
    Ok(rows.into_iter().map(finished).collect())
}

pub async fn courses(
    db: &impl ConnectionTrait,
    after: Option<(PersonId, CourseId)>,
    most: u64,
) -> Result<Vec<(PersonId, CourseId, Millis)>> {
    let mut query = enrolment::Entity::find().filter(enrolment::Column::CompletedAt.is_not_null());
    if let Some((person, course)) = after {
        let same = Condition::all().add(enrolment::Column::Person.eq(person.uuid()));
        let same = same.add(enrolment::Column::Course.gt(course.uuid()));
        query = query.filter(Condition::any().add(enrolment::Column::Person.gt(person.uuid())).add(same));
    }
    let query = query.order_by_asc(enrolment::Column::Person).order_by_asc(enrolment::Column::Course).limit(most);
    let columns = [enrolment::Column::Person, enrolment::Column::Course, enrolment::Column::CompletedAt];
    let rows: Vec<(Uuid, Uuid, i64)> = query.select_only().columns(columns).into_tuple().all(db).await?;
    Ok(rows.into_iter().map(|(person, course, at)| (person.into(), course.into(), at)).collect())
}
