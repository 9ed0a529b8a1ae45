//! Boards as they are told.

use std::sync::Arc;

use kernel::{Error, Result, Viewer};
use organisation::{Unit, UnitKind};

use crate::{
    Gamification,
    model::{Board, Period, Scope},
    rules::{
        board, neighbours, play,
        tableau::{Question, Since, Told},
    },
};

impl Gamification {
    /// Empty unless the school opened boards. May lag some seconds behind.
    pub async fn leaderboard(&self, viewer: &Viewer, scope: Scope, period: Period, first: u64) -> Result<Board> {
        if !play::compared(self.0.organisation.school().await?.play) {
            return Ok(Board::default());
        }
        let today = self.base().today();
        let term = self.0.organisation.term_of(today).await?;
        let Some(since) = board::since(period, today, term.as_ref()) else { return Ok(Board::default()) };
        let first = usize::try_from(first).unwrap_or(usize::MAX);
        match scope {
            Scope::School | Scope::College => self.board_of_units(viewer, scope, since, first).await,
            Scope::Branch => match self.told(since, Question::Around(viewer.person)).await? {
                Told::Around(around) => Ok(neighbours::board(around.as_ref(), viewer.person, first)),
                Told::Units(_) => Ok(Board::default()),
            },
        }
    }

    async fn board_of_units(&self, viewer: &Viewer, scope: Scope, since: Since, first: usize) -> Result<Board> {
        let root = self.0.organisation.root().await?;
        let colleges = self.units(&root.path, UnitKind::College).await?;
        let Some(field) = board::field(scope, &root, &colleges, &viewer.path) else { return Ok(Board::default()) };
        let units = self.units(&field.path, field.kind).await?;
        let paths: Vec<&str> = units.iter().map(|unit| unit.path.as_str()).collect();
        let Told::Units(counted) = self.told(since, Question::Units(&paths)).await? else {
            return Ok(Board::default());
        };
        let places = board::ranked(units.iter().zip(counted).map(|(unit, (points, many))| (unit, points, many)));
        Ok(board::board(&places, &viewer.path, first))
    }

    async fn units(&self, path: &str, kind: UnitKind) -> Result<Arc<Vec<Unit>>> {
        let load = async {
            let all = self.0.organisation.units_beneath(&[path.to_owned()]).await?;
            Ok::<_, Error>(Arc::new(all.into_iter().filter(|unit| unit.kind == kind).collect()))
        };
        let kept = self.0.units.try_get_with((path.to_owned(), kind), load).await;
        kept.map_err(|error: Arc<Error>| (*error).clone())
    }
}
