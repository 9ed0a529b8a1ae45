//! From scratch into the object store: each file with its SHA-256, the list of them last.

use bytes::Bytes;
use data_encoding::HEXLOWER;
use futures::{FutureExt, StreamExt, TryStreamExt, future::BoxFuture};
use kernel::{Error, Result};
use sha2::{Digest, Sha256};

use super::{attempt::Attempt, document::TEXT, measure::Output};
use crate::{
    Media,
    hls::{self, Variant},
    model::{Entry, LIST, List},
    rules,
    store::{self, Made, Seal},
};

const WRITES_AT_ONCE: usize = 4;

impl Attempt<'_> {
    /// Puts all objects under the prefix of this attempt, the master playlist and the list last. `storyboard` is its text and how many sheets it has.
    pub(super) async fn keep(
        &self,
        outputs: Vec<Output>,
        poster: Option<String>,
        storyboard: Option<(String, u64)>,
        duration_ms: i64,
    ) -> Result<Made> {
        self.clear().await?;
        let mut names: Vec<String> =
            outputs.iter().flat_map(|output| output.files.clone()).chain(poster.clone()).collect();
        let sheets = storyboard.as_ref().map_or(0, |(_, sheets)| *sheets);
        names.extend((1..=sheets).map(|n| format!("storyboard-{n:03}.jpg")));
        let puts: Vec<BoxFuture<'_, Result<Entry>>> =
            names.into_iter().map(|name| self.put_file(name).boxed()).collect();
        let mut files: Vec<Entry> = futures::stream::iter(puts).buffer_unordered(WRITES_AT_ONCE).try_collect().await?;
        if let Some((text, _)) = storyboard {
            files.push(self.put("storyboard.vtt", text.into()).await?);
        }
        let variants: Vec<Variant> = outputs.into_iter().map(|output| output.variant).collect();
        files.push(self.put("master.m3u8", hls::master(&variants).into()).await?);
        let renditions = variants.into_iter().map(|variant| variant.rendition).collect();
        let seal = self.media.put_list(&self.prefix(), List::new(files)).await?;
        Ok(Made { playlist: self.prefix(), duration_ms, renditions, poster, seal })
    }

    /// What earlier attempts left and nobody published.
    pub(super) async fn clear(&self) -> Result<()> {
        let seals = store::seals_of(self.media.base().db.read(), self.asset).await?;
        let kept: Vec<String> = seals.into_iter().map(|seal| format!("{}/", seal.key)).collect();
        for key in self.media.blob().list(&self.prefix_of_all()).await? {
            if !kept.iter().any(|kept| key.starts_with(kept.as_str())) {
                self.media.blob().delete(&key).await?;
            }
        }
        Ok(())
    }

    async fn put_file(&self, name: String) -> Result<Entry> {
        let bytes = tokio::fs::read(self.out().join(&name)).await?;
        self.put(&name, bytes.into()).await
    }

    pub(super) async fn put(&self, name: &str, bytes: Bytes) -> Result<Entry> {
        let known = rules::content_type(name).or_else(|| rules::picture_type(name));
        let known = known.or_else(|| (name == TEXT).then_some("text/html"));
        known.ok_or_else(|| Error::broken(format!("a program wrote {name}")))?;
        let entry = Entry { name: name.to_owned(), size: bytes.len() as u64, sha256: hex(&Sha256::digest(&bytes)) };
        self.media.blob().put(&format!("{}/{name}", self.prefix()), bytes).await?;
        Ok(entry)
    }

    /// Sees to it that the file as it came has its checksum.
    pub(super) async fn seal(&self, object: &str) -> Result<()> {
        let base = self.media.base();
        if store::seals_of(base.db.read(), self.asset).await?.iter().any(|seal| seal.key == object) {
            return Ok(());
        }
        let (size, sha256) = self.media.digest(object).await?;
        let seal = Seal { key: object.to_owned(), folder: false, files: 1, size: i64::try_from(size)?, sha256 };
        let tx = base.db.begin().await?;
        store::seal(&tx, self.asset, &seal, base.now()).await?;
        tx.commit().await
    }
}

impl Media {
    /// Writes the list of a folder's files into it.
    pub(crate) async fn put_list(&self, prefix: &str, list: List) -> Result<Seal> {
        let text: Bytes = serde_json::to_vec(&list)?.into();
        let (files, sha256) = (i64::try_from(list.files().len() + 1)?, hex(&Sha256::digest(&text)));
        let size = i64::try_from(list.size() + text.len() as u64)?;
        self.blob().put(&format!("{prefix}/{LIST}"), text).await?;
        Ok(Seal { key: prefix.to_owned(), folder: true, files, size, sha256 })
    }

    /// Reads an object; answers its size and SHA-256.
    pub(crate) async fn digest(&self, key: &str) -> Result<(u64, String)> {
        let mut stream = self.blob().get(key, None, "").await?.stream;
        let (mut size, mut sum) = (0, Sha256::new());
        while let Some(bytes) = stream.try_next().await? {
            size += bytes.len() as u64;
            sum.update(&bytes);
        }
        Ok((size, hex(&sum.finalize())))
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    HEXLOWER.encode(bytes)
}
