//! Tasks, badges, goals of teams, who stands on the board of persons; and what admins set.

use ::gamification as house;
use async_graphql::{ComplexObject, Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{
    Viewer,
    id::{CourseId, UnitId},
};

use super::played;
use crate::{
    catalogue::{self, Course},
    context::{houses, loaders, viewer},
    error::told,
    organisation::{Play, School, Unit},
    scalar::{self, Date, DateTime, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::TaskPeriod")]
pub enum TaskPeriod {
    Day,
    Week,
}

/// A small task of the running day or week. Nothing is paid for it.
#[derive(SimpleObject)]
pub struct PlayTask {
    key: String,
    title: String,
    period: TaskPeriod,
    /// Never more than the goal.
    done: i32,
    goal: i32,
    finished_at: Option<DateTime>,
}

impl PlayTask {
    pub async fn of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Vec<Self>>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let tasks = houses(ctx).gamification.tasks(viewer.person).await.map_err(told(ctx))?;
        let told = |task: house::Task| Self {
            key: task.key.to_owned(),
            title: task.title.say(viewer.language).to_owned(),
            period: task.period.into(),
            done: int(task.done),
            goal: int(task.goal),
            finished_at: task.finished_at.map(DateTime),
        };
        Ok(Some(tasks.into_iter().map(told).collect()))
    }
}

#[derive(SimpleObject)]
#[graphql(name = "Badge", complex)]
pub struct BadgeView {
    key: String,
    title: String,
    reason: String,
    earned_at: DateTime,
    #[graphql(skip)]
    course_id: Option<CourseId>,
}

#[ComplexObject]
impl BadgeView {
    async fn course(&self, ctx: &Context<'_>) -> Result<Option<Course>> {
        let Some(id) = self.course_id else { return Ok(None) };
        catalogue::course(ctx, id).await
    }
}

impl BadgeView {
    pub async fn of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Vec<Self>>> {
        if !played(ctx).await? {
            return Ok(None);
        }
        let badges = houses(ctx).gamification.badges(viewer.person).await.map_err(told(ctx))?;
        let told = |badge: house::Badge| Self {
            title: badge.title.say(viewer.language).to_owned(),
            reason: badge.why.say(viewer.language).to_owned(),
            key: badge.key,
            earned_at: DateTime(badge.at),
            course_id: badge.course,
        };
        Ok(Some(badges.into_iter().map(told).collect()))
    }
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum GoalMeasure {
    /// Lessons that members finished.
    Lessons,
    /// Members who studied on a day of the running week.
    MembersStudying,
}

impl From<house::GoalMeasure> for GoalMeasure {
    fn from(measure: house::GoalMeasure) -> Self {
        match measure {
            house::GoalMeasure::Lessons => Self::Lessons,
            house::GoalMeasure::Studying => Self::MembersStudying,
        }
    }
}
impl From<GoalMeasure> for house::GoalMeasure {
    fn from(measure: GoalMeasure) -> Self {
        match measure {
            GoalMeasure::Lessons => Self::Lessons,
            GoalMeasure::MembersStudying => Self::Studying,
        }
    }
}

/// A team against its own target: a total, no names, no other team.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Goal {
    id: ID,
    title: String,
    measure: GoalMeasure,
    target: i32,
    /// May lag a minute behind.
    reached: i32,
    from: Date,
    to: Date,
    ended_at: Option<DateTime>,
    #[graphql(skip)]
    unit_id: UnitId,
}

#[ComplexObject]
impl Goal {
    async fn unit(&self, ctx: &Context<'_>) -> Result<Unit> {
        let found = loaders(ctx).load_one(self.unit_id).await.map_err(told(ctx))?;
        found.map(Unit::from).ok_or_else(|| told(ctx)(kernel::Refusal::not_found().into()))
    }
}

impl From<house::Goal> for Goal {
    fn from(goal: house::Goal) -> Self {
        Self {
            id: ID(goal.id.to_string()),
            title: goal.title,
            measure: goal.measure.into(),
            target: int(goal.target),
            reached: int(goal.progress),
            from: Date(goal.from),
            to: Date(goal.to),
            ended_at: goal.ended_at.map(DateTime),
            unit_id: goal.unit,
        }
    }
}

impl Goal {
    /// Of the viewer's own teams; null unless the school plays in teams.
    pub async fn of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Vec<Self>>> {
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        if !house::teamed(school.play) {
            return Ok(None);
        }
        let goals = houses(ctx).gamification.goals(viewer).await.map_err(told(ctx))?;
        let own = goals.into_iter().filter(|goal| viewer.path.starts_with(&goal.path));
        Ok(Some(own.map(Into::into).collect()))
    }
}

/// Whether the asker is shown on the board of persons, and as whom.
#[derive(SimpleObject)]
pub struct BoardChoice {
    shown: bool,
    nickname: Option<String>,
}

impl BoardChoice {
    pub async fn of(ctx: &Context<'_>, viewer: &Viewer) -> Result<Option<Self>> {
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        if !house::compared(school.play) {
            return Ok(None);
        }
        let opted = houses(ctx).gamification.opt_in(viewer.person).await.map_err(told(ctx))?;
        Ok(Some(Self { shown: opted.is_some(), nickname: opted.map(|opted| opted.nickname) }))
    }
}

/// Exam weeks or holidays: they neither break a rhythm nor count.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct Freeze {
    id: ID,
    title: String,
    from: Date,
    to: Date,
    #[graphql(skip)]
    unit_id: UnitId,
}

#[ComplexObject]
impl Freeze {
    /// For it and all beneath it; null: the whole school.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Unit>> {
        let unit = loaders(ctx).load_one(self.unit_id).await.map_err(told(ctx))?;
        Ok(unit.filter(|unit| unit.parent.is_some()).map(Unit::from))
    }
}

