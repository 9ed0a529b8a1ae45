//! What this house hears: minutes, lessons and courses become entries. How to add a fact that earns: an `Event` of the house that knows it, a
//! name in `rules::event` and a case in `Fact::of`, a rule in a pack, a line in the gate's `flows`.

use futures::FutureExt;
use kernel::{Event, id::DryRunId};
use platform::Handlers;

use crate::{Credits, service};
pub use service::webhook::DELIVER;

/// Listens to `MinutesCovered`, `LessonCompleted`, `CourseCompleted`, `CheckPassed`; an inside job.
pub const AWARD: &str = "credits.award";
/// Tries a pack on last term's facts; an outside job, because it takes long and is not to hold a transaction.
pub(crate) const DRY_RUN: &str = "credits.dry_run";

pub fn handlers(house: &Credits, handlers: &mut Handlers) {
    let own = house.clone();
    handlers.outside(DELIVER, move |_| {
        let house = own.clone();
        async move { service::webhook::deliver(&house).await }.boxed()
    });
    let runner = house.clone();
    handlers.outside(DRY_RUN, move |job| {
        let house = runner.clone();
        async move { service::dry_run::run(&house, job.payload::<DryRunId>()?).await }.boxed()
    });
    let house = house.clone();
    handlers.inside(AWARD, move |tx, job| {
        let house = house.clone();
        async move { service::award::award(&house, tx, job.payload::<Event>()?).await }.boxed()
    });
}
