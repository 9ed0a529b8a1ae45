//! Resumable uploads: the core of tus 1.0.0 with creation, checksum, termination and expiration, beneath HTTP.
//! An acknowledged offset is on disk. Only the owner of an asset may touch its upload; to everybody else there is none.

use std::time::Duration;

use bytes::Bytes;
use futures::{Stream, StreamExt};
use kernel::{Viewer, id::AssetId};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use crate::{
    Media,
    landing::{Landing, Settled},
    model::{Asset, Checksum, Status, TusError, Upload, UploadId},
    rules, store,
};

/// An upload dies so long after its last byte (24 h).
const LIFE_MS: i64 = 24 * 3_600_000;
/// A connection that gives no byte for so long is taken as broken; until then a second one is refused.
const SILENCE: Duration = Duration::from_secs(15);

type Result<T, E = TusError> = std::result::Result<T, E>;

impl Media {
    /// POST to the asset's address. Before the end a second one starts anew; after it, [`TusError::Ended`].
    pub async fn tus_create(&self, viewer: &Viewer, asset: AssetId, length: u64) -> Result<Upload> {
        let tx = self.base().db.begin().await?;
        store::lock_announced(&tx, viewer.person).await?;
        let asset = store::lock(&tx, asset).await?.filter(|a| a.owner == viewer.person).ok_or(TusError::Missing)?;
        if asset.status != Status::Uploading {
            return Err(TusError::Ended);
        }
        if length == 0 {
            return Err(TusError::Empty);
        }
        if length > rules::size_limit(asset.purpose) {
            return Err(TusError::TooLarge);
        }
        let expires_at = self.base().now() + LIFE_MS;
        let new = Upload { id: self.base().id(), asset: asset.id, length, received: 0, expires_at };
        let before = store::find_upload_of(&tx, asset.id).await?;
        if let Some(before) = &before {
            self.give_up(&tx, before).await?;
        }
        self.has_room(&tx, viewer.person, length).await?;
        store::insert_upload(&tx, &new).await?;
        store::set_progress(&tx, asset.id, None, 0.0, self.base().now()).await?;
        tx.commit().await?;
        if let Some(before) = before {
            self.clear(before.id).await?;
        }
        self.changed(asset.id);
        Ok(new)
    }

    /// HEAD: how far the upload is. Answered after the end too, until the file is taken in.
    pub async fn tus_head(&self, viewer: &Viewer, upload: UploadId) -> Result<Upload> {
        Ok(self.own_upload(viewer, upload).await?.0)
    }

    /// PATCH: appends what `body` gives. Answers the upload with its new offset, also when the body broke off: what came is kept, unless a
    /// checksum was to hold for all of it. Runs to its end even when the caller is dropped with its connection.
    pub async fn tus_patch<S, E>(
        &self,
        viewer: &Viewer,
        upload: UploadId,
        offset: u64,
        body: S,
        checksum: Option<Checksum>,
    ) -> Result<Upload>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Send + 'static,
    {
        self.own_upload(viewer, upload).await?;
        let place = self.0.receiving.clone().try_acquire_owned().map_err(|_| TusError::Busy)?;
        let (media, viewer) = (self.clone(), viewer.clone());
        let writing = tokio::spawn(async move {
            let _place = place;
            let (found, asset) = media.own_upload(&viewer, upload).await?;
            if asset.status != Status::Uploading {
                return Err(TusError::Ended);
            }
            let Some(mut landing) = Landing::open(&media, &found).await? else { return Err(TusError::Locked) };
            let ended = media.append(&viewer, (upload, offset), &mut landing, body, checksum).await;
            landing.let_go().await?;
            ended
        });
        writing.await.map_err(|error| TusError::Fault(error.into()))?
    }

    async fn append<S, E>(
        &self,
        viewer: &Viewer,
        (upload, offset): (UploadId, u64),
        landing: &mut Landing,
        body: S,
        checksum: Option<Checksum>,
    ) -> Result<Upload>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        // Read again: another request may have ended between.
        let (found, asset) = self.own_upload(viewer, upload).await?;
        if asset.status != Status::Uploading {
            return Err(TusError::Ended);
        }
        let mut receiving = Receiving::begin(self.clone(), found, landing).await?;
        if receiving.upload.received != offset {
            return Err(TusError::Offset { expected: receiving.upload.received });
        }
        receiving.receive(landing, body, checksum).await?;
        Ok(receiving.upload)
    }

    /// DELETE: gives the upload up; the asset may be uploaded anew.
    pub async fn tus_delete(&self, viewer: &Viewer, upload: UploadId) -> Result<()> {
        let (found, asset) = self.own_upload(viewer, upload).await?;
        if asset.status != Status::Uploading {
            return Err(TusError::Ended);
        }
        let Some(landing) = Landing::open(self, &found).await? else { return Err(TusError::Locked) };
        let ended = self.end(viewer, upload).await;
        landing.let_go().await?;
        ended?;
        Ok(self.clear(upload).await?)
    }

    async fn end(&self, viewer: &Viewer, upload: UploadId) -> Result<()> {
        let (found, asset) = self.own_upload(viewer, upload).await?;
        if asset.status != Status::Uploading {
            return Err(TusError::Ended);
        }
        let tx = self.base().db.begin().await?;
        store::set_progress(&tx, asset.id, None, 0.0, self.base().now()).await?;
        self.give_up(&tx, &found).await?;
        tx.commit().await?;
        self.changed(asset.id);
        Ok(())
    }

    async fn own_upload(&self, viewer: &Viewer, id: UploadId) -> Result<(Upload, Asset)> {
        let upload = store::find_upload(self.base().db.read(), id).await?.ok_or(TusError::Missing)?;
        let asset = self.find(upload.asset).await?.filter(|a| a.owner == viewer.person).ok_or(TusError::Missing)?;
        if asset.status == Status::Uploading && upload.expires_at <= self.base().now() {
            return Err(TusError::Gone);
        }
        Ok((upload, asset))
    }
}

