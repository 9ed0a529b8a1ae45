//! Facts as they were told: only ever added, so that another pack can be tried on them.

use kernel::{
    Day, Result,
    id::{PersonId, Uuid},
};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use super::{day_of, told};
use crate::{
    model::Entry,
    rules::{fact::Fact, force::Packs},
    tables::{entry, packs::fact},
};

/// A fact that is told again stands once.
pub async fn keep(tx: &Tx, new: &Fact) -> Result<()> {
    let row = fact::ActiveModel {
        person: Set(new.person.uuid()),
        day: Set(new.day.number()),
        reason: Set(new.reason()),
        at: Set(new.at),
        body: Set(serde_json::to_string(&new.what)?),
    };
    let mut once =
        sea_orm::sea_query::OnConflict::columns([fact::Column::Person, fact::Column::Day, fact::Column::Reason]);
    once.do_nothing();
    fact::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

/// In the order of their happening.
pub async fn of_person(db: &impl ConnectionTrait, person: PersonId, from: Day, to: Day) -> Result<Vec<Fact>> {
    let query = fact::Entity::find().filter(fact::Column::Person.eq(person.uuid()));
    let query = query.filter(fact::Column::Day.gte(from.number())).filter(fact::Column::Day.lte(to.number()));
    let rows = query.order_by_asc(fact::Column::At).order_by_asc(fact::Column::Reason).all(db).await?;
    rows.into_iter().map(fact_of).collect()
}

fn fact_of(row: fact::Model) -> Result<Fact> {
    let what = serde_json::from_str(&row.body)?;
    Ok(Fact { person: row.person.into(), day: day_of(row.day)?, at: row.at, what })
}

/// The person's entries up to `last` of the days, with their reason keys, oldest first.
pub async fn entries(
    db: &impl ConnectionTrait,
    packs: &Packs,
    person: PersonId,
    (from, to): (Day, Day),
    last: i64,
) -> Result<Vec<(Entry, String)>> {
    let query = entry::Entity::find().filter(entry::Column::Person.eq(Uuid::from(person)));
    let query = query.filter(entry::Column::Id.lte(last));
    let query = query.filter(entry::Column::Day.gte(from.number())).filter(entry::Column::Day.lte(to.number()));
    let rows = query.order_by_asc(entry::Column::Id).all(db).await?;
    let keys: Vec<String> = rows.iter().map(|row| row.reason_key.clone()).collect();
    Ok(told(rows, packs)?.into_iter().zip(keys).collect())
}
