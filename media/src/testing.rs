//! For the tests of the houses above: a house on a store in memory, and videos that play without ffmpeg.

pub mod files;

use std::path::Path;

use kernel::{
    Event, Result,
    id::{AssetId, PersonId},
};
use platform::Base;
use sha2::{Digest, Sha256};

use crate::{
    Config, Media,
    ffmpeg::{
        ladder::{self, Plan},
        probe,
    },
    hls::{self, Variant},
    jobs::hex,
    model::{Entry, List, Purpose, Rendition},
    rules::container,
    store::{self, Made},
};

/// A house on a store in memory; `folder` is for uploads and scratch.
pub async fn media(base: &Base, folder: &Path) -> Result<Media> {
    Media::open(base.clone(), Config { work_dir: folder.join("work"), secret: [7; 32], ..Config::default() }).await
}

/// One ffmpeg command that makes what the house makes of a video, and the folders that it writes into.
pub struct Bare {
    pub arguments: Vec<String>,
    pub folders: Vec<String>,
}

/// To be measured beside the house: no sandbox, no store, no database.
pub async fn bare(source: &Path) -> Result<Bare> {
    let broken = |unfit: crate::Unfit| kernel::Error::broken(unfit.sentence());
    let head: Vec<u8> = tokio::fs::read(source).await?.into_iter().take(4096).collect();
    let container = container::accept(&head).map_err(broken)?;
    let name = source.to_str().ok_or_else(|| kernel::Error::broken("the source's name is not UTF-8"))?;
    let mut command = tokio::process::Command::new("ffprobe");
    let probed = command.args(probe::arguments(container, name)).output().await?;
    let probe = probe::judge(&probed.stdout).map_err(broken)?;
    let plan = Plan { rungs: ladder::rungs(&probe.picture), copied: None };
    let folders = plan.rungs.iter().map(|rung| rung.name.clone()).chain([ladder::SOUND.to_owned()]).collect();
    Ok(Bare { arguments: ladder::arguments(container, name, &probe, &plan), folders })
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
    let mut files = Vec::new();
    for (name, text) in objects {
        let (size, sha256) = (text.len() as u64, hex(&Sha256::digest(text.as_bytes())));
        files.push(Entry { name: name.to_owned(), size, sha256 });
        media.blob().put(&format!("{playlist}/{name}"), text.into()).await?;
    }
    let seal = media.put_list(&playlist, List::new(files)).await?;
    let tx = base.db.begin().await?;
    store::insert(&tx, &asset, None).await?;
    store::begin_attempt(&tx, asset.id, attempt, base.now()).await?;
    let made = Made { playlist, duration_ms, renditions: vec![rendition], poster: Some("poster.jpg".to_owned()), seal };
    store::publish(&tx, asset.id, attempt, "video/mp4", Some(made), base.now()).await?;
    base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset: asset.id }).await?;
    tx.commit().await?;
    Ok(asset.id)
}
