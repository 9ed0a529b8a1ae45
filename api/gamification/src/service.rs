//! Use cases: one's own rhythm and level, and the boards. Whoever asks for a person has settled that they may, and that play is shown.

use std::{collections::HashMap, sync::Arc};

use kernel::{Amount, Day, Error, Result, Viewer, id::PersonId};
use organisation::{Person, Unit, UnitKind};

use crate::{
    Gamification,
    model::{Board, Level, Period, Scope, Streak},
    rules::{
        board::{self, Field, Place},
        level, play, streak,
    },
    store,
};

/// Streaks look no further back; longer than anybody studies.
const YEARS: i64 = 12;

impl Gamification {
    pub async fn streak(&self, person: PersonId) -> Result<Streak> {
        let today = self.base().today();
        let studied = self.0.learning.days_studied(person, today.plus(-YEARS * 366), today).await?;
        Ok(streak::streak(&studied, today))
    }

    /// By the lessons that the person has finished.
    pub async fn level(&self, person: PersonId) -> Result<Level> {
        Ok(level::level(store::finished(self.base().db.read(), person).await?))
    }

    /// Empty unless the school opened boards. May lag a minute behind.
    pub async fn leaderboard(&self, viewer: &Viewer, scope: Scope, period: Period, first: u64) -> Result<Board> {
        if !play::compared(self.0.organisation.school().await?.play) {
            return Ok(Board::default());
        }
        let Some(field) = self.field(viewer, scope).await? else { return Ok(Board::default()) };
        let today = self.base().today();
        let term = self.0.organisation.term_of(today).await?;
        let Some(since) = board::since(period, today, term.as_ref()) else { return Ok(Board::default()) };
        let key = (scope, field.path.clone(), since);
        let load = async { self.places(&field, since).await.map(Arc::new) };
        let places = self.0.boards.try_get_with(key, load).await.map_err(|e: Arc<Error>| (*e).clone())?;
        Ok(board::board(&places, &viewer.path, usize::try_from(first).unwrap_or(usize::MAX)))
    }

    async fn field(&self, viewer: &Viewer, scope: Scope) -> Result<Option<Field>> {
        let root = self.0.organisation.root().await?;
        let colleges = self.units(&root.path, UnitKind::College).await?;
        Ok(board::field(scope, &root, &colleges, &viewer.path))
    }

    async fn units(&self, path: &str, kind: UnitKind) -> Result<Vec<Unit>> {
        let all = self.0.organisation.units_beneath(&[path.to_owned()]).await?;
        Ok(all.into_iter().filter(|unit| unit.kind == kind).collect())
    }

    /// The units of the field, ranked.
    async fn places(&self, field: &Field, since: Option<Day>) -> Result<Vec<Place>> {
        let units = self.units(&field.path, field.kind).await?;
        let people = self.0.organisation.people_beneath(&field.path).await?;
        let points = self.points(&people, since).await?;
        let totals = board::totals(&units, &people, &points);
        let mut counted = Vec::with_capacity(units.len());
        for unit in &units {
            let total = totals.get(unit.path.as_str()).copied().unwrap_or_default();
            counted.push((unit, total, self.0.organisation.count_students(&unit.path).await?));
        }
        Ok(board::ranked(counted))
    }

    async fn points(&self, people: &[Person], since: Option<Day>) -> Result<HashMap<PersonId, Amount>> {
        let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
        match since {
            Some(day) => self.0.credits.points_since(&ids, day).await,
            None => self.0.credits.points_ever(&ids).await,
        }
    }
}
