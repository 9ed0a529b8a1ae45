//! The political-literacy score (政治素养): a quarter of a five-dimension evaluation, from 0 to 5, for activists, candidates and probationary
//! members and nobody else. Weights and tables are published data with a version (`schemes/`); every part of a score says what it rests on.
//! What was not asked for is left out and said so, never counted as zero. Points, streaks and minutes never enter.

mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use catalogue::Catalogue;
use learning::Learning;
use organisation::Organisation;
use platform::Base;
use tokio::sync::OnceCell;

pub use model::{Bucket, Evidence, Indicator, Literacy, Missing, Roll, Row, is_scored};
pub use rules::scheme::{CURRENT, SCHEMES, Scheme};

/// The front door.
#[derive(Clone)]
pub struct Evaluation {
    base: Base,
    organisation: Organisation,
    catalogue: Catalogue,
    learning: Learning,
    /// Read, checked and noted down once in a process.
    scheme: Arc<OnceCell<Arc<Scheme>>>,
}
