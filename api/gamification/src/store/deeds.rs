//! What was finished, one row each.

use kernel::{Millis, Result, id::PersonId};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::OnConflict,
};

use super::{MANY, word};
use crate::{
    model::{Deed, DeedKind},
    tables::deed,
};

/// Those that are noted already stay as they are. Answers how many were not.
pub async fn note(tx: &Tx, deeds: &[Deed]) -> Result<u64> {
    let mut noted = 0;
    for some in deeds.chunks(MANY) {
        let rows = some.iter().map(|deed| deed::ActiveModel {
            person: Set(deed.person.uuid()),
            kind: Set(deed.kind.name().to_owned()),
            thing: Set(deed.thing),
            course: Set(deed.course.uuid()),
            at: Set(deed.at),
        });
        let key = [deed::Column::Person, deed::Column::Kind, deed::Column::Thing];
        let once = OnConflict::columns(key).do_nothing().to_owned();
        noted += deed::Entity::insert_many(rows).on_conflict(once).exec_without_returning(tx).await?;
    }
    Ok(noted)
}

/// Answers how many there were.
pub async fn forget(tx: &Tx, deeds: &[Deed]) -> Result<u64> {
    let mut gone = 0;
    for one in deeds {
        let key = (one.person.uuid(), one.kind.name().to_owned(), one.thing);
        gone += deed::Entity::delete_by_id(key).exec(tx).await?.rows_affected;
    }
    Ok(gone)
}

fn deed_of(row: deed::Model) -> Result<Deed> {
    let kind = word(DeedKind::parse(&row.kind), &row.kind)?;
    Ok(Deed { person: row.person.into(), kind, thing: row.thing, course: row.course.into(), at: row.at })
}

/// Of the instants in between, half open; both none: all.
pub async fn of_person(
    db: &impl ConnectionTrait,
    person: PersonId,
    span: Option<(Millis, Millis)>,
) -> Result<Vec<Deed>> {
    let mut query = deed::Entity::find().filter(deed::Column::Person.eq(person.uuid()));
    if let Some((from, to)) = span {
        query = query.filter(deed::Column::At.gte(from)).filter(deed::Column::At.lt(to));
    }
    query.all(db).await?.into_iter().map(deed_of).collect()
}

/// How many lessons the person has finished and checks they have passed.
pub async fn count(db: &impl ConnectionTrait, person: PersonId) -> Result<u32> {
    let query = deed::Entity::find().filter(deed::Column::Person.eq(person.uuid()));
    let query = query.filter(deed::Column::Kind.ne(DeedKind::Course.name()));
    Ok(u32::try_from(query.count(db).await?).unwrap_or(u32::MAX))
}

/// Whether anybody has ever passed a check.
pub async fn asked(db: &impl ConnectionTrait) -> Result<bool> {
    let query = deed::Entity::find().filter(deed::Column::Kind.eq(DeedKind::Check.name()));
    Ok(query.limit(1).one(db).await?.is_some())
}

/// All deeds of a kind along the primary key, from behind the one given.
pub async fn page(db: &impl ConnectionTrait, kind: DeedKind, after: Option<&Deed>, most: u64) -> Result<Vec<Deed>> {
    let mut query = deed::Entity::find().filter(deed::Column::Kind.eq(kind.name()));
    if let Some(last) = after {
        let same = Condition::all().add(deed::Column::Person.eq(last.person.uuid()));
        let same = same.add(deed::Column::Thing.gt(last.thing));
        query = query.filter(Condition::any().add(deed::Column::Person.gt(last.person.uuid())).add(same));
    }
    let query = query.order_by_asc(deed::Column::Person).order_by_asc(deed::Column::Thing).limit(most);
    query.all(db).await?.into_iter().map(deed_of).collect()
}
