//! Appeals (复核申请): a student asks for review of an entry of theirs, or of spans of a lesson that did not count; somebody in charge who is not
//! concerned answers. Whatever the answer, it stands in the student's ledger as an entry with its reason. Nothing is taken back silently,
//! and nobody decides their own case.
//!
//! Job: `appeals.person` (inside, on PersonChanged): an open appeal follows its person to another unit.

pub mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use catalogue::Catalogue;
use credits::Credits;
use learning::Learning;
use organisation::Organisation;
use platform::Base;

pub use model::{Answer, Appeal, Status, Subject, Verdict};

/// The front door. Cheap to clone.
#[derive(Clone)]
pub struct Appeals {
    base: Base,
    organisation: Organisation,
    catalogue: Catalogue,
    learning: Learning,
    credits: Credits,
}

impl Appeals {
    pub fn new(
        base: Base,
        organisation: Organisation,
        catalogue: Catalogue,
        learning: Learning,
        credits: Credits,
    ) -> Self {
        Self { base, organisation, catalogue, learning, credits }
    }
}
