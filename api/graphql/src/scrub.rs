//! The check of all objects in the store.

use ::media as house;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};

use crate::{
    context::{houses, viewer},
    error::told,
    scalar::{DateTime, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Fault")]
pub enum ObjectFault {
    /// Its bytes are not those that were kept.
    Changed,
    /// There is a row, and no object.
    Missing,
    /// There is an object, and no row.
    Unknown,
    /// The store did not give it out.
    Unreadable,
}

#[derive(SimpleObject)]
pub struct WrongObject {
    key: String,
    fault: ObjectFault,
}

pub struct ObjectCheck(house::Scrub);

#[Object]
impl ObjectCheck {
    async fn started_at(&self) -> DateTime {
        DateTime(self.0.started_at)
    }
    /// Null while it runs.
    async fn ended_at(&self) -> Option<DateTime> {
        self.0.ended_at.map(DateTime)
    }
    /// 0 to 1.
    async fn progress(&self) -> f64 {
        self.0.progress()
    }
    /// Read and compared so far.
    async fn objects(&self) -> i32 {
        int(self.0.found.objects)
    }
    async fn bytes(&self) -> f64 {
        self.0.found.bytes as f64
    }
    /// Objects of before there were checksums, which have theirs now.
    async fn adopted(&self) -> i32 {
        int(self.0.found.adopted)
    }
    async fn changed(&self) -> i32 {
        int(self.0.found.changed)
    }
    async fn missing(&self) -> i32 {
        int(self.0.found.missing)
    }
    async fn unknown(&self) -> i32 {
        int(self.0.found.unknown)
    }
    async fn unreadable(&self) -> i32 {
        int(self.0.found.unreadable)
    }
    /// The first two hundred.
    async fn wrong(&self) -> Vec<WrongObject> {
        let told = |one: &house::Wrong| WrongObject { key: one.key.clone(), fault: one.fault.into() };
        self.0.found.wrong.iter().map(told).collect()
    }
}

#[derive(Default)]
pub struct ScrubQuery;

#[Object]
impl ScrubQuery {
    /// The newest check of all objects, running or ended: for admins. Null before the first.
    async fn object_check(&self, ctx: &Context<'_>) -> Result<Option<ObjectCheck>> {
        Ok(houses(ctx).media.last_scrub(viewer(ctx)?).await.map_err(told(ctx))?.map(ObjectCheck))
    }
}

#[derive(Default)]
pub struct ScrubMutation;

#[Object]
impl ScrubMutation {
    /// Begins to read every object again, unless that is being done: for admins.
    async fn check_objects(&self, ctx: &Context<'_>) -> Result<ObjectCheck> {
        Ok(ObjectCheck(houses(ctx).media.scrub(viewer(ctx)?).await.map_err(told(ctx))?))
    }
}
