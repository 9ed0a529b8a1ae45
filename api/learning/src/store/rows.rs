//! Rows and nouns, one made from the other. What is written with each beat is short text: no names, no zeros, nothing that is empty.

mod answer;
mod flag;
mod live;
mod record;
mod study;

use kernel::Result;
use serde::Deserialize;

pub use flag::flag_name;
pub use live::{Ahead, ahead, empty_seat, lease_row, read_live};
pub use record::progress_row;
pub use study::{sitting, study_info, study_row};

fn parsed<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Option<T>> {
    if text.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(text)?)) }
}
