//! Reviewing: an admin in charge of the course's unit, who had no hand in it, approves it or sends it back.

use std::collections::{HashMap, HashSet};

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{CourseId, SubmissionId},
};
use platform::Tx;

use super::must_make_courses;
use crate::{
    Catalogue,
    model::{Contents, Course, Differences, Outcome, Review, Status, Submission},
    rules::review,
    store::{self, drafts, reviews},
};

impl Catalogue {
    /// What waits for a review in the viewer's charge, the oldest first; with the total.
    pub async fn submissions(&self, viewer: &Viewer, page: &Page) -> Result<Connection<Submission>> {
        viewer.must(Role::Admin)?;
        reviews::open(self.base().db.read(), &viewer.scope(Role::Admin), page).await
    }

    /// For admins in charge of its unit and for those whose course it is.
    pub async fn submission(&self, viewer: &Viewer, id: SubmissionId) -> Result<Submission> {
        must_make_courses(viewer)?;
        let db = self.base().db.read();
        let submission = reviews::find(db, id).await?.ok_or_else(Refusal::not_found)?;
        let courses = store::find_many(db, &[submission.course, submission.target]).await?;
        let theirs = submission.submitted_by == viewer.person || courses.iter().any(|course| course.taught_by(viewer));
        let may = theirs || viewer.covers(Role::Admin, &submission.audience);
        if may { Ok(submission) } else { Err(Refusal::not_found().into()) }
    }

    /// Which of these the viewer may decide about.
    pub async fn reviewable(&self, viewer: &Viewer, all: &[Submission]) -> Result<HashSet<SubmissionId>> {
        let db = self.base().db.read();
        let ids: Vec<CourseId> = all.iter().map(|submission| submission.course).collect();
        let courses = store::find_many(db, &ids).await?;
        let courses: HashMap<CourseId, Course> = courses.into_iter().map(|course| (course.id, course)).collect();
        let hands = drafts::hands_of(db, &ids).await?;
        let may = |submission: &&Submission| {
            let Some(course) = courses.get(&submission.course) else { return false };
            let hands = hands.get(&course.id).map(Vec::as_slice).unwrap_or_default();
            viewer.covers(Role::Admin, &submission.audience)
                && review::must_be_open(viewer.person, submission).is_ok()
                && review::may_review(viewer.person, course, hands, submission).is_ok()
        };
        Ok(all.iter().filter(may).map(|submission| submission.id).collect())
    }

    /// What is looked at. Unguarded: ask [`Catalogue::submission`] first. None once it has ended: what was published is a version.
    pub async fn submitted(&self, submission: &Submission) -> Result<Option<Contents>> {
        let db = self.base().db.read();
        match self.waiting(submission).await? {
            Some(course) => Ok(Some(self.contents(db, &course).await?)),
            None => Ok(None),
        }
    }

    /// How it differs from the newest version. Unguarded, like [`Catalogue::submitted`].
    pub async fn submitted_differences(&self, submission: &Submission) -> Result<Option<Differences>> {
        match self.waiting(submission).await? {
            Some(course) => Ok(Some(self.differences_now(&course).await?)),
            None => Ok(None),
        }
    }

    async fn waiting(&self, submission: &Submission) -> Result<Option<Course>> {
        let found = store::find(self.base().db.read(), submission.course).await?;
        Ok(found.filter(|_| submission.outcome == Outcome::Open))
    }

    /// The last approval that is wanted publishes it.
    pub async fn approve(&self, viewer: &Viewer, id: SubmissionId, note: &str) -> Result<Course> {
        let reason = review::reason(note, false)?;
        let policy = self.organisation().review().await?;
        let (tx, course, submission) = self.look(viewer, id).await?;
        let (person, at) = (viewer.person, self.base().now());
        let approvals = submission.approvals() + 1;
        reviews::add_review(&tx, id, &Review { reviewer: person, approved: true, reason, at }).await?;
        self.act(&tx, person, &course, "course.approve", None).await?;
        if !review::is_approved(approvals, policy.reviewers()) {
            tx.commit().await?;
            return Ok(course);
        }
        self.must_be_ready(&tx, &course).await?;
        reviews::close(&tx, id, Outcome::Published, at).await?;
        self.publish(tx, (person, submission.submitted_by), course, Some(id)).await
    }

    /// Back to its author, who reads why.
    pub async fn send_back(&self, viewer: &Viewer, id: SubmissionId, reason: &str) -> Result<Course> {
        let reason = review::reason(reason, true)?;
        let (tx, course, _) = self.look(viewer, id).await?;
        let (reviewer, at) = (viewer.person, self.base().now());
        let told = Some(reason.clone());
        reviews::add_review(&tx, id, &Review { reviewer, approved: false, reason, at }).await?;
        reviews::close(&tx, id, Outcome::Returned, at).await?;
        let course = Course { status: Status::Draft, ..course };
        store::update(&tx, &course).await?;
        self.act(&tx, reviewer, &course, "course.send_back", told).await?;
        tx.commit().await?;
        self.forget();
        Ok(course)
    }

    /// A transaction in which the viewer alone decides about what waits.
    async fn look(&self, viewer: &Viewer, id: SubmissionId) -> Result<(Tx, Course, Submission)> {
        viewer.must(Role::Admin)?;
        let found = reviews::find(self.base().db.read(), id).await?;
        let found = found.filter(|found| viewer.covers(Role::Admin, &found.audience)).ok_or_else(Refusal::not_found)?;
        let tx = self.base().db.begin().await?;
        let course = store::lock(&tx, found.course).await?;
        let submission = reviews::find(&tx, id).await?.ok_or_else(Refusal::not_found)?;
        review::must_be_open(viewer.person, &submission)?;
        let course = course.ok_or_else(Refusal::not_found)?;
        review::may_review(viewer.person, &course, &drafts::hands(&tx, course.id).await?, &submission)?;
        Ok((tx, course, submission))
    }
}
