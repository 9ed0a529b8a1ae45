//! All SQL of studying. What a batch of acts needs is read with one statement a table and written with one.

pub mod finished;
mod hot;
mod open;
pub mod past;
mod read;
mod rows;
mod upsert;

use std::collections::HashMap;

use kernel::Result;

pub use hot::{
    add_flags, lock_seats, note_days, records, review_flag, save_records, save_seats, save_sittings, seats, sittings,
};
pub use open::{complete_enrolment, enrol, find_seat, insert_script, insert_sitting, lock_seat, put_away, sweep};
pub use read::{
    Held, completed, count_completed, coverages, days, flag, flagged, flags, info, pending_of, progress, recent,
    record, script,
};

/// What a row was read as. A row that cannot be read is the fault of that row alone, not of the batch it was read in.
pub type Read<K, T> = HashMap<K, Result<T>>;