/// One PATCH in hand; `upload.received` is what the database says.
struct Receiving {
    media: Media,
    upload: Upload,
}

impl Receiving {
    async fn begin(media: Media, upload: Upload, landing: &mut Landing) -> Result<Self> {
        let there = landing.rewind(upload.received).await?;
        let mut receiving = Self { media, upload };
        if there < receiving.upload.received {
            // Bytes were lost with a disk; the client goes on from what is left.
            let left = Settled { received: there, pieces: Vec::new(), from: there, spent: Vec::new() };
            receiving.acknowledge(landing, left).await?;
        }
        Ok(receiving)
    }

    async fn receive<S, E>(&mut self, landing: &mut Landing, body: S, checksum: Option<Checksum>) -> Result<()>
    where
        S: Stream<Item = Result<Bytes, E>> + Send,
    {
        let mut body = Box::pin(body);
        let mut sum = checksum.map(Sum::new);
        let mut written = self.upload.received;
        // Over without the end of the body: broken off or silent.
        let whole = loop {
            let bytes = match tokio::time::timeout(SILENCE, body.next()).await {
                Ok(Some(Ok(bytes))) => bytes,
                Ok(None) => break true,
                Ok(Some(Err(_))) | Err(_) => break false,
            };
            written += bytes.len() as u64;
            if written > self.upload.length {
                return Err(TusError::TooLarge);
            }
            landing.write(&bytes).await?;
            if let Some(sum) = &mut sum {
                sum.add(&bytes);
            } else if let Some(settled) = landing.settle_some().await? {
                self.acknowledge(landing, settled).await?;
            }
        };
        if sum.is_some_and(|sum| !(whole && sum.matches())) {
            return Err(TusError::Checksum);
        }
        if written == self.upload.received {
            return Ok(());
        }
        let settled = landing.settle(written == self.upload.length).await?;
        self.acknowledge(landing, settled).await
    }

    /// Moves the offset; with the last byte the asset is queued and its intake written down in the same transaction.
    async fn acknowledge(&mut self, landing: &Landing, settled: Settled) -> Result<()> {
        let Self { media, upload } = self;
        let (now, received) = (media.base().now(), settled.received);
        let tx = media.base().db.begin().await?;
        // The asset's row first, as everywhere, so that nobody waits for the other.
        store::lock(&tx, upload.asset).await?;
        let whose = (upload.id, landing.holder());
        if !store::receive(&tx, whose, upload.received, received, now + LIFE_MS).await? {
            // Given up meanwhile, or taken over by another node.
            let there = store::find_upload(&tx, upload.id).await?.is_some();
            return Err(if there { TusError::Locked } else { TusError::Missing });
        }
        if landing.holder().is_some() {
            store::replace_pieces(&tx, upload.id, settled.from, &settled.pieces).await?;
        }
        if received == upload.length {
            let size = i64::try_from(received).map_err(kernel::Error::from)?;
            store::queue(&tx, upload.asset, size, now).await?;
            media.leave_intake(&tx, upload.asset).await?;
        } else {
            store::set_progress(&tx, upload.asset, None, received as f64 / upload.length as f64, now).await?;
        }
        tx.commit().await?;
        (upload.received, upload.expires_at) = (received, now + LIFE_MS);
        media.changed(upload.asset);
        media.clear_away(settled.spent).await;
        Ok(())
    }
}

/// A checksum being computed, and what it should be.
enum Sum {
    Sha1(Box<Sha1>, Vec<u8>),
    Sha256(Box<Sha256>, Vec<u8>),
}

impl Sum {
    fn new(wanted: Checksum) -> Self {
        match wanted {
            Checksum::Sha1(digest) => Self::Sha1(Box::default(), digest),
            Checksum::Sha256(digest) => Self::Sha256(Box::default(), digest),
        }
    }
    fn add(&mut self, bytes: &[u8]) {
        match self {
            Self::Sha1(sum, _) => sum.update(bytes),
            Self::Sha256(sum, _) => sum.update(bytes),
        }
    }
    fn matches(self) -> bool {
        match self {
            Self::Sha1(sum, wanted) => sum.finalize().as_slice() == wanted,
            Self::Sha256(sum, wanted) => sum.finalize().as_slice() == wanted,
        }
    }
}
