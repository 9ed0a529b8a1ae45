//! Identity: accounts, sessions, failed sign-ins. Passwords are kept as Argon2id, tokens only as their SHA-256; nothing here logs either.
//! Each request asks it whose session it carries, so the answer is kept for a moment; an end in this process is seen at once, one of another
//! process within [`KEPT`].

mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};

use moka::sync::Cache;
use platform::Base;

pub use model::{Session, SignedIn};

/// How long a sign-out in another process may go unseen: with the request in hand, less than a second.
pub const KEPT: Duration = Duration::from_millis(800);

/// The front door.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    base: Base,
    hasher: service::Hasher,
    /// By the hash of the token.
    sessions: Cache<String, store::Held>,
    /// Counts ended sessions: who read one before an end does not keep it after.
    ends: AtomicU64,
}

impl Identity {
    pub fn new(base: Base) -> Self {
        let sessions = Cache::builder().max_capacity(50_000).time_to_live(KEPT).build();
        Self(Arc::new(Inner { base, hasher: service::Hasher::new(), sessions, ends: AtomicU64::new(0) }))
    }
    fn base(&self) -> &Base {
        &self.0.base
    }
}
