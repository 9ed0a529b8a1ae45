//! Gamification: the playful side of study – small tasks, a weekly rhythm, a level, badges, goals of teams, boards. Nothing of it enters an
//! official score, nothing of it is paid for or bought. What is shown is the school's one switch (`rules::play`): nobody is compared unless the
//! school opened boards, and then units by their mean; of people only those who opted in, under a nickname, and only beside who asks.

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
use credits::Credits;
use kernel::id::GoalId;
use learning::Learning;
use moka::future::Cache;
use organisation::{Organisation, Unit, UnitKind};
use platform::Base;

pub use model::{
    Badge, BadgeKind, Board, Freeze, Goal, GoalMeasure, Level, NewGoal, OptIn, Period, Rebuilt, Rhythm, Row, Scope,
    Standing, Streak, Task, TaskPeriod, Topic, TopicLevel,
};
pub use rules::play::{compared, shown, teamed};

use service::boards::Boards;

/// How old a list of units and the progress of a team may be.
const KEPT: Duration = Duration::from_secs(60);
const MOST_KEPT: u64 = 1_000;

/// The front door.
#[derive(Clone)]
pub struct Gamification(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    base: Base,
    organisation: Organisation,
    catalogue: Catalogue,
    credits: Credits,
    learning: Learning,
    boards: Boards,
    /// Of a kind, beneath a path.
    units: Cache<(String, UnitKind), Arc<Vec<Unit>>>,
    progress: Cache<GoalId, u64>,
}

impl Gamification {
    /// With boards in memory; with a cache they are shared there by all processes of the school.
    pub fn new(
        base: Base,
        organisation: Organisation,
        catalogue: Catalogue,
        credits: Credits,
        learning: Learning,
        cache: Option<platform::Cache>,
    ) -> Self {
        let units = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build();
        let progress = Cache::builder().max_capacity(MOST_KEPT).time_to_live(KEPT).build();
        let boards = Boards::new(cache);
        Self(Arc::new(Inner { base, organisation, catalogue, credits, learning, boards, units, progress }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
