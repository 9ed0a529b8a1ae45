//! What players ask for again and again (playlists, heads, segments) is kept in memory for a while: a class that watches the same lesson reads
//! each piece once from the disk or from S3. Objects never change, so nothing here can be out of date.

use std::{io, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt, stream};
use kernel::{Error, Refusal, Result};
use moka::future::Cache;

use crate::{
    Media,
    blob::{GetRange, Object},
};

/// Larger objects go by without being kept.
const LARGEST: u64 = 8 << 20;
/// Of all that is kept together.
const ROOM: u64 = 96 << 20;
/// A body is handed on in such pieces: what was handed to the connection is evidence, and must not run far ahead of what went out.
const PIECE: usize = 256 << 10;

pub(crate) type Warm = Cache<String, Arc<Kept>>;

pub(crate) enum Kept {
    Whole { bytes: Bytes, etag: Option<String> },
    TooLarge,
}

pub(crate) fn warm() -> Warm {
    let weight = |key: &String, kept: &Arc<Kept>| {
        let bytes = match kept.as_ref() {
            Kept::Whole { bytes, .. } => bytes.len(),
            Kept::TooLarge => 0,
        };
        u32::try_from(bytes + key.len() + 128).unwrap_or(u32::MAX)
    };
    Cache::builder().max_capacity(ROOM).weigher(weight).time_to_idle(std::time::Duration::from_secs(600)).build()
}

impl Media {
    /// An object that many will ask for; those who ask at once wait for one reading.
    pub(crate) async fn warm(&self, key: String, range: Option<GetRange>, content_type: &str) -> Result<Object> {
        let load = async {
            let found = self.blob().get(&key, None, content_type).await?;
            if found.size > LARGEST {
                return Ok(Arc::new(Kept::TooLarge));
            }
            let etag = found.etag.clone();
            Ok::<_, Error>(Arc::new(Kept::Whole { bytes: found.bytes().await?, etag }))
        };
        let kept = match self.0.warm.get(&key).await {
            Some(kept) => kept,
            None => self.0.warm.try_get_with_by_ref(&key, load).await.map_err(|error| (*error).clone())?,
        };
        match kept.as_ref() {
            Kept::Whole { bytes, etag } => cut(bytes, etag.clone(), range.as_ref(), content_type),
            Kept::TooLarge => self.blob().get(&key, range, content_type).await,
        }
    }
}

fn cut(bytes: &Bytes, etag: Option<String>, range: Option<&GetRange>, content_type: &str) -> Result<Object> {
    let size = bytes.len() as u64;
    let outside = || Refusal::invalid("range", "请求的范围超出文件。", "The range lies outside the file.");
    let range = match range {
        Some(range) => range.as_range(size).map_err(|_| outside())?,
        None => 0..size,
    };
    let part = bytes.slice(usize::try_from(range.start)?..usize::try_from(range.end)?);
    let stream = stream::unfold(part, |mut left| async move {
        let piece = left.split_to(left.len().min(PIECE));
        (!piece.is_empty()).then_some((Ok::<_, io::Error>(piece), left))
    });
    Ok(Object { size, range, etag, content_type: content_type.to_owned(), stream: stream.boxed() })
}
