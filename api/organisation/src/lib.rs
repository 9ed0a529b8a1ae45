//! Organisation: the school, its Party organisations as a tree of units, the roster with each person's stage, roles within units, terms.
//! Each request asks it who somebody is, so the answers are kept for some seconds; a write in this process is seen at once, one of another
//! process within [`KEPT`].

mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use kernel::{
    Charge,
    id::{PersonId, UnitId},
};
use moka::future::Cache;
use platform::Base;

pub use model::{NewPerson, NewUnit, Person, Play, School, Stage, Term, TermStatus, Unit, UnitKind};
pub use rules::sort_key;

/// How long another process's write may go unseen.
pub const KEPT: Duration = Duration::from_secs(3);

/// The front door.
#[derive(Clone)]
pub struct Organisation(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    school: Cache<(), School>,
    units: Cache<UnitId, Unit>,
    people: Cache<PersonId, Person>,
    charges: Cache<PersonId, Vec<Charge>>,
}

impl Organisation {
    pub fn new(base: Base) -> Self {
        Self(Arc::new(Inner {
            base,
            school: cache(1),
            units: cache(10_000),
            people: cache(50_000),
            charges: cache(50_000),
        }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}

fn cache<K: std::hash::Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static>(most: u64) -> Cache<K, V> {
    Cache::builder().max_capacity(most).time_to_live(KEPT).build()
}
