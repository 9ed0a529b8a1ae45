//! The media library of a unit: its lecturers' files, where they are used, another in the place of one, throwing away what nobody uses.

use std::collections::{HashMap, HashSet};

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{AssetId, CourseId, PersonId},
};
use media::{Asset, Purpose, Shelf};
use organisation::Review;
use platform::{
    Tx,
    audit::{self, Act},
    jobs::{self, NewJob},
};
use sea_orm::ConnectionTrait;

use super::must_make_courses;
use crate::{
    Catalogue,
    model::{Course, LibraryFilter, Replaced, Status, Thrown, Use},
    rules::library,
    store::{self, content, drafts, uses},
};

/// So long a file that was thrown away may be taken back; then a job removes its bytes.
pub const KEPT_MS: i64 = 7 * 24 * 3_600_000;

impl Catalogue {
    /// Files of those who teach in the viewer's charge, newest first; with the total.
    pub async fn library(&self, viewer: &Viewer, filter: LibraryFilter, page: &Page) -> Result<Connection<Asset>> {
        must_make_courses(viewer)?;
        let owners = if filter.mine { Some(vec![viewer.person]) } else { self.colleagues(viewer).await? };
        let except = if filter.unused { uses::all(self.base().db.read()).await? } else { HashSet::new() };
        let LibraryFilter { query, purpose, statuses, deleted, .. } = filter;
        let except = except.into_iter().collect();
        self.media().shelf(&Shelf { owners, query, purpose, statuses, except, deleted }, page).await
    }

    /// None: everybody's.
    async fn colleagues(&self, viewer: &Viewer) -> Result<Option<Vec<PersonId>>> {
        let mut paths = viewer.scope(Role::Lecturer);
        paths.extend(viewer.scope(Role::Admin));
        if paths.contains(&self.organisation().root().await?.path) {
            return Ok(None);
        }
        let mut all = self.organisation().staff_beneath(&paths).await?;
        all.push(viewer.person);
        Ok(Some(all))
    }

    /// One of the library. NOT_FOUND outside the viewer's charge.
    pub async fn library_asset(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        must_make_courses(viewer)?;
        let asset = self.media().find(id).await?.ok_or_else(Refusal::not_found)?;
        if asset.owner == viewer.person || self.has_charge(viewer, &asset, &[Role::Lecturer, Role::Admin]).await? {
            return Ok(asset);
        }
        Err(Refusal::not_found().into())
    }

    async fn has_charge(&self, viewer: &Viewer, asset: &Asset, roles: &[Role]) -> Result<bool> {
        let owner = self.organisation().person(asset.owner).await?;
        // Who belongs to no unit is the school's.
        let path = match owner.map(|owner| owner.path).filter(|path| !path.is_empty()) {
            Some(path) => path,
            None => self.organisation().root().await?.path,
        };
        Ok(roles.iter().any(|role| viewer.covers(*role, &path)))
    }

    /// Which of these the viewer may change: their owner and admins in charge; colleagues only see them.
    pub async fn changeable_assets(&self, viewer: &Viewer, assets: &[Asset]) -> Result<HashSet<AssetId>> {
        let owners: Vec<PersonId> = assets.iter().map(|asset| asset.owner).collect();
        let (people, root) = (self.organisation().people(&owners).await?, self.organisation().root().await?);
        let may = |asset: &&Asset| {
            let path = people.get(&asset.owner).map(|owner| owner.path.as_str()).filter(|path| !path.is_empty());
            asset.owner == viewer.person || viewer.covers(Role::Admin, path.unwrap_or(&root.path))
        };
        Ok(assets.iter().filter(may).map(|asset| asset.id).collect())
    }

    async fn changeable(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.library_asset(viewer, id).await?;
        let may = self.changeable_assets(viewer, std::slice::from_ref(&asset)).await?;
        if may.contains(&id) { Ok(asset) } else { Err(Refusal::forbidden().into()) }
    }

    /// Where these are used. Unguarded: whoever asks has looked at who may see the files.
    pub async fn uses(&self, assets: &[AssetId]) -> Result<HashMap<AssetId, Vec<Use>>> {
        self.uses_in(self.base().db.read(), assets).await
    }

    async fn uses_in(&self, db: &impl ConnectionTrait, assets: &[AssetId]) -> Result<HashMap<AssetId, Vec<Use>>> {
        let mut here = uses::lessons(db, assets).await?;
        here.extend(uses::readings(db, assets).await?);
        let kept = uses::versions(db, assets).await?;
        let mut ids: Vec<CourseId> = here.iter().map(|(_, course, ..)| *course).collect();
        ids.extend(kept.iter().map(|(_, course, _)| *course));
        ids.sort_unstable();
        ids.dedup();
        let courses = store::find_many(db, &ids).await?;
        let courses: HashMap<CourseId, Course> = courses.into_iter().map(|course| (course.id, course)).collect();
        let mut found: HashMap<AssetId, Vec<Use>> = HashMap::new();
        for (asset, course, lesson, title) in here {
            let Some(course) = courses.get(&course).cloned() else { continue };
            found.entry(asset).or_default().push(Use { course, lesson: Some((lesson, title)), version: None });
        }
        for (asset, course, number) in kept {
            let all = found.entry(asset).or_default();
            let stands = all.iter().any(|one| one.version.is_none() && one.course.id == course);
            if let Some(course) = courses.get(&course).filter(|_| !stands).cloned() {
                all.push(Use { course, lesson: None, version: Some(number) });
            }
        }
        Ok(found)
    }

