//! Where the bytes of an upload gather until the file is whole: a file on this machine's disk where objects lie in a folder, the store itself
//! where they lie in S3, so that any node may go on. What counts is the offset in the database; it moves after the bytes are safe.

mod parts;
mod spool;

pub(crate) use parts::{Parts, objects_of};
pub(crate) use spool::Spool;
use uuid::Uuid;

use crate::{
    Media,
    model::{Piece, TusError, Upload},
};

/// So much of a long PATCH may be lost when the process is killed; a broken connection loses nothing.
const CHECKPOINT: u64 = 16 << 20;

/// One upload in one writer's hands.
pub(crate) enum Landing {
    Spool { spool: Spool, written: u64, settled: u64 },
    Parts(Box<Parts>),
}

/// Bytes that are safe from now on, to be written down.
pub(crate) struct Settled {
    pub received: u64,
    /// They take the place of all pieces that begin at `from` or later.
    pub pieces: Vec<Piece>,
    pub from: u64,
    /// Objects that nothing needs any more once that is written down.
    pub spent: Vec<String>,
}

impl Landing {
    /// `None` while somebody else writes.
    pub async fn open(media: &Media, upload: &Upload) -> Result<Option<Self>, TusError> {
        if media.gathers_in_store() {
            let parts = Parts::hold(media, upload).await?;
            return Ok(parts.map(|parts| Self::Parts(Box::new(parts))));
        }
        let spool = Spool::lock(&media.spool(upload.id)).await?;
        Ok(spool.map(|spool| Self::Spool { spool, written: 0, settled: 0 }))
    }

    /// Forgets what was never acknowledged. Answers the bytes that are there: fewer than `received` only where some were lost.
    pub async fn rewind(&mut self, received: u64) -> Result<u64, TusError> {
        match self {
            Self::Spool { spool, written, settled } => {
                let there = spool.rewind(received).await?;
                (*written, *settled) = (there, there);
                Ok(there)
            }
            Self::Parts(parts) => parts.rewind(received).await,
        }
    }

    pub async fn write(&mut self, bytes: &[u8]) -> Result<(), TusError> {
        match self {
            Self::Spool { spool, written, .. } => {
                spool.write(bytes).await?;
                *written += bytes.len() as u64;
                Ok(())
            }
            Self::Parts(parts) => parts.write(bytes).await,
        }
    }

    /// In the middle of a long body: what may be acknowledged by now.
    pub async fn settle_some(&mut self) -> Result<Option<Settled>, TusError> {
        match self {
            Self::Spool { written, settled, .. } if *written - *settled < CHECKPOINT => Ok(None),
            Self::Spool { .. } => self.settle(false).await.map(Some),
            Self::Parts(parts) => parts.settle_some().await,
        }
    }

    /// Everything that was written; with `whole` it is all of the file.
    pub async fn settle(&mut self, whole: bool) -> Result<Settled, TusError> {
        match self {
            Self::Spool { spool, written, settled } => {
                spool.sync().await?;
                *settled = *written;
                Ok(Settled { received: *written, pieces: Vec::new(), from: u64::MAX >> 1, spent: Vec::new() })
            }
            Self::Parts(parts) => parts.settle(whole).await,
        }
    }

    /// Who must still hold the upload for an offset to move.
    pub fn holder(&self) -> Option<Uuid> {
        match self {
            Self::Spool { .. } => None,
            Self::Parts(parts) => Some(parts.holder()),
        }
    }

    /// Gives the upload back at once; whoever is killed before that is waited for.
    pub async fn let_go(self) -> kernel::Result<()> {
        match self {
            Self::Spool { .. } => Ok(()),
            Self::Parts(parts) => parts.let_go().await,
        }
    }
}
