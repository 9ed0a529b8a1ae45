//! Everybody's points at once, kept up to date entry by entry: the sums of units, how many study in them, and who stands where among those who
//! opted in. What changes is decided here once; memory does it on its maps, Redis on its sorted sets, and both answer the same.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kernel::{
    Amount, Day, Millis,
    id::{PersonId, Uuid},
};
use serde::{Deserialize, Serialize};

use super::neighbours::{Around, BESIDE, Place};

/// The first day of a period; none is ever.
pub type Since = Option<Day>;

/// A person as boards know them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// Of the units that they study in.
    pub paths: Vec<String>,
    /// Path of the branch that they belong to.
    pub branch: Option<String>,
    /// Of who opted in.
    pub nickname: Option<String>,
}

impl Member {
    fn counts(&self) -> bool {
        !self.paths.is_empty()
    }
    /// The units that they study in and all above, each once.
    fn units(&self) -> BTreeSet<&str> {
        let above = |path: &'_ str| -> Vec<usize> { path.match_indices('.').map(|(at, _)| at).collect() };
        self.paths.iter().flat_map(|path| above(path).into_iter().filter_map(|at| path.get(..=at))).collect()
    }
    fn board(&self) -> Option<&str> {
        self.branch.as_deref().filter(|_| self.nickname.is_some() && self.counts())
    }
}

/// What is known of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    pub member: Member,
    /// Thousandths; zero where absent.
    pub scores: BTreeMap<Since, i64>,
}

impl Known {
    pub fn score(&self, since: Since) -> i64 {
        self.scores.get(&since).copied().unwrap_or(0)
    }
    /// The board on which they stand.
    pub fn board(&self) -> Option<&str> {
        self.member.board()
    }
}

/// Up to where something is counted, and which periods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mark {
    pub entry: i64,
    /// When that entry was posted: another ledger of the same length is found out.
    pub entry_at: Option<Millis>,
    pub change: i64,
    pub plan: Vec<Since>,
}

impl Mark {
    /// Whether other periods can be gone on with from here: those that are new began after the last entry, `last` its day, so nobody has
    /// points of them yet. Else everything is read again.
    pub fn carries(&self, plan: &[Since], last: Option<Day>) -> bool {
        let empty = |since: &Since| since.is_some_and(|first| last.is_none_or(|last| last < first));
        !self.plan.is_empty() && plan.iter().filter(|since| !self.plan.contains(since)).all(empty)
    }
}

/// What happened since a mark.
#[derive(Debug, Clone, Default)]
pub struct Feed {
    pub points: Vec<(PersonId, Day, Amount)>,
    /// People as they are now.
    pub members: Vec<(PersonId, Member)>,
    pub next: Mark,
    /// There is more to come.
    pub more: bool,
}

impl Feed {
    /// Whom it concerns, each once.
    pub fn people(&self) -> Vec<PersonId> {
        let all = self.points.iter().map(|(person, ..)| *person).chain(self.members.iter().map(|(person, _)| *person));
        all.collect::<HashSet<_>>().into_iter().collect()
    }
}

/// What a feed changes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Step {
    /// Before and after.
    pub people: Vec<(PersonId, Known, Known)>,
    pub units: BTreeMap<(Since, String), i64>,
    pub students: BTreeMap<String, i64>,
}

/// `known`: the people of the feed as they stood at the mark before it.
pub fn step(mut known: HashMap<PersonId, Known>, feed: &Feed) -> Step {
    let before = known.clone();
    for (person, day, amount) in &feed.points {
        let one = known.entry(*person).or_default();
        for since in feed.next.plan.iter().filter(|since| since.is_none_or(|first| *day >= first)) {
            *one.scores.entry(*since).or_default() += amount.thousandths();
        }
    }
    for (person, member) in &feed.members {
        known.entry(*person).or_default().member = member.clone();
    }
    let mut step = Step::default();
    for (person, after) in known {
        let was = before.get(&person).cloned().unwrap_or_default();
        step.add(&was, -1, &feed.next.plan);
        step.add(&after, 1, &feed.next.plan);
        if was != after {
            step.people.push((person, was, after));
        }
    }
    step.units.retain(|_, by| *by != 0);
    step.students.retain(|_, by| *by != 0);
    step.people.sort_by_key(|(person, ..)| *person);
    step
}

impl Step {
    fn add(&mut self, one: &Known, sign: i64, plan: &[Since]) {
        for path in one.member.units() {
            *self.students.entry(path.to_owned()).or_default() += sign;
            for since in plan {
                *self.units.entry((*since, path.to_owned())).or_default() += sign * one.score(*since);
            }
        }
    }
}

/// What is asked of boards.
#[derive(Debug, Clone, Copy)]
pub enum Question<'a> {
    /// The points of all who study in each of the units at these paths, and how many they are.
    Units(&'a [&'a str]),
    /// Who stands beside the person on the board of their branch.
    Around(PersonId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Told {
    Units(Vec<(Amount, u64)>),
    /// None for who is on no board.
    Around(Option<Around>),
}

/// The points of a person turned round, so that the best come first, and the person: equals stand in the order of their ids.
type Rung = (i64, PersonId);

/// All of it in memory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tableau {
    pub mark: Mark,
    people: HashMap<PersonId, Known>,
    units: HashMap<Since, HashMap<String, i64>>,
    students: HashMap<String, i64>,
    boards: HashMap<(Since, String), BTreeSet<Rung>>,
}

