//! One try at one asset: where it works, what it reads from, and how it ends.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use futures::TryStreamExt;
use kernel::{Error, Event, Result, id::AssetId};
use platform::{
    Tx,
    jobs::{self, NewJob},
};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use super::{INTAKE, LADDER, RETIRE, Step, Stop};
use crate::{
    Media,
    blob::GetRange,
    ffmpeg::{
        boxes,
        probe::{self, Probe},
        run::Outcome,
        sandbox::Room,
    },
    landing::Spool,
    model::{Purpose, Status, Unfit},
    rules::{self, Container, container},
    service::{original, sweep::LOCK},
    store::{self, Made, Place},
};

/// So many first bytes tell every format that we take.
const HEAD: u64 = 4096;
const PROBE_TIME: Duration = Duration::from_secs(20);
/// What is put off is looked at again so much later.
const LATER_MS: i64 = 300_000;
/// Nobody reads what was replaced so much later: a study's path lives for twelve hours.
const RETIRED_MS: i64 = 13 * 3_600_000;

pub(super) struct Attempt<'a> {
    pub media: &'a Media,
    pub asset: AssetId,
    pub id: Uuid,
    pub place: Place,
    scratch: TempDir,
    /// Says that `scratch` is in use.
    _lock: Spool,
}

/// A video that may be converted, as a file of this machine.
pub(super) struct Source {
    pub path: PathBuf,
    /// Its name as the programs see it.
    pub name: String,
    pub container: Container,
    pub size: u64,
    pub probe: Probe,
}

impl<'a> Attempt<'a> {
    /// `None` when there is nothing left to do.
    pub async fn begin(media: &'a Media, asset: AssetId) -> Result<Option<Self>> {
        let base = media.base();
        let id = base.ids.secret();
        let tx = base.db.begin().await?;
        if !store::begin_attempt(&tx, asset, id, base.now()).await? {
            return Ok(None);
        }
        let Some(place) = store::place(&tx, asset).await? else { return Ok(None) };
        tx.commit().await?;
        media.changed(asset);
        let scratch = tempfile::tempdir_in(media.scratch())?;
        let lock = Spool::lock(&scratch.path().join(LOCK)).await?;
        let lock = lock.ok_or_else(|| Error::broken("somebody sweeps this folder"))?;
        tokio::fs::create_dir(scratch.path().join("out")).await?;
        Ok(Some(Self { media, asset, id, place, scratch, _lock: lock }))
    }

    pub async fn intake(&self) -> Result<(), Stop> {
        if self.place.purpose == Purpose::Video {
            return self.video().await;
        }
        let object = self.store().await?;
        let head = self.media.blob().get(&object, Some(GetRange::Bounded(0..HEAD)), "").await?.bytes().await?;
        let media_type = rules::accept(self.place.purpose, &head)?;
        match self.place.purpose {
            Purpose::Image => {
                self.picture(&object).await?;
                self.publish(media_type, None).await?;
                return Ok(self.drop_original().await?);
            }
            Purpose::Document => self.document(&object, media_type).await?,
            Purpose::Video | Purpose::Roster | Purpose::Captions => {}
        }
        self.seal(&object).await?;
        self.publish(media_type, None).await
    }

    /// What can be played as it is plays now; the rest is left to a longer job.
    async fn video(&self) -> Result<(), Stop> {
        if self.place.status != Status::Ready {
            let source = self.source().await?;
            self.early(&source).await?;
        }
        self.store().await?;
        let tx = self.media.base().db.begin().await?;
        self.leave(&tx, LADDER, 0).await?;
        Ok(tx.commit().await?)
    }

    /// Where the programs write.
    pub fn out(&self) -> PathBuf {
        self.scratch.path().join("out")
    }

    pub fn room<'r>(&self, folder: &'r Path, source: &'r Source) -> Room<'r> {
        Room { folder, source: &source.path }
    }

    /// Sees to it that the file is in the object store.
    pub async fn store(&self) -> Result<String> {
        if let Some(object) = &self.place.object {
            return Ok(object.clone());
        }
        let object = original(self.asset);
        let size = self.media.gather(self.asset, &object).await?;
        let tx = self.media.base().db.begin().await?;
        store::set_object(&tx, self.asset, &object, i64::try_from(size)?).await?;
        tx.commit().await?;
        Ok(object)
    }

    /// The file in which the upload gathered, where it is still here.
    async fn spool(&self) -> Result<Option<PathBuf>> {
        let upload = store::find_upload_of(self.media.base().db.read(), self.asset).await?;
        match upload {
            Some(upload) => self.media.gathered(&upload).await,
            None => Ok(None),
        }
    }

    /// A local file to read from: the upload's own, the store's, else fetched.
    pub async fn local(&self) -> Result<PathBuf> {
        if let Some(path) = self.spool().await? {
            return Ok(path);
        }
        let object = self.store().await?;
        match self.media.local(&object) {
            Some(path) => Ok(path),
            None => self.fetch(&object).await,
        }
    }

    /// The same, sniffed and probed.
    pub async fn source(&self) -> Result<Source, Stop> {
        let path = self.local().await?;
        let looked = path.clone();
        let look = move || -> std::io::Result<_> {
            use std::io::Read;
            let (file, mut head) = (std::fs::File::open(&looked)?, Vec::new());
            let size = file.metadata()?.len();
            file.take(HEAD).read_to_end(&mut head)?;
            let container = match container::accept(&head) {
                Ok(Container::Mov) => boxes::check(&looked)?.map(|()| Container::Mov),
                other => other,
            };
            Ok((container, size))
        };
        let (container, size) = tokio::task::spawn_blocking(look).await.map_err(Error::from)??;
        let container = container?;
        let name = self.media.0.tools.sandbox.inside(&path)?;
        let probe = self.probe(container, &path, &name).await?;
        Ok(Source { path, name, container, size, probe })
    }

