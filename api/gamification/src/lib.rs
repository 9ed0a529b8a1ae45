//! Gamification: the playful side of study – a weekly rhythm, a level, boards of units. It compares nobody unless the school opened boards,
//! and then only units by their mean; nothing of it enters an official score. People appear on a board only when they chose to, and there is
//! no way to choose it yet, so the board of a branch's people is empty.

pub mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use credits::Credits;
use kernel::Day;
use learning::Learning;
use moka::future::Cache;
use organisation::Organisation;
use platform::Base;

pub use model::{Board, Level, Period, Row, Scope, Standing, Streak};
pub use rules::play::{compared, shown};

use rules::board::Place;

/// How old a board may be.
const BOARD_KEPT: Duration = Duration::from_secs(60);
/// Boards of so many colleges, periods and days are kept at once.
const BOARDS: u64 = 1_000;

/// The front door.
#[derive(Clone)]
pub struct Gamification(pub(crate) Arc<Inner>);

/// A board: of the units beneath this path, of this kind of scope, since this day (none: ever).
type BoardKey = (Scope, String, Option<Day>);

pub(crate) struct Inner {
    base: Base,
    organisation: Organisation,
    credits: Credits,
    learning: Learning,
    boards: Cache<BoardKey, Arc<Vec<Place>>>,
}

impl Gamification {
    pub fn new(base: Base, organisation: Organisation, credits: Credits, learning: Learning) -> Self {
        let boards = Cache::builder().max_capacity(BOARDS).time_to_live(BOARD_KEPT).build();
        Self(Arc::new(Inner { base, organisation, credits, learning, boards }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