fn add(sums: &mut HashMap<String, i64>, path: &str, by: i64) {
    let sum = sums.entry(path.to_owned()).or_default();
    *sum += by;
    if *sum == 0 {
        sums.remove(path);
    }
}

impl Tableau {
    /// Of the people that a feed concerns.
    pub fn known(&self, feed: &Feed) -> HashMap<PersonId, Known> {
        feed.people().into_iter().filter_map(|person| Some((person, self.people.get(&person)?.clone()))).collect()
    }

    /// Points of people who are members of nothing yet: whoever becomes one brings them along.
    pub fn with_points(points: HashMap<PersonId, BTreeMap<Since, i64>>) -> Self {
        let known = |mut scores: BTreeMap<Since, i64>| {
            scores.retain(|_, score| *score != 0);
            Known { scores, ..Known::default() }
        };
        let people = points.into_iter().map(|(person, scores)| (person, known(scores)));
        Self { people: people.filter(|(_, known)| *known != Known::default()).collect(), ..Self::default() }
    }

    pub fn apply(&mut self, step: &Step, next: Mark) {
        for ((since, path), by) in &step.units {
            add(self.units.entry(*since).or_default(), path, *by);
        }
        for (path, by) in &step.students {
            add(&mut self.students, path, *by);
        }
        for (person, before, after) in &step.people {
            self.stand(*person, before, after, &next.plan);
            let mut after = after.clone();
            after.scores.retain(|_, score| *score != 0);
            if after == Known::default() {
                self.people.remove(person);
            } else {
                self.people.insert(*person, after);
            }
        }
        self.units.retain(|_, sums| !sums.is_empty());
        self.boards.retain(|_, rungs| !rungs.is_empty());
        self.mark = next;
    }

    fn stand(&mut self, person: PersonId, before: &Known, after: &Known, plan: &[Since]) {
        for since in plan {
            if let Some(board) = before.board() {
                let rungs = self.boards.entry((*since, board.to_owned())).or_default();
                rungs.remove(&(-before.score(*since), person));
            }
            if let Some(board) = after.board() {
                let rungs = self.boards.entry((*since, board.to_owned())).or_default();
                rungs.insert((-after.score(*since), person));
            }
        }
    }

    /// Goes on with other periods; what [`Mark::carries`] allows.
    pub fn replan(&mut self, plan: Vec<Since>) {
        self.units.retain(|since, _| plan.contains(since));
        self.boards.retain(|(since, _), _| plan.contains(since));
        for known in self.people.values_mut() {
            known.scores.retain(|since, _| plan.contains(since));
        }
        self.people.retain(|_, known| *known != Known::default());
        for since in plan.iter().filter(|since| !self.mark.plan.contains(since)) {
            for (person, known) in &self.people {
                if let Some(board) = known.board() {
                    self.boards.entry((*since, board.to_owned())).or_default().insert((0, *person));
                }
            }
        }
        self.mark.plan = plan;
    }

    pub fn tell(&self, since: Since, question: Question) -> Told {
        match question {
            Question::Units(paths) => Told::Units(self.units(since, paths)),
            Question::Around(me) => Told::Around(self.around(since, me)),
        }
    }

    /// The points of all who study in each of the units, and how many they are.
    pub fn units(&self, since: Since, paths: &[&str]) -> Vec<(Amount, u64)> {
        let sums = self.units.get(&since);
        let of = |path: &&str| {
            let points = sums.and_then(|sums| sums.get(*path)).copied().unwrap_or(0);
            let students = self.students.get(*path).copied().unwrap_or(0);
            (Amount::milli(points), u64::try_from(students).unwrap_or(0))
        };
        paths.iter().map(of).collect()
    }

    /// None for who is on no board.
    pub fn around(&self, since: Since, me: PersonId) -> Option<Around> {
        let known = self.people.get(&me)?;
        let rungs = self.boards.get(&(since, known.board()?.to_owned()))?;
        let own: Rung = (-known.score(since), me);
        let mut window: Vec<Rung> = rungs.range(..own).rev().take(BESIDE).copied().collect();
        window.reverse();
        window.extend(rungs.range(own..).take(BESIDE + 1));
        let start = |points: i64| (points, PersonId::new(Uuid::nil()));
        let top = start(window.first()?.0);
        let before = rungs.range(..top).count();
        let place = |(points, person): &Rung| {
            let rank = before + rungs.range(top..start(*points)).count() + 1;
            Some(Place {
                person: *person,
                nickname: self.people.get(person)?.member.nickname.clone()?,
                rank: u32::try_from(rank).unwrap_or(u32::MAX),
                points: Amount::milli(-points),
            })
        };
        Some(Around {
            people: u64::try_from(rungs.len()).unwrap_or(u64::MAX),
            highest: Amount::milli(-rungs.first()?.0),
            lowest: Amount::milli(-rungs.last()?.0),
            places: window.iter().filter_map(place).collect(),
        })
    }

    pub fn people(&self) -> impl Iterator<Item = (&PersonId, &Known)> {
        self.people.iter()
    }
    pub fn sums(&self) -> impl Iterator<Item = (Since, &str, i64)> {
        self.units.iter().flat_map(|(since, sums)| sums.iter().map(|(path, sum)| (*since, path.as_str(), *sum)))
    }
    pub fn students(&self) -> impl Iterator<Item = (&str, i64)> {
        self.students.iter().map(|(path, many)| (path.as_str(), *many))
    }
}
