//! The front gate: settings, composition, HTTP, the command line. It knows everything and decides nothing.

// The types of the whole schema nest deeper than the usual limit.
#![recursion_limit = "256"]

pub mod app;
mod backup;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
mod flows;
pub mod http;
mod ledger;
mod literacy;
mod objects;
mod observe;
mod restore;
mod secrets;
mod serve;
#[cfg(feature = "test-clock")]
mod test_clock;
