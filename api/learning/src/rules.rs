//! What counts, and what does not: facts in, outcome out. Everything here is arithmetic over milliseconds and spans; time and chance arrive as
//! arguments.

mod bucket;
mod check;
mod claim;
mod course;
mod credit;
mod evidence;
mod grow;
mod habits;
mod map;
mod pay;
mod spans;

use kernel::Millis;

use crate::Config;

#[cfg(test)]
pub use bucket::BREAK_MS;
pub use bucket::Bucket;
pub use check::{Judged, close, extend, judge, resumed, told};
pub use claim::{Claim, Place, place};
pub use course::{course_progress, mean, median, progress_now};
#[cfg(test)]
pub use credit::Step;
pub use credit::{is_due, lost, step};
pub use evidence::{contest, note};
pub use grow::{Grown, Whose, carried, covered_ms, goes_on, passed, released};
pub use habits::{Crowd, Noted, answered, beaten, kept};
pub use map::watched;
pub use spans::Spans;

/// A lesson is complete when this share of a video is covered. The rest is titles, and what a player never quite reports.
/// A reading is complete when every block is.
pub const VIDEO_COMPLETE: f64 = 0.95;

/// A new version of a video goes on with the union when its length differs by at most this many percent from the one the union began with.
pub const SAME_LENGTH_PERCENT: i64 = 2;

/// A completed video is resumed at its start when it was left closer than this to its end.
pub const NEAR_END_MS: i64 = 5_000;

/// Overlaps and gaps of a video shorter than this are what players do at the seams of their reports and encoders at those of their segments;
/// they count once and are not held against anybody.
pub const SEAM_MS: i64 = 250;

/// More spans than this no honest union of one lesson has; a beat that would pass it is refused whole, so that no row grows without bound.
pub const FRAGMENTS: usize = 10_000;

/// The row of a lesson's progress lags by less than this behind the row of the person who studies it now.
pub const LAG_MS: i64 = 60_000;

/// When something is decided: by the wall clock, which dates facts, and by server time, which fills buckets and ends deadlines.
#[derive(Debug, Clone, Copy)]
pub struct At<'a> {
    pub wall: Millis,
    pub server: Millis,
    pub config: &'a Config,
}

/// A hundred and twenty-eight bits that nobody can guess.
pub type Chance<'a> = &'a mut dyn FnMut() -> u128;
