//! What this house hears: a person who changed their unit takes their open appeals along.

use futures::FutureExt;
use kernel::Event;
use platform::Handlers;

use crate::{Appeals, store};

/// Listens to `PersonChanged`; an inside job.
pub const PERSON: &str = "appeals.person";

pub fn handlers(house: &Appeals, handlers: &mut Handlers) {
    let house = house.clone();
    handlers.inside(PERSON, move |tx, job| {
        let house = house.clone();
        async move {
            let Event::PersonChanged { person } = job.payload::<Event>()? else { return Ok(()) };
            match house.organisation.person(person).await? {
                Some(found) => store::follow(tx, person, &found.path).await,
                None => Ok(()),
            }
        }
        .boxed()
    });
}
