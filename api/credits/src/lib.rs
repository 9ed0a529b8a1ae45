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

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use catalogue::Catalogue;
use kernel::{Error, Result};
use moka::future::Cache;
use organisation::Organisation;
use platform::Base;

pub use model::{
    Adjustment, AdjustmentStatus, Balance, Change, Checked, Difference, DryRun, DryRunRow, DryRunStatus, Entry,
    Explained, Following, Health, MeasureTotals, NewCorrection, NumberView, PackState, PackView, Rebuilt, RuleRef,
    Sample, Standings, Task, Today, Tried, TriedEntry, Verification, Waiting, WaitingState,
};
use rules::force::{Known, Packs, shipped};
pub use service::{
    read::{note_check, rebuild_on as rebuild},
    seal::{Sealing, public_key},
};

/// Every heartbeat asks for the newest entry; the answer may be this old.
const HEAD_KEPT: Duration = Duration::from_millis(150);
/// How old the answer may be up to where the ledger is sealed.
const SEALED_KEPT: Duration = Duration::from_secs(2);

/// The front door.
#[derive(Clone)]
pub struct Credits(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    catalogue: Catalogue,
    /// Asked in whose charge a person is.
    organisation: Organisation,
    /// As they come with the program.
    shipped: Vec<Known>,
    packs: Cache<(), Arc<Packs>>,
    head: Cache<(), i64>,
    sealed: Cache<(), i64>,
    /// Said by the process that seals.
    sealer: OnceLock<service::seal::Sealer>,
}

impl Credits {
    /// Fails when a shipped rule pack is faulty, and says where.
    pub fn new(base: Base, catalogue: Catalogue) -> Result<Self> {
        let shipped = shipped().map_err(Error::broken)?;
        let packs = Cache::builder().max_capacity(1).time_to_live(organisation::KEPT).build();
        let organisation = Organisation::new(base.clone());
        let head = Cache::builder().max_capacity(1).time_to_live(HEAD_KEPT).build();
        let sealed = Cache::builder().max_capacity(1).time_to_live(SEALED_KEPT).build();
        let sealer = OnceLock::new();
        Ok(Self(Arc::new(Inner { base, catalogue, organisation, shipped, packs, head, sealed, sealer })))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
