//! Credits: the ledger. What a person earned is a list of entries that only grows; a correction is an entry of its own that names the one it
//! reverses. Which fact earns what is data with a version (`packs/`). Each reason to pay has a key that exists once, so nothing is paid twice,
//! whatever is told twice. Balances and tallies are caches of the entries and can be rebuilt from them.

pub mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use catalogue::Catalogue;
use kernel::{Error, Result};
use moka::future::Cache;
use organisation::Organisation;
use platform::Base;

pub use model::{Balance, Entry, Health, RuleRef, Task, Today};
pub use rules::pack::{PACKS, Pack, Packs, Rule};

/// Every heartbeat asks for the newest entry; the answer may be this old.
const HEAD_KEPT: Duration = Duration::from_millis(150);

/// The front door.
#[derive(Clone)]
pub struct Credits(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    catalogue: Catalogue,
    /// Asked in whose charge a person is.
    organisation: Organisation,
    packs: Packs,
    head: Cache<(), i64>,
}

impl Credits {
    /// Fails when a rule pack is faulty, and says where.
    pub fn new(base: Base, catalogue: Catalogue) -> Result<Self> {
        let packs = Packs::try_new(&PACKS).map_err(Error::broken)?;
        let organisation = Organisation::new(base.clone());
        let head = Cache::builder().max_capacity(1).time_to_live(HEAD_KEPT).build();
        Ok(Self(Arc::new(Inner { base, catalogue, organisation, packs, head })))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
    pub(crate) fn packs(&self) -> &Packs {
        &self.0.packs
    }
}
