//! Re-reads every object and compares it with its checksum, then looks for objects that nobody knows. In slices, each a job of its own that
//! says where the next one begins: conversions that wait meanwhile come between, and a slice that was cut off is read again.

use std::{collections::HashMap, collections::HashSet, time::Duration};

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures::TryStreamExt;
use kernel::{Code, Result, id::AssetId};
use platform::{
    Job, Tx,
    jobs::{self, NewJob},
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tokio::time::Instant;
use uuid::Uuid;

use super::SCRUB;
use crate::{
    Media,
    model::{Entry, Fault, Found, LIST, List, Scrub},
    store::{self, Seal},
};

const SLICE: Duration = Duration::from_secs(5);
/// What came within the last day may belong to somebody who is still at it.
const FRESH_MS: i64 = 24 * 3_600_000;
/// Lists of folders that are kept at hand while orphans are looked for.
const LISTS: usize = 64;

#[derive(Serialize, Deserialize)]
struct Slice {
    scrub: Uuid,
    at: At,
}

/// Where a check is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum At {
    /// Objects of before there were checksums get theirs, in the order of their assets.
    Adopt {
        after: Option<Uuid>,
    },
    /// Everything is read, in the order of the keys.
    Read {
        after: String,
    },
    Orphans,
    End,
}

/// A check in hand.
pub(crate) struct Scrubbing<'a> {
    media: &'a Media,
    pub found: Found,
    pub at: At,
}

pub(super) async fn run(media: &Media, job: &Job) -> Result<()> {
    let Slice { scrub: id, at } = job.payload()?;
    let base = media.base();
    let running = store::running_scrub(base.db.read()).await?;
    let Some((_, mut scrub)) = running.filter(|(running, _)| *running == id) else { return Ok(()) };
    let mut scrubbing = Scrubbing { media, found: scrub.found, at };
    let began = Instant::now();
    while scrubbing.at != At::End && began.elapsed() < SLICE {
        scrubbing.step().await?;
    }
    let (found, at) = (scrubbing.found, scrubbing.at);
    scrub.found = found;
    scrub.ended_at = (at == At::End).then(|| base.now());
    let tx = base.db.begin().await?;
    store::write_scrub(&tx, id, &scrub).await?;
    if scrub.ended_at.is_none() {
        leave(media, &tx, id, at).await?;
    } else {
        tell(&scrub);
    }
    tx.commit().await
}

fn tell(scrub: &Scrub) {
    let Found { objects, bytes, .. } = scrub.found;
    match scrub.found.faults() {
        0 => tracing::info!(objects, bytes, "every object is what it was"),
        faults => {
            tracing::error!(objects, faults, "objects are not what they were; see the media check in the console")
        }
    }
}

async fn leave(media: &Media, tx: &Tx, scrub: Uuid, at: At) -> Result<()> {
    let run_at = media.base().now();
    let new = NewJob { kind: SCRUB, lane: SCRUB.to_owned(), key: None, outside: true, run_at };
    jobs::add(tx, new, &Slice { scrub, at }).await
}

impl Media {
    /// Begins a check of all objects, unless one is running.
    pub(crate) async fn begin_scrub(&self) -> Result<Scrub> {
        let base = self.base();
        let tx = base.db.begin().await?;
        if let Some((_, running)) = store::running_scrub(&tx).await? {
            return Ok(running);
        }
        let expected = store::totals(&tx).await?;
        let scrub = Scrub { started_at: base.now(), ended_at: None, found: Found { expected, ..Found::default() } };
        let id = base.ids.secret();
        store::begin_scrub(&tx, id, &scrub).await?;
        leave(self, &tx, id, At::Adopt { after: None }).await?;
        tx.commit().await?;
        Ok(scrub)
    }

