//! Payments that wait for approval: somebody in charge of the person decides, never the person concerned.

use std::collections::HashMap;

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{EntryId, PersonId, WaitingId},
};

use super::award::pay_approved;
use crate::{
    Credits,
    model::{Waiting, WaitingState},
    rules::fact::Fact,
    store::waiting,
};

const LONGEST: usize = 200;

/// A proposal, the key of its reason, the fact that it rests on, and the path of its person's unit.
struct Held {
    waiting: Waiting,
    key: String,
    fact: Fact,
    path: String,
}

impl Credits {
    /// What waits in the viewer's charge, oldest first.
    pub async fn waiting(&self, viewer: &Viewer, page: &Page) -> Result<Connection<Waiting>> {
        viewer.must(Role::Admin)?;
        let (packs, scope) = (self.packs().await?, viewer.scope(Role::Admin));
        waiting::list(self.base().db.read(), &packs, &scope, page).await
    }

    /// The person's own proposals that wait or were rejected, newest first. Whoever asks for a person has settled that they may.
    pub async fn waiting_of(&self, person: PersonId, page: &Page) -> Result<Connection<Waiting>> {
        let packs = self.packs().await?;
        waiting::of_person(self.base().db.read(), &packs, person, page).await
    }

    /// Unguarded: whoever asks knows who may see what.
    pub async fn waiting_by_id(&self, ids: &[WaitingId]) -> Result<HashMap<WaitingId, Waiting>> {
        let packs = self.packs().await?;
        let found = waiting::find_many(self.base().db.read(), &packs, ids).await?;
        Ok(found.into_iter().map(|one| (one.id, one)).collect())
    }

    /// Posts what was held, as far as the caps of its day still allow; answers the entries.
    pub async fn approve_waiting(&self, viewer: &Viewer, id: WaitingId) -> Result<Vec<EntryId>> {
        let Held { waiting, key, fact, path } = self.held(viewer, id).await?;
        let tx = self.base().db.begin().await?;
        let now = self.base().now();
        if !waiting::decide(&tx, id, WaitingState::Approved, viewer.person, None, now).await? {
            return Err(already().into());
        }
        let posted = pay_approved(self, &tx, (&waiting.pack, &waiting.rule.key, &key), &fact).await?;
        self.note(&tx, viewer, "credits.approve", id.to_string(), None, &path).await?;
        tx.commit().await?;
        Ok(posted)
    }

    /// Posts nothing; the person reads why.
    pub async fn reject_waiting(&self, viewer: &Viewer, id: WaitingId, reason: &str) -> Result<()> {
        let reason = reason.trim();
        if reason.is_empty() || reason.chars().count() > LONGEST {
            let (zh, en) = ("请填写 1 到 200 字的原因。", "Please give a reason of 1 to 200 characters.");
            return Err(Refusal::invalid("reason", zh, en).into());
        }
        let Held { path, .. } = self.held(viewer, id).await?;
        let tx = self.base().db.begin().await?;
        let now = self.base().now();
        if !waiting::decide(&tx, id, WaitingState::Rejected, viewer.person, Some(reason), now).await? {
            return Err(already().into());
        }
        self.note(&tx, viewer, "credits.reject", id.to_string(), Some(reason.to_owned()), &path).await?;
        tx.commit().await
    }

    /// A proposal in the viewer's charge by where its person is now.
    async fn held(&self, viewer: &Viewer, id: WaitingId) -> Result<Held> {
        viewer.must(Role::Admin)?;
        let packs = self.packs().await?;
        let found = waiting::find(self.base().db.read(), &packs, id).await?;
        let (waiting, key, fact) = found.ok_or_else(Refusal::not_found)?;
        let person = self.0.organisation.person(waiting.person).await?.ok_or_else(Refusal::not_found)?;
        if !viewer.covers(Role::Admin, &person.path) {
            return Err(Refusal::not_found().into());
        }
        if waiting.person == viewer.person {
            return Err(Refusal::forbidden().into());
        }
        Ok(Held { waiting, key, fact, path: person.path })
    }
}

fn already() -> Refusal {
    Refusal::conflict("该项已经处理过。", "This has been decided already.")
}
