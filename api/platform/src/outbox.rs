//! Announcing: an event and one job for each of its listeners are written in the transaction of the change, so that neither can be lost.

use std::{collections::HashMap, sync::Arc};

use kernel::{Event, Millis, Result};
use sea_orm::{ActiveValue::Set, EntityTrait};

use crate::{
    Tx,
    jobs::{self, NewJob},
    tables::event,
};

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

    /// Several at once, in order.
    pub async fn publish_all(&self, tx: &Tx, at: Millis, events: &[Event]) -> Result<()> {
        for event in events {
            let payload = serde_json::to_string(event)?;
            let row = event::ActiveModel {
                at: Set(at),
                name: Set(event.name().to_owned()),
                payload: Set(payload.clone()),
                ..Default::default()
            };
            event::Entity::insert(row).exec_without_returning(tx).await?;
            for listener in self.0.get(event.name()).into_iter().flatten() {
                let new = NewJob {
                    kind: listener.kind,
                    lane: event.lane(),
                    key: None,
                    outside: listener.outside,
                    run_at: at,
                };
                jobs::add_text(tx, new, payload.clone()).await?;
            }
        }
        Ok(())
    }
}
