//! What the ledger tells. Whoever asks for a person has settled that they may.

use std::collections::HashMap;

use kernel::{
    Amount, Connection, Day, Error, Millis, Page, Result,
    event::Measure,
    id::{EntryId, PersonId},
};

use platform::Db;

use crate::{
    Credits,
    model::{Balance, Entry, Health, Rebuilt, RuleRef, Today, Verification},
    rules, store,
    store::{rebuild, seal},
};

impl Credits {
    pub async fn balance(&self, person: PersonId) -> Result<Balance> {
        store::balance(self.base().db.read(), person).await
    }

    /// Newest first.
    pub async fn entries(&self, person: PersonId, measure: Option<Measure>, page: &Page) -> Result<Connection<Entry>> {
        store::entries(self.base().db.read(), &*self.packs().await?, person, measure, page).await
    }

    pub async fn entries_by_id(&self, ids: &[EntryId]) -> Result<HashMap<EntryId, Entry>> {
        let found = store::find_many(self.base().db.read(), &*self.packs().await?, ids).await?;
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
        store::between(self.base().db.read(), &*self.packs().await?, person, after, upto).await
    }

    pub async fn today(&self, person: PersonId) -> Result<Today> {
        let date = self.base().today();
        let packs = self.packs().await?;
        let paid = store::tally::points_by_rule(self.base().db.read(), person, self.spans(date).await?).await?;
        let stage = self.0.organisation.person(person).await?.map(|person| person.stage.name());
        Ok(rules::today::today(date, packs.on(date), &paid, stage))
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

    /// Public keys that the sealed blocks name, oldest first, hexadecimal.
    pub async fn named_keys(&self) -> Result<Vec<String>> {
        let keys = seal::keys(self.base().db.read()).await?;
        Ok(keys.iter().map(|key| data_encoding::HEXLOWER.encode(key)).collect())
    }

    /// The last entry that lies in a sealed block; 0 where none does.
    pub async fn sealed_upto(&self) -> Result<i64> {
        let load = async { Ok(seal::last(self.base().db.read()).await?.map_or(0, |sealed| sealed.block.last)) };
        self.0.sealed.try_get_with((), load).await.map_err(|error: std::sync::Arc<Error>| (*error).clone())
    }

    pub async fn health(&self) -> Result<Health> {
        let read = self.base().db.read();
        let entries = u64::try_from(store::head(read).await?).unwrap_or(0);
        let last = seal::last(read).await?;
        let last_sealed_at = last.as_ref().map(|sealed| sealed.block.sealed_at);
        let blocks = last.map_or(0, |sealed| sealed.block.no);
        let (verified_at, checked) = seal::last_check(read).await?.unzip();
        let first_fault = checked.as_ref().and_then(|checked| checked.first_fault.clone());
        let verified_entries = checked.as_ref().map(|checked| checked.entries);
        let verified = checked.map(|checked| checked.first_fault.is_none());
        let key = self.sealer().map(|sealer| sealer.signer.public_key()).unwrap_or_default();
        let public_key = data_encoding::HEXLOWER.encode(&key);
        Ok(Health { entries, last_sealed_at, verified, first_fault, verified_at, verified_entries, blocks, public_key })
    }

    /// Remembers what a verification said, for [`Credits::health`].
    pub async fn checked(&self, checked: &Verification) -> Result<()> {
        note_check(&self.base().db, self.base().now(), checked).await
    }

    /// Each rule once, as the pack in force titles it.
    pub async fn rule_titles(&self) -> Result<Vec<RuleRef>> {
        Ok(self.packs().await?.titles(self.base().today()))
    }

    /// Compares balances, accounts and tallies with the entries, and makes them anew where they differ. Answers what was wrong.
    pub async fn rebuild(&self) -> Result<Rebuilt> {
        rebuild_on(&self.base().db).await
    }
}

/// As [`Credits::checked`], for the command, which needs no house.
pub async fn note_check(db: &Db, now: Millis, checked: &Verification) -> Result<()> {
    let tx = db.begin().await?;
    seal::insert_check(&tx, now, checked).await?;
    tx.commit().await
}

/// As [`Credits::rebuild`], for the command.
pub async fn rebuild_on(db: &Db) -> Result<Rebuilt> {
    let tx = db.begin().await?;
    store::lock_head(&tx).await?;
    let differences = rebuild::differences(&tx).await?;
    if !differences.is_empty() {
        rebuild::rewrite(&tx).await?;
    }
    tx.commit().await?;
    Ok(Rebuilt { differences })
}
