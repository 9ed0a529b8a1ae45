//! Assets: announcing an upload, watching the conversion.

mod library;

use ::media as house;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject, Subscription};
use futures::{Stream, StreamExt};
use kernel::Page;

use crate::{
    context::{Houses, houses, viewer},
    error::told,
    page::{AssetNames, Paged, paged},
    scalar::{self, DateTime, int},
};

pub use library::{LibraryMutation, LibraryQuery};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Purpose")]
pub enum UploadPurpose {
    Video,
    Document,
    Image,
    Roster,
    Captions,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Status")]
pub enum AssetStatus {
    Uploading,
    Queued,
    Processing,
    Ready,
    Failed,
}

#[derive(SimpleObject)]
pub struct Rendition {
    width: i32,
    height: i32,
    bitrate: i32,
}

#[derive(Clone)]
pub struct Asset(pub house::Asset);

#[Object]
impl Asset {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }
    async fn purpose(&self) -> UploadPurpose {
        self.0.purpose.into()
    }
    async fn status(&self) -> AssetStatus {
        self.0.status.into()
    }
    /// 0 to 1 of the step in hand.
    async fn progress(&self) -> f64 {
        self.0.progress
    }
    /// What is wrong with the file, for the lecturer to read.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }
    async fn duration_ms(&self) -> Option<i32> {
        self.0.duration_ms.map(int)
    }
    async fn renditions(&self) -> Vec<Rendition> {
        let rendition =
            |r: &house::Rendition| Rendition { width: int(r.width), height: int(r.height), bitrate: int(r.bitrate) };
        self.0.renditions.iter().map(rendition).collect()
    }
    async fn poster_url(&self, ctx: &Context<'_>) -> Option<String> {
        self.0.poster.as_ref().map(|_| houses(ctx).media.picture_path(self.0.id))
    }
    /// All that is made of it is there: a video may be READY with its first rendition, and the others follow.
    async fn complete(&self) -> bool {
        self.0.complete
    }
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
}

/// What the asker keeps here and may keep, in bytes.
#[derive(SimpleObject)]
pub struct UploadSpace {
    used: f64,
    /// Null where nobody set a limit.
    quota: Option<f64>,
    /// The largest file of each purpose.
    largest: Vec<UploadLimit>,
}

#[derive(SimpleObject)]
pub struct UploadLimit {
    purpose: UploadPurpose,
    bytes: f64,
}

/// The size is announced by tus.
#[derive(InputObject)]
pub struct CreateUploadInput {
    file_name: String,
    purpose: UploadPurpose,
}

#[derive(SimpleObject)]
pub struct UploadPayload {
    asset: Asset,
    /// The tus creation address of this one asset.
    upload_url: String,
}

#[derive(Default)]
pub struct MediaQuery;

#[Object]
impl MediaQuery {
    async fn asset(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Asset>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(Asset(houses(ctx).media.asset(viewer, id).await.map_err(told(ctx))?)))
    }
    /// The asker's own files, newest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn assets(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        purpose: Option<UploadPurpose>,
    ) -> Result<Paged<Asset, AssetNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found =
            houses(ctx).media.mine(viewer, purpose.map(house::Purpose::from), &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(Asset)))
    }
}

#[derive(Default)]
pub struct SpaceQuery;

#[Object]
impl SpaceQuery {
    /// Before a file is chosen: how much room is left for it.
    async fn upload_space(&self, ctx: &Context<'_>) -> Result<UploadSpace> {
        let space = houses(ctx).media.space(viewer(ctx)?).await.map_err(told(ctx))?;
        let limit =
            |purpose: house::Purpose| UploadLimit { purpose: purpose.into(), bytes: house::size_limit(purpose) as f64 };
        Ok(UploadSpace {
            used: space.used as f64,
            quota: space.quota.map(|bytes| bytes as f64),
            largest: house::Purpose::ALL.into_iter().map(limit).collect(),
        })
    }
}

#[derive(Default)]
pub struct MediaMutation;

#[Object]
impl MediaMutation {
    /// Announces a file.
    async fn create_upload(&self, ctx: &Context<'_>, input: CreateUploadInput) -> Result<UploadPayload> {
        let media = &houses(ctx).media;
        let asset =
            media.create_upload(viewer(ctx)?, input.file_name, input.purpose.into()).await.map_err(told(ctx))?;
        let upload_url = format!("/uploads/{}", asset.id);
        Ok(UploadPayload { asset: Asset(asset), upload_url })
    }
}

#[derive(Default)]
pub struct MediaSubscription;

#[Subscription(name = "Subscription")]
impl MediaSubscription {
    /// The asset's state now and at each change, until it is READY or FAILED.
    async fn asset_progress(&self, ctx: &Context<'_>, id: ID) -> Result<impl Stream<Item = Asset> + use<>> {
        let houses: Houses = houses(ctx).clone();
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        houses.media.asset(viewer, id).await.map_err(told(ctx))?;
        Ok(houses.media.watch(id).map(Asset))
    }
}
