//! Publishing and withdrawing.

use kernel::{
    Event, Result, Viewer,
    id::{AssetId, CourseId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Catalogue,
    model::{Course, LessonKind, Status},
    rules::{self, Readiness},
    store,
};

impl Catalogue {
    /// By who teaches it, or an admin of its unit. INVALID naming each lesson that is not ready. Publishing what is published changes nothing.
    pub async fn publish_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let (tx, course) = self.edit(viewer, id).await?;
        if course.status == Status::Published {
            return Ok(course);
        }
        let outline = super::browse::outline(&tx, &course).await?;
        let assets: Vec<AssetId> = outline.lessons().filter_map(|lesson| lesson.asset).collect();
        let files = self.media().find_many(&assets).await?;
        rules::publishable(&outline, |lesson| {
            let status = lesson.asset.and_then(|asset| files.get(&asset)).map(|asset| asset.status);
            match (lesson.kind, status) {
                (LessonKind::Reading, _) if lesson.characters.is_some() => Readiness::Ready,
                (LessonKind::Reading, Some(media::Status::Failed) | None) => Readiness::Failed,
                (LessonKind::Reading, Some(_)) => Readiness::Converting,
                (LessonKind::Video, Some(media::Status::Ready)) if lesson.duration_ms.is_some() => Readiness::Ready,
                (LessonKind::Video, Some(media::Status::Failed) | None) => Readiness::Failed,
                (LessonKind::Video, Some(_)) => Readiness::Converting,
            }
        })?;
        let published = Course { status: Status::Published, published_at: Some(self.base().now()), ..course };
        self.turn(tx, viewer, published, "course.publish").await
    }

    /// Back to a draft: nobody finds it any more; what was earned stays.
    pub async fn withdraw_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let (tx, course) = self.edit(viewer, id).await?;
        if course.status == Status::Draft {
            return Ok(course);
        }
        let draft = Course { status: Status::Draft, published_at: None, ..course };
        self.turn(tx, viewer, draft, "course.withdraw").await
    }

    async fn turn(&self, tx: Tx, viewer: &Viewer, course: Course, action: &'static str) -> Result<Course> {
        store::update(&tx, &course).await?;
        let target = course.id.to_string();
        let act = Act { actor: Some(viewer.person), action, target, reason: None, path: &course.audience };
        audit::record(self.base(), &tx, act).await?;
        self.base().outbox.publish(&tx, self.base().now(), &Event::CourseChanged { course: course.id }).await?;
        tx.commit().await?;
        self.forget();
        Ok(course)
    }
}
