//! Somebody who is not concerned answers, and the answer becomes an entry.

use credits::NewCorrection;
use kernel::{
    Amount, Refusal, Result, Role, Viewer,
    event::Measure,
    id::{AppealId, EntryId, PersonId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Appeals,
    model::{Answer, Appeal, Status, Subject, Verdict},
    rules, store,
};

impl Appeals {
    /// Whether the viewer may answer it now.
    pub async fn may_answer(&self, viewer: &Viewer, appeal: &Appeal) -> Result<bool> {
        Ok(rules::may_answer(viewer, appeal, &self.hands(appeal).await?))
    }

    /// The verdict, what follows from it and its entry stand together or not at all.
    pub async fn answer(&self, viewer: &Viewer, id: AppealId, verdict: Verdict) -> Result<Appeal> {
        viewer.must(Role::Admin)?;
        let text = rules::text("input.answer", &verdict.text)?;
        let tx = self.base.db.begin().await?;
        let found = store::lock(&tx, id).await?.filter(|appeal| rules::may_see(viewer, appeal));
        let appeal = found.ok_or_else(Refusal::not_found)?;
        rules::must_be_open(&appeal)?;
        if !rules::may_answer(viewer, &appeal, &self.hands(&appeal).await?) {
            return Err(Refusal::forbidden().into());
        }
        let amount = rules::corrected(&appeal.subject, &verdict)?;
        let released_ms = self.release(&tx, &appeal, verdict.accept).await?;
        let outcome =
            self.enter(&tx, viewer, &appeal, (amount, rules::note(&appeal.subject, verdict.accept, &text))).await?;
        let status = if verdict.accept { Status::Accepted } else { Status::Declined };
        let answer = Answer { by: viewer.person, at: self.base.now(), text: text.clone(), outcome, released_ms };
        store::set_answer(&tx, id, status, &answer).await?;
        let act = Act {
            actor: Some(viewer.person),
            action: if verdict.accept { "appeal.accept" } else { "appeal.decline" },
            target: id.to_string(),
            reason: Some(text),
            path: &appeal.path,
        };
        audit::record(&self.base, &tx, act).await?;
        tx.commit().await?;
        Ok(Appeal { status, answer: Some(answer), ..appeal })
    }

    /// Who had a hand in the entry that the appeal is about.
    async fn hands(&self, appeal: &Appeal) -> Result<Vec<PersonId>> {
        match appeal.subject {
            Subject::Entry(entry) => self.credits.hands(entry).await,
            Subject::Spans { .. } => Ok(Vec::new()),
        }
    }

    /// What was asked for counts from now on; the rules pay for it as for any study.
    async fn release(&self, tx: &Tx, appeal: &Appeal, accept: bool) -> Result<Option<i64>> {
        match &appeal.subject {
            Subject::Spans { lesson, version, spans, .. } if accept => {
                let of = (appeal.person, *lesson);
                Ok(Some(self.learning.release(tx, of, version.as_deref(), spans).await?))
            }
            Subject::Spans { .. } | Subject::Entry(_) => Ok(None),
        }
    }

    async fn enter(
        &self,
        tx: &Tx,
        viewer: &Viewer,
        appeal: &Appeal,
        (amount, reason): (Amount, String),
    ) -> Result<EntryId> {
        let (measure, lesson) = match appeal.subject {
            Subject::Entry(entry) => {
                let found =
                    self.credits.entries_by_id(&[entry]).await?.remove(&entry).ok_or_else(Refusal::not_found)?;
                (found.measure, found.course.zip(found.lesson))
            }
            Subject::Spans { course, lesson, .. } => (Measure::Points, Some((course, lesson))),
        };
        let correction = NewCorrection {
            person: appeal.person,
            measure,
            amount,
            reason,
            reverses: None,
            case: format!("appeal:{}", appeal.id),
            by: viewer.person,
            lesson,
        };
        self.credits.correct(tx, correction).await
    }
}
