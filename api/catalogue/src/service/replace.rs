//! One file in the place of another, wherever it is used: at once, when it is converted, when a course comes out of its review. A video takes the
//! place of a video, a document that of a document.

use std::collections::HashMap;

use kernel::{
    Event, Language, Refusal, Result, Viewer,
    id::{AssetId, CourseId, PersonId},
};
use media::{Asset, Purpose};
use organisation::Review;
use platform::{
    Tx,
    jobs::{self, NewJob},
};

use crate::{
    Catalogue,
    jobs::DOCUMENT,
    model::{Course, Lesson, Replaced, Source, Status},
    rules::{library, reading::Reading},
    store::{self, content, drafts, uses},
};

/// What became of a replacement.
#[derive(Default)]
struct Swapped {
    courses: Vec<Course>,
    /// A course is in review, which stands still until it is over.
    later: bool,
}

/// A file that can take the place of another. What it says is read before the database is written to.
pub(crate) struct Coming {
    old: AssetId,
    new: Asset,
    /// Of a document.
    text: Option<Words>,
}

struct Words {
    /// What the old one says; a lesson that says something else was written on by hand.
    before: Option<String>,
    source: Source,
    made: Reading,
}

impl Coming {
    /// Whether a lesson with this text may have the new file without losing what somebody wrote.
    fn suits(&self, lesson: Option<&Source>) -> bool {
        self.text.as_ref().is_none_or(|text| library::is_as_read(lesson, text.before.as_deref()))
    }
}

impl Catalogue {
    /// Puts one file in the place of another in every course that uses it: at once in drafts and where the school asks for no review, else in
    /// the course's draft, which then goes through review. One that is not converted yet does so as soon as it is.
    pub async fn replace_asset(&self, viewer: &Viewer, old: AssetId, new: AssetId) -> Result<Replaced> {
        let (old, new) = (self.changeable(viewer, old).await?, self.changeable(viewer, new).await?);
        library::may_replace(&old, &new)?;
        let said = self.said_by(old.id).await?;
        let coming = match new.status {
            media::Status::Ready => Some(self.coming(old.id, said.clone(), new.clone()).await?),
            _ => None,
        };
        let tx = self.base().db.begin().await?;
        let found = self.uses_in(&tx, &[old.id]).await?.remove(&old.id).unwrap_or_default();
        library::may_swap(viewer, &found)?;
        if old.purpose == Purpose::Document {
            let mut written_on = Vec::new();
            for (_, _, lesson, _) in uses::lessons(&tx, &[old.id]).await? {
                if !library::is_as_read(content::source(&tx, lesson).await?.as_ref(), said.as_deref()) {
                    written_on.push(lesson);
                }
            }
            library::must_be_as_read(&found, &written_on)?;
        }
        // What was planned before for this file is over: the last word counts.
        uses::forget_replacements(&tx, old.id).await?;
        let Some(coming) = coming else { return self.plan(tx, viewer, &old, new.id).await };
        let Swapped { courses, .. } = self.swap(&tx, &coming, viewer).await?;
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
        let courses = self.bring_in(new).await?;
        let waits = uses::replacement(self.base().db.read(), new).await?.is_some();
        let asset = self.media().find(new).await?.ok_or_else(Refusal::not_found)?;
        Ok(Replaced { asset, courses, waits })
    }

    async fn coming(&self, old: AssetId, before: Option<String>, new: Asset) -> Result<Coming> {
        let text = match new.purpose {
            Purpose::Document => {
                let (source, made) = self.document_text(new.id).await?;
                Some(Words { before, source, made })
            }
            _ => None,
        };
        Ok(Coming { old, new, text })
    }

    /// What a document says; nothing while it cannot be read.
    async fn said_by(&self, file: AssetId) -> Result<Option<String>> {
        let there = |file: &Asset| file.purpose == Purpose::Document && file.status == media::Status::Ready;
        match self.media().find(file).await?.filter(there) {
            Some(file) => self.document_source(file.id).await.map(Some),
            None => Ok(None),
        }
    }

