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
use platform::{Base, Kept};

pub use model::{NewPerson, NewUnit, Person, Play, Review, School, Stage, Term, TermStatus, Unit, UnitKind};
pub use rules::sort_key;

/// How long another process's write may go unseen.
pub const KEPT: Duration = Duration::from_secs(3);

/// The front door.
#[derive(Clone)]
pub struct Organisation(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    school: Kept<(), School>,
    root: Kept<(), Unit>,
    units: Kept<UnitId, Unit>,
    paths: Kept<(), Arc<[String]>>,
    people: Kept<PersonId, Person>,
    charges: Kept<PersonId, Vec<Charge>>,
    terms: Kept<(), Vec<Term>>,
}

impl Organisation {
    pub fn new(base: Base) -> Self {
        Self(Arc::new(Inner {
            base,
            school: Kept::new(1, KEPT),
            root: Kept::new(1, KEPT),
            units: Kept::new(10_000, KEPT),
            paths: Kept::new(1, KEPT),
            people: Kept::new(50_000, KEPT),
            charges: Kept::new(50_000, KEPT),
            terms: Kept::new(1, KEPT),
        }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
