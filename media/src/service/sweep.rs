//! Sweeping up what was left behind: uploads that nobody finished, files of uploads that no longer exist, scratch of a killed process.

use std::path::Path;

use kernel::Result;

use crate::{Media, model::UploadId, spool::Spool, store};

/// The file whose lock says that a folder of scratch is in use.
pub(crate) const LOCK: &str = "lock";

impl Media {
    /// To be called once in a while; the gate does so every hour.
    pub async fn sweep(&self) -> Result<()> {
        for upload in store::abandoned(self.base().db.read(), self.base().now()).await? {
            self.forget(upload).await?;
        }
        self.sweep_spools().await?;
        self.sweep_scratch().await?;
        self.scrub_weekly().await
    }

    /// Removes an upload and its bytes, unless somebody is writing them this moment or has just gone on with it.
    async fn forget(&self, upload: UploadId) -> Result<()> {
        let path = self.spool(upload);
        let Some(_held) = Spool::lock(&path).await? else { return Ok(()) };
        let tx = self.base().db.begin().await?;
        let gone = store::delete_abandoned(&tx, upload, self.base().now()).await?;
        tx.commit().await?;
        if gone { remove_file(&path).await } else { Ok(()) }
    }

    async fn sweep_spools(&self) -> Result<()> {
        let mut found: Vec<UploadId> = Vec::new();
        let mut folder = tokio::fs::read_dir(self.uploads()).await?;
        while let Some(entry) = folder.next_entry().await? {
            found.extend(entry.file_name().to_str().and_then(|name| name.parse::<UploadId>().ok()));
        }
        let known = store::known_uploads(self.base().db.read(), &found).await?;
        for orphan in found.into_iter().filter(|id| !known.contains(id)) {
            self.forget(orphan).await?;
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