    /// What was waited for, if it can come now.
    pub(crate) async fn arrived(&self, new: AssetId) -> Result<Option<Coming>> {
        let Some(planned) = uses::replacement(self.base().db.read(), new).await? else { return Ok(None) };
        let there = |file: &Asset| file.status == media::Status::Ready && file.deleted_at.is_none();
        match self.media().find(new).await?.filter(there) {
            Some(file) => {
                let before = self.said_by(planned.old).await?;
                self.coming(planned.old, before, file).await.map(Some)
            }
            None => Ok(None),
        }
    }

    /// Brings in what was waited for, as soon as it can come.
    pub(crate) async fn bring_in(&self, new: AssetId) -> Result<Vec<Course>> {
        let Some(coming) = self.arrived(new).await? else { return Ok(Vec::new()) };
        let tx = self.base().db.begin().await?;
        let courses = self.replace_planned(&tx, &coming).await?;
        tx.commit().await?;
        self.forget();
        Ok(courses)
    }

    /// A file that was waited for takes the place that was planned for it, as far as whoever planned it may still do so. The plan stays while a
    /// course that uses the old one is in review.
    pub(crate) async fn replace_planned(&self, tx: &Tx, coming: &Coming) -> Result<Vec<Course>> {
        let new = coming.new.id;
        // Planned anew meanwhile, it is looked at by whoever did so.
        let Some(planned) = uses::replacement(tx, new).await?.filter(|planned| planned.old == coming.old) else {
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
        let Swapped { courses, later } = self.swap(tx, coming, &viewer).await?;
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
        for (old, new) in uses::replacements(tx, &files).await? {
            let there = |file: &Asset| file.status == media::Status::Ready && file.deleted_at.is_none();
            match self.media().find(new).await?.filter(there) {
                // It is read first, and not while the database waits.
                Some(file) if file.purpose == Purpose::Document => {
                    let (event, run_at) = (Event::AssetReady { asset: new }, self.base().now());
                    let job = NewJob { kind: DOCUMENT, lane: event.lane(), key: None, outside: true, run_at };
                    jobs::add(tx, job, &event).await?;
                }
                Some(new) => {
                    self.replace_planned(tx, &Coming { old, new, text: None }).await?;
                }
                None => {}
            }
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
    async fn swap(&self, tx: &Tx, coming: &Coming, viewer: &Viewer) -> Result<Swapped> {
        let policy = self.organisation().review().await?;
        let mut ids: Vec<CourseId> = Vec::new();
        for (_, course, lesson, _) in uses::lessons(tx, &[coming.old]).await? {
            if coming.suits(content::source(tx, lesson).await?.as_ref()) {
                ids.push(course);
            }
        }
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
            self.put_file(tx, &course, coming).await?;
            drafts::note_hand(tx, course.id, viewer.person, self.base().now()).await?;
            self.keep_changed(tx, &course).await?;
            self.announce(tx, &course).await?;
            done.courses.push(course);
        }
        Ok(done)
    }

    async fn put_file(&self, tx: &Tx, course: &Course, coming: &Coming) -> Result<()> {
        let new = &coming.new;
        for lesson in content::lessons_of(tx, &[course.id]).await? {
            let suits = coming.suits(content::source(tx, lesson.id).await?.as_ref());
            if lesson.asset != Some(coming.old) || !suits {
                continue;
            }
            let lesson = Lesson { asset: Some(new.id), ..lesson };
            match &coming.text {
                None => {
                    let (duration_ms, version) = (new.duration_ms, new.id.to_string());
                    content::update_lesson(tx, &Lesson { duration_ms, version, ..lesson }).await?;
                }
                Some(Words { source, made, .. }) => {
                    let (characters, version) = (Some(made.characters), made.version.clone());
                    content::update_lesson(tx, &Lesson { characters, version, ..lesson }).await?;
                    content::put_reading(tx, lesson.id, source, made).await?;
                }
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
