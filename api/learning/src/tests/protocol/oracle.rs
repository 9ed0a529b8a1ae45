//! The second protocol: squares instead of spans, counted one by one.

use kernel::id::QuestionId;

use crate::{
    Span,
    model::{Phase, Record},
};

pub const SQUARE: i64 = 4_000;
pub const SQUARES: usize = 300;
const BURST: i64 = 32_000;
const CAP: i64 = 1_200_000;
const BREAK: i64 = 600_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Squares([bool; SQUARES]);

impl Default for Squares {
    fn default() -> Self {
        Self([false; SQUARES])
    }
}

impl Squares {
    pub fn set(&mut self, at: usize) {
        self.0[at] = true;
    }
    pub fn has(&self, at: usize) -> bool {
        self.0[at]
    }
}

pub struct Purse {
    pub allowance: i64,
    at: i64,
}

impl Purse {
    pub const fn new(now: i64) -> Self {
        Self { allowance: BURST, at: now }
    }
    pub fn fill(&mut self, now: i64) {
        let passed = now - self.at;
        self.at = now;
        self.allowance += 2 * passed.min(BREAK);
        self.allowance = self.allowance.min(if passed > BREAK { BURST } else { CAP });
    }
    pub fn taken_over(&mut self, now: i64) {
        self.fill(now);
        self.allowance = self.allowance.min(BURST);
    }
    fn pay(&mut self) -> bool {
        let can = self.allowance >= SQUARE;
        self.allowance -= if can { SQUARE } else { 0 };
        can
    }
}

/// What one lesson is to the person.
#[derive(Default)]
pub struct Oracle {
    pub covered: Squares,
    pub pending: Squares,
    /// Of the pending, what a passed check releases.
    of_sitting: Squares,
    /// Of the open question's stretch, what was shown again.
    pub shown: Squares,
}

impl Oracle {
    /// When a question is drawn is chance: `records` before and after say whether one is open. What that makes of the claim is decided here.
    pub fn beat(
        &mut self,
        claim: (usize, usize),
        served: &Squares,
        purse: &mut Purse,
        records: (&Record, &Record),
        now: i64,
    ) {
        let was_open = records.0.checks.open.is_some();
        let first = !was_open && records.0.checks.drawn == 0 && records.1.checks.open.is_some();
        let drawn_first = first && self.would_complete(claim, served, purse);
        let waits = was_open || drawn_first;
        let mut new = Squares::default();
        let mut empty = false;
        for at in claim.0..claim.1 {
            if self.covered.has(at) || !served.has(at) || (was_open && self.of_sitting.has(at)) || empty {
                continue;
            }
            empty = !purse.pay();
            if empty {
                continue;
            }
            new.set(at);
            if waits {
                self.pending.set(at);
                self.of_sitting.set(at);
            } else {
                self.covered.set(at);
                self.pending.0[at] = false;
            }
        }
        let again = self.show_again(claim, served, purse, (records.0, now), &new);
        let id = |record: &Record| record.checks.open.as_ref().map(|open| open.id);
        let anew = id(records.0) != id(records.1);
        if was_open {
            // Fourteen of fifteen squares are nine tenths.
            assert_eq!(anew, again && self.shown.0.iter().filter(|one| **one).count() >= 14, "asked anew");
        }
        if anew {
            self.shown = Squares::default();
        }
    }

    /// In the phase of showing again what counted before is paid as well, once.
    fn show_again(
        &mut self,
        claim: (usize, usize),
        served: &Squares,
        purse: &mut Purse,
        of: (&Record, i64),
        new: &Squares,
    ) -> bool {
        let Some(open) = of.0.checks.open.as_ref() else { return false };
        let lapsed = open.phase == Phase::Asked && open.deadline < of.1;
        if open.phase == Phase::Asked && !lapsed {
            return false;
        }
        let stretch = stretch_of(open.question);
        let inside = |at: usize| (stretch.start..stretch.end).contains(&(i64::try_from(at).unwrap() * SQUARE));
        let mut empty = false;
        for at in (claim.0..claim.1).filter(|at| inside(*at)) {
            if new.has(at) {
                self.shown.set(at);
            } else if served.has(at) && !self.shown.has(at) && !empty {
                empty = !purse.pay();
                if !empty {
                    self.shown.set(at);
                }
            }
        }
        true
    }

    /// A long video is not completed without any question.
    fn would_complete(&self, claim: (usize, usize), served: &Squares, purse: &Purse) -> bool {
        let before = (0..SQUARES).filter(|at| self.covered.has(*at)).count();
        let could = (claim.0..claim.1).filter(|at| !self.covered.has(*at) && served.has(*at)).count();
        let paid = could.min(usize::try_from(purse.allowance / SQUARE).unwrap());
        before * 20 < SQUARES * 19 && (before + paid) * 20 >= SQUARES * 19
    }

    /// How many squares a passed check releases.
    pub fn waiting(&self) -> usize {
        (0..SQUARES).filter(|at| self.of_sitting.has(*at) && !self.covered.has(*at)).count()
    }

    pub fn release(&mut self) {
        for at in 0..SQUARES {
            if self.of_sitting.has(at) {
                self.covered.set(at);
                self.pending.0[at] = false;
            }
        }
        self.of_sitting = Squares::default();
        self.shown = Squares::default();
    }

    /// After a long break nothing of the pending is of this sitting.
    pub fn sitting_ends(&mut self) {
        self.of_sitting = Squares::default();
    }
}

fn stretch_of(question: QuestionId) -> Span {
    let number = usize::try_from(question.uuid().as_u128()).unwrap() - 1;
    let minute = if number < 20 { number } else { 2 * (number - 20) };
    let start = i64::try_from(minute).unwrap() * 15 * SQUARE;
    Span::new(start, start + 15 * SQUARE)
}
