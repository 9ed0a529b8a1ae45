//! What the server has acknowledged. Each operation is noted before it is sent and again when its end is known.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// The last beat of a student's newest study.
#[derive(Debug, Clone, Default)]
pub struct Sitting {
    pub lesson: String,
    /// Sent and answered.
    pub acked: Option<(Value, Value)>,
    /// Sent; nobody knows.
    pub pending: Option<Value>,
}

#[derive(Debug, Clone, Default)]
pub struct Seen {
    pub course: String,
    pub coverage: f64,
    pub completed: bool,
}

/// A reading that the lecturer published.
#[derive(Debug, Clone)]
pub struct Reading {
    pub course: String,
    pub lesson: String,
}

/// How far an adjustment had come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    Proposed,
    /// Asked for; nobody knows.
    Approving,
    Approved,
}

#[derive(Debug, Clone)]
pub struct Adjustment {
    pub student: String,
    /// Thousandths; no other entry has as many.
    pub amount: i64,
    pub stage: Stage,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    pub measure: String,
    pub amount: i64,
    pub rule: String,
    pub course: String,
    pub lesson: String,
}

#[derive(Default)]
pub struct Oracle {
    pub sittings: BTreeMap<String, Sitting>,
    /// By student and lesson.
    pub seen: BTreeMap<(String, String), Seen>,
    /// Since the last check.
    pub touched: BTreeSet<(String, String)>,
    /// By student and id.
    pub entries: BTreeMap<(String, String), Entry>,
    pub readings: Vec<Reading>,
    /// Course → the summary that was acknowledged last, and one of which nobody knows.
    pub summaries: BTreeMap<String, (String, Option<String>)>,
    pub adjustments: BTreeMap<String, Adjustment>,
    pub adjusted: i64,
    /// Why adjustments are left out, once that is known.
    pub no_adjustments: Option<String>,
    pub counts: BTreeMap<&'static str, u64>,
}

impl Oracle {
    pub fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub fn opened(&mut self, student: &str, lesson: &str) {
        let sitting = Sitting { lesson: lesson.to_owned(), ..Sitting::default() };
        self.sittings.insert(student.to_owned(), sitting);
        self.count("openings");
    }

    pub fn sends(&mut self, student: &str, input: &Value) {
        self.sittings.get_mut(student).expect("an open study").pending = Some(input.clone());
    }

    pub fn beaten(&mut self, student: &str, course: &str, answer: &Value) {
        let sitting = self.sittings.get_mut(student).expect("an open study");
        let input = sitting.pending.take().expect("a beat was sent");
        sitting.acked = Some((input, answer.clone()));
        let key = (student.to_owned(), sitting.lesson.clone());
        let seen = self.seen.entry(key.clone()).or_default();
        course.clone_into(&mut seen.course);
        seen.coverage = seen.coverage.max(answer["coverage"].as_f64().unwrap_or(0.0));
        seen.completed |= answer["completed"] == true;
        self.touched.insert(key);
        self.count("beats");
        if answer["creditedMs"].as_i64() > Some(0) {
            self.count("beats that counted");
        }
    }

    /// It was refused, so it was not done.
    pub fn not_done(&mut self, student: &str) {
        self.sittings.get_mut(student).expect("an open study").pending = None;
    }
}

/// Thousandths of a decimal as the contract writes one.
pub fn thousandths(text: &str) -> i64 {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let part: i64 = format!("{part:0<3}").parse().expect("at most three places");
    let sign = if whole.starts_with('-') { -1 } else { 1 };
    whole.parse::<i64>().expect("a decimal") * 1000 + sign * part
}
