//! Time as an argument: milliseconds since 1970 in UTC, one precision in both databases.

use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, SecondsFormat, Utc};

/// Milliseconds since 1970-01-01T00:00:00Z.
pub type Millis = i64;

pub trait Clock: Send + Sync {
    /// Wall-clock time, UTC.
    fn now(&self) -> Millis;
    /// Milliseconds of a clock that never steps back; only differences within one process mean anything.
    fn monotonic(&self) -> Millis;
}

/// The clock of the machine.
pub struct SystemClock {
    started: std::time::Instant,
}

impl SystemClock {
    pub fn new() -> Self {
        Self { started: std::time::Instant::now() }
    }
}
impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}
impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place where the ambient clock is read")]
    fn now(&self) -> Millis {
        Utc::now().timestamp_millis()
    }
    fn monotonic(&self) -> Millis {
        i64::try_from(self.started.elapsed().as_millis()).unwrap_or(i64::MAX)
    }
}

/// A clock that stands until somebody moves it: for tests and for filling the demo school's past.
pub struct SetClock(AtomicI64);

impl SetClock {
    pub const fn at(now: Millis) -> Self {
        Self(AtomicI64::new(now))
    }
    pub fn set(&self, now: Millis) {
        self.0.store(now, Ordering::SeqCst);
    }
    pub fn advance(&self, millis: Millis) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}
impl Clock for SetClock {
    fn now(&self) -> Millis {
        self.0.load(Ordering::SeqCst)
    }
    fn monotonic(&self) -> Millis {
        self.now()
    }
}

/// RFC 3339 in UTC with milliseconds, the contract's `DateTime`.
pub fn rfc3339(at: Millis) -> String {
    DateTime::from_timestamp_millis(at).unwrap_or_default().to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// The instant that an RFC 3339 text names.
pub fn parse_rfc3339(text: &str) -> Option<Millis> {
    DateTime::parse_from_rfc3339(text).ok().map(|at| at.timestamp_millis())
}
