//! Taking back what should not have been paid.

use kernel::{Refusal, Result, Role, Viewer, id::EntryId};
use platform::audit::{self, Act};

use super::award::post_all;
use crate::{
    Credits,
    model::Entry,
    rules::reverse,
    store::{self, post},
};

impl Credits {
    /// By an admin in charge of the person's unit, never in their own case. The reason stands in the ledger, where the person reads it.
    pub async fn reverse(&self, viewer: &Viewer, entry: EntryId, reason: &str) -> Result<Entry> {
        viewer.must(Role::Admin)?;
        let (entry, path) = self.in_charge(viewer, entry).await?;
        if entry.person == viewer.person {
            return Err(Refusal::forbidden().into());
        }
        let new = reverse::reversal(&entry, reason)?;

        let tx = self.base().db.begin().await?;
        let head = store::lock_head(&tx).await?;
        if post::is_reversed(&tx, entry.id).await? {
            return Err(reverse::already().into());
        }
        let posted = post_all(self, &tx, head, &[new]).await?;
        let act = Act {
            actor: Some(viewer.person),
            action: "credits.reverse",
            target: entry.id.to_string(),
            reason: Some(reason.trim().to_owned()),
            path: &path,
        };
        audit::record(self.base(), &tx, act).await?;
        let told = store::find_many(&tx, &*self.packs().await?, &posted).await?.pop();
        tx.commit().await?;
        Ok(told.ok_or_else(Refusal::not_found)?)
    }

    /// The entry and the path of its person's unit; what is not in the viewer's charge is not found.
    async fn in_charge(&self, viewer: &Viewer, entry: EntryId) -> Result<(Entry, String)> {
        let found = store::find_many(self.base().db.read(), &*self.packs().await?, &[entry]).await?.pop();
        let entry = found.ok_or_else(Refusal::not_found)?;
        let path = self.charge_of(viewer, entry.person).await?;
        Ok((entry, path))
    }
}
