//! Media: files come in by resumable uploads, are kept in the object store, and videos become HLS renditions that a player reads under a
//! signed path. This house knows bytes and formats; who may see which lesson is decided above it.
//!
//! HTTP is the gate's: everything here is a plain async method. Jobs: `media.intake` (outside, lane = asset).

pub mod blob;
mod ffmpeg;
mod hls;
pub mod jobs;
mod model;
mod rules;
mod service;
mod spool;
mod store;
mod tables;
#[cfg(feature = "testing")]
pub mod testing;
mod token;

#[cfg(test)]
mod tests;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use kernel::{Result, id::AssetId};
use platform::Base;
use tokio::sync::broadcast;

pub use blob::{Blob, GetRange, Object, S3Config, StoreConfig};
pub use model::{Asset, Checksum, Purpose, Rendition, Shelf, Status, TusError, Unfit, Upload, UploadId};
pub use rules::size_limit;
pub use service::WHOLE_LIMIT;
pub use token::{Expired, Forged, Rejected};

/// Where bytes are kept and which programs work on them.
#[derive(Clone)]
pub struct Config {
    pub store: StoreConfig,
    /// Uploads in progress and ffmpeg's scratch; on a local disk with room for the largest video.
    pub work_dir: PathBuf,
    /// Name or path of the program.
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    /// From which the keys of the signed paths are derived.
    pub secret: [u8; 32],
}

impl Default for Config {
    /// Everything in memory but ffmpeg's scratch; no secret yet.
    fn default() -> Self {
        Self {
            store: StoreConfig::Memory,
            work_dir: std::env::temp_dir(),
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            secret: [0; 32],
        }
    }
}

/// The front door.
#[derive(Clone)]
pub struct Media(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub base: Base,
    pub blob: Blob,
    pub tools: ffmpeg::run::Tools,
    pub work_dir: PathBuf,
    pub keys: token::Keys,
    /// Rings with the id of each asset that changed in this process.
    pub changes: broadcast::Sender<AssetId>,
    /// Where a ready asset's objects lie: that never changes, and every segment asks.
    pub places: moka::future::Cache<AssetId, Arc<store::Place>>,
    /// What each segment of a rendition shows, by asset and rendition: that never changes either.
    pub timelines: moka::future::Cache<(AssetId, String), Arc<Timeline>>,
}

/// Milliseconds that each segment file shows.
pub(crate) type Timeline = std::collections::HashMap<String, (i64, i64)>;

impl Media {
    /// Opens the store and makes the folders that it needs.
    pub async fn open(base: Base, config: Config) -> Result<Self> {
        for folder in ["uploads", "scratch"] {
            tokio::fs::create_dir_all(config.work_dir.join(folder)).await?;
        }
        let work_dir = tokio::fs::canonicalize(&config.work_dir).await?;
        let places = moka::future::Cache::builder().max_capacity(4096).time_to_idle(Duration::from_secs(3600)).build();
        Ok(Self(Arc::new(Inner {
            base,
            blob: Blob::open(&config.store)?,
            tools: ffmpeg::run::Tools::find(config.ffmpeg, config.ffprobe),
            work_dir,
            keys: token::Keys::derive(&config.secret),
            changes: broadcast::channel(256).0,
            places,
            timelines: moka::future::Cache::builder()
                .max_capacity(4096)
                .time_to_idle(Duration::from_secs(3600))
                .build(),
        })))
    }

    /// The object store, for other files of the school (exports, backups). Keys must be unique by construction; `assets/` and `originals/` are ours.
    pub fn blob(&self) -> &Blob {
        &self.0.blob
    }

    fn uploads(&self) -> PathBuf {
        self.0.work_dir.join("uploads")
    }
    fn spool(&self, upload: UploadId) -> PathBuf {
        self.uploads().join(upload.to_string())
    }
    fn scratch(&self) -> PathBuf {
        self.0.work_dir.join("scratch")
    }
    fn base(&self) -> &Base {
        &self.0.base
    }
    /// Tells watchers in this process; those of others look once a second. Nobody listening is no fault.
    fn changed(&self, asset: AssetId) {
        drop(self.0.changes.send(asset));
    }
}

/// Flushes the names in a folder to disk.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}
