//! The bucket of a person: how many milliseconds may still be credited. It fills with real time, at most at the rate cap, whatever is
//! studied on how many devices. Since any opening, what is credited is at most the rate cap times the elapsed time plus the burst.

use kernel::Millis;

use crate::Config;

/// A lease that was not beaten for longer has had a break. Until then what was missed may be made up for: an outage costs the honest nothing.
pub const BREAK_MS: i64 = 10 * 60_000;

/// Two processes' clocks may differ by this much. A smaller step back is another process's clock, and time waits until it is caught up with;
/// a larger one is a clock that was set, and counting goes on from there.
const SKEW_MS: i64 = 5_000;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bucket {
    pub allowance_ms: i64,
    /// Server time up to which it has been filled.
    pub counted_at: Millis,
}

impl Bucket {
    /// Of a person who never studied: as of one who was away for long.
    pub const fn new(now: Millis, config: &Config) -> Self {
        Self { allowance_ms: config.burst_ms(), counted_at: now }
    }

    /// Filled with the time that has passed; a lease that had a break is clipped to the burst.
    pub fn filled(self, now: Millis, config: &Config) -> Self {
        let elapsed = now.saturating_sub(self.counted_at);
        if elapsed < 0 {
            let counted_at = if elapsed >= -SKEW_MS { self.counted_at } else { now };
            return Self { counted_at, ..self };
        }
        let most = if elapsed > BREAK_MS { config.burst_ms() } else { config.cap_ms() };
        let earned = config.at_max_rate(elapsed.min(BREAK_MS));
        Self { allowance_ms: (self.allowance_ms + earned).min(most), counted_at: now }
    }

    /// What an opening leaves of it: never more than the burst, and never more than there was.
    pub fn taken_over(self, now: Millis, config: &Config) -> Self {
        let filled = self.filled(now, config);
        Self { allowance_ms: filled.allowance_ms.min(config.burst_ms()), ..filled }
    }

    /// Pays all of `cost` or nothing; what costs more than the bucket can ever hold is paid with a full one.
    pub fn pay(&mut self, cost: i64, config: &Config) -> bool {
        let price = cost.min(config.cap_ms());
        let enough = price <= self.allowance_ms;
        if enough {
            self.allowance_ms -= price;
        }
        enough
    }

    /// Pays as much of `cost` as there is, and says how much that was.
    pub fn pay_part(&mut self, cost: i64) -> i64 {
        let paid = cost.min(self.allowance_ms).max(0);
        self.allowance_ms -= paid;
        paid
    }
}

impl Config {
    /// Real time in milliseconds of a medium at the rate cap.
    pub(crate) const fn at_max_rate(&self, millis: i64) -> i64 {
        millis.saturating_mul(self.max_rate_percent) / 100
    }
    /// What is left at most at every change or break of a lease: two intervals, for the grain of clocks and for the beat that was under way.
    pub(crate) const fn burst_ms(&self) -> i64 {
        self.heartbeat_ms.saturating_mul(2)
    }
    /// What a lease without a break can save up.
    pub(crate) const fn cap_ms(&self) -> i64 {
        self.at_max_rate(BREAK_MS)
    }
}
