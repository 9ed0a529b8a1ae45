//! Verifies the ledger: a reader of its own that shares with the writer only the canonical bytes of an entry (`kernel::entry`). The tables it
//! reads, the tree, the checkpoint text, the signatures and the witness file it knows by itself, so that a mistake of the writer is not repeated
//! here. It writes nothing.
//!
//! What it proves, and what it cannot: everything that a seal covers is what was sealed, in the order in which it was sealed, by the holder of
//! the key; with a witness file also that no sealed end was cut off and no older copy put back. Entries after the last seal are held only by
//! their own hash, which whoever can write to the database can compute too.

mod caches;
mod chain;
mod checkpoint;
mod merkle;
mod part;
mod postgres;
mod report;
mod reversals;
mod scan;
mod source;
mod sqlite;
mod sums;
mod witness;

#[cfg(test)]
mod tests;

use std::{num::NonZero, path::PathBuf, thread, time::Instant};

pub use report::{Fault, Report};
use source::Source;

#[derive(Debug, Clone, Default)]
pub struct Options {
    /// Public keys that may have signed; a ledger with blocks needs one.
    pub keys: Vec<[u8; 32]>,
    /// A file of checkpoints, kept apart from the database.
    pub witness: Option<PathBuf>,
    /// How many cores read; all of them by default.
    pub threads: Option<usize>,
}

/// Reads the whole ledger of `sqlite:PATH` or `postgres://…`. Fails only where it cannot be read; what is wrong with it is in the report.
/// Blocks the thread; works on threads of its own.
pub fn verify(url: &str, options: &Options) -> Result<Report, String> {
    let source = Source::of(url)?;
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let threads = options.threads.unwrap_or(cores).max(1);
    // Apart from the caller's thread, which may belong to a runtime that must not be entered twice.
    let work = || -> Result<Report, String> {
        let began = Instant::now();
        let mut report = scan::all(&source, options, threads)?;
        (report.threads, report.elapsed) = (threads, began.elapsed());
        Ok(report)
    };
    thread::scope(|scope| scope.spawn(work).join().map_err(|_| "the verifier broke off".to_owned())?)
}
