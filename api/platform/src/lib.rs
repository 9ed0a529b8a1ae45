//! The machines beneath the houses: the database, the outbox and its jobs, the audit log, and what every house is built with.

pub mod audit;
pub mod cache;
pub mod db;
pub mod dialect;
pub mod dump;
pub mod guards;
pub mod jobs;
pub mod kept;
pub mod outbox;
pub mod tables;
#[cfg(feature = "testing")]
pub mod testing;
pub mod worker;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use kernel::{Clock, Day, Ids, Millis, Zone, id::Id};

pub use cache::Cache;
pub use db::{Db, Tx};
pub use jobs::Job;
pub use kept::Kept;
pub use outbox::Outbox;
pub use worker::{Handlers, Worker};

/// What every house is built with: where it stores, what it announces through, and where its time, its ids and its days come from.
#[derive(Clone)]
pub struct Base {
    pub db: Db,
    pub outbox: Outbox,
    pub clock: Arc<dyn Clock>,
    pub ids: Arc<dyn Ids>,
    pub zone: Zone,
}

impl Base {
    pub fn now(&self) -> Millis {
        self.clock.now()
    }
    pub fn today(&self) -> Day {
        self.zone.day(self.clock.now())
    }
    /// A new id that sorts by time.
    pub fn id<K>(&self) -> Id<K> {
        self.ids.next(&*self.clock)
    }
}
