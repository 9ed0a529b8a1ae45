//! What an appeal corrects: an entry in the transaction of the decision.

use kernel::{
    Refusal, Result,
    id::{EntryId, PersonId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use super::award::post_all;
use crate::{
    Credits,
    model::NewCorrection,
    rules::{adjust, reverse},
    store::{self, post, waiting},
};

impl Credits {
    /// Who had a hand in an entry: who proposed and approved it, took it back or another by it, or answered an appeal with it. Nobody for what a
    /// rule paid by itself and nobody took back.
    pub async fn hands(&self, id: EntryId) -> Result<Vec<PersonId>> {
        let db = self.base().db.read();
        let mut hands = audit::actors(db, "credits.correct", &id.to_string()).await?;
        if let Some(adjustment) = store::adjust::of_entry(db, id).await? {
            hands.extend([Some(adjustment.proposed_by), adjustment.decided_by].into_iter().flatten());
        }
        let Some(entry) = post::find(db, id).await? else { return Ok(hands) };
        hands.extend(waiting::decider(db, &entry.reason_key).await?);
        for taken_back in [Some(id), entry.reverses].into_iter().flatten() {
            hands.extend(audit::actors(db, "credits.reverse", &taken_back.to_string()).await?);
        }
        Ok(hands)
    }

    /// Writes in the caller's transaction, who has settled that `by` may decide; never in one's own case. A case corrects once.
    pub async fn correct(&self, tx: &Tx, new: NewCorrection) -> Result<EntryId> {
        if new.by == new.person {
            return Err(Refusal::forbidden().into());
        }
        let person = self.0.organisation.person(new.person).await?.ok_or_else(Refusal::not_found)?;
        let head = store::lock_head(tx).await?;
        if store::is_taken(tx, &adjust::case_key(&new.case)).await? {
            return Err(Refusal::conflict("这项复核已经更正过。", "This case has been corrected already.").into());
        }
        let reversed = match new.reverses {
            None => None,
            Some(id) if post::is_reversed(tx, id).await? => return Err(reverse::already().into()),
            Some(id) => Some(post::find(tx, id).await?.ok_or_else(Refusal::not_found)?),
        };
        let entry = adjust::correction(&new, reversed.as_ref(), self.base().today())?;
        let posted = post_all(self, tx, head, &[entry]).await?.pop().ok_or_else(Refusal::not_found)?;
        let act = Act {
            actor: Some(new.by),
            action: "credits.correct",
            target: posted.to_string(),
            reason: Some(new.reason),
            path: &person.path,
        };
        audit::record(self.base(), tx, act).await?;
        Ok(posted)
    }
}
