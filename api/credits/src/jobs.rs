//! What this house hears: minutes, lessons and courses become entries. How to add a fact that earns: an `Event` of the house that knows it, a
//! case in `rules::evaluate`, a rule in a pack, a line in the gate's `flows`.

use futures::FutureExt;
use kernel::Event;
use platform::Handlers;

use crate::{Credits, service};

/// Listens to `MinutesCovered`, `LessonCompleted`, `CourseCompleted`; an inside job.
pub const AWARD: &str = "credits.award";

pub fn handlers(house: &Credits, handlers: &mut Handlers) {
    let house = house.clone();
    handlers.inside(AWARD, move |tx, job| {
        let house = house.clone();
        async move { service::award::award(&house, tx, job.payload::<Event>()?).await }.boxed()
    });
}
