//! A student asks for review.

use kernel::{
    Refusal, Result, Viewer,
    id::{AppealId, EntryId, LessonId},
};
use learning::Span;

use crate::{
    Appeals,
    model::{Appeal, Status, Subject},
    rules, store,
};

impl Appeals {
    /// Of an entry of the viewer's own; another's is NOT_FOUND.
    pub async fn ask_about_entry(&self, viewer: &Viewer, entry: EntryId, reason: &str) -> Result<Appeal> {
        let reason = rules::text("reason", reason)?;
        let found = self.credits.entries_by_id(&[entry]).await?.remove(&entry);
        found.filter(|entry| entry.person == viewer.person).ok_or_else(Refusal::not_found)?;
        self.ask(viewer, Subject::Entry(entry), reason).await
    }

    /// Of spans that did not count of a lesson that the viewer may study; what counts already is left out.
    pub async fn ask_about_spans(
        &self,
        viewer: &Viewer,
        lesson: LessonId,
        spans: &[Span],
        reason: &str,
    ) -> Result<Appeal> {
        let reason = rules::text("reason", reason)?;
        let material = self.catalogue.material(viewer, lesson).await?;
        let map = self.learning.watch_map(viewer.person, lesson).await?;
        // Who never studied the lesson has seen nothing of it that could be reviewed.
        if map.covered.is_empty() && map.pending.is_empty() && map.refused.is_empty() {
            return Err(Refusal::not_found().into());
        }
        let spans = rules::claimable(spans, map.end, &map.covered)?;
        let (course, version) = (material.course.id, map.version);
        self.ask(viewer, Subject::Spans { course, lesson, version, spans }, reason).await
    }

    async fn ask(&self, viewer: &Viewer, subject: Subject, reason: String) -> Result<Appeal> {
        let appeal = Appeal {
            id: self.base.id(),
            person: viewer.person,
            path: viewer.path.clone(),
            subject,
            reason,
            status: Status::Open,
            created_at: self.base.now(),
            answer: None,
        };
        let tx = self.base.db.begin().await?;
        if store::count_open(&tx, viewer.person).await? >= rules::MOST_OPEN {
            let (zh, en) = ("等待答复的复核申请过多，请稍后再提交。", "Too many requests are waiting for an answer.");
            return Err(Refusal::conflict(zh, en).into());
        }
        store::insert(&tx, &appeal).await?;
        tx.commit().await?;
        Ok(appeal)
    }

    /// Only one's own, only while it waits.
    pub async fn withdraw(&self, viewer: &Viewer, id: AppealId) -> Result<Appeal> {
        let tx = self.base.db.begin().await?;
        let found = store::lock(&tx, id).await?.filter(|appeal| appeal.person == viewer.person);
        let appeal = found.ok_or_else(Refusal::not_found)?;
        rules::must_be_open(&appeal)?;
        store::set_status(&tx, id, Status::Withdrawn).await?;
        tx.commit().await?;
        Ok(Appeal { status: Status::Withdrawn, ..appeal })
    }
}
