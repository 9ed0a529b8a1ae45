//! What the point rules have paid on a day, and whether they still can.

use std::collections::HashMap;

use kernel::{Amount, Day, event::Measure};

use super::{
    pack::{Pack, Rule},
    tally::Sums,
};
use crate::model::{Task, Today};

/// `paid`: points by rule around the day, also of rules that the pack does not have; `stage`: of the person. A rule that is not for the
/// person, or not for the weekday, is no task.
pub fn today(date: Day, pack: Option<&Pack>, paid: &HashMap<String, Sums>, stage: Option<&str>) -> Today {
    let total: Amount = paid.values().map(|sums| sums.day).sum();
    let cap = pack.and_then(Pack::day_cap);
    let full = cap.is_some_and(|cap| total >= cap);
    let task = |rule: &Rule| {
        let sums = paid.get(&rule.key).copied().unwrap_or_default();
        let reached = rule.caps.each().any(|(scope, cap)| sums.of(scope) >= cap.value);
        let cap = rule.caps.day.as_ref().map(|cap| cap.value);
        Task { rule: rule.told(), earned: sums.day, cap, done: full || reached }
    };
    let rules = pack.into_iter().flat_map(|pack| &pack.rules);
    let mine = rules.filter(|rule| rule.measure == Measure::Points && rule.is_for(stage) && rule.on_weekday(date));
    Today { date, earned: total, cap, tasks: mine.map(task).collect() }
}
