//! What becomes of a file once it has arrived: kept in the object store, looked at, converted when it is a video, made ready or refused with
//! a sentence. May be run again at any time: an attempt writes under a prefix of its own and only the last one may publish.

pub(crate) mod document;
mod video;

use std::path::PathBuf;

use futures::FutureExt;
use kernel::{Error, Event, Result, id::AssetId};
use platform::{Handlers, Job, jobs::ATTEMPTS};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    Media,
    blob::GetRange,
    model::{Purpose, Unfit},
    rules,
    service::{
        original,
        sweep::{LOCK, remove_file},
    },
    spool::Spool,
    store::{self, Made, Place},
};

/// So many first bytes tell every format that we take.
const HEAD: u64 = 4096;

/// Registers this house's jobs.
pub fn handlers(house: &Media, handlers: &mut Handlers) {
    let house = house.clone();
    handlers.outside("media.intake", move |job| {
        let media = house.clone();
        async move { intake(&media, &job).await }.boxed()
    });
}

/// Why an attempt ends early.
enum Stop {
    /// The file's fault: told to the lecturer, not tried again.
    Unfit(Unfit),
    /// Ours: tried again later.
    Fault(Error),
}
impl From<Unfit> for Stop {
    fn from(unfit: Unfit) -> Self {
        Self::Unfit(unfit)
    }
}
impl From<std::io::Error> for Stop {
    fn from(error: std::io::Error) -> Self {
        Self::Fault(error.into())
    }
}
impl From<Error> for Stop {
    fn from(error: Error) -> Self {
        Self::Fault(error)
    }
}

async fn intake(media: &Media, job: &Job) -> Result<()> {
    let Some(attempt) = Attempt::begin(media, job.payload()?).await? else { return Ok(()) };
    // A file that brought the whole process down so often is not tried again.
    let ended = if job.attempts > ATTEMPTS { Err(Unfit::GaveUp.into()) } else { attempt.run().await };
    match ended {
        Ok(()) => Ok(()),
        Err(Stop::Unfit(unfit)) => attempt.refuse(unfit).await,
        Err(Stop::Fault(error)) => {
            if job.attempts >= ATTEMPTS {
                attempt.refuse(Unfit::GaveUp).await?;
            }
            Err(error)
        }
    }
}

/// One try at one asset.
struct Attempt<'a> {
    media: &'a Media,
    asset: AssetId,
    id: Uuid,
    place: Place,
    scratch: TempDir,
    /// Says that `scratch` is in use.
    _lock: Spool,
}

impl<'a> Attempt<'a> {
    /// `None` when there is nothing left to do.
    async fn begin(media: &'a Media, asset: AssetId) -> Result<Option<Self>> {
        let base = media.base();
        let Some(place) = store::place(base.db.read(), asset).await? else { return Ok(None) };
        let id = base.ids.secret();
        let tx = base.db.begin().await?;
        if !store::begin_attempt(&tx, asset, id, base.now()).await? {
            return Ok(None);
        }
        tx.commit().await?;
        media.changed(asset);
        let scratch = tempfile::tempdir_in(media.scratch())?;
        let lock = Spool::lock(&scratch.path().join(LOCK)).await?;
        let lock = lock.ok_or_else(|| Error::broken("somebody sweeps this folder"))?;
        Ok(Some(Self { media, asset, id, place, scratch, _lock: lock }))
    }

    async fn run(&self) -> Result<(), Stop> {
        let object = self.store().await?;
        let head = self.media.blob().get(&object, Some(GetRange::Bounded(0..HEAD)), "").await?.bytes().await?;
        let media_type = rules::accept(self.place.purpose, &head)?;
        let made = match self.place.purpose {
            Purpose::Video => Some(self.convert(&object, &head).await?),
            Purpose::Document => {
                self.document(&object, media_type).await?;
                None
            }
            Purpose::Image => {
                self.picture(&object).await?;
                None
            }
            Purpose::Roster | Purpose::Captions => None,
        };
        self.publish(media_type, made).await?;
        if self.place.purpose == Purpose::Image {
            self.drop_original().await?;
        }
        Ok(())
    }

    /// Sees to it that the file is in the object store.
    async fn store(&self) -> Result<String> {
        if let Some(object) = &self.place.object {
            return Ok(object.clone());
        }
        let file = self.spool().await?.ok_or_else(|| Error::broken("the uploaded file is not on this machine"))?;
        let object = original(self.asset);
        let size = self.media.blob().put_file(&object, &file).await?;
        let tx = self.media.base().db.begin().await?;
        store::set_object(&tx, self.asset, &object, i64::try_from(size)?).await?;
        tx.commit().await?;
        Ok(object)
    }

    /// The file in which the upload gathered, where it is still here.
    async fn spool(&self) -> Result<Option<PathBuf>> {
        let upload = store::find_upload_of(self.media.base().db.read(), self.asset).await?;
        let Some(path) = upload.map(|upload| self.media.spool(upload.id)) else { return Ok(None) };
        Ok(tokio::fs::try_exists(&path).await?.then_some(path))
    }

    async fn publish(&self, media_type: &str, made: Option<Made>) -> Result<()> {
        let base = self.media.base();
        let heard = made.is_some() || self.place.purpose == Purpose::Document;
        let tx = base.db.begin().await?;
        if !store::publish(&tx, self.asset, self.id, media_type, made, base.now()).await? {
            return Err(overtaken());
        }
        if heard {
            base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset: self.asset }).await?;
        }
        self.forget_upload(tx).await
    }

    /// The asset has failed: its bytes are of no use to anybody.
    async fn refuse(&self, unfit: Unfit) -> Result<()> {
        tracing::info!(asset.id = %self.asset, reason = ?unfit, "a file was refused");
        let base = self.media.base();
        let tx = base.db.begin().await?;
        if !store::fail(&tx, self.asset, self.id, unfit.sentence(), base.now()).await? {
            return Err(overtaken());
        }
        self.forget_upload(tx).await?;
        self.media.blob().delete(&original(self.asset)).await?;
        self.media.blob().delete_beneath(&self.prefix_of_all(), None).await
    }

    /// With the end of the intake the upload's own copy goes.
    async fn forget_upload(&self, tx: platform::Tx) -> Result<()> {
        let upload = store::find_upload_of(&tx, self.asset).await?;
        if let Some(upload) = &upload {
            store::delete_upload(&tx, upload.id).await?;
        }
        tx.commit().await?;
        self.media.changed(self.asset);
        match upload {
            Some(upload) => remove_file(&self.media.spool(upload.id)).await,
            None => Ok(()),
        }
    }

    fn prefix_of_all(&self) -> String {
        format!("assets/{}", self.asset.uuid().simple())
    }
    fn prefix(&self) -> String {
        format!("{}/{}", self.prefix_of_all(), self.id.simple())
    }
}

fn overtaken() -> Error {
    Error::broken("a later attempt has taken over")
}
