//! Sweeping up what was left behind: uploads that nobody finished, files of uploads that no longer exist, scratch of a killed process.

use std::path::Path;

use kernel::Result;

use crate::{
    Media,
    landing::{Landing, Spool, objects_of},
    model::{TusError, UploadId},
    store,
};

/// The file whose lock says that a folder of scratch is in use.
pub(crate) const LOCK: &str = "lock";

impl Media {
    /// To be called once in a while; the gate does so every hour.
    pub async fn sweep(&self) -> Result<()> {
        for upload in store::abandoned(self.base().db.read(), self.base().now()).await? {
            self.forget(upload).await?;
        }
        self.sweep_spools().await?;
        self.sweep_store().await?;
        self.sweep_scratch().await?;
        self.scrub_weekly().await
    }

    /// Removes an upload and its bytes, unless somebody is writing them this moment or has just gone on with it.
    async fn forget(&self, id: UploadId) -> Result<()> {
        let Some(upload) = store::find_upload(self.base().db.read(), id).await? else { return self.clear(id).await };
        let landing = Landing::open(self, &upload).await.map_err(|error| match error {
            TusError::Fault(error) => error,
            other => kernel::Error::broken(other.text().en),
        })?;
        let Some(landing) = landing else { return Ok(()) };
        let tx = self.base().db.begin().await?;
        let left = store::is_left(&tx, id, self.base().now()).await?;
        if left {
            self.give_up(&tx, &upload).await?;
        }
        tx.commit().await?;
        landing.let_go().await?;
        if left { self.clear(id).await } else { Ok(()) }
    }

    /// Files of uploads that are not known: of a process that was killed between two steps.
    async fn sweep_spools(&self) -> Result<()> {
        let mut found: Vec<UploadId> = Vec::new();
        let mut folder = tokio::fs::read_dir(self.uploads()).await?;
        while let Some(entry) = folder.next_entry().await? {
            found.extend(entry.file_name().to_str().and_then(|name| name.parse::<UploadId>().ok()));
        }
        let known = store::known_uploads(self.base().db.read(), &found).await?;
        for orphan in found.into_iter().filter(|id| !known.contains(id)) {
            if Spool::lock(&self.spool(orphan)).await?.is_some() {
                self.clear(orphan).await?;
            }
        }
        Ok(())
    }

    /// The same in the store.
    async fn sweep_store(&self) -> Result<()> {
        let mut found: Vec<UploadId> = Vec::new();
        for key in self.blob().list("uploads").await? {
            let id = key.split('/').nth(1).and_then(|name| uuid::Uuid::try_parse(name).ok());
            found.extend(id.map(UploadId::from));
        }
        found.dedup();
        let known = store::known_uploads(self.base().db.read(), &found).await?;
        for orphan in found.into_iter().filter(|id| !known.contains(id)) {
            self.blob().delete_beneath(&objects_of(orphan), None).await?;
        }
        Ok(())
    }

    /// A conversion holds the lock of its folder; what is not locked belongs to nobody.
    async fn sweep_scratch(&self) -> Result<()> {
        let mut folder = tokio::fs::read_dir(self.scratch()).await?;
        while let Some(entry) = folder.next_entry().await? {
            let lock = entry.path().join(LOCK);
            if tokio::fs::try_exists(&lock).await? && Spool::lock(&lock).await.is_ok_and(|held| held.is_some()) {
                tokio::fs::remove_dir_all(entry.path()).await?;
            }
        }
        Ok(())
    }
}

pub(crate) async fn remove_file(path: &Path) -> Result<()> {
    match tokio::fs::remove_file(path).await {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => Ok(()),
    }
}
