//! What a batch of acts reads and writes.

use std::{collections::HashMap, fmt::Write, sync::Arc};

use kernel::{
    Clock, Day, Error, Ids, Millis, Result,
    id::{LessonId, PersonId, StudyId, Uuid},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Statement, sea_query::OnConflict,
};

use super::{
    Read, rows,
    upsert::{Target, upsert},
};
use crate::{
    commit::Scripts,
    model::{Record, Script, Seat, Sitting},
    rules::Noted,
    tables::{day, flag, lease, progress, script, study},
};

/// Locks the rows of these people in one order, so that two processes' batches never wait for each other crosswise. Answers, in that order, who
/// has a row that `known` is not the newest of.
pub async fn lock_seats(tx: &Tx, people: &[PersonId], known: &[Seat]) -> Result<Vec<PersonId>> {
    let versions: HashMap<PersonId, i64> = known.iter().map(|seat| (seat.person, seat.version)).collect();
    let version = |person: &PersonId| versions.get(person).copied().unwrap_or(-1);
    if dialect::lock_rows(tx).is_empty() {
        // Only who differs is told: crossing from the database costs more than comparing in it.
        let mut text = String::with_capacity(people.len() * 44 + 2);
        for person in people {
            write!(
                text,
                "{}\"{}{}\"",
                if text.is_empty() { "[" } else { "," },
                person.uuid().simple(),
                version(person)
            )?;
        }
        text.push_str(if text.is_empty() { "[]" } else { "]" });
        let sql = "SELECT l.person FROM json_each(?) e CROSS JOIN learning_lease l \
                   ON l.person = unhex(substr(e.value, 1, 32)) \
                   WHERE l.version <> CAST(substr(e.value, 33) AS INTEGER) ORDER BY l.person";
        let rows = tx.query_all_raw(dialect::statement(tx, sql, vec![text.into()])).await?;
        return rows.iter().map(|row| Ok(row.try_get::<Uuid>("", "person")?.into())).collect();
    }
    let list: Vec<String> = people.iter().map(|person| person.uuid().to_string()).collect();
    // Joined, not `= ANY`: a plan that is kept reads the list again for each row of the table, 20 ms for 170 people.
    let sql = "SELECT l.person, l.version FROM unnest($1::text::uuid[]) AS p (person) \
               JOIN learning_lease l ON l.person = p.person ORDER BY l.person FOR UPDATE OF l";
    let values = vec![format!("{{{}}}", list.join(",")).into()];
    let rows = tx.query_all_raw(Statement::from_sql_and_values(tx.get_database_backend(), sql, values)).await?;
    let mut stale = Vec::new();
    for row in rows {
        let person = PersonId::from(row.try_get_by_index::<Uuid>(0)?);
        if row.try_get_by_index::<i64>(1)? != version(&person) {
            stale.push(person);
        }
    }
    Ok(stale)
}

/// The whole seats of these people.
pub async fn seats(tx: &Tx, people: &[PersonId], scripts: &mut Scripts) -> Result<Read<PersonId, Seat>> {
    if people.is_empty() {
        return Ok(HashMap::new());
    }
    let leases =
        lease::Entity::find().filter(lease::Column::Person.is_in(people.iter().map(|one| one.uuid()))).all(tx).await?;
    let ids: Vec<StudyId> = leases.iter().map(|lease| lease.study.into()).collect();
    let mut sittings = sittings(tx, &ids, scripts).await?;
    let lessons: Vec<(PersonId, LessonId)> =
        sittings.values().flatten().map(|sitting| (sitting.info.person, sitting.info.lesson)).collect();
    let mut records = records(tx, &lessons).await?;
    let mut found = HashMap::with_capacity(leases.len());
    for lease in leases {
        let person = PersonId::from(lease.person);
        found.insert(person, seat(lease, &mut sittings, &mut records));
    }
    Ok(found)
}

fn seat(
    lease: lease::Model,
    sittings: &mut Read<StudyId, Sitting>,
    records: &mut Read<(PersonId, LessonId), Record>,
) -> Result<Seat> {
    let mut seat = rows::empty_seat(&lease);
    let sitting = sittings.remove(&seat.holding.study).transpose()?;
    let Some(mut sitting) = sitting.filter(|sitting| sitting.info.person == seat.person) else { return Ok(seat) };
    let ahead = rows::read_live(&mut sitting, &lease)?;
    seat.record = records.remove(&(seat.person, sitting.info.lesson)).transpose()?;
    seat.stored_ms = seat.record.as_ref().map(|record| record.covered_ms);
    if let (Some(ahead), Some(record)) = (ahead, seat.record.as_mut()) {
        ahead.lay_over(record);
        seat.ahead = true;
    }
    seat.sitting = Some(sitting);
    Ok(seat)
}

/// Studies as their own rows have them.
pub async fn sittings(
    connection: &impl ConnectionTrait,
    ids: &[StudyId],
    scripts: &mut Scripts,
) -> Result<Read<StudyId, Sitting>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let ids = ids.iter().map(|id| id.uuid());
    let rows = study::Entity::find().filter(study::Column::Id.is_in(ids)).all(connection).await?;
    load_scripts(connection, &rows, scripts).await?;
    Ok(rows.into_iter().map(|row| (row.id.into(), rows::sitting(row, scripts))).collect())
}

