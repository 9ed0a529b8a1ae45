//! The media library: a unit's files, where they are used, replacing and throwing away.

use std::collections::{HashMap, HashSet};

use ::catalogue as house;
use ::media::Status;
use async_graphql::{Context, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Page, id::AssetId};

use super::{Asset, AssetStatus, UploadPurpose};
use crate::{
    catalogue::{Course, CourseStatus},
    context::{houses, viewer},
    error::told,
    organisation::{Person, person},
    page::{Counted, LibraryNames, counted},
    scalar::{self, DateTime, int},
};

/// What is left out is not asked.
#[derive(InputObject, Default)]
pub struct LibraryFilter {
    /// Part of the file's name.
    query: Option<String>,
    purpose: Option<UploadPurpose>,
    statuses: Option<Vec<AssetStatus>>,
    /// The asker's own files.
    mine: Option<bool>,
    /// Named by no lesson and no kept version.
    unused: Option<bool>,
    /// Those that were thrown away and may still be taken back.
    deleted: Option<bool>,
}

impl From<LibraryFilter> for house::LibraryFilter {
    fn from(filter: LibraryFilter) -> Self {
        Self {
            query: filter.query,
            purpose: filter.purpose.map(Into::into),
            statuses: filter.statuses.unwrap_or_default().into_iter().map(Into::into).collect(),
            mine: filter.mine.unwrap_or(false),
            unused: filter.unused.unwrap_or(false),
            deleted: filter.deleted.unwrap_or(false),
        }
    }
}

/// A place in which a file is used.
#[derive(SimpleObject, Clone)]
pub struct AssetUse {
    course_id: ID,
    course_title: String,
    status: CourseStatus,
    /// In the draft of a published course.
    draft: bool,
    lesson_id: Option<ID>,
    lesson_title: Option<String>,
    /// The number of an earlier version that keeps it.
    version: Option<i32>,
}

impl From<house::Use> for AssetUse {
    fn from(one: house::Use) -> Self {
        let (lesson_id, lesson_title) = one.lesson.map(|(id, title)| (ID(id.to_string()), title)).unzip();
        Self {
            course_id: ID(one.course.id.to_string()),
            course_title: one.course.title,
            status: one.course.status.into(),
            draft: one.course.draft_of.is_some(),
            lesson_id,
            lesson_title,
            version: one.version.map(int),
        }
    }
}

/// A file as the library shows it.
#[derive(Clone)]
pub struct LibraryItem {
    asset: ::media::Asset,
    uses: Vec<AssetUse>,
    may_change: bool,
    replaced_by: Option<AssetId>,
}

#[Object]
impl LibraryItem {
    async fn asset(&self) -> Asset {
        Asset(self.asset.clone())
    }
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.asset.owner).await
    }
    /// Of the file as it was uploaded, in units of 1024 bytes, rounded up.
    async fn size_kb(&self) -> Option<i32> {
        self.asset.size.map(|bytes| int((bytes + 1023) / 1024))
    }
    async fn uses(&self) -> Vec<AssetUse> {
        self.uses.clone()
    }
    /// Its owner and admins in charge may replace it and throw it away.
    async fn may_change(&self) -> bool {
        self.may_change
    }
    /// The playlist of a video, for the asker, for two hours; the picture itself.
    async fn preview_url(&self, ctx: &Context<'_>) -> Result<Option<String>> {
        if self.asset.status != Status::Ready {
            return Ok(None);
        }
        let media = &houses(ctx).media;
        Ok(match self.asset.purpose {
            ::media::Purpose::Video => {
                Some(format!("{}/master.m3u8", media.preview_prefix(self.asset.id, viewer(ctx)?.person)))
            }
            ::media::Purpose::Image => Some(media.picture_path(self.asset.id)),
            ::media::Purpose::Document | ::media::Purpose::Roster | ::media::Purpose::Captions => None,
        })
    }
    /// Since when it is thrown away.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.asset.deleted_at.map(DateTime)
    }
    /// Until when it may be taken back.
    async fn kept_until(&self) -> Option<DateTime> {
        self.asset.deleted_at.map(|at| DateTime(at + house::KEPT_MS))
    }
    /// The file that takes its place as soon as it is converted.
    async fn replaced_by(&self) -> Option<ID> {
        self.replaced_by.map(|id| ID(id.to_string()))
    }
}

