//! What is kept of an account and of a session, and what a caller is told of them.

use kernel::{
    Millis,
    id::{PersonId, SessionId},
};

/// How long a session lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetime {
    /// From its opening (staff) or from its last use (students).
    pub total_ms: i64,
    /// Without use.
    pub idle_ms: i64,
    /// Use moves the end.
    pub sliding: bool,
}

const HOUR: i64 = 3_600_000;
/// Students stay signed in for 30 days of use.
pub const STUDENT: Lifetime = Lifetime { total_ms: 30 * 24 * HOUR, idle_ms: 30 * 24 * HOUR, sliding: true };
/// Staff for 12 hours, and 30 idle minutes.
pub const STAFF: Lifetime = Lifetime { total_ms: 12 * HOUR, idle_ms: HOUR / 2, sliding: false };

/// A session that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    pub id: SessionId,
    pub person: PersonId,
    /// Signed in with a one-time password: nothing answers but changing it.
    pub one_time: bool,
    pub seen_at: Millis,
    pub expires_at: Millis,
    pub idle_ms: i64,
}

impl Session {
    pub const fn holds(&self, now: Millis) -> bool {
        now < self.expires_at && now - self.seen_at < self.idle_ms
    }
}

/// A new session and its token, which is told once and never stored.
#[derive(Debug, Clone)]
pub struct SignedIn {
    pub person: PersonId,
    pub session: SessionId,
    pub token: String,
    pub expires_at: Millis,
}

/// Wrong passwords of one name or from one network.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Attempts {
    pub failures: i32,
    pub blocked_until: Millis,
    pub last_at: Millis,
}
