//! For the tests of the houses above: a house on a store in memory, and videos that play without ffmpeg.

pub mod files;

use std::path::Path;

use kernel::{
    Event, Result,
    id::{AssetId, PersonId},
};
use platform::Base;

use crate::{
    Config, Media,
    hls::{self, Variant},
    model::{Purpose, Rendition},
    store::{self, Made},
};

/// A house on a store in memory; `folder` is for uploads and scratch.
pub async fn media(base: &Base, folder: &Path) -> Result<Media> {
    Media::open(base.clone(), Config { work_dir: folder.join("work"), secret: [7; 32], ..Config::default() }).await
}

/// A video of so many milliseconds, ready, with one rendition of one segment; announced like a real one.
pub async fn ready_video(media: &Media, owner: PersonId, duration_ms: i64) -> Result<AssetId> {
    let base = media.base();
    let asset = media.announced(owner, "video.mp4".to_owned(), Purpose::Video, crate::Status::Queued);
    let attempt = base.ids.secret();
    let playlist = format!("assets/{}/{}", asset.id.uuid().simple(), attempt.simple());
    let rendition = Rendition { name: "360p".to_owned(), width: 640, height: 360, bitrate: 400_000 };
    let variant =
        Variant { rendition: rendition.clone(), average: 400_000, codecs: "avc1.64001e,mp4a.40.2".to_owned() };
    let seconds = format!("{}.{:03}", duration_ms / 1000, duration_ms % 1000);
    let index = format!("#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:{seconds},\nseg-00001.m4s\n#EXT-X-ENDLIST\n");
    let objects = [
        ("master.m3u8", hls::master(&[variant])),
        ("360p/index.m3u8", index),
        ("360p/init.mp4", "init".to_owned()),
        ("360p/seg-00001.m4s", "segment".to_owned()),
        ("poster.jpg", "still".to_owned()),
    ];
    for (name, text) in objects {
        media.blob().put(&format!("{playlist}/{name}"), text.into()).await?;
    }
    let tx = base.db.begin().await?;
    store::insert(&tx, &asset, None).await?;
    store::begin_attempt(&tx, asset.id, attempt, base.now()).await?;
    let made = Made { playlist, duration_ms, renditions: vec![rendition], poster: Some("poster.jpg".to_owned()) };
    store::publish(&tx, asset.id, attempt, "video/mp4", Some(made), base.now()).await?;
    base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset: asset.id }).await?;
    tx.commit().await?;
    Ok(asset.id)
}
