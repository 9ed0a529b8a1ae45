//! What follows from studying inside this house: a completed lesson may complete its course.

use futures::FutureExt;
use kernel::{Event, Result};
use platform::{Handlers, Job, Tx};

use crate::{Learning, service};

/// Listens to `LessonCompleted`; an inside job.
pub const COURSE_PROGRESS: &str = "learning.course_progress";
/// Listens to `CourseChanged`; an inside job.
pub const COURSE_CHANGED: &str = "learning.course_changed";

pub fn handlers(house: &Learning, handlers: &mut Handlers) {
    let own = house.clone();
    handlers.inside(COURSE_CHANGED, move |tx, job| {
        let house = own.clone();
        async move {
            let Event::CourseChanged { course } = job.payload::<Event>()? else { return Ok(()) };
            service::complete_courses(&house, tx, course).await
        }
        .boxed()
    });
    let house = house.clone();
    handlers.inside(COURSE_PROGRESS, move |tx, job| {
        let house = house.clone();
        async move { course_progress(&house, tx, job).await }.boxed()
    });
}

async fn course_progress(house: &Learning, tx: &Tx, job: &Job) -> Result<()> {
    match job.payload::<Event>()? {
        Event::LessonCompleted { person, course, at, .. } => {
            service::complete_course(house, tx, person, course, at).await
        }
        _ => Ok(()),
    }
}
