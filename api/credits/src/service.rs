//! Use cases: paying, taking back, telling.

pub mod award;
mod read;
mod reverse;
