//! What the ledger tells. Whoever asks for a person has settled that they may.

use std::collections::HashMap;

use kernel::{
    Amount, Connection, Day, Error, Page, Result,
    event::Measure,
    id::{EntryId, PersonId},
};

use crate::{
    Credits,
    model::{Balance, Entry, Health, RuleRef, Today},
    rules, store,
    store::rebuild,
};

impl Credits {
    pub async fn balance(&self, person: PersonId) -> Result<Balance> {
        store::balance(self.base().db.read(), person).await
    }

    /// Newest first.
    pub async fn entries(&self, person: PersonId, measure: Option<Measure>, page: &Page) -> Result<Connection<Entry>> {
        store::entries(self.base().db.read(), self.packs(), person, measure, page).await
    }

    pub async fn entries_by_id(&self, ids: &[EntryId]) -> Result<HashMap<EntryId, Entry>> {
        let found = store::find_many(self.base().db.read(), self.packs(), ids).await?;
        Ok(found.into_iter().map(|entry| (entry.id, entry)).collect())
    }

    /// The number of the newest entry; 0 before the first. May lag a moment behind, never ahead: an entry that is not told now is told next time.
    pub async fn head(&self) -> Result<i64> {
        let load = async { store::head(self.base().db.read()).await };
        self.0.head.try_get_with((), load).await.map_err(|error: std::sync::Arc<Error>| (*error).clone())
    }

    /// The person's entries numbered above `after` and up to `upto`, oldest first.
    pub async fn entries_between(&self, person: PersonId, after: i64, upto: i64) -> Result<Vec<Entry>> {
        if after >= upto {
            return Ok(Vec::new());
        }
        store::between(self.base().db.read(), self.packs(), person, after, upto).await
    }

    pub async fn today(&self, person: PersonId) -> Result<Today> {
        let date = self.base().today();
        let earned = store::points_by_rule(self.base().db.read(), person, date).await?;
        Ok(rules::today::today(date, self.packs().on(date), &earned))
    }

    /// Days without points are absent; both days are included; in order.
    pub async fn points_by_day(&self, person: PersonId, from: Day, to: Day) -> Result<Vec<(Day, Amount)>> {
        store::points_by_day(self.base().db.read(), person, from, to).await
    }

    /// Points of the days from `from` on; who has none is absent.
    pub async fn points_since(&self, people: &[PersonId], from: Day) -> Result<HashMap<PersonId, Amount>> {
        store::points_since(self.base().db.read(), people, from).await
    }

    /// Points of all time; who has none is absent.
    pub async fn points_ever(&self, people: &[PersonId]) -> Result<HashMap<PersonId, Amount>> {
        store::points_ever(self.base().db.read(), people).await
    }

    pub async fn count(&self) -> Result<u64> {
        store::count(self.base().db.read()).await
    }

    pub async fn health(&self) -> Result<Health> {
        Ok(Health { entries: self.count().await?, last_sealed_at: None, verified: None, first_fault: None })
    }

    /// Each rule once, as the newest pack titles it.
    pub fn rule_titles(&self) -> Vec<RuleRef> {
        self.packs().titles()
    }

    /// Compares balances and tallies with the entries, and makes them anew where they differ. Answers how many rows were wrong.
    pub async fn rebuild(&self) -> Result<usize> {
        let tx = self.base().db.begin().await?;
        store::lock_head(&tx).await?;
        let wrong = rebuild::differences(&tx).await?;
        if wrong > 0 {
            rebuild::rewrite(&tx).await?;
        }
        tx.commit().await?;
        Ok(wrong)
    }
}
