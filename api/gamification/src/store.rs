//! Every SQL statement of this house, and what it keeps in Redis.

pub mod calendar;
pub mod deeds;
pub mod goals;
pub mod members;
pub mod shared;

use kernel::{Day, Error, Result};

/// Rows of one statement.
const MANY: usize = 1_000;

fn word<T>(parsed: Option<T>, text: &str) -> Result<T> {
    parsed.ok_or_else(|| Error::broken(format!("a stored word that is not known: {text}")))
}

fn day_of(number: i32) -> Result<Day> {
    Day::from_number(number).ok_or_else(|| Error::broken("a stored day that is none"))
}

/// What lies at or beneath `path`: from it to before this.
fn behind(path: &str) -> String {
    // A path ends with a dot, and a slash is the character behind it.
    format!("{}/", path.strip_suffix('.').unwrap_or(path))
}
