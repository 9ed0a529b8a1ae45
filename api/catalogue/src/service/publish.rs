//! Making a course findable, and taking it back.

use kernel::{Event, Refusal, Result, Role, Viewer, id::CourseId};
use platform::audit::{self, Act};
use sea_orm::ConnectionTrait;

use crate::{
    Catalogue,
    model::{Course, Status},
    rules, store,
};

impl Catalogue {
    /// INVALID naming each lesson that is not ready. A published course stays so: asking twice is no fault.
    pub async fn publish_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let tx = self.base().db.begin().await?;
        let course = self.answerable(&*tx, viewer, id).await?;
        let outline = store::outlines(&*tx, &[id]).await?.remove(&id).ok_or_else(Refusal::not_found)?;
        rules::check_publishable(&outline)?;
        if course.status == Status::Published {
            tx.rollback().await?;
            return Ok(course);
        }
        let now = self.base().now();
        store::set_status(&tx, id, Status::Published, Some(now)).await?;
        self.told(&tx, viewer, &course, "course.publish").await?;
        tx.commit().await?;
        self.0.required.invalidate_all();
        Ok(Course { status: Status::Published, published_at: Some(now), ..course })
    }

    /// Back to a draft: nobody finds it any more, what was earned stays.
    pub async fn withdraw_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let tx = self.base().db.begin().await?;
        let course = self.answerable(&*tx, viewer, id).await?;
        store::set_status(&tx, id, Status::Draft, None).await?;
        self.told(&tx, viewer, &course, "course.withdraw").await?;
        tx.commit().await?;
        self.0.required.invalidate_all();
        Ok(Course { status: Status::Draft, ..course })
    }

    async fn told(&self, tx: &platform::Tx, viewer: &Viewer, course: &Course, action: &str) -> Result<()> {
        let target = course.id.to_string();
        let act = Act { actor: Some(viewer.person), action, target, reason: None, path: &course.audience };
        audit::record(self.base(), tx, act).await?;
        let event = Event::CourseChanged { course: course.id };
        self.base().outbox.publish(tx, self.base().now(), &event).await
    }

    /// Its lecturer, or an admin in whose charge its audience lies.
    async fn answerable(&self, db: &impl ConnectionTrait, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let course = store::visible(db, &super::browse::sight(viewer), id).await?.ok_or_else(Refusal::not_found)?;
        if viewer.covers(Role::Admin, &course.audience) {
            return Ok(course);
        }
        self.editable(db, viewer, id).await
    }
}
