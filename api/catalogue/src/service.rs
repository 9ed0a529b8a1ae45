//! Use cases: writing courses ([`author`], [`edit`]), changing published ones ([`draft`]), publishing and reviewing them, what is kept of
//! them ([`versions`]), finding and reading them, and the files that they are made of ([`library`], [`replace`]).

mod author;
mod browse;
mod captions;
mod draft;
mod edit;
mod labels;
mod library;
mod publish;
mod questions;
mod reading;
mod recognition;
mod replace;
mod review;
mod versions;

pub use library::KEPT_MS;

use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{ChapterId, CourseId, LessonId},
};
use organisation::Review;
use platform::Tx;

use crate::{
    Catalogue,
    model::{Chapter, Course, Lesson, Status},
    store::{self, content, drafts},
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

    /// A transaction in which nobody else changes the course, which is the viewer's to decide about.
    async fn hold(&self, viewer: &Viewer, id: CourseId) -> Result<(Tx, Course)> {
        must_make_courses(viewer)?;
        let tx = self.base().db.begin().await?;
        let course = managed(viewer, store::lock(&tx, id).await?)?;
        course.must_not_be_archived()?;
        Ok((tx, course))
    }

    /// A transaction in which the course is the viewer's alone to change. What is published is changed in its draft where the school reviews
    /// courses; and wherever there is a draft, which comes in its place.
    async fn edit(&self, viewer: &Viewer, id: CourseId) -> Result<(Tx, Course)> {
        must_make_courses(viewer)?;
        let review = self.organisation().review().await?;
        let (tx, mut course) = self.hold(viewer, id).await?;
        course.must_not_be_in_review()?;
        let drafted = course.draft_of.is_none() && drafts::draft_of(&tx, id).await?.is_some();
        if drafted || course.status == Status::Published && review != Review::None {
            return Err(Refusal::conflict(
                "课程已发布，请在修改稿中修改；学员在新版本发布前看到的仍是现在的内容。",
                "The course is published; change its draft. Students go on with what is published until then.",
            )
            .into());
        }
        self.keep_first(&tx, &mut course).await?;
        drafts::note_hand(&tx, id, viewer.person, self.base().now()).await?;
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
        self.keep_changed(&tx, course).await?;
        self.announce(&tx, course).await?;
        tx.commit().await?;
        self.forget();
        Ok(())
    }
}