async fn load_scripts(connection: &impl ConnectionTrait, rows: &[study::Model], scripts: &mut Scripts) -> Result<()> {
    let mut missing: Vec<Uuid> =
        rows.iter().filter_map(|row| row.script).filter(|id| scripts.get(*id).is_none()).collect();
    if missing.is_empty() {
        return Ok(());
    }
    missing.sort_unstable();
    missing.dedup();
    for row in script::Entity::find().filter(script::Column::Id.is_in(missing)).all(connection).await? {
        // One that cannot be read is missing, and its studies are at fault one by one.
        match serde_json::from_str::<Script>(&row.text) {
            Ok(script) => scripts.keep(row.id, Arc::new(script)),
            Err(error) => tracing::error!(%error, script = %row.id, "a script cannot be read"),
        }
    }
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

static LEASE: Target = Target {
    table: "learning_lease",
    key: "person",
    columns: &[
        ("person", "uuid"),
        ("epoch", "bigint"),
        ("study", "uuid"),
        ("allowance_ms", "bigint"),
        ("counted_at", "bigint"),
        ("version", "bigint"),
        ("beaten_at", "bigint"),
        ("live", "text"),
    ],
    renewed: &["epoch", "study", "allowance_ms", "counted_at", "version", "beaten_at", "live"],
};

pub async fn save_seats(tx: &Tx, seats: Vec<&Seat>) -> Result<()> {
    let row = |seat: &Seat| {
        let row = rows::lease_row(seat)?;
        Ok(vec![
            row.person.into(),
            row.epoch.into(),
            row.study.into(),
            row.allowance_ms.into(),
            row.counted_at.into(),
            row.version.into(),
            row.beaten_at.into(),
            row.live.into(),
        ])
    };
    upsert(tx, &LEASE, seats.into_iter().map(row).collect::<Result<_>>()?).await
}

static PROGRESS: Target = Target {
    table: "learning_progress",
    key: "person, lesson",
    columns: &[
        ("person", "uuid"),
        ("lesson", "uuid"),
        ("course", "uuid"),
        ("version", "text"),
        ("size", "bigint"),
        ("covered", "text"),
        ("covered_ms", "bigint"),
        ("coverage", "double precision"),
        ("resume_at", "bigint"),
        ("completed_at", "bigint"),
        ("updated_at", "bigint"),
        ("script", "uuid"),
        ("pending", "text"),
        ("refused", "text"),
        ("checks", "text"),
    ],
    // A lesson keeps its course: what no statement sets, no index has to follow.
    renewed: &[
        "version",
        "size",
        "covered",
        "covered_ms",
        "coverage",
        "resume_at",
        "completed_at",
        "updated_at",
        "script",
        "pending",
        "refused",
        "checks",
    ],
};

pub async fn save_records(tx: &Tx, records: Vec<(PersonId, LessonId, &Record)>) -> Result<()> {
    let row = |one: (PersonId, LessonId, &Record)| {
        let row = rows::progress_row(one)?;
        Ok(vec![
            row.person.into(),
            row.lesson.into(),
            row.course.into(),
            row.version.into(),
            row.size.into(),
            row.covered.into(),
            row.covered_ms.into(),
            row.coverage.into(),
            row.resume_at.into(),
            row.completed_at.into(),
            row.updated_at.into(),
            row.script.into(),
            row.pending.into(),
            row.refused.into(),
            row.checks.into(),
        ])
    };
    upsert(tx, &PROGRESS, records.into_iter().map(row).collect::<Result<_>>()?).await
}

/// Writes into their own rows what beats of studies that do not hold the lease change.
pub async fn save_sittings(tx: &Tx, sittings: &[&Sitting]) -> Result<()> {
    for sitting in sittings {
        let row = rows::study_row(sitting)?;
        let changed = study::ActiveModel {
            id: Set(row.id),
            beaten_at: Set(row.beaten_at),
            next_seq: Set(row.next_seq),
            last_hash: Set(row.last_hash),
            last_answer: Set(row.last_answer),
            entries_seen: Set(row.entries_seen),
            evidence: Set(row.evidence),
            ..Default::default()
        };
        let done = study::Entity::update_many().set(changed).filter(study::Column::Id.eq(row.id)).exec(tx).await?;
        if done.rows_affected != 1 {
            return Err(Error::broken("a study that was just read is gone"));
        }
    }
    Ok(())
}

/// Notes for people that something was credited to them on this day: once a day, whatever comes later.
pub async fn note_days(tx: &Tx, on: Day, people: &[(PersonId, i64)]) -> Result<()> {
    if people.is_empty() {
        return Ok(());
    }
    let rows = people.iter().map(|(person, ms)| day::ActiveModel {
        person: Set(person.uuid()),
        day: Set(on.number()),
        credited_ms: Set(*ms),
    });
    let once = OnConflict::columns([day::Column::Person, day::Column::Day]).do_nothing().to_owned();
    day::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Each kind once a study.
pub async fn add_flags(
    tx: &Tx,
    flags: &[(PersonId, StudyId, Noted)],
    at: Millis,
    ids: &dyn Ids,
    clock: &dyn Clock,
) -> Result<()> {
    for (person, study, (kind, figure)) in flags {
        let row = flag::ActiveModel {
            id: Set(ids.ordered(clock)),
            person: Set(person.uuid()),
            study: Set(study.uuid()),
            kind: Set(rows::flag_name(*kind).to_owned()),
            figure_ms: Set(*figure),
            noted_at: Set(at),
            ..Default::default()
        };
        let once = OnConflict::columns([flag::Column::Study, flag::Column::Kind]).do_nothing().to_owned();
        flag::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    }
    Ok(())
}

pub async fn review_flag(tx: &Tx, id: Uuid, (by, at, note): &(PersonId, Millis, String)) -> Result<()> {
    let row = flag::ActiveModel {
        id: Set(id),
        reviewed_by: Set(Some(by.uuid())),
        reviewed_at: Set(Some(*at)),
        note: Set(Some(note.clone())),
        ..Default::default()
    };
    flag::Entity::update(row).exec(tx).await?;
    Ok(())
}
