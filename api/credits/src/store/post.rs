//! Appending to the ledger: an entry with the account on its other side and its content hash, and the caches with it.

use std::collections::BTreeMap;

use kernel::{
    Error, Millis, Result,
    entry::Fields,
    id::{CourseId, EntryId, LessonId},
};
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Value};

use super::{day_of, word};
use crate::{
    model::{NewEntry, measure_name, measure_of},
    rules::account,
    tables::entry,
};

/// Rows of one `INSERT`; fifteen parameters each.
const BATCH: usize = 1_000;

/// Numbers the entries from `head + 1` on, writes them and adds them to the caches; the head must be locked.
pub async fn append(tx: &Tx, head: i64, entries: &[NewEntry], now: Millis) -> Result<Vec<EntryId>> {
    let Some(last) = entries.len().checked_sub(1) else { return Ok(Vec::new()) };
    for new in entries {
        let reversed = match new.reverses {
            Some(id) => find(tx, id).await?,
            None => None,
        };
        account::sound(new, reversed.as_ref()).map_err(Error::broken)?;
    }
    let mut buffer = Vec::new();
    let rows: Vec<entry::ActiveModel> =
        (head + 1..).zip(entries).map(|(id, new)| row(id, new, now, &mut buffer)).collect();
    for some in rows.chunks(BATCH) {
        entry::Entity::insert_many(some.to_vec()).exec_without_returning(tx).await?;
    }
    add_to_caches(tx, head, entries).await?;
    let last = head + 1 + i64::try_from(last)?;
    let sql = "UPDATE credits_head SET last_entry = ? WHERE id = 1";
    tx.execute_raw(dialect::statement(tx, sql, vec![last.into()])).await?;
    Ok((head + 1..=last).map(EntryId).collect())
}

/// The entry as it was posted.
pub async fn find(db: &impl ConnectionTrait, id: EntryId) -> Result<Option<NewEntry>> {
    let Some(row) = entry::Entity::find_by_id(id.0).one(db).await? else { return Ok(None) };
    Ok(Some(NewEntry {
        person: row.person.into(),
        measure: word(measure_of(&row.measure), &row.measure)?,
        amount: kernel::Amount::milli(row.amount),
        reason_key: row.reason_key,
        rule: row.rule,
        pack: row.pack,
        course: row.course.map(CourseId::new),
        lesson: row.lesson.map(LessonId::new),
        note: row.note.unwrap_or_default(),
        reverses: row.reverses.map(EntryId),
        day: day_of(row.day)?,
    }))
}

pub async fn is_reversed(tx: &Tx, id: EntryId) -> Result<bool> {
    Ok(entry::Entity::find().filter(entry::Column::Reverses.eq(id.0)).one(tx).await?.is_some())
}

fn row(id: i64, new: &NewEntry, now: Millis, buffer: &mut Vec<u8>) -> entry::ActiveModel {
    let (measure, contra) = (measure_name(new.measure), account::contra(&new.rule));
    let (course, lesson) = (new.course.map(CourseId::uuid), new.lesson.map(LessonId::uuid));
    let fields = Fields {
        id,
        person: new.person.uuid().into_bytes(),
        measure,
        amount: new.amount.thousandths(),
        reason_key: &new.reason_key,
        rule: &new.rule,
        pack: &new.pack,
        contra: Some(&contra),
        course: course.map(|id| id.into_bytes()),
        lesson: lesson.map(|id| id.into_bytes()),
        note: Some(&new.note),
        reverses: new.reverses.map(|entry| entry.0),
        day: new.day.number(),
        posted_at: now,
    };
    let hash = fields.hash(buffer);
    entry::ActiveModel {
        id: Set(id),
        person: Set(new.person.uuid()),
        measure: Set(measure.to_owned()),
        amount: Set(fields.amount),
        reason_key: Set(new.reason_key.clone()),
        rule: Set(new.rule.clone()),
        pack: Set(new.pack.clone()),
        course: Set(course),
        lesson: Set(lesson),
        note: Set(Some(new.note.clone())),
        reverses: Set(fields.reverses),
        day: Set(fields.day),
        posted_at: Set(now),
        content_hash: Set(Some(hash.to_vec())),
        contra: Set(Some(contra)),
    }
}

/// One row of a cache: what it is of, what is added, and the entry that it comes from where the cache tells that.
type Sums<K> = BTreeMap<K, (i64, i64)>;

async fn add_to_caches(tx: &Tx, head: i64, entries: &[NewEntry]) -> Result<()> {
    let (mut balances, mut accounts, mut tallies) = (Sums::new(), Sums::new(), Sums::new());
    for (id, new) in (head + 1..).zip(entries) {
        let (person, measure, amount) = (new.person.uuid(), measure_name(new.measure), new.amount.thousandths());
        add(&mut balances, (person, measure), amount, id);
        add(&mut accounts, (account::contra(&new.rule), measure), -amount, id);
        add(&mut tallies, (person, new.day.number(), measure, new.rule.as_str()), amount, id);
    }
    let rows = balances
        .into_iter()
        .map(|((person, measure), (amount, id))| vec![person.into(), measure.into(), amount.into(), id.into()]);
    upsert(tx, "credits_balance", "person, measure", ", last_entry", rows).await?;
    let rows = accounts
        .into_iter()
        .map(|((account, measure), (amount, id))| vec![account.into(), measure.into(), amount.into(), id.into()]);
    upsert(tx, "credits_account", "account, measure", ", last_entry", rows).await?;
    let rows = tallies.into_iter().map(|((person, day, measure, rule), (amount, _))| {
        vec![person.into(), day.into(), measure.into(), rule.into(), amount.into()]
    });
    upsert(tx, "credits_tally", "person, day, measure, rule", "", rows).await
}

fn add<K: Ord>(sums: &mut Sums<K>, key: K, amount: i64, id: i64) {
    let sum = sums.entry(key).or_default();
    *sum = (sum.0.saturating_add(amount), id);
}

/// Adds to the rows of a cache, each named once; `latest` is what is overwritten beside.
async fn upsert(tx: &Tx, table: &str, keys: &str, latest: &str, rows: impl Iterator<Item = Vec<Value>>) -> Result<()> {
    let rows: Vec<Vec<Value>> = rows.collect();
    for some in rows.chunks(BATCH) {
        let width = some.first().map_or(0, Vec::len);
        let places = vec![dialect::placeholders(width); some.len()].join(", ");
        let also = if latest.is_empty() { "" } else { ", last_entry = excluded.last_entry" };
        let sql = format!(
            "INSERT INTO {table} ({keys}, amount{latest}) VALUES {places} \
             ON CONFLICT ({keys}) DO UPDATE SET amount = {table}.amount + excluded.amount{also}"
        );
        tx.execute_raw(dialect::statement(tx, &sql, some.concat())).await?;
    }
    Ok(())
}
