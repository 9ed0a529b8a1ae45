//! The sixteen adversaries. Each has fetched whatever it claims, unless not fetching is its trick: the time bound must hold by itself.

mod checks;
mod devices;
mod farm;
mod flood;
mod malformed;
mod reading;
mod replay;
mod unserved;
mod versions;

use crate::{line::Line, spans::Spans, study::Study};

/// What the server holds as covered; asking takes the lease.
async fn covered(line: &Line, lesson: &str) -> Spans {
    Study::open(line, lesson).await.covered
}

/// The bound of an attack, held and told.
#[track_caller]
fn within(what: &str, seed: u64, credited: i64, bound: i64) {
    crate::say(&format!("{what} seed {seed}: credited {credited} ms, bound {bound} ms"));
    assert!(credited <= bound, "{what}, seed {seed}: {credited} ms were credited, the bound is {bound} ms");
}
