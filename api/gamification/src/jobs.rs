//! What this house hears: finished lessons, counted for the level.

use futures::FutureExt;
use kernel::Event;
use platform::Handlers;

use crate::{Gamification, store};

/// Listens to `LessonCompleted`, which is told once for a person and a lesson; an inside job.
pub const COUNT: &str = "gamification.count";

pub fn handlers(_: &Gamification, handlers: &mut Handlers) {
    handlers.inside(COUNT, |tx, job| {
        async move {
            match job.payload::<Event>()? {
                Event::LessonCompleted { person, .. } => store::count_one(tx, person).await,
                _ => Ok(()),
            }
        }
        .boxed()
    });
}
