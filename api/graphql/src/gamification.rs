//! Play: today's tasks, the weekly rhythm, the level, boards. All of it null or empty where the school has it off.

mod play;
mod topics;

use ::gamification as house;
use async_graphql::{Context, Enum, Object, Result, SimpleObject};
use kernel::{Page, id::PersonId};

use crate::{
    context::{houses, viewer},
    credits::Rule,
    error::told,
    scalar::{Date, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Scope")]
pub enum LeaderboardScope {
    School,
    College,
    Branch,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Period")]
pub enum Period {
    Week,
    Month,
    Term,
    All,
}

#[derive(SimpleObject)]
pub struct Today {
    date: Date,
    earned: Decimal,
    cap: Option<Decimal>,
    tasks: Vec<Task>,
}

#[derive(SimpleObject)]
pub struct Task {
    rule: Rule,
    earned: Decimal,
    cap: Option<Decimal>,
    done: bool,
}

/// Weeks in a row in which the weekly goal was met; `days`: which of this week's seven had study, Monday first.
#[derive(SimpleObject)]
pub struct Streak {
    current: i32,
    best: i32,
    days: Vec<bool>,
    goal: i32,
    /// This week is frozen: it neither breaks nor counts.
    frozen: bool,
}

/// `next_at`: finished lessons and passed checks at which the next begins; null at the top.
#[derive(SimpleObject)]
pub struct Level {
    rank: i32,
    title: String,
    next_at: Option<i32>,
}

#[derive(SimpleObject)]
pub struct Leaderboard {
    me: Option<Standing>,
    rows: Vec<LeaderboardRow>,
}

#[derive(SimpleObject)]
pub struct Standing {
    rank: i32,
    points: Decimal,
}

#[derive(SimpleObject)]
pub struct LeaderboardRow {
    rank: i32,
    name: String,
    points: Decimal,
    /// The asker's own unit, or the asker.
    me: bool,
}

pub async fn played(ctx: &Context<'_>) -> Result<bool> {
    let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
    Ok(house::shown(school.play))
}

impl Today {
    pub async fn of(ctx: &Context<'_>, person: PersonId) -> Result<Option<Self>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let today = houses(ctx).credits.today(person).await.map_err(told(ctx))?;
        let tasks = today.tasks.into_iter().map(|task| Task {
            rule: task.rule.into(),
            earned: Decimal(task.earned),
            cap: task.cap.map(Decimal),
            done: task.done,
        });
        let (earned, cap) = (Decimal(today.earned), today.cap.map(Decimal));
        Ok(Some(Self { date: Date(today.date), earned, cap, tasks: tasks.collect() }))
    }
}

impl Streak {
    pub async fn of(ctx: &Context<'_>, person: PersonId) -> Result<Option<Self>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let streak = houses(ctx).gamification.streak(person).await.map_err(told(ctx))?;
        let days = streak.days.to_vec();
        let (current, best, goal) = (int(streak.current), int(streak.best), int(streak.goal));
        Ok(Some(Self { current, best, days, goal, frozen: streak.frozen }))
    }
}

impl Level {
    pub async fn of(ctx: &Context<'_>, person: PersonId) -> Result<Option<Self>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let level = houses(ctx).gamification.level(person).await.map_err(told(ctx))?;
        Ok(Some(Self { rank: int(level.rank), title: level.title, next_at: level.next_at.map(int) }))
    }
}

pub use play::{BadgeView, BoardChoice, Goal, PlayMutation, PlayTask};
pub use topics::TopicBadge;

#[derive(Default)]
pub struct GamificationQuery;

#[Object]
impl GamificationQuery {
    /// `rows` is empty unless the school opened boards; people appear only when they chose to.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn leaderboard(
        &self,
        ctx: &Context<'_>,
        scope: LeaderboardScope,
        period: Period,
        first: i32,
    ) -> Result<Leaderboard> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, None).map_err(|e| told(ctx)(e.into()))?;
        let board = houses(ctx)
            .gamification
            .leaderboard(viewer, scope.into(), period.into(), page.first)
            .await
            .map_err(told(ctx))?;
        let row =
            |r: house::Row| LeaderboardRow { rank: int(r.rank), name: r.name, points: Decimal(r.points), me: r.me };
        let me = board.me.map(|s| Standing { rank: int(s.rank), points: Decimal(s.points) });
        Ok(Leaderboard { me, rows: board.rows.into_iter().map(row).collect() })
    }
    /// Exam weeks and holidays that hold for the asker, or lie in the asker's charge.
    async fn freezes(&self, ctx: &Context<'_>) -> Result<Vec<play::Freeze>> {
        let found = houses(ctx).gamification.freezes(viewer(ctx)?).await.map_err(told(ctx))?;
        Ok(found.into_iter().map(Into::into).collect())
    }
    /// Team goals of the asker's own units and of those in the asker's charge; none unless the school plays in teams.
    async fn goals(&self, ctx: &Context<'_>) -> Result<Vec<Goal>> {
        let found = houses(ctx).gamification.goals(viewer(ctx)?).await.map_err(told(ctx))?;
        Ok(found.into_iter().map(Into::into).collect())
    }
}