    /// A whole check at once, for the command line; `told` hears after each piece how far it is. Kept like one that ran as a job.
    pub async fn verify_objects(&self, mut told: impl FnMut(&Found) + Send) -> Result<Scrub> {
        let base = self.base();
        let (started_at, expected) = (base.now(), store::totals(base.db.read()).await?);
        let found = Found { expected, ..Found::default() };
        let mut scrubbing = Scrubbing { media: self, found, at: At::Adopt { after: None } };
        while scrubbing.at != At::End {
            scrubbing.step().await?;
            told(&scrubbing.found);
        }
        let scrub = Scrub { started_at, ended_at: Some(base.now()), found: scrubbing.found };
        let tx = base.db.begin().await?;
        store::begin_scrub(&tx, base.ids.secret(), &scrub).await?;
        tx.commit().await?;
        Ok(scrub)
    }
}

impl Scrubbing<'_> {
    /// One piece of the work.
    pub async fn step(&mut self) -> Result<()> {
        self.at = match &self.at {
            At::Adopt { after } => self.adopt(*after).await?,
            At::Read { after } => self.read(after.clone()).await?,
            At::Orphans => self.orphans().await?,
            At::End => At::End,
        };
        Ok(())
    }

    async fn adopt(&mut self, after: Option<Uuid>) -> Result<At> {
        let unsealed = store::next_unsealed(self.media.base().db.read(), after).await?;
        let Some((asset, object, playlist)) = unsealed else { return Ok(At::Read { after: String::new() }) };
        let mut seals = Vec::new();
        if let Some(key) = object {
            match self.media.digest(&key).await {
                Ok((size, sha256)) => {
                    seals.push(Seal { key, folder: false, files: 1, size: i64::try_from(size)?, sha256 });
                }
                Err(error) => self.found.note(&key, fault(&error)),
            }
        }
        if let Some(prefix) = playlist {
            match self.list_of(&prefix).await {
                Ok(list) if list.files().is_empty() => self.found.note(&prefix, Fault::Missing),
                Ok(list) => seals.push(self.media.put_list(&prefix, list).await?),
                Err(error) => self.found.note(&prefix, fault(&error)),
            }
        }
        let base = self.media.base();
        let tx = base.db.begin().await?;
        for seal in &seals {
            store::seal(&tx, asset, seal, base.now()).await?;
            let files = u64::try_from(seal.files)?;
            self.found.adopted += files;
            self.found.expected += files;
        }
        tx.commit().await?;
        Ok(At::Adopt { after: Some(asset.uuid()) })
    }

    /// What lies beneath a prefix now.
    async fn list_of(&self, prefix: &str) -> Result<List> {
        let mut files = Vec::new();
        for key in self.media.blob().list(prefix).await? {
            let Some(name) = key.strip_prefix(&format!("{prefix}/")).filter(|name| *name != LIST) else { continue };
            let (size, sha256) = self.media.digest(&key).await?;
            files.push(Entry { name: name.to_owned(), size, sha256 });
        }
        Ok(List::new(files))
    }

    async fn read(&mut self, after: String) -> Result<At> {
        let next = store::next_seals(self.media.base().db.read(), &after, 1).await?.into_iter().next();
        let Some((asset, seal)) = next else { return Ok(At::Orphans) };
        let mut faults = Vec::new();
        if seal.folder {
            self.read_folder(&seal, &mut faults).await
        } else {
            self.read_one(&seal, &mut faults).await
        }
        // What was cleared away while it was read is no loss.
        let still = store::seals_of(self.media.base().db.read(), asset).await?.contains(&seal);
        for (key, fault) in faults.into_iter().filter(|_| still) {
            self.found.note(&key, fault);
        }
        Ok(At::Read { after: seal.key })
    }

    async fn read_one(&mut self, seal: &Seal, faults: &mut Vec<(String, Fault)>) {
        let size = u64::try_from(seal.size).unwrap_or_default();
        self.compare(&seal.key, size, &seal.sha256, faults).await;
    }

    async fn read_folder(&mut self, seal: &Seal, faults: &mut Vec<(String, Fault)>) {
        let key = format!("{}/{LIST}", seal.key);
        let bytes = match self.whole(&key).await {
            Ok(bytes) => bytes,
            Err(error) => return faults.push((key, fault(&error))),
        };
        self.found.read(bytes.len() as u64);
        let list = serde_json::from_slice::<List>(&bytes).ok();
        let Some(list) = list.filter(|_| HEXLOWER.encode(&Sha256::digest(&bytes)) == seal.sha256) else {
            return faults.push((key, Fault::Changed));
        };
        for Entry { name, size, sha256 } in list.files() {
            self.compare(&format!("{}/{name}", seal.key), *size, sha256, faults).await;
        }
    }

    async fn compare(&mut self, key: &str, size: u64, sha256: &str, faults: &mut Vec<(String, Fault)>) {
        match self.media.digest(key).await {
            Ok((read, sum)) => {
                self.found.read(read);
                if (read, sum.as_str()) != (size, sha256) {
                    faults.push((key.to_owned(), Fault::Changed));
                }
            }
            Err(error) => faults.push((key.to_owned(), fault(&error))),
        }
    }

    async fn whole(&self, key: &str) -> Result<Bytes> {
        self.media.blob().get(key, None, "").await?.bytes().await
    }

    /// Objects of this house that no row accounts for.
    async fn orphans(&mut self) -> Result<At> {
        let old = self.media.base().now() - FRESH_MS;
        let mut lists: HashMap<String, Option<HashSet<String>>> = HashMap::new();
        for beneath in ["originals", "assets"] {
            let mut keys = self.media.blob().keys(beneath)?;
            while let Some((key, at)) = keys.try_next().await? {
                if at < old && !self.is_known(&key, &mut lists).await? {
                    self.found.note(&key, Fault::Unknown);
                }
            }
        }
        Ok(At::End)
    }

    async fn is_known(&self, key: &str, lists: &mut HashMap<String, Option<HashSet<String>>>) -> Result<bool> {
        let mut parts = key.splitn(4, '/');
        let (Some(top), Some(asset)) = (parts.next(), parts.next()) else { return Ok(false) };
        let Ok(asset) = asset.parse::<Uuid>().map(AssetId::new) else { return Ok(false) };
        let (Some(attempt), Some(name)) = (parts.next(), parts.next()) else {
            return self.is_original(asset, key).await;
        };
        let prefix = format!("{top}/{}/{attempt}", asset.uuid().simple());
        if !lists.contains_key(&prefix) {
            if lists.len() >= LISTS {
                lists.clear();
            }
            lists.insert(prefix.clone(), self.names(asset, &prefix).await?);
        }
        Ok(lists.get(&prefix).is_some_and(|names| names.as_ref().is_none_or(|names| names.contains(name))))
    }

    async fn is_original(&self, asset: AssetId, key: &str) -> Result<bool> {
        let place = store::place(self.media.base().db.read(), asset).await?;
        // Until its last step an asset's objects come and go.
        Ok(place.is_some_and(|place| !place.complete || place.object.as_deref() == Some(key)))
    }

    /// The names in a folder that is known; `None` where all are left alone.
    async fn names(&self, asset: AssetId, prefix: &str) -> Result<Option<HashSet<String>>> {
        let db = self.media.base().db.read();
        if store::place(db, asset).await?.is_some_and(|place| !place.complete) {
            return Ok(None);
        }
        if !store::seals_of(db, asset).await?.iter().any(|seal| seal.folder && seal.key == prefix) {
            return Ok(Some(HashSet::new()));
        }
        let Ok(bytes) = self.whole(&format!("{prefix}/{LIST}")).await else {
            // That the list is gone was told; without it nobody can say what belongs there.
            return Ok(None);
        };
        let Ok(list) = serde_json::from_slice::<List>(&bytes) else { return Ok(None) };
        Ok(Some(list.files().iter().map(|file| file.name.clone()).chain([LIST.to_owned()]).collect()))
    }
}

fn fault(error: &kernel::Error) -> Fault {
    match error.code() {
        Some(Code::NotFound) => Fault::Missing,
        _ => Fault::Unreadable,
    }
}
