//! Reading back: what a player fetches, originals, small files as a whole, and the states of an asset as they come.

use std::{collections::HashMap, sync::Arc, time::Duration};

use bytes::Bytes;
use futures::{StreamExt, stream::BoxStream};
use kernel::{Error, Refusal, Result, id::AssetId};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::{
    Media,
    blob::{GetRange, Object},
    hls::Segments,
    model::{Asset, Picture, Purpose, Status},
    rules,
    store::{self, Place},
};

/// Files beyond this size are not read into memory.
pub const WHOLE_LIMIT: i64 = 10 << 20;
/// Conversions in other processes are seen by looking this often.
const LOOK: Duration = Duration::from_secs(1);

impl Media {
    /// An object beside a video's playlist: `master.m3u8`, `poster.jpg`, `storyboard.vtt`, `360p/index.m3u8`, `360p/init.mp4`,
    /// `360p/seg-00001.m4s`. Any other name is NOT_FOUND, a range outside the object INVALID.
    pub async fn object(&self, asset: AssetId, path: &str, range: Option<GetRange>) -> Result<Object> {
        let content_type = rules::content_type(path).ok_or_else(Refusal::not_found)?;
        let place = self.place(asset).await?;
        let prefix = match path.split_once('/') {
            None => place.playlist.clone(),
            Some((rendition, _)) => match place.renditions.get(rendition) {
                Some(prefix) => Some(prefix.clone()),
                None if place.complete => None,
                // It may have been made since, elsewhere.
                None => {
                    self.forget_place(asset).await;
                    self.place(asset).await?.renditions.get(rendition).cloned()
                }
            },
        };
        let prefix = prefix.ok_or_else(Refusal::not_found)?;
        self.warm(format!("{prefix}/{path}"), range, content_type).await
    }

    /// Where it lies is looked up again.
    pub(crate) async fn forget_place(&self, asset: AssetId) {
        self.0.places.invalidate(&asset).await;
    }

    /// Which milliseconds of the video a segment shows, half open; none for a path that is no segment.
    pub async fn segment(&self, asset: AssetId, path: &str) -> Result<Option<(i64, i64)>> {
        let Some((rendition, file)) = path.split_once('/').filter(|(_, file)| file.ends_with(".m4s")) else {
            return Ok(None);
        };
        let load = async {
            let index = self.object(asset, &format!("{rendition}/index.m3u8"), None).await?.bytes().await?;
            let segments = Segments::parse(&String::from_utf8_lossy(&index));
            let segments = segments.ok_or_else(|| Error::broken("a published playlist cannot be read"))?;
            Ok::<_, Error>(Arc::new(segments.spans()))
        };
        let timeline = self.0.timelines.try_get_with((asset, rendition.to_owned()), load).await;
        Ok(timeline.map_err(|error| (*error).clone())?.get(file).copied())
    }

    /// What a picture's path shows: of a video its still.
    pub async fn picture(&self, asset: AssetId, range: Option<GetRange>) -> Result<Object> {
        match self.place(asset).await?.purpose {
            Purpose::Video => self.object(asset, "poster.jpg", range).await,
            Purpose::Image | Purpose::Document | Purpose::Roster | Purpose::Captions => {
                Err(Refusal::not_found().into())
            }
        }
    }

    /// One file of a picture in a reading: `large.jpg`, `page-0001-small.jpg`. Any other name is NOT_FOUND.
    pub async fn picture_file(&self, asset: AssetId, name: &str, range: Option<GetRange>) -> Result<Object> {
        let content_type = rules::picture_type(name).ok_or_else(Refusal::not_found)?;
        let place = self.place(asset).await?;
        let kept = matches!(place.purpose, Purpose::Image | Purpose::Document);
        let prefix = place.playlist.as_deref().filter(|_| kept).ok_or_else(Refusal::not_found)?;
        self.blob().get(&format!("{prefix}/{name}"), range, content_type).await
    }

