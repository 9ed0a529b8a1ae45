//! Use cases: writing courses ([`author`], [`edit`]), publishing them, finding and reading them.

mod author;
mod browse;
mod captions;
mod edit;
mod labels;
mod publish;
mod questions;

use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{ChapterId, CourseId, LessonId},
};
use platform::Tx;

use crate::{
    Catalogue,
    model::{Chapter, Course, Lesson, Status},
    store::{self, content},
};

/// FORBIDDEN for who has nothing to do with making courses, whatever they name.
fn must_make_courses(viewer: &Viewer) -> Result<()> {
    if viewer.has(Role::Admin) { Ok(()) } else { viewer.must(Role::Lecturer) }
}

/// The course, if it is the viewer's to change; else FORBIDDEN where they may see it and NOT_FOUND where not.
fn managed(viewer: &Viewer, course: Option<Course>) -> Result<Course> {
    match course {
        Some(course) if course.managed_by(viewer) => Ok(course),
        Some(course) if course.seen_by(viewer) => Err(Refusal::forbidden().into()),
        Some(_) | None => Err(Refusal::not_found().into()),
    }
}

impl Catalogue {
    /// Looks before anything costly is done.
    async fn may_edit(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        must_make_courses(viewer)?;
        managed(viewer, store::find(self.base().db.read(), id).await?)
    }

    /// A transaction in which the course is the viewer's alone to change.
    async fn edit(&self, viewer: &Viewer, id: CourseId) -> Result<(Tx, Course)> {
        must_make_courses(viewer)?;
        let tx = self.base().db.begin().await?;
        let course = managed(viewer, store::lock(&tx, id).await?)?;
        course.must_not_be_archived()?;
        Ok((tx, course))
    }

    /// Like [`Catalogue::edit`], for what only a draft allows.
    async fn edit_draft(&self, viewer: &Viewer, id: CourseId) -> Result<(Tx, Course)> {
        let (tx, course) = self.edit(viewer, id).await?;
        course.must_be_draft()?;
        Ok((tx, course))
    }

    async fn chapter(&self, viewer: &Viewer, id: ChapterId) -> Result<Chapter> {
        must_make_courses(viewer)?;
        content::chapter(self.base().db.read(), id).await?.ok_or_else(|| Refusal::not_found().into())
    }

    async fn lesson(&self, viewer: &Viewer, id: LessonId) -> Result<Lesson> {
        must_make_courses(viewer)?;
        content::lesson(self.base().db.read(), id).await?.ok_or_else(|| Refusal::not_found().into())
    }

    /// Those who listen hear only of published courses.
    async fn announce(&self, tx: &Tx, course: &Course) -> Result<()> {
        if course.status != Status::Published {
            return Ok(());
        }
        self.base().outbox.publish(tx, self.base().now(), &Event::CourseChanged { course: course.id }).await
    }

    /// Commits what was changed in a course.
    async fn changed(&self, tx: Tx, course: &Course) -> Result<()> {
        self.announce(&tx, course).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
