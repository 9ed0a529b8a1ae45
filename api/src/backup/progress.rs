//! How far a long piece of work is, on standard error, for people only: a terminal sees it, a log does not.

use std::io::{IsTerminal, Write, stderr};

use kernel::{Clock, Millis, clock::SystemClock};

/// Told at most so often.
const PAUSE_MS: i64 = 200;

pub struct Progress {
    what: String,
    shown: bool,
    told_at: Millis,
    clock: Option<SystemClock>,
}

impl Progress {
    pub fn new(what: &str) -> Self {
        let clock = stderr().is_terminal().then(SystemClock::new);
        Self { what: what.to_owned(), shown: false, told_at: 0, clock }
    }

    /// So many are done.
    pub fn at(&mut self, count: u64) {
        let Some(now) = self.clock.as_ref().map(Clock::monotonic) else { return };
        if now - self.told_at >= PAUSE_MS {
            self.told_at = now;
            self.shown = true;
            // A terminal that does not take it is no reason to stop.
            drop(write!(stderr(), "\r\x1b[K{} {count}", self.what));
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if self.shown {
            drop(write!(stderr(), "\r\x1b[K"));
        }
    }
}
