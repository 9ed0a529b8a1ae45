//! A course is completed with the last of its required lessons.

use catalogue::Status;
use kernel::{
    Event, Millis, Result,
    id::{CourseId, LessonId, PersonId},
};
use platform::Tx;

use crate::{Learning, store};

/// After a lesson was completed: notes the course too, once, when nothing that it requires is left.
pub async fn complete_course(house: &Learning, tx: &Tx, person: PersonId, course: CourseId, at: Millis) -> Result<()> {
    let needed = needed(house, course).await?;
    let done = store::completed(tx, &[person], &needed).await?.remove(&person).unwrap_or_default();
    if needed.is_empty() || needed.iter().any(|lesson| !done.contains(lesson)) {
        return Ok(());
    }
    if store::complete_enrolment(tx, person, course, at).await? {
        house.base.outbox.publish(tx, at, &Event::CourseCompleted { person, course, at }).await?;
    }
    Ok(())
}

/// A course may ask for less than before: who has all that it asks for now has completed it.
pub async fn complete_courses(house: &Learning, tx: &Tx, course: CourseId) -> Result<()> {
    let Some(outline) = house.catalogue.outlines(&[course]).await?.remove(&course) else { return Ok(()) };
    if outline.course.status != Status::Published {
        return Ok(());
    }
    let all = || outline.lessons().map(|lesson| lesson.id);
    let required: Vec<LessonId> = outline.lessons().filter(|lesson| lesson.required).map(|lesson| lesson.id).collect();
    let needed = if required.is_empty() { all().collect() } else { required };
    let at = house.base.now();
    for person in store::past::finishers(tx, course, &needed).await? {
        if store::complete_enrolment(tx, person, course, at).await? {
            house.base.outbox.publish(tx, at, &Event::CourseCompleted { person, course, at }).await?;
        }
    }
    Ok(())
}

/// The required lessons; of a course that requires none of them in particular, all.
async fn needed(house: &Learning, course: CourseId) -> Result<Vec<LessonId>> {
    let required = house.catalogue.required_lessons(course).await?;
    if required.is_empty() { super::read::lessons_of(house, course).await } else { Ok(required) }
}
