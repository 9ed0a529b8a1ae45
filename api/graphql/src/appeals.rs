//! Requests for review (复核申请): of an entry, or of spans that did not count.

use ::appeals as house;
use async_graphql::{Context, Enum, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Page, id::PersonId};

use crate::{
    catalogue::{self, Lesson},
    context::{houses, loaders, viewer},
    credits::LedgerEntry,
    error::told,
    learning::{Span, SpanInput},
    organisation::{self, Person},
    page::{AppealNames, Paged, paged},
    reports::Student,
    scalar::{self, DateTime, Decimal, int},
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Status")]
pub enum AppealStatus {
    Open,
    Accepted,
    Declined,
    Withdrawn,
}

#[derive(Clone)]
pub struct Appeal(pub house::Appeal);

#[Object]
impl Appeal {
    async fn id(&self) -> ID {
        ID(self.0.id.to_string())
    }
    async fn status(&self) -> AppealStatus {
        self.0.status.into()
    }
    async fn student(&self, ctx: &Context<'_>) -> Result<Student> {
        Student::of(ctx, self.0.person).await
    }
    /// What it is about: an entry, or `spans` of `lesson`.
    async fn entry(&self, ctx: &Context<'_>) -> Result<Option<LedgerEntry>> {
        match self.0.subject {
            house::Subject::Entry(id) => Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(LedgerEntry)),
            house::Subject::Spans { .. } => Ok(None),
        }
    }
    async fn lesson(&self, ctx: &Context<'_>) -> Result<Option<Lesson>> {
        match self.0.subject {
            house::Subject::Spans { lesson, .. } => catalogue::lesson(ctx, lesson).await,
            house::Subject::Entry(_) => Ok(None),
        }
    }
    /// Milliseconds of a video, blocks of a reading; half open.
    async fn spans(&self) -> Vec<Span> {
        match &self.0.subject {
            house::Subject::Spans { spans, .. } => spans.iter().copied().map(Span::from).collect(),
            house::Subject::Entry(_) => Vec::new(),
        }
    }
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }
    async fn answered_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(answer) = &self.0.answer else { return Ok(None) };
        organisation::person(ctx, answer.by).await
    }
    async fn answered_at(&self) -> Option<DateTime> {
        self.0.answer.as_ref().map(|answer| DateTime(answer.at))
    }
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_ref().map(|answer| answer.text.as_str())
    }
    /// The entry in which the answer stands.
    async fn outcome(&self, ctx: &Context<'_>) -> Result<Option<LedgerEntry>> {
        let Some(answer) = &self.0.answer else { return Ok(None) };
        Ok(loaders(ctx).load_one(answer.outcome).await.map_err(told(ctx))?.map(LedgerEntry))
    }
    /// Milliseconds that count since.
    async fn released_ms(&self) -> Option<i32> {
        self.0.answer.as_ref().and_then(|answer| answer.released_ms).map(int)
    }
    /// False for whom it concerns, for who had a hand in the entry, and for who has no charge of them.
    async fn may_answer(&self, ctx: &Context<'_>) -> Result<bool> {
        houses(ctx).appeals.may_answer(viewer(ctx)?, &self.0).await.map_err(told(ctx))
    }
}

pub type AppealConnection = Paged<Appeal, AppealNames>;

/// The person's own, newest first.
pub async fn mine(ctx: &Context<'_>, first: i32, after: Option<String>) -> Result<AppealConnection> {
    let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
    Ok(paged(houses(ctx).appeals.mine(viewer(ctx)?, &page).await.map_err(told(ctx))?.map(Appeal)))
}

/// The asker's newest one about an entry of their own.
pub async fn about(ctx: &Context<'_>, person: PersonId, entry: kernel::id::EntryId) -> Result<Option<Appeal>> {
    if viewer(ctx)?.person != person {
        return Ok(None);
    }
    Ok(loaders(ctx).load_one(crate::loaders::AppealOf(entry)).await.map_err(told(ctx))?.map(Appeal))
}

#[derive(SimpleObject)]
pub struct AppealPayload {
    appeal: Appeal,
}

/// `amount`: by which an entry is corrected, when one about an entry is accepted; what spans earn follows from the rules.
#[derive(InputObject)]
pub struct AppealAnswerInput {
    accept: bool,
    answer: String,
    amount: Option<Decimal>,
}

#[derive(Default)]
pub struct AppealsQuery;

#[Object]
impl AppealsQuery {
    /// Of the people in the asker's charge, newest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn appeals(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
        status: Option<AppealStatus>,
    ) -> Result<AppealConnection> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found = houses(ctx).appeals.queue(viewer, status.map(house::Status::from), &page).await;
        Ok(paged(found.map_err(told(ctx))?.map(Appeal)))
    }
    async fn appeal(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Appeal>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        Ok(Some(Appeal(houses(ctx).appeals.find(viewer, id).await.map_err(told(ctx))?)))
    }
    /// How many wait for an answer in the asker's charge.
    async fn appeals_waiting(&self, ctx: &Context<'_>) -> Result<i32> {
        Ok(int(houses(ctx).appeals.waiting(viewer(ctx)?).await.map_err(told(ctx))?))
    }
}

#[derive(Default)]
pub struct AppealsMutation;

#[Object]
impl AppealsMutation {
    /// Of an entry of one's own, with a reason of 5 to 500 characters.
    async fn appeal_entry(&self, ctx: &Context<'_>, entry_id: ID, reason: String) -> Result<AppealPayload> {
        let (viewer, entry) = (viewer(ctx)?, scalar::id(&entry_id).map_err(told(ctx))?);
        let appeal = houses(ctx).appeals.ask_about_entry(viewer, entry, &reason).await.map_err(told(ctx))?;
        Ok(AppealPayload { appeal: Appeal(appeal) })
    }
    /// Of spans that did not count; what counts already is left out.
    async fn appeal_spans(
        &self,
        ctx: &Context<'_>,
        lesson_id: ID,
        spans: Vec<SpanInput>,
        reason: String,
    ) -> Result<AppealPayload> {
        let (viewer, lesson) = (viewer(ctx)?, scalar::id(&lesson_id).map_err(told(ctx))?);
        let spans: Vec<_> = spans.iter().map(SpanInput::span).collect();
        let appeal = houses(ctx).appeals.ask_about_spans(viewer, lesson, &spans, &reason).await.map_err(told(ctx))?;
        Ok(AppealPayload { appeal: Appeal(appeal) })
    }
    async fn withdraw_appeal(&self, ctx: &Context<'_>, id: ID) -> Result<AppealPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let appeal = houses(ctx).appeals.withdraw(viewer, id).await.map_err(told(ctx))?;
        Ok(AppealPayload { appeal: Appeal(appeal) })
    }
    /// By an admin in charge who is not concerned; the answer stands in the student's ledger.
    async fn answer_appeal(&self, ctx: &Context<'_>, id: ID, input: AppealAnswerInput) -> Result<AppealPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let AppealAnswerInput { accept, answer: text, amount } = input;
        let verdict = house::Verdict { accept, text, amount: amount.map(|amount| amount.0) };
        let appeal = houses(ctx).appeals.answer(viewer, id, verdict).await.map_err(told(ctx))?;
        Ok(AppealPayload { appeal: Appeal(appeal) })
    }
}
