//! The report: a table of bare limits, a table of figures with the limit and the ratio beside each, and what has to be known to read them.

use std::{fmt, num::NonZero, thread, time::Duration};

use crate::{load::Run, process};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    PerSecond,
    Time,
    Megabytes,
}

/// One measure, once for each run.
#[derive(Debug, Clone)]
pub struct Measured {
    unit: Unit,
    runs: Vec<f64>,
}

impl Measured {
    pub fn new(unit: Unit, mut runs: Vec<f64>) -> Self {
        runs.sort_by(f64::total_cmp);
        Self { unit, runs }
    }
    pub fn times(runs: impl IntoIterator<Item = Duration>) -> Self {
        Self::new(Unit::Time, runs.into_iter().map(|time| time.as_secs_f64()).collect())
    }
    pub fn median(&self) -> f64 {
        self.runs.get(self.runs.len() / 2).copied().unwrap_or(f64::NAN)
    }
    /// From the least to the most.
    fn spread(&self) -> String {
        match (self.runs.first(), self.runs.last()) {
            (Some(least), Some(most)) if self.runs.len() > 1 => {
                format!("{} … {} ({} runs)", self.unit.show(*least), self.unit.show(*most), self.runs.len())
            }
            _ => "one run".to_owned(),
        }
    }
    fn ratio(&self, limit: &Self) -> String {
        let ratio = self.median() / limit.median();
        if ratio < 10.0 { format!("{ratio:.2}") } else { format!("{ratio:.0}") }
    }
}

impl fmt::Display for Measured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.unit.show(self.median()))
    }
}

impl Unit {
    fn show(self, value: f64) -> String {
        match self {
            Self::PerSecond => format!("{}/s", thousands(value)),
            Self::Time if value < 0.01 => format!("{:.2} ms", value * 1e3),
            Self::Time => format!("{:.1} ms", value * 1e3),
            Self::Megabytes => format!("{value:.1} MB"),
        }
    }
}

/// 12345.6 as 12,346.
fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let place =
        |n: usize, c: char| if n > 0 && (digits.len() - n).is_multiple_of(3) { format!(",{c}") } else { c.to_string() };
    digits.chars().enumerate().map(|(n, c)| place(n, c)).collect()
}

/// Runs of one load: how many answers a second, what half and 99 of 100 of them took, and the slowest.
#[derive(Debug, Clone)]
pub struct Loads {
    pub rate: Measured,
    pub p50: Measured,
    pub p99: Measured,
    pub worst: Measured,
}

impl Loads {
    pub fn of(runs: &[Run]) -> Self {
        Self::with(runs, 1.0)
    }
    /// Where each answer stands for so many things.
    pub fn with(runs: &[Run], each: f64) -> Self {
        let rate = |run: &Run| run.times.len() as f64 * each / run.took.as_secs_f64();
        Self {
            rate: Measured::new(Unit::PerSecond, runs.iter().map(rate).collect()),
            p50: Measured::times(runs.iter().map(|run| percentile(&run.times, 50))),
            p99: Measured::times(runs.iter().map(|run| percentile(&run.times, 99))),
            worst: Measured::times(runs.iter().map(|run| percentile(&run.times, 100))),
        }
    }
}

/// The time within which so many of a hundred were answered.
fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) * percent / 100).copied().unwrap_or_default()
}

struct Line {
    what: String,
    measured: Measured,
    limit: Option<(&'static str, Measured)>,
    asked: &'static str,
}

pub struct Report {
    limits: Vec<Line>,
    figures: Vec<Line>,
    notes: Vec<String>,
    load_before: Option<String>,
}

impl Report {
    pub fn new() -> Self {
        Self { limits: Vec::new(), figures: Vec::new(), notes: Vec::new(), load_before: process::load_average() }
    }
    pub fn limit(&mut self, what: impl Into<String>, measured: &Measured) {
        self.limits.push(Line { what: what.into(), measured: measured.clone(), limit: None, asked: "" });
    }
    /// A figure, the limit it is held against, and what was asked for where something was.
    pub fn figure(
        &mut self,
        what: impl Into<String>,
        measured: &Measured,
        limit: Option<(&'static str, &Measured)>,
        asked: &'static str,
    ) {
        let limit = limit.map(|(name, limit)| (name, limit.clone()));
        self.figures.push(Line { what: what.into(), measured: measured.clone(), limit, asked });
    }
    pub fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }

    pub fn render(&self) -> String {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        let unknown = || "unknown".to_owned();
        let (before, after) = (self.load_before.clone(), process::load_average());
        let (before, after) = (before.unwrap_or_else(unknown), after.unwrap_or_else(unknown));
        let mut lines = vec![
            "# Bench".to_owned(),
            String::new(),
            format!(
                "{cores} cores, which the server and the load generator share. Load average when it began {before} (others' work then), when it ended {after}."
            ),
            "Medians of the runs; a ratio is figure ÷ limit: of a rate more is better, of a time less.".to_owned(),
            String::new(),
            "| bare limit | median | runs |".to_owned(),
            "| --- | --- | --- |".to_owned(),
        ];
        lines.extend(self.limits.iter().map(|l| format!("| {} | {} | {} |", l.what, l.measured, l.measured.spread())));
        lines.push(String::new());
        lines.push("| figure | median | runs | bare limit | ratio | asked for |".to_owned());
        lines.push("| --- | --- | --- | --- | --- | --- |".to_owned());
        lines.extend(self.figures.iter().map(Line::row));
        lines.push(String::new());
        lines.extend(self.notes.iter().map(|note| format!("- {note}")));
        lines.join("\n") + "\n"
    }
}

impl Line {
    fn row(&self) -> String {
        let (limit, ratio) = match &self.limit {
            Some((name, limit)) => (format!("{name}: {limit}"), self.measured.ratio(limit)),
            None => ("–".to_owned(), "–".to_owned()),
        };
        format!(
            "| {} | {} | {} | {limit} | {ratio} | {} |",
            self.what,
            self.measured,
            self.measured.spread(),
            self.asked
        )
    }
}
