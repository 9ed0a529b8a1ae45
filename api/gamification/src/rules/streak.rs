//! A rhythm of weeks, not of days: three days of seven keep it, and a week that still runs breaks nothing.

use std::collections::{BTreeMap, BTreeSet};

use kernel::Day;

use crate::model::Streak;

/// Days of a week, Monday to Sunday, on which something must have counted.
pub const GOAL: u32 = 3;
const WEEK: i64 = 7;

/// `studied`: days on which something was credited, in any order. Days after `today` are not known yet.
pub fn streak(studied: &[Day], today: Day) -> Streak {
    let known: BTreeSet<Day> = studied.iter().copied().filter(|day| *day <= today).collect();
    let this = today.monday();
    let mut weeks: BTreeMap<Day, u32> = BTreeMap::new();
    for day in &known {
        *weeks.entry(day.monday()).or_default() += 1;
    }
    let met: Vec<Day> = weeks.into_iter().filter(|(_, days)| *days >= GOAL).map(|(monday, _)| monday).collect();
    let mut days = [false; 7];
    for (n, day) in (0..WEEK).zip(&mut days) {
        *day = known.contains(&this.plus(n));
    }
    let (current, best) = runs(&met, this);
    Streak { current, best, days, goal: GOAL }
}

/// The run that reaches this week or the one before it, and the longest, of Mondays in order.
fn runs(met: &[Day], this: Day) -> (u32, u32) {
    let (mut run, mut best, mut last) = (0, 0, None::<Day>);
    for monday in met {
        run = if last.is_some_and(|last| last.plus(WEEK) == *monday) { run + 1 } else { 1 };
        best = run.max(best);
        last = Some(*monday);
    }
    let alive = last.is_some_and(|last| last == this || last.plus(WEEK) == this);
    (if alive { run } else { 0 }, best)
}
