//! Rule packs: their texts, from which day each is in force, which numbers were confirmed. A counter grows with every change, so that each
//! process sees at once, inside a transaction, that its copy is old.

use std::sync::Arc;

use kernel::{
    Day, Error, Millis, Refusal, Result,
    id::{PersonId, Uuid},
};
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, SqlErr};

use super::day_of;
use crate::{
    rules::{
        force::{Confirmed, Known, Packs},
        pack::Pack,
    },
    tables::packs::{basis, force, pack},
};

/// The one row beside the tables.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub counter: i64,
    /// The pack in force where none was activated; settled when the first fact is paid.
    pub base: Option<String>,
    /// Entries up to this one are older than the keeping of facts.
    pub derived_to: i64,
}

const STATE: &str = "SELECT counter, base_version, derived_to FROM credits_pack_state WHERE id = 1";

pub async fn state(db: &impl ConnectionTrait) -> Result<State> {
    let row = db.query_one_raw(dialect::statement(db, STATE, vec![])).await?;
    let row = row.ok_or_else(|| Error::broken("the rule packs have lost their state"))?;
    let base = row.try_get("", "base_version")?;
    Ok(State { counter: row.try_get("", "counter")?, base, derived_to: row.try_get("", "derived_to")? })
}

/// All packs as they stand; `shipped` come with the program, `usual` is in force where nothing is settled.
pub async fn load(db: &impl ConnectionTrait, shipped: &[Known], usual: &str) -> Result<Packs> {
    let state = state(db).await?;
    let mut known: Vec<Known> = shipped.to_vec();
    for row in
        pack::Entity::find().order_by_asc(pack::Column::AddedAt).order_by_asc(pack::Column::Version).all(db).await?
    {
        let same = known.iter().position(|one| one.pack.version == row.version);
        if same.and_then(|n| known.get(n)).is_some_and(|one| one.text == row.body) {
            continue;
        }
        let one = known_of(row)?;
        match same.and_then(|n| known.get_mut(n)) {
            Some(known) => *known = one,
            None => known.push(one),
        }
    }
    let mut in_force: Vec<(Day, String)> = Vec::new();
    let rows =
        force::Entity::find().order_by_asc(force::Column::Starts).order_by_asc(force::Column::No).all(db).await?;
    for row in rows {
        let day = day_of(row.starts)?;
        // Of one day the one set last counts.
        in_force.retain(|(other, _)| *other != day);
        in_force.push((day, row.version));
    }
    let confirmed = basis::Entity::find().all(db).await?.into_iter().map(confirmed_of).collect();
    let default = state.base.unwrap_or_else(|| usual.to_owned());
    Ok(Packs { counter: state.counter, known, force: in_force, default, confirmed })
}

fn known_of(row: pack::Model) -> Result<Known> {
    let broken = |faults: Vec<crate::rules::faults::Fault>| {
        let first = faults.first().map(ToString::to_string).unwrap_or_default();
        Error::broken(format!("the stored rule pack {} cannot be read: {first}", row.version))
    };
    let pack = Arc::new(Pack::try_new(&row.body).map_err(broken)?);
    Ok(Known { pack, text: row.body, shipped: row.shipped })
}

fn confirmed_of(row: basis::Model) -> ((String, String), Confirmed) {
    let confirmed = Confirmed { by: row.confirmed_by.into(), at: row.confirmed_at, note: row.note };
    ((row.version, row.path), confirmed)
}

async fn bump(tx: &Tx) -> Result<()> {
    let sql = "UPDATE credits_pack_state SET counter = counter + 1 WHERE id = 1";
    tx.execute_raw(dialect::statement(tx, sql, vec![])).await?;
    Ok(())
}

/// Writes the pack, or in place of a draft of its name.
pub async fn put(tx: &Tx, known: &Known, by: Option<PersonId>, now: Millis) -> Result<()> {
    let row = pack::ActiveModel {
        version: Set(known.pack.version.clone()),
        body: Set(known.text.clone()),
        shipped: Set(known.shipped),
        added_by: Set(by.map(Uuid::from)),
        added_at: Set(now),
    };
    let mut instead = sea_orm::sea_query::OnConflict::column(pack::Column::Version);
    instead.update_columns([pack::Column::Body, pack::Column::AddedBy, pack::Column::AddedAt]);
    pack::Entity::insert(row).on_conflict(instead).exec_without_returning(tx).await?;
    // A draft that changed has to be confirmed anew.
    basis::Entity::delete_many().filter(basis::Column::Version.eq(known.pack.version.as_str())).exec(tx).await?;
    bump(tx).await
}

/// Keeps a shipped pack as it stands in this program, so that it never changes once it was used.
pub async fn keep(tx: &Tx, known: &Known, now: Millis) -> Result<()> {
    let row = pack::ActiveModel {
        version: Set(known.pack.version.clone()),
        body: Set(known.text.clone()),
        shipped: Set(known.shipped),
        added_by: Set(None),
        added_at: Set(now),
    };
    let mut once = sea_orm::sea_query::OnConflict::column(pack::Column::Version);
    once.do_nothing();
    pack::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// Settles what is in force where nothing was activated.
pub async fn settle(tx: &Tx, known: &Known, now: Millis) -> Result<()> {
    keep(tx, known, now).await?;
    let sql = "UPDATE credits_pack_state SET base_version = ? WHERE id = 1 AND base_version IS NULL";
    tx.execute_raw(dialect::statement(tx, sql, vec![known.pack.version.as_str().into()])).await?;
    bump(tx).await
}

pub async fn activate(tx: &Tx, version: &str, from: Day, by: PersonId, now: Millis) -> Result<()> {
    let row = force::ActiveModel {
        starts: Set(from.number()),
        version: Set(version.to_owned()),
        set_by: Set(Some(by.uuid())),
        set_at: Set(now),
        ..Default::default()
    };
    force::Entity::insert(row).exec_without_returning(tx).await?;
    bump(tx).await
}

pub async fn confirm(tx: &Tx, version: &str, path: &str, note: &str, by: PersonId, now: Millis) -> Result<()> {
    let row = basis::ActiveModel {
        version: Set(version.to_owned()),
        path: Set(path.to_owned()),
        note: Set(note.to_owned()),
        confirmed_by: Set(by.uuid()),
        confirmed_at: Set(now),
    };
    let done = basis::Entity::insert(row).exec_without_returning(tx).await;
    match done.map_err(|error| (error.sql_err(), error)) {
        Ok(_) => bump(tx).await,
        Err((Some(SqlErr::UniqueConstraintViolation(_)), _)) => {
            Err(Refusal::conflict("该数字的依据已经确认过。", "The basis of this number is confirmed already.").into())
        }
        Err((_, error)) => Err(error.into()),
    }
}

/// Whether anything was paid on the day or later.
pub async fn paid_since(tx: &Tx, day: Day) -> Result<bool> {
    let sql = "SELECT 1 AS one FROM credits_tally WHERE day >= ? LIMIT 1";
    Ok(tx.query_one_raw(dialect::statement(tx, sql, vec![day.number().into()])).await?.is_some())
}
