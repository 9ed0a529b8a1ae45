//! Boards of units by the mean of their students: a large unit has no advantage, and nobody's own figure is seen.

use kernel::{Amount, Day};
use organisation::{Term, Unit, UnitKind};

use crate::model::{Board, Period, Row, Scope, Standing};

/// A unit on a board.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub path: String,
    pub row: Row,
}

/// Which units a board is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    pub kind: UnitKind,
    /// All of them lie beneath it.
    pub path: String,
}

/// The units compared, for who belongs to the unit at `path`; none where the scope has no units for them: who belongs to no college sees no
/// branches of it, and within a branch people are compared, not units.
pub fn field(scope: Scope, root: &Unit, colleges: &[Unit], path: &str) -> Option<Field> {
    match scope {
        Scope::School => Some(Field { kind: UnitKind::College, path: root.path.clone() }),
        Scope::College => {
            let own = colleges.iter().filter(|college| path.starts_with(&college.path));
            let innermost = own.max_by_key(|college| college.path.len());
            innermost.map(|college| Field { kind: UnitKind::Branch, path: college.path.clone() })
        }
        Scope::Branch => None,
    }
}

/// The first day of the running period; `None` is ever. Without a term that holds today there is no board of it.
pub fn since(period: Period, today: Day, term: Option<&Term>) -> Option<Option<Day>> {
    match period {
        Period::Week => Some(Some(today.monday())),
        Period::Month => Some(Some(today.first_of_month())),
        Period::Term => term.map(|term| Some(term.starts)),
        Period::All => Some(None),
    }
}

/// The periods of boards that run on a day, each once: the week, the month, the term where there is one, and ever.
pub fn plan(today: Day, term: Option<&Term>) -> Vec<Option<Day>> {
    let all = [Period::Week, Period::Month, Period::Term, Period::All];
    let mut plan: Vec<Option<Day>> = all.into_iter().filter_map(|period| since(period, today, term)).collect();
    plan.sort_unstable();
    plan.dedup();
    plan
}

/// From units with their totals and numbers of students, best first; equals in the order of their numbers. A unit without students has no mean.
pub fn ranked<'a>(units: impl IntoIterator<Item = (&'a Unit, Amount, u64)>) -> Vec<Place> {
    let mean = |(unit, total, students): (&'a Unit, Amount, u64)| {
        let students = i64::try_from(students).ok().filter(|n| *n > 0)?;
        Some((unit, total.share(1, students)))
    };
    let mut means: Vec<(&Unit, Amount)> = units.into_iter().filter_map(mean).collect();
    means.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    let mut places: Vec<Place> = Vec::with_capacity(means.len());
    for (number, (unit, points)) in (1..).zip(means) {
        let equal = places.last().filter(|last| last.row.points == points).map(|last| last.row.rank);
        let row = Row { rank: equal.unwrap_or(number), name: unit.title.clone(), points, me: false };
        places.push(Place { path: unit.path.clone(), row });
    }
    places
}

/// The first rows, and where the unit of who belongs at `path` stands.
pub fn board(places: &[Place], path: &str, first: usize) -> Board {
    let own = places.iter().filter(|place| path.starts_with(&place.path)).max_by_key(|place| place.path.len());
    let me = own.map(|place| Standing { rank: place.row.rank, points: place.row.points });
    let is_own = |place: &Place| own.is_some_and(|own| own.path == place.path);
    let row = |place: &Place| Row { me: is_own(place), ..place.row.clone() };
    Board { me, rows: places.iter().take(first).map(row).collect() }
}
