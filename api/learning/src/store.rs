//! All SQL of studying. What a batch of heartbeats needs is read with one statement a table and written with one.

mod rows;

use std::collections::{HashMap, HashSet};

use kernel::{
    Day, Error, Millis, Result,
    id::{CourseId, LessonId, PersonId, StudyId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Alias, Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    model::{Holding, Progress, Recent, Record, Sitting},
    tables::{day, enrolment, lease, progress, study},
};
use rows::{lease_row, progress_row, study_row};

/// What a row was read as. A row that cannot be read is the fault of that row alone, not of the batch it was read in.
pub type Read<K, T> = HashMap<K, Result<T>>;

/// Ids that one statement may name: both databases bound the number of parameters.
const CHUNK: usize = 1_000;

/// The leases of these people, locked in one order, so that two processes' batches never wait for each other crosswise.
pub async fn lock_holdings(tx: &Tx, people: &[PersonId]) -> Result<HashMap<PersonId, Holding>> {
    let sql = format!(
        "SELECT * FROM learning_lease WHERE person IN {} ORDER BY person{}",
        dialect::placeholders(people.len()),
        dialect::lock_rows(tx),
    );
    let values = people.iter().map(|person| person.uuid().into()).collect();
    let rows = lease::Entity::find().from_raw_sql(dialect::statement(tx, &sql, values)).all(tx).await?;
    Ok(rows.into_iter().map(|row| (row.person.into(), row.into())).collect())
}

/// The person's lease, locked; a person who never had one is given `first`.
pub async fn lock_holding(tx: &Tx, person: PersonId, first: Holding) -> Result<Holding> {
    if let Some(holding) = lock_holdings(tx, &[person]).await?.remove(&person) {
        return Ok(holding);
    }
    let row = lease_row(person, &first).into_active_model();
    let once = OnConflict::column(lease::Column::Person).do_nothing().to_owned();
    lease::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    // Another process may have been quicker; what stands now is locked.
    let stands = lock_holdings(tx, &[person]).await?.remove(&person);
    stands.ok_or_else(|| Error::broken("a lease that was just made is gone"))
}

pub async fn save_holdings(tx: &Tx, holdings: impl IntoIterator<Item = (PersonId, Holding)>) -> Result<()> {
    let rows: Vec<_> = holdings.into_iter().map(|(person, one)| lease_row(person, &one).into_active_model()).collect();
    if rows.is_empty() {
        return Ok(());
    }
    let newer = OnConflict::column(lease::Column::Person)
        .update_columns([
            lease::Column::Epoch,
            lease::Column::Study,
            lease::Column::AllowanceMs,
            lease::Column::CountedAt,
        ])
        .to_owned();
    lease::Entity::insert_many(rows).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn sittings(connection: &impl ConnectionTrait, ids: &[StudyId]) -> Result<Read<StudyId, Sitting>> {
    let ids = ids.iter().map(|id| id.uuid());
    let rows = study::Entity::find().filter(study::Column::Id.is_in(ids)).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), Sitting::try_from(row))).collect())
}