    /// The pictures of these assets, by name; unguarded, like [`Media::find`].
    pub async fn pictures(&self, assets: &[AssetId]) -> Result<HashMap<AssetId, Vec<Picture>>> {
        store::pictures(self.base().db.read(), assets).await
    }

    /// A document's text as HTML that is still to be sanitised, each picture as `picture:NAME`; NOT_FOUND while it is not ready.
    pub async fn document(&self, asset: AssetId) -> Result<String> {
        let place = self.place(asset).await?;
        let text = place.playlist.as_deref().filter(|_| place.purpose == Purpose::Document);
        let key = format!("{}/{}", text.ok_or_else(Refusal::not_found)?, crate::jobs::document::TEXT);
        let bytes = self.blob().get(&key, None, "text/html").await?.bytes().await?;
        String::from_utf8(bytes.to_vec()).map_err(|_| Error::broken("a stored document is not UTF-8"))
    }

    /// The file as it was uploaded, once it was found to be what its purpose wants.
    pub async fn original(&self, asset: AssetId, range: Option<GetRange>) -> Result<Object> {
        let place = self.place(asset).await?;
        let object = place.object.as_deref().ok_or_else(Refusal::not_found)?;
        let content_type = place.media_type.as_deref().unwrap_or("application/octet-stream");
        self.blob().get(object, range, content_type).await
    }

    /// All bytes of a small file (captions, a roster, a document up to 10 MiB) that is ready.
    pub async fn whole(&self, asset: AssetId) -> Result<Bytes> {
        let object = self.original(asset, None).await?;
        if object.size > WHOLE_LIMIT.unsigned_abs() {
            return Err(Refusal::invalid(
                "assetId",
                "文件超过 10 MB，无法直接读取。",
                "The file is larger than 10 MB.",
            )
            .into());
        }
        object.bytes().await
    }

    /// Where a ready asset lies; NOT_FOUND for all others.
    async fn place(&self, asset: AssetId) -> Result<Arc<Place>> {
        if let Some(place) = self.0.places.get(&asset).await {
            return Ok(place);
        }
        let found = store::place(self.base().db.read(), asset).await?;
        let ready = found.filter(|place| place.status == Status::Ready).ok_or_else(Refusal::not_found)?;
        let place = Arc::new(ready);
        self.0.places.insert(asset, place.clone()).await;
        Ok(place)
    }

    /// The asset now and after each change, until it is ready or failed. Unguarded: ask [`Media::asset`] first.
    pub fn watch(&self, asset: AssetId) -> BoxStream<'static, Asset> {
        let watcher = Watcher { media: self.clone(), id: asset, changes: self.0.changes.subscribe(), last: None };
        futures::stream::unfold(
            watcher,
            |mut watcher| async move { watcher.next().await.map(|asset| (asset, watcher)) },
        )
        .boxed()
    }
}

struct Watcher {
    media: Media,
    id: AssetId,
    changes: Receiver<AssetId>,
    last: Option<Asset>,
}

impl Watcher {
    async fn next(&mut self) -> Option<Asset> {
        if self.last.as_ref().is_some_and(|asset| asset.status.is_final()) {
            return None;
        }
        loop {
            match self.media.find(self.id).await {
                Ok(Some(asset)) if self.last.as_ref() != Some(&asset) => {
                    self.last = Some(asset.clone());
                    return Some(asset);
                }
                Ok(Some(_)) => {}
                Ok(None) => return None,
                Err(error) => tracing::warn!(%error, asset.id = %self.id, "an asset cannot be watched; looking again"),
            }
            self.change().await;
        }
    }

    /// Returns when the asset may have changed.
    async fn change(&mut self) {
        let told = async {
            loop {
                match self.changes.recv().await {
                    Ok(id) if id != self.id => {}
                    Err(RecvError::Closed) => std::future::pending().await,
                    Ok(_) | Err(RecvError::Lagged(_)) => return,
                }
            }
        };
        // Either way we look.
        drop(tokio::time::timeout(LOOK, told).await);
    }
}
