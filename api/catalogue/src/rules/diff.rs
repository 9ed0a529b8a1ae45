//! How two texts differ, in words, and how two versions of a course differ. Pure, and the same every time: no clock cuts it short; what is
//! too long to compare word by word is told whole.

use similar::{Algorithm, DiffOp, capture_diff_slices};

use crate::model::{Run, RunKind};

/// Words of one changed stretch that are compared with each other; the time grows with their product.
const MOST_WORDS: usize = 4_000;
/// Lines that are compared with each other.
const MOST_LINES: usize = 20_000;

/// By paragraphs first, then by words within those that changed. No runs where nothing changed.
pub fn texts(before: &str, after: &str) -> Vec<Run> {
    if before == after {
        return Vec::new();
    }
    let (old, new) = (lines(before), lines(after));
    let mut runs = Runs::default();
    if old.len().max(new.len()) > MOST_LINES {
        runs.replaced(before, after);
        return runs.0;
    }
    for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
        let (from, to) = (joined(&old, op.old_range()), joined(&new, op.new_range()));
        match op {
            DiffOp::Equal { .. } => runs.add(RunKind::Same, &from),
            DiffOp::Delete { .. } | DiffOp::Insert { .. } => runs.replaced(&from, &to),
            DiffOp::Replace { .. } => runs.words(&from, &to),
        }
    }
    runs.0
}

/// A line each, without what stayed.
pub fn lists(before: &[String], after: &[String]) -> Vec<Run> {
    let mut runs = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, before, after) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let line = |kind| move |text: &String| Run { kind, text: text.clone() };
        runs.extend(before.get(op.old_range()).into_iter().flatten().map(line(RunKind::Removed)));
        runs.extend(after.get(op.new_range()).into_iter().flatten().map(line(RunKind::Added)));
    }
    runs
}

/// Each with its line end.
fn lines(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

fn joined(pieces: &[&str], range: std::ops::Range<usize>) -> String {
    pieces.get(range).unwrap_or_default().concat()
}

#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn add(&mut self, kind: RunKind, text: &str) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.kind == kind => last.text.push_str(text),
            _ => self.0.push(Run { kind, text: text.to_owned() }),
        }
    }
    fn replaced(&mut self, before: &str, after: &str) {
        self.add(RunKind::Removed, before);
        self.add(RunKind::Added, after);
    }
    fn words(&mut self, before: &str, after: &str) {
        let (old, new) = (search::pieces(before), search::pieces(after));
        if old.len().max(new.len()) > MOST_WORDS {
            return self.replaced(before, after);
        }
        for op in capture_diff_slices(Algorithm::Myers, &old, &new) {
            let (from, to) = (joined(&old, op.old_range()), joined(&new, op.new_range()));
            match op {
                DiffOp::Equal { .. } => self.add(RunKind::Same, &from),
                DiffOp::Delete { .. } | DiffOp::Insert { .. } | DiffOp::Replace { .. } => self.replaced(&from, &to),
            }
        }
    }
}
