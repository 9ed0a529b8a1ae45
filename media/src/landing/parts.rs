//! An upload that gathers in the object store: whole parts of one multipart object, and behind the last of them the bytes that do not fill a
//! part yet, as small objects of their own. Nothing of it is on this machine, so another one may go on. One part waits for its bytes while
//! another is on its way: memory stays the same however long the file is.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use kernel::Result;
use tokio::task::JoinHandle;
use uuid::Uuid;

use super::Settled;
use crate::{
    Media,
    blob::{Known, UPLOAD_PART as PART},
    model::{Piece, TusError, Upload, UploadId},
    service::original,
    store,
};

/// A writer that was killed holds its upload for so long at most.
const HELD_MS: i64 = 15_000;
const RENEWED: Duration = Duration::from_secs(5);
/// More small objects than this are melted into one.
const FEW: usize = 32;

/// Objects with the bytes behind the last part lie beneath this key.
pub(crate) fn objects_of(upload: UploadId) -> String {
    format!("uploads/{}", upload.uuid().simple())
}

/// A part on its way.
struct Flight {
    part: u32,
    size: u64,
    put: JoinHandle<Result<Known<String>>>,
}

pub(crate) struct Parts {
    media: Media,
    upload: UploadId,
    /// Of the object that is being put together.
    key: String,
    holder: Uuid,
    renewing: JoinHandle<()>,
    multipart: Option<String>,
    /// Parts that are put or on their way.
    next: u32,
    /// Bytes behind the last part.
    buffer: BytesMut,
    /// So many of them are in acknowledged small objects.
    kept: usize,
    /// Those objects.
    tail: Vec<Piece>,
    flying: Option<Flight>,
    /// Parts that are there and not written down yet.
    fresh: Vec<Piece>,
}

impl Parts {
    pub async fn hold(media: &Media, upload: &Upload) -> Result<Option<Self>> {
        let holder = media.base().ids.secret();
        if !renew(media, upload.id, holder).await? {
            return Ok(None);
        }
        let (renewer, id) = (media.clone(), upload.id);
        let renewing = tokio::spawn(async move {
            loop {
                tokio::time::sleep(RENEWED).await;
                // Whoever lost it is stopped where the offset would move.
                if let Err(error) = renew(&renewer, id, holder).await {
                    tracing::warn!(%error, upload = %id, "an upload is held a little less long");
                }
            }
        });
        Ok(Some(Self {
            media: media.clone(),
            upload: upload.id,
            key: original(upload.asset),
            holder,
            renewing,
            multipart: store::multipart(media.base().db.read(), upload.id).await?,
            next: 0,
            buffer: BytesMut::new(),
            kept: 0,
            tail: Vec::new(),
            flying: None,
            fresh: Vec::new(),
        }))
    }

    pub const fn holder(&self) -> Uuid {
        self.holder
    }

    pub async fn let_go(self) -> Result<()> {
        let tx = self.media.base().db.begin().await?;
        store::let_go(&tx, self.upload, self.holder).await?;
        tx.commit().await
    }

    pub async fn rewind(&mut self, received: u64) -> Result<u64, TusError> {
        let mut there = 0;
        for piece in store::pieces(self.media.base().db.read(), self.upload).await? {
            if piece.start != there || piece.end() > received {
                break;
            }
            if piece.part.is_some() {
                self.next += 1;
            } else {
                let Some(bytes) = self.object(&piece.mark).await? else { break };
                self.buffer.extend_from_slice(&bytes);
                self.kept = self.buffer.len();
                self.tail.push(piece.clone());
            }
            there = piece.end();
        }
        Ok(there)
    }

    async fn object(&self, key: &str) -> Result<Option<Bytes>> {
        match self.media.blob().get(key, None, "").await {
            Ok(object) => object.bytes().await.map(Some),
            Err(error) if error.code() == Some(kernel::Code::NotFound) => Ok(None),
            Err(error) => Err(error),
        }
    }

