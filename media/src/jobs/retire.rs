//! Clears away the renditions that others have replaced, once nobody can be watching them any more.

use kernel::{Result, id::AssetId};
use platform::Job;

use crate::{Media, store};

pub(super) async fn run(media: &Media, job: &Job) -> Result<()> {
    let asset: AssetId = job.payload()?;
    let base = media.base();
    let tx = base.db.begin().await?;
    let retired = store::retired(&tx, asset).await?;
    let place = store::place(&tx, asset).await?;
    let playlist = place.and_then(|place| place.playlist);
    // What still holds the playlist is not cleared away, whatever its renditions are.
    let gone: Vec<String> = retired.into_iter().filter(|prefix| Some(prefix) != playlist.as_ref()).collect();
    drop(tx);
    // The objects first: a run that is cut off is begun again, and finds the rows that say what is left.
    for prefix in &gone {
        media.blob().delete_beneath(prefix, None).await?;
    }
    let tx = base.db.begin().await?;
    store::retire(&tx, asset).await?;
    store::forget(&tx, &gone).await?;
    tx.commit().await?;
    media.forget_place(asset).await;
    Ok(())
}
