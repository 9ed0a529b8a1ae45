//! Announcing: an event and one job for each of its listeners are written in the transaction of the change, so that neither can be lost.

use std::{collections::HashMap, sync::Arc};

use kernel::{Event, Millis, Result};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    Tx, dialect,
    jobs::{self, NewJob},
    tables::event,
};

/// Events of one statement: both databases bound the number of parameters.
const CHUNK: usize = 200;

/// Who hears an event: a job kind, and whether its work is outside the database.
#[derive(Debug, Clone, Copy)]
pub struct Listener {
    pub kind: &'static str,
    pub outside: bool,
}

/// Event name → listeners; written once, in the gate's `flows`.
#[derive(Clone, Default)]
pub struct Outbox(Arc<HashMap<&'static str, Vec<Listener>>>);

impl Outbox {
    pub fn new(listeners: HashMap<&'static str, Vec<Listener>>) -> Self {
        Self(Arc::new(listeners))
    }

    pub async fn publish(&self, tx: &Tx, at: Millis, event: &Event) -> Result<()> {
        self.publish_all(tx, at, std::slice::from_ref(event)).await
    }

    /// Several at once, in order: two statements however many there are.
    pub async fn publish_all(&self, tx: &Tx, at: Millis, events: &[Event]) -> Result<()> {
        for events in events.chunks(CHUNK) {
            let mut rows = Vec::with_capacity(events.len());
            let mut jobs = Vec::new();
            for event in events {
                let payload = serde_json::to_string(event)?;
                for listener in self.0.get(event.name()).into_iter().flatten() {
                    let (kind, outside) = (listener.kind, listener.outside);
                    let new = NewJob { kind, lane: event.lane(), key: None, outside, run_at: at };
                    jobs.push((new, payload.clone()));
                }
                let name = Set(event.name().to_owned());
                rows.push(event::ActiveModel { at: Set(at), name, payload: Set(payload), ..Default::default() });
            }
            event::Entity::insert_many(rows).exec_without_returning(tx).await?;
            jobs::add_all(tx, jobs).await?;
            tx.leaves_jobs();
        }
        Ok(())
    }
}

/// What was announced under these names after the event of that number, oldest first, each with its number: for who rebuilds what they heard.
pub async fn told(db: &impl ConnectionTrait, names: &[&str], after: i64, most: u64) -> Result<Vec<(i64, Event)>> {
    let query = event::Entity::find()
        .filter(event::Column::Id.gt(after))
        .filter(event::Column::Name.is_in(names.iter().copied()));
    let rows = query.order_by_asc(event::Column::Id).limit(most).all(db).await?;
    rows.into_iter().map(|row| Ok((row.id, serde_json::from_str(&row.payload)?))).collect()
}

/// How far the announcements go, as one look saw it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Horizon {
    /// The greatest number there is.
    pub last: i64,
    next: i64,
    oldest: i64,
}

impl Horizon {
    /// Whether everything up to [`Horizon::last`] of an earlier look can be seen by now: whatever was open then has ended.
    pub const fn settles(&self, earlier: &Self) -> bool {
        self.oldest >= earlier.next
    }
}

/// For those who keep their own mark of how far they have heard, beside the jobs.
pub async fn horizon(db: &impl ConnectionTrait) -> Result<Horizon> {
    let open = dialect::open_transactions(db);
    let sql = format!("SELECT COALESCE(MAX(id), 0) AS last, {open} FROM platform_event");
    let row = db.query_one_raw(dialect::statement(db, &sql, Vec::new())).await?;
    let row = row.ok_or_else(|| kernel::Error::broken("a count without a row"))?;
    Ok(Horizon { last: row.try_get("", "last")?, next: row.try_get("", "next")?, oldest: row.try_get("", "oldest")? })
}
