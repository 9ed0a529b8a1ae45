//! Deletes what a finished asset keeps no longer: the file of a picture as it came, all of a file that was refused. Left with the very change
//! that makes it so, and done until it is done.

use kernel::{Result, id::AssetId};
use platform::Job;

use crate::{
    Media,
    model::Status,
    service::original,
    store::{self, Place},
};

pub(super) async fn run(media: &Media, job: &Job) -> Result<()> {
    let asset: AssetId = job.payload()?;
    let Some(Place { object, status, .. }) = store::place(media.base().db.read(), asset).await? else { return Ok(()) };
    media.forget_place(asset).await;
    if object.is_none() && matches!(status, Status::Ready | Status::Failed) {
        media.blob().delete(&original(asset)).await?;
    }
    if status == Status::Failed {
        media.blob().delete_beneath(&format!("assets/{}", asset.uuid().simple()), None).await?;
    }
    Ok(())
}
