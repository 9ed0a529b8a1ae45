//! Goals of teams.

use kernel::{Millis, Result, id::GoalId};
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, QueryOrder};

use super::{behind, day_of, word};
use crate::{
    model::{Goal, GoalMeasure},
    tables::goal,
};

fn goal_of(row: goal::Model) -> Result<Goal> {
    Ok(Goal {
        id: row.id.into(),
        unit: row.unit.into(),
        path: row.path,
        title: row.title,
        measure: word(GoalMeasure::parse(&row.measure), &row.measure)?,
        target: u32::try_from(row.target).unwrap_or(0),
        from: day_of(row.starts)?,
        to: day_of(row.ends)?,
        ended_at: row.ended_at,
        progress: 0,
    })
}

/// The newest first, without progress. Whose they are is decided by rules: a school has hundreds at most.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<Goal>> {
    let rows = goal::Entity::find().order_by_desc(goal::Column::CreatedAt).order_by_desc(goal::Column::Id);
    rows.all(db).await?.into_iter().map(goal_of).collect()
}

pub async fn find(db: &impl ConnectionTrait, id: GoalId) -> Result<Option<Goal>> {
    goal::Entity::find_by_id(id.uuid()).one(db).await?.map(goal_of).transpose()
}

pub async fn insert(tx: &Tx, new: &Goal, now: Millis) -> Result<()> {
    let row = goal::ActiveModel {
        id: Set(new.id.uuid()),
        unit: Set(new.unit.uuid()),
        path: Set(new.path.clone()),
        title: Set(new.title.clone()),
        measure: Set(new.measure.name().to_owned()),
        target: Set(i64::from(new.target)),
        starts: Set(new.from.number()),
        ends: Set(new.to.number()),
        ended_at: Set(None),
        created_at: Set(now),
    };
    goal::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn end(tx: &Tx, id: GoalId, now: Millis) -> Result<()> {
    let row = goal::ActiveModel { id: Set(id.uuid()), ended_at: Set(Some(now)), ..Default::default() };
    goal::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Lessons that those who study at or beneath the path finished between the instants, half open.
pub async fn lessons(db: &impl ConnectionTrait, path: &str, span: (Millis, Millis)) -> Result<u64> {
    let sql = "SELECT COUNT(*) AS many FROM gamification_deed d WHERE d.kind IN ('VIDEO', 'READING') AND d.at >= ? AND d.at < ? \
               AND EXISTS (SELECT 1 FROM gamification_member m WHERE m.person = d.person AND m.path >= ? AND m.path < ?)";
    let values = vec![span.0.into(), span.1.into(), path.into(), behind(path).into()];
    let row = db.query_one_raw(dialect::statement(db, sql, values)).await?;
    let many = row.map(|row| row.try_get::<i64>("", "many")).transpose()?;
    Ok(u64::try_from(many.unwrap_or(0)).unwrap_or(0))
}