    /// Refused while a course uses it, naming where; while only earlier versions keep it, too, unless that is said to be meant.
    pub async fn throw_away(&self, viewer: &Viewer, id: AssetId, from_history: bool) -> Result<Thrown> {
        let asset = self.changeable(viewer, id).await?;
        let (tx, now) = (self.base().db.begin().await?, self.base().now());
        let found = self.uses_in(&tx, &[id]).await?.remove(&id).unwrap_or_default();
        library::must_be_unused(&found, from_history)?;
        if !self.media().throw_away(&tx, id, now).await? {
            return Ok(Thrown { until: asset.deleted_at.unwrap_or(now) + KEPT_MS, asset });
        }
        uses::take_replacement(&tx, id).await?;
        let (run_at, lane) = (now + KEPT_MS, id.to_string());
        let new = NewJob { kind: "catalogue.erase_asset", lane, key: None, outside: true, run_at };
        jobs::add(&tx, new, &(id, now)).await?;
        self.audit_asset(&tx, viewer, &asset, "asset.delete").await?;
        tx.commit().await?;
        Ok(Thrown { asset: Asset { deleted_at: Some(now), ..asset }, until: run_at })
    }

    /// While its bytes are there.
    pub async fn take_back(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.changeable(viewer, id).await?;
        let tx = self.base().db.begin().await?;
        self.media().bring_back(&tx, id).await?;
        self.audit_asset(&tx, viewer, &asset, "asset.restore").await?;
        tx.commit().await?;
        Ok(Asset { deleted_at: None, ..asset })
    }

    /// A file that was thrown away at this time goes for good, unless it was taken back or somebody has come to use it.
    pub(crate) async fn erase(&self, id: AssetId, deleted_at: i64) -> Result<()> {
        let Some(asset) = self.media().find(id).await? else { return self.media().erase(id).await };
        if asset.deleted_at != Some(deleted_at) {
            return Ok(());
        }
        let found = self.uses(&[id]).await?.remove(&id).unwrap_or_default();
        if found.iter().any(|one| one.version.is_none()) {
            let tx = self.base().db.begin().await?;
            self.media().bring_back(&tx, id).await?;
            return tx.commit().await;
        }
        self.media().erase(id).await
    }

    async fn audit_asset(&self, tx: &Tx, viewer: &Viewer, asset: &Asset, action: &'static str) -> Result<()> {
        let root = self.organisation().root().await?;
        let owner = self.organisation().person(asset.owner).await?.map(|owner| owner.path);
        let path = owner.filter(|path| !path.is_empty()).unwrap_or(root.path);
        let reason = Some(asset.file_name.clone());
        let act = Act { actor: Some(viewer.person), action, target: asset.id.to_string(), reason, path: &path };
        audit::record(self.base(), tx, act).await
    }

    /// Puts one video in the place of another in every course that uses it: at once in drafts and where the school asks for no review, else in
    /// the course's draft, which then goes through review. One that is not converted yet does so as soon as it is.
    pub async fn replace_asset(&self, viewer: &Viewer, old: AssetId, new: AssetId) -> Result<Replaced> {
        let (old, new) = (self.changeable(viewer, old).await?, self.changeable(viewer, new).await?);
        library::may_replace(&old, &new)?;
        let tx = self.base().db.begin().await?;
        let found = self.uses_in(&tx, &[old.id]).await?.remove(&old.id).unwrap_or_default();
        library::may_swap(viewer, &found)?;
        if new.status != media::Status::Ready {
            let planned = uses::Replacement { old: old.id, person: viewer.person };
            uses::plan_replacement(&tx, new.id, &planned, self.base().now()).await?;
            tx.commit().await?;
            return Ok(Replaced { asset: new, courses: Vec::new(), waits: true });
        }
        let courses = self.swap(&tx, old.id, &new, viewer.person).await?;
        self.audit_asset(&tx, viewer, &old, "asset.replace").await?;
        tx.commit().await?;
        self.forget();
        Ok(Replaced { asset: new, courses, waits: false })
    }

    /// A video that was waited for is ready: it takes the place that was planned for it.
    pub(crate) async fn replace_planned(&self, tx: &Tx, new: AssetId) -> Result<()> {
        let Some(planned) = uses::take_replacement(tx, new).await? else { return Ok(()) };
        let Some(asset) = self.media().find(new).await?.filter(|asset| asset.purpose == Purpose::Video) else {
            return Ok(());
        };
        self.swap(tx, planned.old, &asset, planned.person).await?;
        Ok(())
    }

    /// The courses in which it was put, each where it is changed. What is in review stands still and is left out.
    async fn swap(&self, tx: &Tx, old: AssetId, new: &Asset, person: PersonId) -> Result<Vec<Course>> {
        let policy = self.organisation().review().await?;
        let mut ids: Vec<CourseId> =
            uses::lessons(tx, &[old]).await?.into_iter().map(|(_, course, ..)| course).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut changed = Vec::new();
        for id in ids {
            let Some(course) = store::lock(tx, id).await? else { continue };
            // A draft comes in the place of what is published; it is among these courses itself, or no longer uses the file.
            if course.draft_of.is_none() && drafts::draft_of(tx, id).await?.is_some() {
                continue;
            }
            let course = match course.status {
                Status::InReview | Status::Archived => continue,
                Status::Draft => course,
                Status::Published if policy == Review::None => course,
                Status::Published => {
                    let mut course = course;
                    self.keep_first(tx, &mut course).await?;
                    self.make_draft(tx, &course).await?
                }
            };
            self.put_video(tx, &course, old, new).await?;
            drafts::note_hand(tx, course.id, person, self.base().now()).await?;
            self.keep_changed(tx, &course).await?;
            self.announce(tx, &course).await?;
            changed.push(course);
        }
        Ok(changed)
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