impl From<house::Freeze> for Freeze {
    fn from(freeze: house::Freeze) -> Self {
        Self {
            id: ID(freeze.id.to_string()),
            title: freeze.title,
            from: Date(freeze.from),
            to: Date(freeze.to),
            unit_id: freeze.unit,
        }
    }
}

#[derive(InputObject)]
pub struct GoalInput {
    unit_id: ID,
    title: String,
    measure: GoalMeasure,
    target: i32,
    from: Date,
    to: Date,
}

/// Without `unit_id` for the whole school.
#[derive(InputObject)]
pub struct FreezeInput {
    title: String,
    from: Date,
    to: Date,
    unit_id: Option<ID>,
}

#[derive(SimpleObject)]
pub struct GoalPayload {
    goal: Goal,
}
#[derive(SimpleObject)]
pub struct FreezePayload {
    freeze: Freeze,
}
#[derive(SimpleObject)]
pub struct ViewerPayload {
    viewer: crate::identity::Viewer,
}
#[derive(SimpleObject)]
pub struct SchoolPayload {
    school: School,
}

#[derive(Default)]
pub struct PlayMutation;

#[Object]
impl PlayMutation {
    /// Onto the board of the own branch under a nickname of 2 to 12 characters, or off it.
    async fn set_board(&self, ctx: &Context<'_>, shown: bool, nickname: Option<String>) -> Result<ViewerPayload> {
        let viewer = viewer(ctx)?;
        houses(ctx).gamification.set_opt_in(viewer, shown, nickname).await.map_err(told(ctx))?;
        Ok(ViewerPayload { viewer: crate::identity::Viewer(viewer.clone()) })
    }
    /// Days a week, 1 to 7, from the coming Monday on; null: the school's.
    async fn set_weekly_goal(&self, ctx: &Context<'_>, days: Option<i32>) -> Result<ViewerPayload> {
        let viewer = viewer(ctx)?;
        let days = days.map(|days| u32::try_from(days).unwrap_or(0));
        houses(ctx).gamification.set_rhythm(viewer, days).await.map_err(told(ctx))?;
        Ok(ViewerPayload { viewer: crate::identity::Viewer(viewer.clone()) })
    }
    /// The school's one switch for points, streaks, goals and boards; by an admin of the school.
    async fn set_play(&self, ctx: &Context<'_>, play: Play) -> Result<SchoolPayload> {
        let school = houses(ctx).organisation.set_play(viewer(ctx)?, play.into()).await.map_err(told(ctx))?;
        Ok(SchoolPayload { school: school.into() })
    }
    async fn add_freeze(&self, ctx: &Context<'_>, input: FreezeInput) -> Result<FreezePayload> {
        let viewer = viewer(ctx)?;
        let unit = scalar::id_option(input.unit_id.as_ref()).map_err(told(ctx))?;
        let house = &houses(ctx).gamification;
        let freeze = house.add_freeze(viewer, &input.title, input.from.0, input.to.0, unit).await.map_err(told(ctx))?;
        Ok(FreezePayload { freeze: freeze.into() })
    }
    async fn remove_freeze(&self, ctx: &Context<'_>, id: ID) -> Result<bool> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        houses(ctx).gamification.remove_freeze(viewer, id).await.map_err(told(ctx))?;
        Ok(true)
    }
    async fn add_goal(&self, ctx: &Context<'_>, input: GoalInput) -> Result<GoalPayload> {
        let viewer = viewer(ctx)?;
        let new = house::NewGoal {
            unit: scalar::id(&input.unit_id).map_err(told(ctx))?,
            title: input.title,
            measure: input.measure.into(),
            target: u32::try_from(input.target).unwrap_or(0),
            from: input.from.0,
            to: input.to.0,
        };
        Ok(GoalPayload { goal: houses(ctx).gamification.add_goal(viewer, new).await.map_err(told(ctx))?.into() })
    }
    async fn end_goal(&self, ctx: &Context<'_>, id: ID) -> Result<GoalPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(GoalPayload { goal: houses(ctx).gamification.end_goal(viewer, id).await.map_err(told(ctx))?.into() })
    }
}
