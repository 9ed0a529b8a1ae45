//! The packs as they stand: kept for some seconds by each process, and read anew inside a transaction as soon as the counter says so.

use std::sync::Arc;

use kernel::{Code, Day, Error, Result};
use platform::Tx;

use crate::{
    Credits,
    rules::{
        force::{COLLEGE, DEMO, Packs},
        tally::term_of,
    },
    store::{self, packs, tally::Spans},
};

impl Credits {
    /// For reading: may lag behind another process by [`organisation::KEPT`].
    pub(crate) async fn packs(&self) -> Result<Arc<Packs>> {
        let load = async {
            let db = self.base().db.read();
            let usual = self.usual(store::head(db).await?).await?;
            Ok(Arc::new(packs::load(db, &self.0.shipped, usual).await?))
        };
        self.0.packs.try_get_with((), load).await.map_err(|error: Arc<Error>| (*error).clone())
    }

    /// For deciding, with the head locked: always the newest. The first fact settles what is in force where nothing was activated.
    pub(crate) async fn packs_in(&self, tx: &Tx, head: i64) -> Result<Arc<Packs>> {
        let state = packs::state(tx).await?;
        if state.base.is_some()
            && let Some(kept) = self.0.packs.get(&()).await
            && kept.counter == state.counter
        {
            return Ok(kept);
        }
        let usual = self.usual(head).await?;
        if state.base.is_none()
            && let Some(known) = self.0.shipped.iter().find(|known| known.pack.version == usual)
        {
            packs::settle(tx, known, self.base().now()).await?;
        }
        let loaded = Arc::new(packs::load(tx, &self.0.shipped, usual).await?);
        self.0.packs.insert((), loaded.clone()).await;
        Ok(loaded)
    }

    /// What is in force where nothing was ever settled. A ledger from before packs were activated was made by the demo's pack, and stays with it.
    async fn usual(&self, head: i64) -> Result<&'static str> {
        let demo = match self.0.organisation.school().await {
            Ok(school) => school.demo,
            Err(error) if error.code() == Some(Code::Unavailable) => false,
            Err(error) => return Err(error),
        };
        Ok(if demo || head > 0 { DEMO } else { COLLEGE })
    }

    /// First days of all terms.
    pub(crate) async fn term_starts(&self) -> Result<Vec<Day>> {
        Ok(self.0.organisation.terms().await?.into_iter().map(|term| term.starts).collect())
    }

    /// The day, its week and its term.
    pub(crate) async fn spans(&self, day: Day) -> Result<Spans> {
        let monday = day.monday();
        let term = term_of(day, &self.term_starts().await?);
        Ok(Spans { day, week: Some((monday, monday.plus(6))), term: Some(term) })
    }

    pub(crate) async fn forget_packs(&self) {
        self.0.packs.invalidate(&()).await;
    }
}
