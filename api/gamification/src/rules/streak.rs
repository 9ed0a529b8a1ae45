//! A rhythm of weeks, not of days: some days of seven keep it, a week that still runs breaks nothing, a frozen one neither breaks nor counts.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Day;

use super::calendar::{Goals, is_frozen};
use crate::model::{Freeze, Streak};

const WEEK: i64 = 7;

/// `studied`: days on which something was credited, in any order. Days after `today` are not known yet.
pub fn streak(studied: &[Day], today: Day, goals: &Goals, freezes: &[Freeze]) -> Streak {
    let known: BTreeSet<Day> = studied.iter().copied().filter(|day| *day <= today).collect();
    let this = today.monday();
    let mut days = [false; 7];
    for (n, day) in (0..WEEK).zip(&mut days) {
        *day = known.contains(&this.plus(n));
    }
    let (current, best) = runs(&weeks(&known), this, goals, freezes);
    let goal = goals.of(this);
    Streak { current, best, days, goal, frozen: is_frozen(this, goal, freezes) }
}

/// On how many days of each week, by its Monday, something was credited.
pub fn weeks(days: &BTreeSet<Day>) -> BTreeMap<Day, u32> {
    let mut weeks: BTreeMap<Day, u32> = BTreeMap::new();
    for day in days {
        *weeks.entry(day.monday()).or_default() += 1;
    }
    weeks
}

/// The run that reaches this week or the last one that counted, and the longest.
fn runs(weeks: &BTreeMap<Day, u32>, this: Day, goals: &Goals, freezes: &[Freeze]) -> (u32, u32) {
    let (mut run, mut best) = (0, 0);
    let Some(first) = weeks.keys().next().copied() else { return (0, 0) };
    let mondays = std::iter::successors(Some(first), |monday| Some(monday.plus(WEEK)));
    for monday in mondays.take_while(|monday| *monday <= this) {
        let goal = goals.of(monday);
        if is_frozen(monday, goal, freezes) {
            continue;
        }
        if weeks.get(&monday).is_some_and(|days| *days >= goal) {
            run += 1;
            best = run.max(best);
        } else if monday < this {
            run = 0;
        }
    }
    (run, best)
}
