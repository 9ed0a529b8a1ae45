//! What the point rules have paid on a day, and whether they still can.

use std::collections::HashMap;

use kernel::{Amount, Day, event::Measure};

use super::pack::{Pack, Rule};
use crate::model::{Task, Today};

/// `earned`: points of the day by rule, also of rules that the pack does not have.
pub fn today(date: Day, pack: Option<&Pack>, earned: &HashMap<String, Amount>) -> Today {
    let total: Amount = earned.values().copied().sum();
    let cap = pack.and_then(Pack::cap);
    let full = cap.is_some_and(|cap| total >= cap);
    let task = |rule: &Rule| {
        let earned = earned.get(rule.key()).copied().unwrap_or_default();
        let cap = rule.daily_cap.as_ref().map(|cap| cap.value);
        Task { rule: rule.told(), earned, cap, done: full || cap.is_some_and(|cap| earned >= cap) }
    };
    let rules = pack.into_iter().flat_map(|pack| &pack.rules);
    let tasks = rules.filter(|rule| rule.measure == Measure::Points).map(task).collect();
    Today { date, earned: total, cap, tasks }
}
