//! Use cases: paying, taking back, telling.

mod adjust;
pub mod award;
mod correct;
mod current;
pub mod dry_run;
mod follow;
mod packs;
pub mod read;
mod reverse;
pub mod seal;
mod waiting;
pub mod webhook;
mod witness;
