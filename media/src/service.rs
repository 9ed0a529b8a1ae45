//! What other houses and the gate ask: announcing files, reading them back, watching them, sweeping up.

mod landed;
mod read;
mod scrub;
mod shelf;
pub(crate) mod sweep;
mod tus;
pub(crate) mod warm;

use std::{collections::HashMap, path::Path};

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{AssetId, PersonId},
};
use platform::{
    Tx,
    jobs::{self as queue, NewJob},
};

pub(crate) use landed::Discard;
pub use landed::free;
pub use read::WHOLE_LIMIT;

use crate::{
    Media,
    jobs::INTAKE,
    model::{Asset, Purpose, Status},
    rules, store,
};

/// The key of an asset's file as it came; it has only one, so an attempt that is repeated leaves no second.
pub(crate) fn original(asset: AssetId) -> String {
    format!("originals/{}", asset.uuid().simple())
}

impl Media {
    /// Announces a file. For lecturers; for admins too when it is a roster.
    pub async fn create_upload(&self, viewer: &Viewer, file_name: impl AsRef<str>, purpose: Purpose) -> Result<Asset> {
        if !(viewer.has(Role::Lecturer) || purpose == Purpose::Roster && viewer.has(Role::Admin)) {
            return Err(Refusal::forbidden().into());
        }
        let file_name = rules::file_name(file_name.as_ref())?;
        let asset = self.announced(viewer.person, file_name, purpose, Status::Uploading);
        let tx = self.base().db.begin().await?;
        store::insert(&tx, &asset, None).await?;
        tx.commit().await?;
        Ok(asset)
    }

    /// Takes in a file of this machine: for the seed. From there on it goes the way of every upload.
    pub async fn import(&self, owner: PersonId, file_name: &str, purpose: Purpose, file: &Path) -> Result<Asset> {
        let mut asset = self.announced(owner, rules::file_name(file_name)?, purpose, Status::Queued);
        let object = original(asset.id);
        let size = self.blob().put_file(&object, file).await?;
        asset.size = Some(i64::try_from(size)?);
        let tx = self.base().db.begin().await?;
        store::insert(&tx, &asset, Some(object)).await?;
        self.leave_intake(&tx, asset.id).await?;
        tx.commit().await?;
        Ok(asset)
    }

    pub(crate) fn announced(&self, owner: PersonId, file_name: String, purpose: Purpose, status: Status) -> Asset {
        Asset {
            id: self.base().id(),
            owner,
            file_name,
            purpose,
            status,
            progress: 0.0,
            failure: None,
            size: None,
            duration_ms: None,
            renditions: Vec::new(),
            poster: None,
            complete: false,
            created_at: self.base().now(),
            deleted_at: None,
        }
    }

    pub(crate) async fn leave_intake(&self, tx: &Tx, asset: AssetId) -> Result<()> {
        let now = self.base().now();
        let new = NewJob { kind: INTAKE, lane: asset.to_string(), key: None, outside: true, run_at: now };
        queue::add(tx, new, &asset).await
    }

    /// For its owner, and for admins.
    pub async fn asset(&self, viewer: &Viewer, id: AssetId) -> Result<Asset> {
        let asset = self.find(id).await?.ok_or_else(Refusal::not_found)?;
        let may = asset.owner == viewer.person || viewer.has(Role::Admin);
        if may { Ok(asset) } else { Err(Refusal::not_found().into()) }
    }

    /// The viewer's own files, newest first.
    pub async fn mine(&self, viewer: &Viewer, purpose: Option<Purpose>, page: &Page) -> Result<Connection<Asset>> {
        if !viewer.has(Role::Lecturer) {
            viewer.must(Role::Admin)?;
        }
        store::owned_by(self.base().db.read(), viewer.person, purpose, page).await
    }

    /// Unguarded: for houses above, which know who may see what.
    pub async fn find(&self, id: AssetId) -> Result<Option<Asset>> {
        store::find(self.base().db.read(), id).await
    }

    /// Unguarded, like [`Media::find`].
    pub async fn find_many(&self, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>> {
        store::find_many(self.base().db.read(), ids).await
    }
}
