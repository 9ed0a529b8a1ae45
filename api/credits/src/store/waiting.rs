//! Payments that wait for approval.

use kernel::{
    Amount, Connection, Millis, Page, Result,
    id::{PersonId, WaitingId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{MANY, day_of, word};
use crate::{
    model::{NewEntry, Waiting, WaitingState, measure_name, measure_of},
    rules::{fact::Fact, force::Packs},
    tables::packs::waiting,
};

/// A proposal is made once, whatever is told twice. `path` is the unit of the person when it was made: lists are cut by it.
pub async fn add(tx: &Tx, id: WaitingId, entry: &NewEntry, fact: &Fact, path: &str, now: Millis) -> Result<()> {
    let row = waiting::ActiveModel {
        id: Set(id.uuid()),
        person: Set(entry.person.uuid()),
        path: Set(path.to_owned()),
        rule: Set(entry.rule.clone()),
        pack: Set(entry.pack.clone()),
        reason_key: Set(entry.reason_key.clone()),
        measure: Set(measure_name(entry.measure).to_owned()),
        amount: Set(entry.amount.thousandths()),
        note: Set(entry.note.clone()),
        day: Set(entry.day.number()),
        at: Set(fact.at),
        fact: Set(serde_json::to_string(&fact.what)?),
        state: Set(WaitingState::Open.name().to_owned()),
        created_at: Set(now),
        ..Default::default()
    };
    let mut once = sea_orm::sea_query::OnConflict::column(waiting::Column::ReasonKey);
    once.do_nothing();
    waiting::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}

fn waiting_of(row: waiting::Model, packs: &Packs) -> Result<Waiting> {
    Ok(Waiting {
        id: row.id.into(),
        person: row.person.into(),
        rule: packs.rule(&row.pack, &row.rule),
        measure: word(measure_of(&row.measure), &row.measure)?,
        amount: Amount::milli(row.amount),
        pack: row.pack,
        note: row.note,
        day: day_of(row.day)?,
        state: word(WaitingState::parse(&row.state), &row.state)?,
        created_at: row.created_at,
        decided_by: row.decided_by.map(PersonId::new),
        decided_at: row.decided_at,
        reason: row.reason,
    })
}

/// What is open of people beneath one of the paths, oldest first.
pub async fn list(
    db: &impl ConnectionTrait,
    packs: &Packs,
    scope: &[String],
    page: &Page,
) -> Result<Connection<Waiting>> {
    let open = waiting::Entity::find().filter(waiting::Column::State.eq(WaitingState::Open.name()));
    let mut query = match scope {
        [] => open.filter(waiting::Column::CreatedAt.lt(0)),
        paths => open.filter(
            paths.iter().fold(Condition::any(), |any, path| any.add(waiting::Column::Path.starts_with(path.as_str()))),
        ),
    };
    if let Some(after) = page.after::<WaitingId>()? {
        query = query.filter(waiting::Column::Id.gt(after.uuid()));
    }
    let rows = query.order_by_asc(waiting::Column::Id).limit(page.limit()).all(db).await?;
    told(rows, packs, page)
}

/// What a person is still or will never be paid, newest first; what was approved stands in the ledger.
pub async fn of_person(
    db: &impl ConnectionTrait,
    packs: &Packs,
    person: PersonId,
    page: &Page,
) -> Result<Connection<Waiting>> {
    let mut query = waiting::Entity::find().filter(waiting::Column::Person.eq(person.uuid()));
    query = query.filter(waiting::Column::State.ne(WaitingState::Approved.name()));
    if let Some(after) = page.after::<WaitingId>()? {
        query = query.filter(waiting::Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(waiting::Column::Id).limit(page.limit()).all(db).await?;
    told(rows, packs, page)
}

pub async fn find_many(db: &impl ConnectionTrait, packs: &Packs, ids: &[WaitingId]) -> Result<Vec<Waiting>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let query = waiting::Entity::find().filter(waiting::Column::Id.is_in(some.iter().map(|id| id.uuid())));
        let rows = query.all(db).await?.into_iter().map(|row| waiting_of(row, packs));
        found.extend(rows.collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

fn told(rows: Vec<waiting::Model>, packs: &Packs, page: &Page) -> Result<Connection<Waiting>> {
    let rows = rows.into_iter().map(|row| waiting_of(row, packs)).collect::<Result<Vec<_>>>()?;
    Ok(Connection::new(page, rows, |row| row.id))
}

/// Who decided the proposal that became the entry of this key, where one did.
pub async fn decider(db: &impl ConnectionTrait, reason_key: &str) -> Result<Option<PersonId>> {
    let found = waiting::Entity::find().filter(waiting::Column::ReasonKey.eq(reason_key)).one(db).await?;
    Ok(found.and_then(|row| row.decided_by).map(PersonId::new))
}

/// The proposal, the key of its reason, and the fact that it rests on.
pub async fn find(db: &impl ConnectionTrait, packs: &Packs, id: WaitingId) -> Result<Option<(Waiting, String, Fact)>> {
    let Some(row) = waiting::Entity::find_by_id(id.uuid()).one(db).await? else { return Ok(None) };
    let what = serde_json::from_str(&row.fact)?;
    let fact = Fact { person: row.person.into(), day: day_of(row.day)?, at: row.at, what };
    let key = row.reason_key.clone();
    Ok(Some((waiting_of(row, packs)?, key, fact)))
}

/// Answers whether it was still open: of two deciders one is first.
pub async fn decide(
    tx: &Tx,
    id: WaitingId,
    state: WaitingState,
    by: PersonId,
    reason: Option<&str>,
    now: Millis,
) -> Result<bool> {
    let sql =
        "UPDATE credits_waiting SET state = ?, decided_by = ?, decided_at = ?, reason = ? WHERE id = ? AND state = ?";
    let open = WaitingState::Open.name();
    let values = vec![state.name().into(), by.uuid().into(), now.into(), reason.into(), id.uuid().into(), open.into()];
    Ok(tx.execute_raw(dialect::statement(tx, sql, values)).await?.rows_affected() == 1)
}
