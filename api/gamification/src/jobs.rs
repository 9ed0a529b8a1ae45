//! What this house hears: lessons, checks and courses finished become deeds; a person who changed is a member of what the roster says.

use futures::FutureExt;
use kernel::{Event, event::Medium};
use platform::Handlers;

use crate::{
    Gamification,
    model::{Deed, DeedKind},
    service, store,
};

/// Listens to `LessonCompleted`, `CheckPassed` and `CourseCompleted`; an inside job. Told twice, it is noted once.
pub const COUNT: &str = "gamification.count";
/// Listens to `PersonChanged`; an inside job.
pub const MEMBER: &str = "gamification.member";

pub fn handlers(house: &Gamification, handlers: &mut Handlers) {
    handlers.inside(COUNT, |tx, job| {
        async move {
            let deed = deed(&job.payload::<Event>()?);
            store::deeds::note(tx, deed.as_slice()).await.map(drop)
        }
        .boxed()
    });
    let house = house.clone();
    handlers.inside(MEMBER, move |tx, job| {
        let house = house.clone();
        async move {
            match job.payload::<Event>()? {
                Event::PersonChanged { person } => service::members::heard(&house, tx, person).await,
                _ => Ok(()),
            }
        }
        .boxed()
    });
}

pub(crate) fn deed(event: &Event) -> Option<Deed> {
    match *event {
        Event::LessonCompleted { person, course, lesson, medium, at, .. } => {
            let kind = match medium {
                Medium::Video => DeedKind::Video,
                Medium::Reading => DeedKind::Reading,
            };
            Some(Deed { person, kind, thing: lesson.uuid(), course, at })
        }
        Event::CheckPassed { person, course, check, at, .. } => {
            Some(Deed { person, kind: DeedKind::Check, thing: check.uuid(), course, at })
        }
        Event::CourseCompleted { person, course, at } => {
            Some(Deed { person, kind: DeedKind::Course, thing: course.uuid(), course, at })
        }
        _ => None,
    }
}
