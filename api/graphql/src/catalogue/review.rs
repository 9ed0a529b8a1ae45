//! Courses in review: the queue, what reviewers see, what they say; and the school's policy.

use ::catalogue as house;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};
use kernel::{Page, id::SubmissionId};

use super::{
    Course,
    author::CoursePayload,
    version::{CourseContents, CourseDifferences},
};
use crate::{
    context::{houses, loaders, viewer},
    error::told,
    organisation::{Person, person},
    page::{Counted, SubmissionNames, counted},
    scalar::{self, DateTime, int},
};

/// How many people look at a course before it is published.
#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "::organisation::Review")]
pub enum ReviewPolicy {
    None,
    One,
    Two,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Outcome")]
pub enum SubmissionOutcome {
    Open,
    Published,
    Returned,
    Withdrawn,
}

#[derive(Clone)]
pub struct Review(house::Review);

#[Object]
impl Review {
    async fn reviewer(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.0.reviewer).await
    }
    /// Else sent back.
    async fn approved(&self) -> bool {
        self.0.approved
    }
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }
}

/// One handing in of a course, or of the draft of a published one. What it is of stands still until it ends.
#[derive(Clone)]
pub struct Submission {
    pub of: house::Submission,
    /// Known already where a list was asked for: whether the asker may review it, and how many have to approve.
    known: Option<(bool, i32)>,
}

impl From<house::Submission> for Submission {
    fn from(of: house::Submission) -> Self {
        Self { of, known: None }
    }
}

#[Object]
impl Submission {
    async fn id(&self) -> ID {
        ID(self.of.id.to_string())
    }
    /// As it was called when it was handed in.
    async fn title(&self) -> &str {
        &self.of.title
    }
    /// The course that students know, or will; null where it is gone.
    async fn course(&self, ctx: &Context<'_>) -> Result<Option<Course>> {
        super::course(ctx, self.of.target).await
    }
    /// Whether students know an earlier version.
    async fn revises(&self) -> bool {
        self.of.target != self.of.course
    }
    async fn submitted_by(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        person(ctx, self.of.submitted_by).await
    }
    async fn submitted_at(&self) -> DateTime {
        DateTime(self.of.submitted_at)
    }
    async fn outcome(&self) -> SubmissionOutcome {
        self.of.outcome.into()
    }
    async fn closed_at(&self) -> Option<DateTime> {
        self.of.closed_at.map(DateTime)
    }
    async fn reviews(&self) -> Vec<Review> {
        self.of.reviews.iter().cloned().map(Review).collect()
    }
    /// How many have to approve, by the policy of today.
    async fn wanted(&self, ctx: &Context<'_>) -> Result<i32> {
        if let Some((_, wanted)) = self.known {
            return Ok(wanted);
        }
        let policy = houses(ctx).organisation.review().await.map_err(told(ctx))?;
        Ok(int(policy.reviewers().max(1)))
    }
    /// Whether the asker may approve it or send it back now.
    async fn may_review(&self, ctx: &Context<'_>) -> Result<bool> {
        if let Some((may, _)) = self.known {
            return Ok(may);
        }
        let all = [self.of.clone()];
        let found = houses(ctx).catalogue.reviewable(viewer(ctx)?, &all).await.map_err(told(ctx))?;
        Ok(found.contains(&self.of.id))
    }
    /// What is looked at; null once it has ended.
    #[graphql(complexity = "10 + child_complexity")]
    async fn contents(&self, ctx: &Context<'_>) -> Result<Option<CourseContents>> {
        let houses = houses(ctx);
        houses.catalogue.submission(viewer(ctx)?, self.of.id).await.map_err(told(ctx))?;
        let found = houses.catalogue.submitted(&self.of).await.map_err(told(ctx))?;
        Ok(found.map(CourseContents::from))
    }
    /// How it differs from the newest version; null once it has ended.
    #[graphql(complexity = "10 + child_complexity")]
    async fn differences(&self, ctx: &Context<'_>) -> Result<Option<CourseDifferences>> {
        let houses = houses(ctx);
        houses.catalogue.submission(viewer(ctx)?, self.of.id).await.map_err(told(ctx))?;
        let found = houses.catalogue.submitted_differences(&self.of).await.map_err(told(ctx))?;
        Ok(found.map(CourseDifferences::from))
    }
}