#[derive(SimpleObject)]
pub struct ReplacePayload {
    item: LibraryItem,
    /// The courses that have it now; a draft where it still goes through review.
    courses: Vec<Course>,
    /// It takes the place as soon as it is converted.
    waits: bool,
}

#[derive(SimpleObject)]
pub struct LibraryPayload {
    item: LibraryItem,
}

async fn items(ctx: &Context<'_>, assets: &[::media::Asset]) -> Result<HashMap<AssetId, LibraryItem>> {
    let (viewer, catalogue) = (viewer(ctx)?, &houses(ctx).catalogue);
    let ids: Vec<AssetId> = assets.iter().map(|asset| asset.id).collect();
    let mut uses = catalogue.uses(&ids).await.map_err(told(ctx))?;
    let may: HashSet<AssetId> = catalogue.changeable_assets(viewer, assets).await.map_err(told(ctx))?;
    let replaced = catalogue.waiting_replacements(&ids).await.map_err(told(ctx))?;
    let item = |asset: &::media::Asset| {
        let uses = uses.remove(&asset.id).unwrap_or_default().into_iter().map(AssetUse::from).collect();
        let (may_change, replaced_by) = (may.contains(&asset.id), replaced.get(&asset.id).copied());
        (asset.id, LibraryItem { asset: asset.clone(), uses, may_change, replaced_by })
    };
    Ok(assets.iter().map(item).collect())
}

async fn item(ctx: &Context<'_>, asset: ::media::Asset) -> Result<LibraryItem> {
    let id = asset.id;
    let found = items(ctx, &[asset]).await?.remove(&id);
    found.ok_or_else(|| told(ctx)(kernel::Refusal::not_found().into()))
}

#[derive(Default)]
pub struct LibraryQuery;

#[Object]
impl LibraryQuery {
    /// Files of those who teach in the asker's charge, newest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn library(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        filter: Option<LibraryFilter>,
    ) -> Result<Counted<LibraryItem, LibraryNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let filter = filter.unwrap_or_default().into();
        let found = houses(ctx).catalogue.library(viewer, filter, &page).await.map_err(told(ctx))?;
        let assets: Vec<::media::Asset> = found.nodes().cloned().collect();
        let items = items(ctx, &assets).await?;
        let blank =
            |asset: ::media::Asset| LibraryItem { asset, uses: Vec::new(), may_change: false, replaced_by: None };
        Ok(counted(found.map(|asset| items.get(&asset.id).cloned().unwrap_or_else(|| blank(asset)))))
    }

    async fn library_item(&self, ctx: &Context<'_>, id: ID) -> Result<Option<LibraryItem>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let asset = houses(ctx).catalogue.library_asset(viewer, id).await.map_err(told(ctx))?;
        Ok(Some(item(ctx, asset).await?))
    }
}

#[derive(Default)]
pub struct LibraryMutation;

#[Object]
impl LibraryMutation {
    /// Another video in the place of this one, wherever it is used: at once in drafts and where the school asks for no review, else in the
    /// course's draft. One that is not converted yet follows as soon as it is.
    async fn replace_asset(&self, ctx: &Context<'_>, id: ID, by_id: ID) -> Result<ReplacePayload> {
        let viewer = viewer(ctx)?;
        let (id, by) = (scalar::id(&id).map_err(told(ctx))?, scalar::id(&by_id).map_err(told(ctx))?);
        let done = houses(ctx).catalogue.replace_asset(viewer, id, by).await.map_err(told(ctx))?;
        let courses = done.courses.into_iter().map(Course).collect();
        Ok(ReplacePayload { item: item(ctx, done.asset).await?, courses, waits: done.waits })
    }

    /// CONFLICT naming where, while a course uses it; while only earlier versions keep it, too, unless `fromHistory`. May be undone for seven days.
    async fn delete_asset(&self, ctx: &Context<'_>, id: ID, from_history: Option<bool>) -> Result<LibraryPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let from_history = from_history.unwrap_or(false);
        let thrown = houses(ctx).catalogue.throw_away(viewer, id, from_history).await.map_err(told(ctx))?;
        Ok(LibraryPayload { item: item(ctx, thrown.asset).await? })
    }

    /// Back from those that were thrown away.
    async fn restore_asset(&self, ctx: &Context<'_>, id: ID) -> Result<LibraryPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let asset = houses(ctx).catalogue.take_back(viewer, id).await.map_err(told(ctx))?;
        Ok(LibraryPayload { item: item(ctx, asset).await? })
    }
}
