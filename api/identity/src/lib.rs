//! Identity: accounts, passwords, sessions. Of a session's token only the hash is stored; wrong passwords delay the name and the network
//! they come from. Who a person is and what they may do is the organisation's.

mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use moka::future::Cache;
use platform::Base;
use tokio::sync::Semaphore;

pub use model::{Session, SignedIn};

/// Hashes at once: each takes 19 MiB and some 20 ms of a core.
const HASHING: usize = 2;
/// How long a session ended by another process may go on.
const KEPT: Duration = Duration::from_secs(1);

/// The front door.
#[derive(Clone)]
pub struct Identity(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    sessions: Cache<String, Option<Session>>,
    hashing: Semaphore,
}

impl Identity {
    pub fn new(base: Base) -> Self {
        let sessions = Cache::builder().max_capacity(50_000).time_to_live(KEPT).build();
        Self(Arc::new(Inner { base, sessions, hashing: Semaphore::new(HASHING) }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
