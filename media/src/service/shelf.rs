//! The media library: finding files, throwing them away, taking them back, and in the end removing their bytes. Who may, and whether a file
//! is still used, is known above this house.

use kernel::{Connection, Millis, Page, Result, id::AssetId};
use platform::Tx;

use super::original;
use crate::{
    Media,
    model::{Asset, Shelf, Status},
    store,
};

const DAY_MS: Millis = 24 * 3_600_000;

impl Media {
    /// Newest first. Unguarded, like [`Media::find`].
    pub async fn shelf(&self, shelf: &Shelf, page: &Page) -> Result<Connection<Asset>> {
        store::shelf(self.base().db.read(), shelf, page).await
    }

    /// False where it is thrown away already. Studies that are under way play on until its bytes go.
    pub async fn throw_away(&self, tx: &Tx, id: AssetId, at: Millis) -> Result<bool> {
        store::throw_away(tx, id, at).await
    }

    pub async fn bring_back(&self, tx: &Tx, id: AssetId) -> Result<()> {
        store::bring_back(tx, id).await
    }

    /// Files that were announced and of which for a day nothing came, nor is any upload of them open.
    pub async fn announced_only(&self) -> Result<Vec<AssetId>> {
        store::announced_only(self.base().db.read(), self.base().now() - DAY_MS).await
    }

    /// Removes a file of which not all bytes have come, with what has; false where they have by now. `even_begun`: also while an upload is open.
    pub async fn forget_announced(&self, id: AssetId, even_begun: bool) -> Result<bool> {
        let tx = self.base().db.begin().await?;
        let Some(asset) = store::lock(&tx, id).await? else { return Ok(true) };
        if asset.status != Status::Uploading {
            return Ok(false);
        }
        let upload = store::find_upload_of(&tx, id).await?;
        if upload.is_some() && !even_begun {
            return Ok(false);
        }
        if let Some(upload) = &upload {
            self.give_up(&tx, upload).await?;
        }
        store::erase(&tx, id).await?;
        tx.commit().await?;
        self.changed(id);
        match upload {
            Some(upload) => self.clear(upload.id).await.map(|()| true),
            None => Ok(true),
        }
    }

    /// Removes a thrown away file for good: first its row, so that nobody finds it half gone, then its objects. May be run again.
    pub async fn erase(&self, id: AssetId) -> Result<()> {
        let tx = self.base().db.begin().await?;
        let seals: Vec<String> = store::seals_of(&tx, id).await?.into_iter().map(|seal| seal.key).collect();
        store::forget(&tx, &seals).await?;
        store::erase(&tx, id).await?;
        tx.commit().await?;
        self.forget_place(id).await;
        self.blob().delete(&original(id)).await?;
        self.blob().delete_beneath(&format!("assets/{}", id.uuid().simple()), None).await
    }
}