    async fn fetch(&self, object: &str) -> Result<PathBuf> {
        let path = self.scratch.path().join("source");
        let mut file = tokio::fs::File::create(&path).await?;
        let mut stream = self.media.blob().get(object, None, "").await?.stream;
        while let Some(bytes) = stream.try_next().await? {
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        Ok(path)
    }

    async fn probe(&self, container: Container, source: &Path, name: &str) -> Result<Probe, Stop> {
        let (tools, out) = (&self.media.0.tools, self.out());
        let arguments = probe::arguments(container, name);
        let room = Room { folder: &out, source };
        match tools.read(&tools.ffprobe, &arguments, room, PROBE_TIME).await? {
            Outcome::Done(json) => Ok(probe::judge(&json)?),
            Outcome::Killed => Err(Stop::Killed),
            Outcome::Failed(said) if said.contains("not on whitelist") => Err(Unfit::UnknownCodec.into()),
            Outcome::Failed(_) | Outcome::TimedOut => Err(Unfit::Broken.into()),
        }
    }

    pub async fn publish(&self, media_type: &str, made: Option<Made>) -> Result<(), Stop> {
        let base = self.media.base();
        let heard = made.is_some() || self.place.purpose == Purpose::Document;
        let first = heard && self.place.status != Status::Ready;
        let tx = base.db.begin().await?;
        if !store::publish(&tx, self.asset, self.id, media_type, made, base.now()).await? {
            return Err(Stop::Overtaken);
        }
        if first {
            base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset: self.asset }).await?;
        }
        if !store::retired(&tx, self.asset).await?.is_empty() {
            self.leave(&tx, RETIRE, RETIRED_MS).await?;
        }
        Ok(self.forget_upload(tx).await?)
    }

    /// Playable before all of it is there; the upload stays until then.
    pub async fn publish_early(&self, media_type: &str, made: Made) -> Result<(), Stop> {
        let base = self.media.base();
        let tx = base.db.begin().await?;
        if !store::publish_early(&tx, self.asset, self.id, media_type, made, base.now()).await? {
            return Err(Stop::Overtaken);
        }
        base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset: self.asset }).await?;
        tx.commit().await?;
        self.media.forget_place(self.asset).await;
        self.media.changed(self.asset);
        Ok(())
    }

    /// Leaves the next step of this asset.
    async fn leave(&self, tx: &Tx, kind: &str, wait: i64) -> Result<()> {
        let (run_at, asset) = (self.media.base().now() + wait, self.asset);
        // What comes in half a day holds up nobody.
        let lane = if kind == RETIRE { format!("{RETIRE}/{asset}") } else { asset.to_string() };
        jobs::add(tx, NewJob { kind, lane, key: None, outside: true, run_at }, &asset).await
    }

    /// The machine cannot do it now, and the file is not to blame: nothing is lost, and it is tried again until it works.
    pub async fn put_off(&self, step: Step, error: &Error) -> Result<()> {
        tracing::error!(asset.id = %self.asset, %error, "a file cannot be converted for now; trying again in five minutes");
        let base = self.media.base();
        let tx = base.db.begin().await?;
        store::put_off(&tx, self.asset, self.id, base.now()).await?;
        self.leave(&tx, if step == Step::Intake { INTAKE } else { LADDER }, LATER_MS).await?;
        tx.commit().await?;
        self.media.changed(self.asset);
        Ok(())
    }

    /// The asset has failed: its bytes are of no use to anybody. One that plays goes on playing as it is.
    pub async fn refuse(&self, unfit: Unfit) -> Result<()> {
        tracing::info!(asset.id = %self.asset, reason = ?unfit, "a file was refused");
        let base = self.media.base();
        let tx = base.db.begin().await?;
        if self.place.status == Status::Ready {
            store::give_up(&tx, self.asset, self.id, base.now()).await?;
            return self.forget_upload(tx).await;
        }
        if !store::fail(&tx, self.asset, self.id, unfit.sentence(), base.now()).await? {
            return Ok(());
        }
        let keys: Vec<String> = store::seals_of(&tx, self.asset).await?.into_iter().map(|seal| seal.key).collect();
        store::forget(&tx, &keys).await?;
        self.forget_upload(tx).await?;
        self.media.blob().delete(&original(self.asset)).await?;
        self.media.blob().delete_beneath(&self.prefix_of_all(), None).await
    }

    /// With the end of the intake the upload's own copy goes.
    async fn forget_upload(&self, tx: Tx) -> Result<()> {
        let upload = store::find_upload_of(&tx, self.asset).await?;
        if let Some(upload) = &upload {
            self.media.end_upload(&tx, upload).await?;
        }
        tx.commit().await?;
        self.media.forget_place(self.asset).await;
        self.media.changed(self.asset);
        match upload {
            Some(upload) => self.media.clear(upload.id).await,
            None => Ok(()),
        }
    }

    pub fn prefix_of_all(&self) -> String {
        format!("assets/{}", self.asset.uuid().simple())
    }
    pub fn prefix(&self) -> String {
        format!("{}/{}", self.prefix_of_all(), self.id.simple())
    }
}