pub async fn insert_sitting(tx: &Tx, sitting: &Sitting) -> Result<()> {
    study::Entity::insert(study_row(sitting)?.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what heartbeats change of studies.
pub async fn save_sittings(tx: &Tx, sittings: &[&Sitting]) -> Result<()> {
    if sittings.is_empty() {
        return Ok(());
    }
    let rows = sittings.iter().map(|one| study_row(one)).collect::<Result<Vec<_>>>()?;
    let newer = OnConflict::column(study::Column::Id)
        .update_columns([
            study::Column::BeatenAt,
            study::Column::NextSeq,
            study::Column::LastHash,
            study::Column::LastAnswer,
            study::Column::EntriesSeen,
        ])
        .to_owned();
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    study::Entity::insert_many(rows).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(())
}

/// The records of exactly these people in these lessons.
pub async fn records(
    connection: &impl ConnectionTrait,
    of: &[(PersonId, LessonId)],
) -> Result<Read<(PersonId, LessonId), Record>> {
    if of.is_empty() {
        return Ok(HashMap::new());
    }
    let sql = format!(
        "SELECT p.* FROM (VALUES {}) AS w JOIN learning_progress p ON p.person = w.column1 AND p.lesson = w.column2",
        vec!["(?, ?)"; of.len()].join(", "),
    );
    let values = of.iter().flat_map(|(person, lesson)| [person.uuid().into(), lesson.uuid().into()]).collect();
    let statement = dialect::statement(connection, &sql, values);
    let rows = progress::Entity::find().from_raw_sql(statement).all(connection).await?;
    Ok(rows.into_iter().map(|row| ((row.person.into(), row.lesson.into()), Record::try_from(row))).collect())
}

pub async fn save_records(tx: &Tx, records: &[(PersonId, LessonId, &Record)]) -> Result<()> {
    if records.is_empty() {
        return Ok(());
    }
    let rows = records.iter().map(progress_row).collect::<Result<Vec<_>>>()?;
    // A lesson keeps its course: what no statement sets, no index has to follow.
    let newer = OnConflict::columns([progress::Column::Person, progress::Column::Lesson])
        .update_columns([
            progress::Column::Version,
            progress::Column::Size,
            progress::Column::Covered,
            progress::Column::CoveredMs,
            progress::Column::Coverage,
            progress::Column::ResumeAt,
            progress::Column::CompletedAt,
            progress::Column::UpdatedAt,
        ])
        .to_owned();
    let rows = rows.into_iter().map(IntoActiveModel::into_active_model);
    progress::Entity::insert_many(rows).on_conflict(newer).exec_without_returning(tx).await?;
    Ok(())
}

/// Adds what was credited to the days of these people.
pub async fn add_days(tx: &Tx, days: impl IntoIterator<Item = (PersonId, Day, i64)>) -> Result<()> {
    let rows: Vec<_> = days
        .into_iter()
        .map(|(person, on, ms)| day::ActiveModel {
            person: Set(person.uuid()),
            day: Set(on.number()),
            credited_ms: Set(ms),
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let sum = Expr::col((day::Entity, day::Column::CreditedMs))
        .add(Expr::col((Alias::new("excluded"), day::Column::CreditedMs)));
    let more =
        OnConflict::columns([day::Column::Person, day::Column::Day]).value(day::Column::CreditedMs, sum).to_owned();
    day::Entity::insert_many(rows).on_conflict(more).exec_without_returning(tx).await?;
    Ok(())
}

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

/// Enrols who is not enrolled yet.
pub async fn enrol(tx: &Tx, person: PersonId, course: CourseId, now: Millis) -> Result<()> {
    let row = enrolment::ActiveModel {
        person: Set(person.uuid()),
        course: Set(course.uuid()),
        enrolled_at: Set(now),
        completed_at: Set(None),
    };
    let once = OnConflict::columns([enrolment::Column::Person, enrolment::Column::Course]).do_nothing().to_owned();
    enrolment::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes that the course is completed; answers whether this was the first time.
pub async fn complete_enrolment(tx: &Tx, person: PersonId, course: CourseId, at: Millis) -> Result<bool> {
    let done = enrolment::Entity::update_many()
        .col_expr(enrolment::Column::CompletedAt, Expr::value(at))
        .filter(enrolment::Column::Person.eq(person.uuid()))
        .filter(enrolment::Column::Course.eq(course.uuid()))
        .filter(enrolment::Column::CompletedAt.is_null())
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
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

pub async fn progress(
    connection: &impl ConnectionTrait,
    person: PersonId,
    lessons: &[LessonId],
) -> Result<HashMap<LessonId, Progress>> {
    let mut found = HashMap::new();
    for some in lessons.chunks(CHUNK) {
        let rows: Vec<(Uuid, f64, Option<i64>, i64)> = progress::Entity::find()
            .select_only()
            .columns([
                progress::Column::Lesson,
                progress::Column::Coverage,
                progress::Column::CompletedAt,
                progress::Column::ResumeAt,
            ])
            .filter(progress::Column::Person.eq(person.uuid()))
            .filter(progress::Column::Lesson.is_in(some.iter().map(|lesson| lesson.uuid())))
            .into_tuple()
            .all(connection)
            .await?;
        found.extend(rows.into_iter().map(|(lesson, coverage, completed_at, resume_at)| {
            (lesson.into(), Progress { coverage, completed: completed_at.is_some(), resume_at })
        }));
    }
    Ok(found)
}

/// Begun and not completed, newest first.
pub async fn recent(connection: &impl ConnectionTrait, person: PersonId, most: u64) -> Result<Vec<Recent>> {
    let rows: Vec<(Uuid, Uuid, f64)> = progress::Entity::find()
        .select_only()
        .columns([progress::Column::Course, progress::Column::Lesson, progress::Column::Coverage])
        .filter(progress::Column::Person.eq(person.uuid()))
        .filter(progress::Column::CompletedAt.is_null())
        .filter(progress::Column::Coverage.gt(0.0))
        .order_by_desc(progress::Column::UpdatedAt)
        .order_by_desc(progress::Column::Lesson)
        .limit(most)
        .into_tuple()
        .all(connection)
        .await?;
    let recent = |(course, lesson, coverage): (Uuid, Uuid, f64)| Recent {
        course: course.into(),
        lesson: lesson.into(),
        coverage,
    };
    Ok(rows.into_iter().map(recent).collect())
}

/// Of everybody who has begun it: the sum of their coverages of these lessons.
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
