//! For who keeps sums of points of their own: where everybody stands, and what was posted since.

use kernel::{Day, Result};

use crate::{
    Credits,
    model::{Following, Standings},
    store::follow,
};

impl Credits {
    /// Points of the days from `from` on, or of all time. Reads one row for each person and day: for a first load, not for a request.
    pub async fn standings(&self, from: Option<Day>) -> Result<Standings> {
        follow::standings(self.base().db.read(), from).await
    }

    /// Points posted after that entry, of at most so many entries.
    pub async fn following(&self, after: i64, most: i64) -> Result<Following> {
        follow::following(self.base().db.read(), after, most).await
    }
}
