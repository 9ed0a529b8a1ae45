//! Sealing: what stands in the ledger becomes blocks, signed with a key that the database does not hold; then witnesses hear of them.

use std::{path::PathBuf, time::Duration};

use kernel::{Error, Millis, Result};
use tokio::{sync::watch, time::MissedTickBehavior};

use super::{webhook, witness};
use crate::{
    Credits,
    rules::{
        checkpoint::{Block, NOTHING, Sealed, Signer},
        merkle,
    },
    store,
};

/// An entry waits at most this long for its seal,
const EVERY_MS: Millis = 60_000;
/// or until so many wait; as many as a block has at most.
const MANY: i64 = 10_000;
/// How often it is looked whether so many wait.
const LOOK: Duration = Duration::from_secs(1);

/// How the ledger is sealed.
pub struct Sealing {
    /// Of the Ed25519 key; lies outside the database.
    pub seed: [u8; 32],
    /// Public keys that sealed before this one: after them alone another key may go on.
    pub former: Vec<[u8; 32]>,
    /// Where checkpoints are appended, best on another volume.
    pub witness: PathBuf,
    /// Whereto checkpoints are sent.
    pub webhook: Option<String>,
}

/// The public key of a seed.
pub fn public_key(seed: &[u8; 32]) -> Result<[u8; 32]> {
    let key = Signer::new(seed).map_err(Error::broken)?.public_key();
    key.try_into().map_err(|_| Error::broken("a public key of other than 32 bytes"))
}

pub struct Sealer {
    pub signer: Signer,
    pub sealing: Sealing,
}

impl Credits {
    /// To be called once, by the process that seals.
    pub fn seal_with(&self, sealing: Sealing) -> Result<()> {
        let signer = Signer::new(&sealing.seed).map_err(Error::broken)?;
        let set = self.0.sealer.set(Sealer { signer, sealing });
        set.map_err(|_| Error::broken("how the ledger is sealed was said twice"))
    }

    pub(crate) fn sealer(&self) -> Result<&Sealer> {
        self.0.sealer.get().ok_or_else(|| Error::broken("nobody said how the ledger is sealed"))
    }

    /// Seals whatever waits now, tells the witness, and asks for the delivery of what was not delivered. Answers the number of the newest block.
    /// Several processes may call it at once: a block number is given once, and who is late looks again.
    pub async fn seal(&self) -> Result<i64> {
        self.seal_upto(store::head(self.base().db.read()).await?).await
    }

    /// What is posted behind `head` meanwhile waits for the next time: else a busy hour would never come to the witness.
    pub(crate) async fn seal_upto(&self, head: i64) -> Result<i64> {
        let sealer = self.sealer()?;
        while self.seal_block(sealer, head).await? {}
        witness::catch_up(self, &sealer.sealing.witness).await?;
        if sealer.sealing.webhook.is_some() {
            webhook::ask(self).await?;
        }
        Ok(store::seal::last(self.base().db.read()).await?.map_or(0, |last| last.block.no))
    }

    /// Seals every minute, and when many entries wait, until `stop` turns true. What stands then is sealed by a last [`Credits::seal`], after
    /// everything that still writes has stopped.
    pub async fn keep_sealed(&self, mut stop: watch::Receiver<bool>) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut due = self.base().clock.monotonic();
        while !*stop.borrow() {
            tokio::select! {
                _ = look.tick() => {}
                _ = stop.changed() => return,
            }
            let now = self.base().clock.monotonic();
            match self.is_due(now >= due).await {
                Ok(false) => continue,
                Ok(true) => due = now + EVERY_MS,
                Err(error) => tracing::warn!(%error, "the ledger cannot be looked at"),
            }
            if let Err(error) = self.seal().await {
                tracing::error!(%error, "the ledger could not be sealed; trying again");
            }
        }
    }

    async fn is_due(&self, time: bool) -> Result<bool> {
        if time {
            return Ok(true);
        }
        let read = self.base().db.read();
        let sealed = store::seal::last(read).await?.map_or(0, |last| last.block.last);
        Ok(store::head(read).await? - sealed >= MANY)
    }

    /// Seals one block; false when there is nothing to seal. Every entry up to the head is there to be read, because ids come in the order of
    /// commits and the head is written with the entries.
    async fn seal_block(&self, sealer: &Sealer, head: i64) -> Result<bool> {
        let read = self.base().db.read();
        let last = store::seal::last(read).await?;
        sealer.may_follow(last.as_ref())?;
        let (no, first, previous) = match &last {
            Some(last) => (last.block.no + 1, last.block.last + 1, last.block.hash()),
            None => (1, 1, NOTHING),
        };
        if head < first {
            return Ok(false);
        }
        let upto = head.min(first + MANY - 1);
        let root = merkle::root(&store::seal::leaves(read, first, upto).await?);
        let block = Block { no, first, last: upto, root, previous, sealed_at: self.base().now() };
        self.write_block(&sealer.signer.seal(block)).await?;
        Ok(true)
    }

    /// Under the head's lock, so that of two sealers one finds that the other was faster.
    async fn write_block(&self, sealed: &Sealed) -> Result<()> {
        let tx = self.base().db.begin().await?;
        store::lock_head(&tx).await?;
        let newest = store::seal::last(&tx).await?.map_or(0, |last| last.block.no);
        if newest + 1 != sealed.block.no {
            return Ok(());
        }
        store::seal::insert(&tx, sealed).await?;
        tx.commit().await?;
        metrics::counter!("xianfeng_ledger_blocks").increment(1);
        Ok(())
    }
}

impl Sealer {
    /// A block of an unknown key is not built upon: two servers with two keys, or somebody else's block.
    fn may_follow(&self, last: Option<&Sealed>) -> Result<()> {
        let Some(last) = last else { return Ok(()) };
        let former = self.sealing.former.iter().any(|key| key.as_slice() == last.key);
        if former || last.key == self.signer.public_key() {
            return Ok(());
        }
        Err(Error::broken(format!(
            "区块 {} 由另一把密钥签署：请把原来的 secrets/checkpoint 复制过来，或在 ledger.former_keys 中写明旧公钥。Block {} was signed with another key: \
             copy the secrets/checkpoint that made it, or name its public key in ledger.former_keys.",
            last.block.no, last.block.no
        )))
    }
}
