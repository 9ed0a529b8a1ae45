//! One video in the place of another, wherever it is used: at once, when it is converted, when a course comes out of its review.

use std::collections::HashMap;

use kernel::{
    Language, Result, Viewer,
    id::{AssetId, CourseId, PersonId},
};
use media::{Asset, Purpose};
use organisation::Review;
use platform::Tx;

use crate::{
    Catalogue,
    model::{Course, Replaced, Status},
    rules::library,
    store::{self, content, drafts, uses},
};

/// What became of a replacement.
#[derive(Default)]
struct Swapped {
    courses: Vec<Course>,
    /// A course is in review, which stands still until it is over.
    later: bool,
}

impl Catalogue {
    /// Puts one video in the place of another in every course that uses it: at once in drafts and where the school asks for no review, else in
    /// the course's draft, which then goes through review. One that is not converted yet does so as soon as it is.
    pub async fn replace_asset(&self, viewer: &Viewer, old: AssetId, new: AssetId) -> Result<Replaced> {
        let (old, new) = (self.changeable(viewer, old).await?, self.changeable(viewer, new).await?);
        library::may_replace(&old, &new)?;
        let tx = self.base().db.begin().await?;
        let found = self.uses_in(&tx, &[old.id]).await?.remove(&old.id).unwrap_or_default();
        library::may_swap(viewer, &found)?;
        // What was planned before for this file is over: the last word counts.
        uses::forget_replacements(&tx, old.id).await?;
        if new.status != media::Status::Ready {
            return self.plan(tx, viewer, &old, new.id).await;
        }
        let Swapped { courses, .. } = self.swap(&tx, old.id, &new, viewer).await?;
        self.audit_asset(&tx, viewer.person, &old, "asset.replace").await?;
        tx.commit().await?;
        self.forget();
        Ok(Replaced { asset: new, courses, waits: false })
    }

    pub(crate) async fn plan(&self, tx: Tx, viewer: &Viewer, old: &Asset, new: AssetId) -> Result<Replaced> {
        let planned = uses::Replacement { old: old.id, person: viewer.person };
        uses::plan_replacement(&tx, new, &planned, self.base().now()).await?;
        tx.commit().await?;
        // Was it converted while this was planned, its announcement found no plan: it is looked at once more.
        let tx = self.base().db.begin().await?;
        let courses = self.replace_planned(&tx, new).await?;
        let waits = uses::replacement(&tx, new).await?.is_some();
        tx.commit().await?;
        self.forget();
        let asset = self.media().find(new).await?.ok_or_else(kernel::Refusal::not_found)?;
        Ok(Replaced { asset, courses, waits })
    }

    /// A video that was waited for takes the place that was planned for it, once it is ready and as far as whoever planned it may still do so.
    /// The plan stays while a course that uses the old one is in review.
    pub(crate) async fn replace_planned(&self, tx: &Tx, new: AssetId) -> Result<Vec<Course>> {
        let Some(planned) = uses::replacement(tx, new).await? else { return Ok(Vec::new()) };
        let ready = |asset: &Asset| asset.purpose == Purpose::Video && asset.status == media::Status::Ready;
        let Some(asset) = self.media().find(new).await?.filter(ready).filter(|asset| asset.deleted_at.is_none()) else {
            return Ok(Vec::new());
        };
        let viewer = self.as_now(planned.person).await?;
        let old = match (self.changeable(&viewer, planned.old).await, self.changeable(&viewer, new).await) {
            (Ok(old), Ok(_)) => old,
            (Err(error), _) | (_, Err(error)) if error.refusal().is_some() => {
                tracing::warn!(asset.id = %new, %error, "a planned replacement is dropped");
                uses::take_replacement(tx, new).await?;
                return Ok(Vec::new());
            }
            (Err(error), _) | (_, Err(error)) => return Err(error),
        };
        let Swapped { courses, later } = self.swap(tx, old.id, &asset, &viewer).await?;
        if !later {
            uses::take_replacement(tx, new).await?;
        }
        if !courses.is_empty() {
            self.audit_asset(tx, planned.person, &old, "asset.replace").await?;
        }
        Ok(courses)
    }

    /// A course that moves again: what waited for that takes its place.
    pub(super) async fn follow_plans(&self, tx: &Tx, course: CourseId) -> Result<()> {
        let files: Vec<AssetId> =
            content::lessons_of(tx, &[course]).await?.into_iter().filter_map(|lesson| lesson.asset).collect();
        for (_, new) in uses::replacements(tx, &files).await? {
            self.replace_planned(tx, new).await?;
        }
        Ok(())
    }

    /// Whoever asked, with the charges that they have today.
    async fn as_now(&self, person: PersonId) -> Result<Viewer> {
        let path = self.organisation().person(person).await?.map(|found| found.path).unwrap_or_default();
        let charges = self.organisation().charges(person).await?;
        Ok(Viewer { person, session: self.base().id(), path, charges, language: Language::Chinese })
    }

    /// In the courses that are the viewer's to change, each where it is changed. What is in review stands still and is left out.
    async fn swap(&self, tx: &Tx, old: AssetId, new: &Asset, viewer: &Viewer) -> Result<Swapped> {
        let policy = self.organisation().review().await?;
        let mut ids: Vec<CourseId> =
            uses::lessons(tx, &[old]).await?.into_iter().map(|(_, course, ..)| course).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut done = Swapped::default();
        for id in ids {
            let Some(course) = store::lock(tx, id).await?.filter(|course| course.managed_by(viewer)) else { continue };
            // A draft comes in the place of what is published; it is among these courses itself, or no longer uses the file.
            if course.draft_of.is_none() && drafts::draft_of(tx, id).await?.is_some() {
                continue;
            }
            let course = match course.status {
                Status::Archived => continue,
                Status::InReview => {
                    done.later = true;
                    continue;
                }
                Status::Draft => course,
                Status::Published if policy == Review::None => course,
                Status::Published => {
                    let mut course = course;
                    self.keep_first(tx, &mut course).await?;
                    self.make_draft(tx, &course).await?
                }
            };
            self.put_video(tx, &course, old, new).await?;
            drafts::note_hand(tx, course.id, viewer.person, self.base().now()).await?;
            self.keep_changed(tx, &course).await?;
            self.announce(tx, &course).await?;
            done.courses.push(course);
        }
        Ok(done)
    }

    async fn put_video(&self, tx: &Tx, course: &Course, old: AssetId, new: &Asset) -> Result<()> {
        for lesson in content::lessons_of(tx, &[course.id]).await? {
            if lesson.asset == Some(old) {
                let (asset, duration_ms, version) = (Some(new.id), new.duration_ms, new.id.to_string());
                content::update_lesson(tx, &crate::model::Lesson { asset, duration_ms, version, ..lesson }).await?;
            }
        }
        Ok(())
    }

    /// Which files wait for their conversion to take the place of these.
    pub async fn waiting_replacements(&self, old: &[AssetId]) -> Result<HashMap<AssetId, AssetId>> {
        let planned = uses::replacements(self.base().db.read(), old).await?;
        let files = self.media().find_many(&planned.iter().map(|(_, new)| *new).collect::<Vec<_>>()).await?;
        // One that cannot be used, or is thrown away, is waited for in vain.
        let comes = |new: &AssetId| {
            let file = files.get(new).filter(|file| file.deleted_at.is_none());
            file.is_some_and(|file| file.status != media::Status::Failed)
        };
        Ok(planned.into_iter().filter(|(_, new)| comes(new)).collect())
    }
}