    pub async fn write(&mut self, mut bytes: &[u8]) -> Result<(), TusError> {
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PART - self.buffer.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.len() == PART {
                self.send().await?;
            }
        }
        Ok(())
    }

    /// Sends the buffer as the next part, once the one before has arrived.
    async fn send(&mut self) -> Result<(), TusError> {
        self.arrive().await?;
        let multipart = self.multipart().await?;
        let (blob, key, part) = (self.media.blob().clone(), self.key.clone(), self.next);
        let bytes = std::mem::take(&mut self.buffer).freeze();
        let size = bytes.len() as u64;
        let put = tokio::spawn(async move { blob.put_part(&key, &multipart, part, bytes).await });
        self.flying = Some(Flight { part, size, put });
        self.next += 1;
        self.kept = 0;
        Ok(())
    }

    async fn arrive(&mut self) -> Result<(), TusError> {
        let Some(Flight { part, size, put }) = self.flying.take() else { return Ok(()) };
        let Known::Yes(mark) = put.await.map_err(kernel::Error::from)?? else { return self.begin_anew().await };
        let start = u64::from(part) * PART as u64;
        self.fresh.push(Piece { start, size, part: Some(part), mark });
        Ok(())
    }

    /// Written down before it is used, so that it can be thrown away.
    async fn multipart(&mut self) -> Result<String, TusError> {
        if let Some(multipart) = &self.multipart {
            return Ok(multipart.clone());
        }
        let new = self.media.blob().begin_parts(&self.key).await?;
        let tx = self.media.base().db.begin().await?;
        if !store::set_multipart(&tx, self.upload, self.holder, &new).await? {
            return Err(TusError::Locked);
        }
        tx.commit().await?;
        self.multipart = Some(new.clone());
        Ok(new)
    }

    /// The store threw the parts away (its operators may let it): the client begins at the first byte again.
    async fn begin_anew(&mut self) -> Result<(), TusError> {
        tracing::warn!(upload = %self.upload, "the store has lost the parts of an upload");
        let tx = self.media.base().db.begin().await?;
        store::lose(&tx, self.upload, self.holder).await?;
        tx.commit().await?;
        Err(TusError::Offset { expected: 0 })
    }

    pub async fn settle_some(&mut self) -> Result<Option<Settled>, TusError> {
        if self.flying.as_ref().is_some_and(|flight| flight.put.is_finished()) {
            self.arrive().await?;
        }
        Ok(self.parts_settled())
    }

    /// The parts that have arrived; small objects that they contain are spent.
    fn parts_settled(&mut self) -> Option<Settled> {
        let received = self.fresh.last()?.end();
        let from = self.fresh.first()?.start;
        let spent = std::mem::take(&mut self.tail).into_iter().map(|piece| piece.mark).collect();
        Some(Settled { received, pieces: std::mem::take(&mut self.fresh), from, spent })
    }

    pub async fn settle(&mut self, whole: bool) -> Result<Settled, TusError> {
        if whole && !self.buffer.is_empty() {
            // The last part is as long as it is.
            self.send().await?;
        }
        self.arrive().await?;
        let base = u64::from(self.next) * PART as u64;
        let received = base + self.buffer.len() as u64;
        let none = Settled { received, pieces: Vec::new(), from: base + self.kept as u64, spent: Vec::new() };
        let mut settled = self.parts_settled().unwrap_or(none);
        if !whole {
            settled.received = received;
            self.keep_tail(base, &mut settled).await?;
        }
        Ok(settled)
    }

    /// Puts what is new behind the last part into an object of its own.
    async fn keep_tail(&mut self, base: u64, settled: &mut Settled) -> Result<(), TusError> {
        if self.tail.len() >= FEW {
            settled.from = settled.from.min(base);
            settled.spent.extend(self.tail.drain(..).map(|piece| piece.mark));
            self.kept = 0;
        }
        let new = self.buffer.get(self.kept..).unwrap_or_default();
        if new.is_empty() {
            return Ok(());
        }
        let mark = format!("{}/{}", objects_of(self.upload), self.media.base().ids.secret().simple());
        self.media.blob().put(&mark, Bytes::copy_from_slice(new)).await?;
        let piece = Piece { start: base + self.kept as u64, size: new.len() as u64, part: None, mark };
        settled.from = settled.from.min(piece.start);
        settled.pieces.push(piece.clone());
        self.tail.push(piece);
        self.kept = self.buffer.len();
        Ok(())
    }
}

impl Drop for Parts {
    fn drop(&mut self) {
        self.renewing.abort();
    }
}

async fn renew(media: &Media, upload: UploadId, holder: Uuid) -> Result<bool> {
    let now = media.base().now();
    let tx = media.base().db.begin().await?;
    let held = store::hold(&tx, upload, holder, now, now + HELD_MS).await?;
    tx.commit().await?;
    Ok(held)
}
