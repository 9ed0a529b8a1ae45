//! What opening a study, completing a course and sweeping write.

use kernel::{
    Error, Millis, Result,
    id::{CourseId, PersonId, Uuid},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use super::{
    hot::{lock_seats, seats},
    rows::{lease_row, study_row},
};
use crate::{
    commit::Scripts,
    model::{Holding, Seat, Sitting},
    tables::{enrolment, lease, script, study},
};

/// The person's seat, locked; a person who never had one is given `first`.
pub async fn lock_seat(tx: &Tx, person: PersonId, first: Holding) -> Result<Seat> {
    if let Some(seat) = find_seat(tx, person).await? {
        return Ok(seat);
    }
    let new = Seat {
        person,
        version: 0,
        holding: first,
        sitting: None,
        record: None,
        stored_ms: None,
        ahead: false,
        day_noted: None,
    };
    let once = OnConflict::column(lease::Column::Person).do_nothing().to_owned();
    lease::Entity::insert(lease_row(&new)?.into_active_model()).on_conflict(once).exec_without_returning(tx).await?;
    // Another process may have been quicker; what stands now is locked.
    find_seat(tx, person).await?.ok_or_else(|| Error::broken("a lease that was just made is gone"))
}

/// The person's seat, locked; none of who never studied.
pub async fn find_seat(tx: &Tx, person: PersonId) -> Result<Option<Seat>> {
    let stale = lock_seats(tx, &[person], &[]).await?;
    seats(tx, &stale, &mut Scripts::default()).await?.remove(&person).transpose()
}

pub async fn insert_sitting(tx: &Tx, sitting: &Sitting) -> Result<()> {
    study::Entity::insert(study_row(sitting)?.into_active_model()).exec_without_returning(tx).await?;
    Ok(())
}

/// What many open alike is stored once.
pub async fn insert_script(tx: &Tx, id: Uuid, text: String) -> Result<()> {
    let once = OnConflict::column(script::Column::Id).do_nothing().to_owned();
    let row = script::ActiveModel { id: Set(id), text: Set(text) };
    script::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes what is kept with the lease into the rows of its study and of its record, for the lease goes on to another study or to none.
pub async fn put_away(tx: &Tx, seat: &Seat) -> Result<()> {
    let Some(sitting) = &seat.sitting else { return Ok(()) };
    if let Some(record) = seat.record.as_ref().filter(|_| seat.ahead) {
        super::save_records(tx, vec![(seat.person, sitting.info.lesson, record)]).await?;
    }
    super::save_sittings(tx, &[sitting]).await
}

/// Removes studies that were opened and last beaten before `before`, with their evidence, at most `most` of them. Progress, days and flags stay.
pub async fn sweep(tx: &Tx, before: Millis, most: u64) -> Result<u64> {
    let silent: Vec<Uuid> = lease::Entity::find()
        .select_only()
        .column(lease::Column::Person)
        .filter(lease::Column::Live.ne(""))
        .filter(lease::Column::BeatenAt.lt(before))
        .order_by_asc(lease::Column::Person)
        .limit(most)
        .into_tuple()
        .all(tx)
        .await?;
    let people: Vec<PersonId> = silent.into_iter().map(Into::into).collect();
    for person in &people {
        // Locked and read once more: whoever has beaten in the meantime is not silent.
        let Some(mut seat) = find_seat(tx, *person).await? else { continue };
        if seat.sitting.as_ref().is_none_or(|sitting| sitting.info.beaten_at < before) {
            put_away(tx, &seat).await?;
            seat.version += 1;
            (seat.sitting, seat.record, seat.ahead) = (None, None, false);
            super::save_seats(tx, vec![&seat]).await?;
        }
    }
    let sql = format!(
        "DELETE FROM learning_study WHERE id IN (SELECT s.id FROM learning_study s \
         LEFT JOIN learning_lease l ON l.person = s.person AND l.study = s.id \
         WHERE s.opened_at < ? AND s.beaten_at < ? AND (l.person IS NULL OR l.beaten_at < ?) LIMIT {most})"
    );
    let done = tx.execute_raw(dialect::statement(tx, &sql, vec![before.into(), before.into(), before.into()])).await?;
    Ok(done.rows_affected())
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
