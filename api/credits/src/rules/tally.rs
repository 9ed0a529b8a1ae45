//! What was paid before, as far as one fact asks for it.

use std::collections::HashMap;

use kernel::{Amount, Day, Millis, event::Measure, id::LessonId};

use super::pack::Scope;
use crate::model::NewEntry;

const YEAR: i64 = 365;

/// Sums over the fact's day, its week and its term, before any reversal that keeps the caps.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Sums {
    pub day: Amount,
    pub week: Amount,
    pub term: Amount,
}

/// The payments of one rule around the fact.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pace {
    /// On the fact's day.
    pub payments: u32,
    /// The nearest at or before the fact, and the nearest after it: facts may be heard late.
    pub before: Option<Millis>,
    pub after: Option<Millis>,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub rules: HashMap<String, Sums>,
    /// Of all rules of a measure together.
    pub all: HashMap<Measure, Sums>,
    pub pace: HashMap<String, Pace>,
    /// Which of the reasons asked about are taken, for which lesson.
    pub taken: HashMap<String, Option<LessonId>>,
}

/// What a tally must hold for a fact; everything else would be read in vain.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Needs {
    pub keys: Vec<String>,
    pub week: bool,
    pub term: bool,
    pub paced: Vec<String>,
    /// Whether the pack has rules whose reversals do not free their caps.
    pub keeps: bool,
}

impl Sums {
    pub const fn of(&self, scope: Scope) -> Amount {
        match scope {
            Scope::Day => self.day,
            Scope::Week => self.week,
            Scope::Term => self.term,
        }
    }
    pub fn add(&mut self, amount: Amount) {
        for sum in [&mut self.day, &mut self.week, &mut self.term] {
            *sum += amount;
        }
    }
}

impl Pace {
    /// Minutes to the nearest payment, rounded down.
    pub fn distance(&self, at: Millis) -> Option<i64> {
        let before = self.before.map(|before| at.saturating_sub(before));
        let after = self.after.map(|after| after.saturating_sub(at));
        before.into_iter().chain(after).min()
    }
}

impl Tally {
    pub fn sums(&self, rule: &str) -> Sums {
        self.rules.get(rule).copied().unwrap_or_default()
    }
    pub fn sums_of(&self, measure: Measure) -> Sums {
        self.all.get(&measure).copied().unwrap_or_default()
    }
    /// As if the entry had been posted.
    pub fn add(&mut self, entry: &NewEntry, at: Millis) {
        self.taken.insert(entry.reason_key.clone(), entry.lesson);
        if entry.amount.is_zero() {
            return;
        }
        self.rules.entry(entry.rule.clone()).or_default().add(entry.amount);
        self.all.entry(entry.measure).or_default().add(entry.amount);
        let pace = self.pace.entry(entry.rule.clone()).or_default();
        pace.payments += 1;
        pace.before = Some(at);
    }
}

/// The days over which a cap per term counts for `day`: from a term's first day to the day before the next term's, so that a holiday belongs
/// to the term before it. Where no term follows, a year after its beginning at most; where no term is known, the calendar year.
pub fn term_of(day: Day, starts: &[Day]) -> (Day, Day) {
    let from = starts.iter().copied().filter(|start| *start <= day).max();
    let next = starts.iter().copied().filter(|start| *start > day).min().map(|next| next.plus(-1));
    let year = |number| Day::of(number, 1, 1).unwrap_or(day);
    let (first, last) = match from {
        Some(from) if day < from.plus(YEAR) => (from, from.plus(YEAR - 1)),
        // So long after the last known term the calendar year counts, without the days that belong to that term.
        Some(from) => (year(day.year()).max(from.plus(YEAR)), year(day.year() + 1).plus(-1)),
        None => (year(day.year()), year(day.year() + 1).plus(-1)),
    };
    (first, next.map_or(last, |next| next.min(last)))
}
