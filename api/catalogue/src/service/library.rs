//! The media library of a unit: its lecturers' files, where they are used, throwing away what nobody uses; another in the place of one is
//! [`super::replace`]'s.

use std::collections::{HashMap, HashSet};

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{AssetId, CourseId, PersonId},
};
use media::{Asset, Shelf, Status};
use platform::{
    Tx,
    audit::{self, Act},
    jobs::{self, NewJob},
};
use sea_orm::ConnectionTrait;

use super::must_make_courses;
use crate::{
    Catalogue,
    model::{Course, LibraryFilter, Thrown, Use},
    rules::library,
    store::{
        self,
        uses::{self, InLesson},
    },
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

    /// A file as its owner and admins in charge of them see it; to everybody else there is none.
    pub async fn asset(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.media().find(id).await?.ok_or_else(Refusal::not_found)?;
        let may = asset.owner == viewer.person || self.has_charge(viewer, &asset, &[Role::Admin]).await?;
        if may { Ok(asset) } else { Err(Refusal::not_found().into()) }
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

    pub(super) async fn changeable(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.library_asset(viewer, id).await?;
        let may = self.changeable_assets(viewer, std::slice::from_ref(&asset)).await?;
        if may.contains(&id) { Ok(asset) } else { Err(Refusal::forbidden().into()) }
    }

    /// Where these are used. Unguarded: whoever asks has looked at who may see the files.
    pub async fn uses(&self, assets: &[AssetId]) -> Result<HashMap<AssetId, Vec<Use>>> {
        self.uses_in(self.base().db.read(), assets).await
    }

    pub(super) async fn uses_in(
        &self,
        db: &impl ConnectionTrait,
        assets: &[AssetId],
    ) -> Result<HashMap<AssetId, Vec<Use>>> {
        let mut here = uses::lessons(db, assets).await?;
        // A document that became the text of its lesson is shown by that text too: one place.
        let shown = uses::readings(db, assets).await?;
        let further: Vec<InLesson> = shown.into_iter().filter(|one| !here.contains(one)).collect();
        here.extend(further);
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
        if asset.status == Status::Uploading {
            // There is nothing yet that could be taken back.
            uses::take_replacement(&tx, id).await?;
            tx.commit().await?;
            self.media().forget_announced(id, true).await?;
            return Ok(Thrown { asset: Asset { deleted_at: Some(now), ..asset }, until: now });
        }
        if !self.media().throw_away(&tx, id, now).await? {
            return Ok(Thrown { until: asset.deleted_at.unwrap_or(now) + KEPT_MS, asset });
        }
        uses::take_replacement(&tx, id).await?;
        let (run_at, lane) = (now + KEPT_MS, id.to_string());
        let new = NewJob { kind: "catalogue.erase_asset", lane, key: None, outside: true, run_at };
        jobs::add(&tx, new, &(id, now)).await?;
        self.audit_asset(&tx, viewer.person, &asset, "asset.delete").await?;
        tx.commit().await?;
        Ok(Thrown { asset: Asset { deleted_at: Some(now), ..asset }, until: run_at })
    }

    /// While its bytes are there.
    pub async fn take_back(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.changeable(viewer, id).await?;
        let tx = self.base().db.begin().await?;
        self.media().bring_back(&tx, id).await?;
        self.audit_asset(&tx, viewer.person, &asset, "asset.restore").await?;
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

    /// Files that were announced and never came, which no course waits for: to be called once in a while.
    pub async fn sweep(&self) -> Result<()> {
        let left = self.media().announced_only().await?;
        let used = self.uses(&left).await?;
        for id in left.into_iter().filter(|id| !used.contains_key(id)) {
            if self.media().forget_announced(id, false).await? {
                let tx = self.base().db.begin().await?;
                uses::take_replacement(&tx, id).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    pub(super) async fn audit_asset(
        &self,
        tx: &Tx,
        actor: PersonId,
        asset: &Asset,
        action: &'static str,
    ) -> Result<()> {
        let root = self.organisation().root().await?;
        let owner = self.organisation().person(asset.owner).await?.map(|owner| owner.path);
        let path = owner.filter(|path| !path.is_empty()).unwrap_or(root.path);
        let reason = Some(asset.file_name.clone());
        let act = Act { actor: Some(actor), action, target: asset.id.to_string(), reason, path: &path };
        audit::record(self.base(), tx, act).await
    }
}
