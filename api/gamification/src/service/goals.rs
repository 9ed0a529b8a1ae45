//! Goals of teams: set by who is in charge, met together. A team sees its own total and nobody's part in it.

use kernel::{Error, Refusal, Result, Role, Viewer, id::GoalId};
use std::{collections::HashMap, sync::Arc};

use crate::{
    Gamification,
    model::{Goal, GoalMeasure, NewGoal},
    rules::{goal, play},
    store::{goals, members},
};

impl Gamification {
    /// Of the viewer's own teams, and of the units in the viewer's charge, the newest first; none unless the school plays in teams. Progress
    /// may lag a minute behind.
    pub async fn goals(&self, viewer: &Viewer) -> Result<Vec<Goal>> {
        if !play::teamed(self.0.organisation.school().await?.play) {
            return Ok(Vec::new());
        }
        let mut all = goals::all(self.base().db.read()).await?;
        all.retain(|goal| viewer.path.starts_with(&goal.path) || viewer.covers(Role::Admin, &goal.path));
        for goal in &mut all {
            let load = self.progress(goal);
            let kept = self.0.progress.try_get_with(goal.id, load).await;
            goal.progress = kept.map_err(|error: Arc<Error>| (*error).clone())?;
        }
        Ok(all)
    }

    /// Without their progress. Unguarded: whoever asks knows who may see what.
    pub async fn goals_by_id(&self, ids: &[GoalId]) -> Result<HashMap<GoalId, Goal>> {
        let all = goals::all(self.base().db.read()).await?;
        Ok(all.into_iter().filter(|goal| ids.contains(&goal.id)).map(|goal| (goal.id, goal)).collect())
    }

    pub async fn add_goal(&self, viewer: &Viewer, new: NewGoal) -> Result<Goal> {
        let unit = self.in_charge(viewer, Some(new.unit)).await?;
        let new = NewGoal { title: new.title.trim().to_owned(), ..new };
        goal::check(&new, unit.kind)?;
        let NewGoal { title, measure, target, from, to, .. } = new;
        let (id, now) = (self.base().id(), self.base().now());
        let mut made =
            Goal { id, unit: unit.id, path: unit.path, title, measure, target, from, to, ended_at: None, progress: 0 };
        let tx = self.base().db.begin().await?;
        goals::insert(&tx, &made, now).await?;
        let what = format!("{} {} {target} {from} – {to}", made.title, measure.name());
        self.record(&tx, viewer, "play.add_goal", (id.to_string(), what), &made.path).await?;
        tx.commit().await?;
        made.progress = self.progress(&made).await?;
        Ok(made)
    }

    /// From now on it is over; ending it twice changes nothing.
    pub async fn end_goal(&self, viewer: &Viewer, id: GoalId) -> Result<Goal> {
        viewer.must(Role::Admin)?;
        let found = goals::find(self.base().db.read(), id).await?;
        let mut goal = found.filter(|goal| viewer.covers(Role::Admin, &goal.path)).ok_or_else(Refusal::not_found)?;
        if goal.ended_at.is_none() {
            let now = self.base().now();
            let tx = self.base().db.begin().await?;
            goals::end(&tx, id, now).await?;
            self.record(&tx, viewer, "play.end_goal", (id.to_string(), goal.title.clone()), &goal.path).await?;
            tx.commit().await?;
            goal.ended_at = Some(now);
            self.0.progress.invalidate(&id).await;
        }
        goal.progress = self.progress(&goal).await?;
        Ok(goal)
    }

    async fn progress(&self, goal: &Goal) -> Result<u64> {
        let (db, zone) = (self.base().db.read(), self.base().zone);
        let today = zone.day(goal.ended_at.unwrap_or_else(|| self.base().now()));
        match goal.measure {
            GoalMeasure::Lessons => {
                let (from, to) = zone.span(goal.from, goal.to);
                goals::lessons(db, &goal.path, (from, goal.ended_at.map_or(to, |ended| ended.min(to)))).await
            }
            GoalMeasure::Studying => {
                let Some((from, to)) = goal::week(goal.from, goal.to, today) else { return Ok(0) };
                let people = members::beneath(db, &goal.path).await?;
                let studied = self.0.learning.studied(&people, from, to.min(today)).await?;
                Ok(u64::try_from(studied.len()).unwrap_or(u64::MAX))
            }
        }
    }
}
