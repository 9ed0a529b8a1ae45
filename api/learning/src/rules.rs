//! What counts, and what does not: facts in, outcome out. Everything here is arithmetic over milliseconds and spans; time arrives as an argument.

mod bucket;
mod claim;
mod course;
mod credit;
mod spans;

#[cfg(test)]
pub use bucket::BREAK_MS;
pub use bucket::Bucket;
pub use claim::{Claim, Place, place};
pub use course::{course_progress, mean, median};
pub use credit::{Step, carried, refuse, step};
pub use spans::Spans;

/// A lesson is complete when this share of a video is covered. The rest is titles, and what a player never quite reports.
/// A reading is complete when every block is.
pub const VIDEO_COMPLETE: f64 = 0.95;

/// How long a text takes.
pub const CHARACTERS_PER_MINUTE: i64 = catalogue::CHARACTERS_A_MINUTE as i64;

/// A new version of a video goes on with the union when its length differs by at most this many percent from the one the union began with.
pub const SAME_LENGTH_PERCENT: i64 = 2;

/// A completed video is resumed at its start when it was left closer than this to its end.
pub const NEAR_END_MS: i64 = 5_000;

/// Overlaps of a video shorter than this are what players do at the seams of their reports; they count once and are not held against anybody.
pub const SEAM_MS: i64 = 250;

/// More spans than this no honest union of one lesson has; a beat that would pass it is refused whole, so that no row grows without bound.
pub const FRAGMENTS: usize = 10_000;
