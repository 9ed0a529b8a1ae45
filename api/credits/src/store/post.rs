//! Appending to the ledger.

use kernel::{
    Millis, Result,
    id::{CourseId, EntryId, LessonId},
};
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};

use crate::{
    model::{NewEntry, measure_name},
    tables::entry,
};

/// Rows of one `INSERT`; thirteen parameters each.
const BATCH: usize = 1_000;

/// Numbers the entries from `head + 1` on, writes them and adds them to the caches; the head must be locked.
pub async fn append(tx: &Tx, head: i64, entries: &[NewEntry], now: Millis) -> Result<Vec<EntryId>> {
    let numbered: Vec<(i64, &NewEntry)> = (head + 1..).zip(entries).collect();
    for some in numbered.chunks(BATCH) {
        let rows = some.iter().map(|(id, new)| row(*id, new, now));
        entry::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    for (id, new) in &numbered {
        add_to_caches(tx, *id, new).await?;
    }
    if let Some((last, _)) = numbered.last() {
        let sql = "UPDATE credits_head SET last_entry = ? WHERE id = 1";
        tx.execute_raw(dialect::statement(tx, sql, vec![(*last).into()])).await?;
    }
    Ok(numbered.into_iter().map(|(id, _)| EntryId(id)).collect())
}

fn row(id: i64, new: &NewEntry, now: Millis) -> entry::ActiveModel {
    entry::ActiveModel {
        id: Set(id),
        person: Set(new.person.uuid()),
        measure: Set(measure_name(new.measure).to_owned()),
        amount: Set(new.amount.thousandths()),
        reason_key: Set(new.reason_key.clone()),
        rule: Set(new.rule.clone()),
        pack: Set(new.pack.clone()),
        course: Set(new.course.map(CourseId::uuid)),
        lesson: Set(new.lesson.map(LessonId::uuid)),
        note: Set(Some(new.note.clone())),
        reverses: Set(new.reverses.map(|entry| entry.0)),
        day: Set(new.day.number()),
        posted_at: Set(now),
    }
}

async fn add_to_caches(tx: &Tx, id: i64, new: &NewEntry) -> Result<()> {
    let (person, measure, amount) = (new.person.uuid(), measure_name(new.measure), new.amount.thousandths());
    let sql = "INSERT INTO credits_balance (person, measure, amount, last_entry) VALUES (?, ?, ?, ?) \
               ON CONFLICT (person, measure) DO UPDATE SET amount = credits_balance.amount + excluded.amount, \
               last_entry = excluded.last_entry";
    let values = vec![person.into(), measure.into(), amount.into(), id.into()];
    tx.execute_raw(dialect::statement(tx, sql, values)).await?;
    let sql = "INSERT INTO credits_tally (person, day, measure, rule, amount) VALUES (?, ?, ?, ?, ?) \
               ON CONFLICT (person, day, measure, rule) DO UPDATE SET amount = credits_tally.amount + excluded.amount";
    let rule = new.rule.as_str();
    let values = vec![person.into(), new.day.number().into(), measure.into(), rule.into(), amount.into()];
    tx.execute_raw(dialect::statement(tx, sql, values)).await?;
    Ok(())
}
