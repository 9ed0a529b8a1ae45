//! The media library: finding files, throwing them away, taking them back, and in the end removing their bytes. Who may, and whether a file
//! is still used, is known above this house.

use kernel::{Connection, Millis, Page, Result, id::AssetId};
use platform::Tx;

use super::original;
use crate::{
    Media,
    model::{Asset, Shelf},
    store,
};

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
