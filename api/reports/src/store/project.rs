//! Writing the projections: each statement takes in one event. They run in jobs that run exactly once.

use kernel::{
    Amount, Day, Millis, Result,
    event::Measure,
    id::{CourseId, EntryId, PersonId},
};
use organisation::Person;
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};
use uuid::Uuid;

use crate::tables::student;

/// Puts a student on the list or brings the row up to date; who belongs to no unit is on nobody's.
pub async fn list(tx: &Tx, person: &Person) -> Result<()> {
    let Some(unit) = person.unit else { return unlist(tx, person.id).await };
    let row = student::ActiveModel {
        person: Set(person.id.uuid()),
        number: Set(person.number.clone()),
        name: Set(person.name.clone()),
        sort_key: Set(person.sort_key.clone()),
        lookup: Set(format!("{}\n{}", person.name, person.number).to_lowercase()),
        stage: Set(person.stage.name().to_owned()),
        unit: Set(unit.uuid()),
        path: Set(person.path.clone()),
    };
    use student::Column;
    let rest =
        [Column::Number, Column::Name, Column::SortKey, Column::Lookup, Column::Stage, Column::Unit, Column::Path];
    let upsert = OnConflict::column(Column::Person).update_columns(rest).to_owned();
    student::Entity::insert(row).on_conflict(upsert).exec_without_returning(tx).await?;
    Ok(())
}

/// What the person earned stays, should they come back.
pub async fn unlist(tx: &Tx, person: PersonId) -> Result<()> {
    student::Entity::delete_by_id(person.uuid()).exec(tx).await?;
    Ok(())
}

pub async fn studied(tx: &Tx, person: PersonId, at: Millis) -> Result<()> {
    let sql = "INSERT INTO reports_total (person, points, hours, credits, courses, last_entry, last_studied_at) \
               VALUES (?, 0, 0, 0, 0, 0, ?) ON CONFLICT (person) DO UPDATE SET last_studied_at = excluded.last_studied_at \
               WHERE reports_total.last_studied_at IS NULL OR reports_total.last_studied_at < excluded.last_studied_at";
    tx.execute_raw(dialect::statement(tx, sql, vec![person.uuid().into(), at.into()])).await?;
    Ok(())
}

/// A course completed again is the same completion.
pub async fn completed(tx: &Tx, person: PersonId, course: CourseId, day: Day) -> Result<()> {
    let sql =
        "INSERT INTO reports_completion (person, course, day) VALUES (?, ?, ?) ON CONFLICT (person, course) DO NOTHING";
    let values = vec![person.uuid().into(), course.uuid().into(), day.number().into()];
    if tx.execute_raw(dialect::statement(tx, sql, values)).await?.rows_affected() == 0 {
        return Ok(());
    }
    let sql = "INSERT INTO reports_total (person, points, hours, credits, courses, last_entry) VALUES (?, 0, 0, 0, 1, 0) \
               ON CONFLICT (person) DO UPDATE SET courses = reports_total.courses + 1";
    tx.execute_raw(dialect::statement(tx, sql, vec![person.uuid().into()])).await?;
    Ok(())
}

/// One entry of the ledger.
pub struct Posted {
    pub entry: EntryId,
    pub person: PersonId,
    pub measure: Measure,
    pub amount: Amount,
    pub course: Option<CourseId>,
    pub day: Day,
}

/// A person's entries come in their order; one that is not newer than the last was counted before.
pub async fn posted(tx: &Tx, posted: &Posted) -> Result<()> {
    let of = |measure| if posted.measure == measure { posted.amount.thousandths() } else { 0 };
    let amounts = [of(Measure::Points), of(Measure::Hours), of(Measure::Credits)];
    let add = |table: &str| {
        let sums = ["points", "hours", "credits"].map(|sum| format!("{sum} = {table}.{sum} + excluded.{sum}"));
        sums.join(", ")
    };
    let sql = format!(
        "INSERT INTO reports_total (person, points, hours, credits, courses, last_entry) VALUES (?, ?, ?, ?, 0, ?) \
         ON CONFLICT (person) DO UPDATE SET {}, last_entry = excluded.last_entry \
         WHERE reports_total.last_entry < excluded.last_entry",
        add("reports_total")
    );
    let mut values = vec![posted.person.uuid().into()];
    values.extend(amounts.map(sea_orm::Value::from));
    values.push(posted.entry.0.into());
    if tx.execute_raw(dialect::statement(tx, &sql, values)).await?.rows_affected() == 0 {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO reports_day (person, day, course, points, hours, credits) VALUES (?, ?, ?, ?, ?, ?) \
         ON CONFLICT (person, day, course) DO UPDATE SET {}",
        add("reports_day")
    );
    // An entry of no course stands under the id of none.
    let course = posted.course.map_or(Uuid::nil(), CourseId::uuid);
    let mut values = vec![posted.person.uuid().into(), posted.day.number().into(), course.into()];
    values.extend(amounts.map(sea_orm::Value::from));
    tx.execute_raw(dialect::statement(tx, &sql, values)).await?;
    Ok(())
}
