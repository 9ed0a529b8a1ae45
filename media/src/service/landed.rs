//! What becomes of the bytes of an upload: made into the object, or thrown away. And whether there is room for more.

use std::path::{Path, PathBuf};

use futures::StreamExt;
use kernel::{
    Result, Role, Viewer,
    id::{AssetId, PersonId},
};
use platform::{
    Tx,
    jobs::{self as queue, NewJob},
};
use serde::{Deserialize, Serialize};

use super::{original, sweep::remove_file};
use crate::{
    Media,
    blob::Known,
    jobs::DISCARD,
    landing::objects_of,
    model::{Space, TusError, Upload, UploadId},
    store,
};

/// An upload whose parts nobody needs any more.
#[derive(Serialize, Deserialize)]
pub(crate) struct Discard {
    upload: UploadId,
    key: String,
    multipart: Option<String>,
}

impl Media {
    /// How much the viewer keeps here, and may keep.
    pub async fn space(&self, viewer: &Viewer) -> Result<Space> {
        if !viewer.has(Role::Lecturer) {
            viewer.must(Role::Admin)?;
        }
        let read = self.base().db.read();
        let used = store::kept_by(read, viewer.person).await? + store::coming_from(read, viewer.person).await?.0;
        Ok(Space { used, quota: self.0.limits.quota })
    }

    /// Whether a file of so many bytes may begin: within the person's share, and on the disk beside what others have announced.
    pub(crate) async fn has_room(&self, tx: &Tx, owner: PersonId, length: u64) -> Result<(), TusError> {
        let limits = &self.0.limits;
        let (coming, uploads) = store::coming_from(tx, owner).await?;
        if uploads >= limits.open {
            return Err(TusError::Crowded);
        }
        let used = store::kept_by(tx, owner).await? + coming;
        if limits.quota.is_some_and(|quota| used + length > quota) {
            return Err(TusError::Quota(Space { used, quota: limits.quota }));
        }
        if self.gathers_in_store() {
            return Ok(());
        }
        let wanted = store::still_to_come(tx).await?.saturating_add(length).saturating_add(limits.reserve);
        let free = free(&self.uploads()).map_err(kernel::Error::from)?;
        if free < wanted { Err(TusError::Full) } else { Ok(()) }
    }

    /// Makes the object of a complete upload, once or again; answers its size.
    pub(crate) async fn gather(&self, asset: AssetId, object: &str) -> Result<u64> {
        let lost = || kernel::Error::broken("the bytes of an upload are gone");
        let read = self.base().db.read();
        let upload = store::find_upload_of(read, asset).await?.ok_or_else(lost)?;
        if let Some(file) = self.gathered(&upload).await? {
            return self.blob().adopt(object, &file).await;
        }
        if let Some(multipart) = store::multipart(read, upload.id).await? {
            let pieces = store::pieces(read, upload.id).await?;
            let parts = pieces.into_iter().filter(|piece| piece.part.is_some()).map(|piece| piece.mark).collect();
            if self.blob().join_parts(object, &multipart, parts).await? == Known::Yes(()) {
                return Ok(upload.length);
            }
        }
        // An earlier attempt may have made it and not lived to say so.
        let made = self.blob().size(object).await?.filter(|size| *size == upload.length);
        made.ok_or_else(lost)
    }

    /// The file in which a complete upload gathered, where it is on this machine.
    pub(crate) async fn gathered(&self, upload: &Upload) -> Result<Option<PathBuf>> {
        let file = self.spool(upload.id);
        match tokio::fs::metadata(&file).await {
            Ok(told) => Ok((told.len() == upload.length).then_some(file)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Forgets an upload. Its parts in the store go later, by a job that is written down with it; [`Media::clear`] removes its file.
    pub(crate) async fn give_up(&self, tx: &Tx, upload: &Upload) -> Result<()> {
        self.leave_discard(tx, upload).await?;
        store::delete_upload(tx, upload.id).await
    }

    /// The file is taken in, its parts are of no use any more. That it came to its end is known for a day longer: whoever did not hear the last
    /// answer asks again.
    pub(crate) async fn end_upload(&self, tx: &Tx, upload: &Upload) -> Result<()> {
        self.leave_discard(tx, upload).await?;
        store::end_upload(tx, upload.id).await
    }

    async fn leave_discard(&self, tx: &Tx, upload: &Upload) -> Result<()> {
        let multipart = store::multipart(tx, upload.id).await?;
        if multipart.is_none() && store::pieces(tx, upload.id).await?.is_empty() {
            return Ok(());
        }
        let lane = upload.id.to_string();
        let new = NewJob { kind: DISCARD, lane, key: None, outside: true, run_at: self.base().now() };
        queue::add(tx, new, &Discard { upload: upload.id, key: original(upload.asset), multipart }).await
    }

    pub(crate) async fn clear(&self, upload: UploadId) -> Result<()> {
        remove_file(&self.spool(upload)).await
    }

    pub(crate) async fn discard(&self, what: Discard) -> Result<()> {
        if let Some(multipart) = &what.multipart {
            self.blob().drop_parts(&what.key, multipart).await?;
        }
        self.blob().delete_beneath(&objects_of(what.upload), None).await
    }

    /// Objects whose bytes lie elsewhere by now. What stays because the store is away goes with the upload.
    pub(crate) async fn clear_away(&self, keys: Vec<String>) {
        futures::stream::iter(keys)
            .for_each_concurrent(8, |key| async move {
                if let Err(error) = self.blob().delete(&key).await {
                    tracing::warn!(%error, key, "a spent piece of an upload stays for now");
                }
            })
            .await;
    }
}

/// Bytes that this program may still write to the volume of a folder.
pub fn free(folder: &Path) -> std::io::Result<u64> {
    let volume = rustix::fs::statvfs(folder)?;
    Ok(volume.f_bavail.saturating_mul(volume.f_frsize))
}
