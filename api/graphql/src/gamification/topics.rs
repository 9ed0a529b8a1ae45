//! Badges of topics: what the asker has begun, how far they are, what is missing.

use ::gamification as house;
use async_graphql::{ComplexObject, Context, Enum, Result, SimpleObject};
use kernel::{Viewer, id::CourseId};

use super::played;
use crate::{
    catalogue::Course,
    context::{houses, loaders},
    error::told,
    scalar::{DateTime, int},
};

/// Courses that are named to go on with.
const NAMED: usize = 3;

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::TopicLevel")]
pub enum TopicLevel {
    Bronze,
    Silver,
    Gold,
}

/// A topic is a tag of courses. Its levels go by completed courses alone, and none is ever taken back.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct TopicBadge {
    name: String,
    /// Completed courses that count for it.
    completed: i32,
    /// Null before the first.
    level: Option<TopicLevel>,
    earned_at: Option<DateTime>,
    /// Completed courses at which the next level is earned; null at the top.
    next_at: Option<i32>,
    /// What is missing for the next, in words.
    missing: String,
    #[graphql(skip)]
    open: Vec<CourseId>,
}

#[ComplexObject]
impl TopicBadge {
    /// Not completed and open to the asker: the first three, required ones first.
    #[graphql(complexity = "1 + 3 * child_complexity")]
    async fn courses(&self, ctx: &Context<'_>) -> Result<Vec<Course>> {
        let named = self.open.iter().copied().take(NAMED);
        let mut found = loaders(ctx).load_many(named.clone()).await.map_err(told(ctx))?;
        Ok(named.filter_map(|id| found.remove(&id)).map(Course).collect())
    }
}

impl TopicBadge {
    pub async fn of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Vec<Self>>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let topics = houses(ctx).gamification.topics(viewer).await.map_err(told(ctx))?;
        let told = |topic: house::Topic| Self {
            completed: int(topic.completed),
            level: topic.earned.map(|(level, _)| level.into()),
            earned_at: topic.earned.map(|(_, at)| DateTime(at)),
            next_at: topic.next.map(|level| int(level.asked())),
            missing: topic.missing.say(viewer.language).to_owned(),
            name: topic.name,
            open: topic.open,
        };
        Ok(Some(topics.into_iter().map(told).collect()))
    }
}