/// The newest handing in of a course; null for who does not manage it.
pub async fn of(ctx: &Context<'_>, course: &house::Course) -> Result<Option<Submission>> {
    if !course.managed_by(viewer(ctx)?) {
        return Ok(None);
    }
    let found = loaders(ctx).load_one(crate::loaders::SubmissionOf(course.id)).await.map_err(told(ctx))?;
    Ok(found.map(Submission::from))
}

#[derive(SimpleObject)]
pub struct ReviewPayload {
    submission: Submission,
    /// Published with the last approval that is wanted; a draft again where it was sent back.
    course: Course,
}

#[derive(Default)]
pub struct ReviewQuery;

#[Object]
impl ReviewQuery {
    /// How many people look at a course before it is published.
    async fn review_policy(&self, ctx: &Context<'_>) -> Result<ReviewPolicy> {
        viewer(ctx)?;
        Ok(houses(ctx).organisation.review().await.map_err(told(ctx))?.into())
    }

    /// What waits for a review in the asker's charge, the oldest first.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn submissions(
        &self,
        ctx: &Context<'_>,
        first: i32,
        after: Option<String>,
    ) -> Result<Counted<Submission, SubmissionNames>> {
        let (viewer, catalogue) = (viewer(ctx)?, &houses(ctx).catalogue);
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let found = catalogue.submissions(viewer, &page).await.map_err(told(ctx))?;
        let all: Vec<house::Submission> = found.nodes().cloned().collect();
        let may = catalogue.reviewable(viewer, &all).await.map_err(told(ctx))?;
        let policy = houses(ctx).organisation.review().await.map_err(told(ctx))?;
        let wanted = int(policy.reviewers().max(1));
        let with = |of: house::Submission| Submission { known: Some((may.contains(&of.id), wanted)), of };
        Ok(counted(found.map(with)))
    }

    /// For admins in charge of its unit, and for those whose course it is.
    async fn submission(&self, ctx: &Context<'_>, id: ID) -> Result<Option<Submission>> {
        let (viewer, id) = (viewer(ctx)?, scalar::id::<SubmissionId>(&id).map_err(told(ctx))?);
        Ok(Some(houses(ctx).catalogue.submission(viewer, id).await.map_err(told(ctx))?.into()))
    }
}

#[derive(Default)]
pub struct ReviewMutation;

#[Object]
impl ReviewMutation {
    /// By an admin of the whole school.
    async fn set_review_policy(&self, ctx: &Context<'_>, policy: ReviewPolicy) -> Result<ReviewPolicy> {
        houses(ctx).organisation.set_review(viewer(ctx)?, policy.into()).await.map_err(told(ctx))?;
        Ok(policy)
    }

    /// By an admin in charge who neither teaches, handed in nor changed it. The last approval that is wanted publishes it.
    async fn approve_submission(&self, ctx: &Context<'_>, id: ID, note: Option<String>) -> Result<ReviewPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let note = note.unwrap_or_default();
        let course = houses(ctx).catalogue.approve(viewer, id, &note).await.map_err(told(ctx))?;
        payload(ctx, id, course).await
    }

    /// Back to its author, who reads the reason.
    async fn send_back_submission(&self, ctx: &Context<'_>, id: ID, reason: String) -> Result<ReviewPayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let course = houses(ctx).catalogue.send_back(viewer, id, &reason).await.map_err(told(ctx))?;
        payload(ctx, id, course).await
    }

    /// Where a published course is changed: its draft, made now if there is none. Students see what is published until the draft is.
    async fn draft_course(&self, ctx: &Context<'_>, id: ID) -> Result<CoursePayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let course = houses(ctx).catalogue.draft_course(viewer, id).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }

    /// The draft of a published course goes; the published course is answered.
    async fn discard_draft(&self, ctx: &Context<'_>, id: ID) -> Result<CoursePayload> {
        let (viewer, id) = (viewer(ctx)?, scalar::id(&id).map_err(told(ctx))?);
        let course = houses(ctx).catalogue.discard_draft(viewer, id).await.map_err(told(ctx))?;
        Ok(CoursePayload { course: Course(course) })
    }
}

async fn payload(ctx: &Context<'_>, id: SubmissionId, course: house::Course) -> Result<ReviewPayload> {
    let submission = houses(ctx).catalogue.submission(viewer(ctx)?, id).await.map_err(told(ctx))?;
    Ok(ReviewPayload { submission: submission.into(), course: Course(course) })
}
