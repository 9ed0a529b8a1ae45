//! Adjustments by two people: one admin in charge proposes, another decides; then an entry stands, with the reason.

use std::collections::HashMap;

use kernel::{
    Amount, Connection, Page, Refusal, Result, Role, Viewer,
    event::Measure,
    id::{AdjustmentId, PersonId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use super::award::post_all;
use crate::{
    Credits,
    model::{Adjustment, AdjustmentStatus},
    rules::adjust::{self, Step},
    store,
};

impl Credits {
    /// By an admin in charge of the person's unit, never in their own case.
    pub async fn propose_adjustment(
        &self,
        viewer: &Viewer,
        student: PersonId,
        measure: Measure,
        amount: Amount,
        reason: &str,
    ) -> Result<Adjustment> {
        viewer.must(Role::Admin)?;
        let path = self.charge_of(viewer, student).await?;
        if student == viewer.person {
            return Err(Refusal::forbidden().into());
        }
        adjust::amount(measure, amount)?;
        let new = Adjustment {
            id: self.base().id(),
            person: student,
            path,
            measure,
            amount,
            reason: adjust::reason("input.reason", reason)?.to_owned(),
            status: AdjustmentStatus::Proposed,
            proposed_by: viewer.person,
            proposed_at: self.base().now(),
            decided_by: None,
            decided_at: None,
            decision: None,
            entry: None,
        };
        let tx = self.base().db.begin().await?;
        store::adjust::insert(&tx, &new).await?;
        self.audited(&tx, viewer, "credits.propose_adjustment", &new, &new.path).await?;
        tx.commit().await?;
        Ok(new)
    }

    /// By another admin in charge. Said again by the same person it answers the same; what is decided otherwise is CONFLICT.
    pub async fn approve_adjustment(&self, viewer: &Viewer, id: AdjustmentId) -> Result<Adjustment> {
        self.decide(viewer, id, AdjustmentStatus::Approved, None).await
    }

    /// As [`Credits::approve_adjustment`]; no entry comes of it.
    pub async fn reject_adjustment(&self, viewer: &Viewer, id: AdjustmentId, reason: &str) -> Result<Adjustment> {
        let reason = adjust::reason("reason", reason)?.to_owned();
        self.decide(viewer, id, AdjustmentStatus::Rejected, Some(reason)).await
    }

    /// Newest first: for admins and auditors, of the units of their charges.
    pub async fn adjustments(
        &self,
        viewer: &Viewer,
        status: Option<AdjustmentStatus>,
        page: &Page,
    ) -> Result<Connection<Adjustment>> {
        if !viewer.has(Role::Auditor) {
            viewer.must(Role::Admin)?;
        }
        store::adjust::list(self.base().db.read(), viewer, status, page).await
    }

    /// Unguarded: whoever asks knows who may see what.
    pub async fn adjustments_by_id(&self, ids: &[AdjustmentId]) -> Result<HashMap<AdjustmentId, Adjustment>> {
        let found = store::adjust::find_many(self.base().db.read(), ids).await?;
        Ok(found.into_iter().map(|adjustment| (adjustment.id, adjustment)).collect())
    }

    pub async fn adjustment(&self, viewer: &Viewer, id: AdjustmentId) -> Result<Adjustment> {
        let found = store::adjust::find(self.base().db.read(), id).await?.ok_or_else(Refusal::not_found)?;
        let seen = [Role::Admin, Role::Auditor].into_iter().any(|role| viewer.covers(role, &found.path));
        if seen { Ok(found) } else { Err(Refusal::not_found().into()) }
    }

    async fn decide(
        &self,
        viewer: &Viewer,
        id: AdjustmentId,
        status: AdjustmentStatus,
        decision: Option<String>,
    ) -> Result<Adjustment> {
        viewer.must(Role::Admin)?;
        let found = store::adjust::find(self.base().db.read(), id).await?.ok_or_else(Refusal::not_found)?;
        let path = self.charge_of(viewer, found.person).await?;

        let tx = self.base().db.begin().await?;
        let mut found = store::adjust::lock(&tx, id).await?.ok_or_else(Refusal::not_found)?;
        match adjust::decide(&found, viewer, status)? {
            Step::AlreadyDone => return Ok(found),
            Step::Write => {}
        }
        if status == AdjustmentStatus::Approved {
            let head = store::lock_head(&tx).await?;
            let new = adjust::entry(&found, self.base().today());
            found.entry = post_all(self, &tx, head, &[new]).await?.pop();
        }
        found.status = status;
        (found.decided_by, found.decided_at) = (Some(viewer.person), Some(self.base().now()));
        found.decision = decision;
        store::adjust::decide(&tx, &found).await?;
        let action = match status {
            AdjustmentStatus::Rejected => "credits.reject_adjustment",
            AdjustmentStatus::Approved | AdjustmentStatus::Proposed => "credits.approve_adjustment",
        };
        self.audited(&tx, viewer, action, &found, &path).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// The path of the person's unit; who is not in the viewer's charge is not found.
    pub(super) async fn charge_of(&self, viewer: &Viewer, person: PersonId) -> Result<String> {
        let person = self.0.organisation.person(person).await?.ok_or_else(Refusal::not_found)?;
        if !viewer.covers(Role::Admin, &person.path) {
            return Err(Refusal::not_found().into());
        }
        Ok(person.path)
    }

    async fn audited(&self, tx: &Tx, viewer: &Viewer, action: &str, told: &Adjustment, path: &str) -> Result<()> {
        let reason = told.decision.as_ref().unwrap_or(&told.reason).clone();
        let target = told.id.to_string();
        let act = Act { actor: Some(viewer.person), action, target, reason: Some(reason), path };
        audit::record(self.base(), tx, act).await
    }
}
