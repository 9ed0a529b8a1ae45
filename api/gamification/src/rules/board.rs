//! Boards of units by the mean of their students: a large unit has no advantage, and nobody's own figure is seen.

use std::collections::HashMap;

use kernel::{Amount, Day, id::PersonId};
use organisation::{Person, Term, Unit, UnitKind};

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
/// branches of it, and people are not compared.
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

/// Points of all people of each unit, by its path.
pub fn totals<'a>(
    units: &'a [Unit],
    people: &[Person],
    points: &HashMap<PersonId, Amount>,
) -> HashMap<&'a str, Amount> {
    let mut totals: HashMap<&str, Amount> = HashMap::new();
    for (path, amount) in people.iter().filter_map(|person| Some((&person.path, *points.get(&person.id)?))) {
        for unit in units.iter().filter(|unit| path.starts_with(&unit.path)) {
            *totals.entry(unit.path.as_str()).or_default() += amount;
        }
    }
    totals
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
        let row = Row { rank: equal.unwrap_or(number), name: unit.title.clone(), points };
        places.push(Place { path: unit.path.clone(), row });
    }
    places
}

/// The first rows, and where the unit of who belongs at `path` stands.
pub fn board(places: &[Place], path: &str, first: usize) -> Board {
    let own = places.iter().filter(|place| path.starts_with(&place.path)).max_by_key(|place| place.path.len());
    let me = own.map(|place| Standing { rank: place.row.rank, points: place.row.points });
    Board { me, rows: places.iter().take(first).map(|place| place.row.clone()).collect() }
}
