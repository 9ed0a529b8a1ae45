//! Media: files come in by resumable uploads, are kept in the object store, and videos become HLS renditions that a player reads under a
//! signed path. This house knows bytes and formats; who may see which lesson is decided above it.
//!
//! HTTP is the gate's: everything here is a plain async method. Jobs: `media.intake`, `media.ladder`, `media.retire`, `media.tidy` (outside, lane =
//! asset), `media.discard` and `media.scrub`.

pub mod blob;
mod document;
mod ffmpeg;
mod hls;
pub mod jobs;
mod landing;
mod model;
mod picture;
mod recognise;
mod rules;
mod service;
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

use ffmpeg::sandbox::Sandbox;
use kernel::{Result, id::AssetId};
use platform::Base;
use tokio::sync::{Semaphore, broadcast};

pub use blob::{Blob, GetRange, Object, S3Config, StoreConfig};
pub use model::{
    Asset, Checksum, Fault, Found, Picture, Purpose, Rendition, Scrub, Shelf, Space, Status, TusError, Unfit, Upload,
    UploadId, Wrong,
};
pub use recognise::{Heard, Recogniser};
pub use rules::size_limit;
pub use service::{WHOLE_LIMIT, free};
pub use token::{Expired, Forged, Rejected};

/// Further renditions that another process made are seen so much later.
const PLACE_LIFE: Duration = Duration::from_secs(60);

/// With less scratch space than this a program's failure is the disk's.
const CRAMPED: u64 = 1 << 20;

/// Where bytes are kept and which programs work on them.
#[derive(Clone)]
pub struct Config {
    pub store: StoreConfig,
    /// Uploads in progress and ffmpeg's scratch; on a local disk with room for the largest video.
    pub work_dir: PathBuf,
    /// Name or path of the program.
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    /// Whether they run in a sandbox where the machine allows.
    pub sandbox: bool,
    /// What turns speech into captions; none where the school has set none.
    pub recogniser: Option<Recogniser>,
    /// From which the keys of the signed paths are derived.
    pub secret: [u8; 32],
    pub limits: Limits,
}

/// What uploads may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Bytes of one person's files; none for no limit.
    pub quota: Option<u64>,
    /// Uploads that one person has begun and not ended.
    pub open: u64,
    /// Bytes that stay free on the volume where uploads gather.
    pub reserve: u64,
    /// Requests that are received at once, of all people; each takes some 10 MiB where objects lie in S3.
    pub at_once: usize,
    /// Uploads gather in the store also where that is no S3: for tests.
    pub in_store: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self { quota: Some(200 << 30), open: 50, reserve: 2 << 30, at_once: 64, in_store: false }
    }
}

impl Default for Config {
    /// Everything in memory but ffmpeg's scratch; no secret yet.
    fn default() -> Self {
        Self {
            store: StoreConfig::Memory,
            work_dir: std::env::temp_dir(),
            ffmpeg: "ffmpeg".into(),
            ffprobe: "ffprobe".into(),
            sandbox: true,
            recogniser: None,
            secret: [0; 32],
            limits: Limits::default(),
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
    pub recogniser: Option<Recogniser>,
    pub work_dir: PathBuf,
    /// The folder of the object store, where it is one.
    pub objects: Option<PathBuf>,
    pub keys: token::Keys,
    pub limits: Limits,
    /// Places for requests that bring bytes.
    pub receiving: Arc<Semaphore>,
    /// Rings with the id of each asset that changed in this process.
    pub changes: broadcast::Sender<AssetId>,
    /// Where a ready asset's objects lie: every segment asks, and it changes at most once or twice.
    pub places: moka::future::Cache<AssetId, Arc<store::Place>>,
    /// What players ask for again and again.
    pub warm: service::warm::Warm,
    /// What each segment of a rendition shows, by asset and rendition: that never changes either.
    pub timelines: moka::future::Cache<(AssetId, String), Arc<Timeline>>,
}

/// Milliseconds that each segment file shows.
pub(crate) type Timeline = std::collections::HashMap<String, (i64, i64)>;

impl Media {
    /// Opens the store and makes the folders that it needs.
    pub async fn open(base: Base, config: Config) -> Result<Self> {
        let blob = Blob::open(&config.store)?;
        Self::on(base, config, blob).await
    }

    /// On a store that is open already.
    pub(crate) async fn on(base: Base, config: Config, blob: Blob) -> Result<Self> {
        for folder in ["uploads", "scratch"] {
            tokio::fs::create_dir_all(config.work_dir.join(folder)).await?;
        }
        let work_dir = tokio::fs::canonicalize(&config.work_dir).await?;
        let in_store = config.limits.in_store || matches!(config.store, StoreConfig::S3(_));
        let limits = Limits { in_store, ..config.limits };
        let places = moka::future::Cache::builder().max_capacity(4096).time_to_live(PLACE_LIFE).build();
        let objects = match &config.store {
            StoreConfig::Folder(folder) => Some(std::path::absolute(folder)?),
            StoreConfig::S3(_) | StoreConfig::Memory => None,
        };
        let sandbox =
            if config.sandbox { Sandbox::of_this_machine().clone() } else { Sandbox::Bare("switched off".to_owned()) };
        Ok(Self(Arc::new(Inner {
            base,
            blob,
            tools: ffmpeg::run::Tools::find(config.ffmpeg, config.ffprobe, sandbox),
            recogniser: config.recogniser,
            work_dir,
            objects,
            keys: token::Keys::derive(&config.secret),
            limits,
            receiving: Arc::new(Semaphore::new(limits.at_once)),
            changes: broadcast::channel(256).0,
            places,
            warm: service::warm::warm(),
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

    fn gathers_in_store(&self) -> bool {
        self.0.limits.in_store
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
    /// Whether programs can hardly write any more.
    fn is_cramped(&self) -> bool {
        free(&self.scratch()).is_ok_and(|free| free < CRAMPED)
    }
    /// The file of an object, where the store is a folder of this machine.
    fn local(&self, key: &str) -> Option<PathBuf> {
        self.0.objects.as_ref().map(|folder| folder.join(key)).filter(|file| file.is_file())
    }
    fn base(&self) -> &Base {
        &self.0.base
    }
    /// Tells watchers in this process; those of others look once a second. Nobody listening is no fault.
    fn changed(&self, asset: AssetId) {
        drop(self.0.changes.send(asset));
    }
}

/// Where conversions run in a sandbox: the program that makes it; else why they do not. For `doctor`.
pub fn sandbox() -> Result<PathBuf, String> {
    match Sandbox::of_this_machine() {
        Sandbox::Bubblewrap(path) => Ok(path.clone()),
        Sandbox::Bare(why) => Err(why.clone()),
    }
}

/// Flushes the names in a folder to disk.
fn sync_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::File::open(folder)?.sync_all()
}
