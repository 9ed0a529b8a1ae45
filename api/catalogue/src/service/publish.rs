//! Publishing, withdrawing, and both again.

use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{AssetId, CourseId, PersonId, SubmissionId},
};
use organisation::Review;
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Catalogue,
    model::{Course, LessonKind, Outcome, Status, Submission},
    rules::{self, Readiness, review},
    store::{self, drafts, reviews},
};

impl Catalogue {
    /// By who teaches it, or an admin of its unit. INVALID naming each lesson that is not ready. IN_REVIEW where the school's policy asks for a
    /// review, else PUBLISHED; of a draft the course that it was made for. Publishing what is published changes nothing.
    pub async fn publish_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let policy = self.organisation().review().await?;
        let (tx, mut course) = self.hold(viewer, id).await?;
        match course.status {
            Status::Published | Status::Archived => Ok(course),
            Status::InReview => self.publish_reviewed(tx, viewer, course, policy).await,
            Status::Draft => {
                self.must_be_ready(&tx, &course).await?;
                if policy == Review::None || self.may_return(&tx, viewer, &course).await? {
                    return self.publish(tx, (viewer.person, viewer.person), course, None).await;
                }
                course.status = Status::InReview;
                self.submit(&tx, viewer.person, &course).await?;
                self.turn(tx, viewer, course, "course.submit").await
            }
        }
    }

    /// Back to a draft: out of review, or nobody finds it any more; what was earned stays.
    pub async fn withdraw_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let (tx, course) = self.hold(viewer, id).await?;
        match course.status {
            Status::Draft | Status::Archived => Ok(course),
            Status::InReview => {
                let open = reviews::latest(&tx, &[id]).await?.remove(&id);
                if let Some(open) = open.filter(|submission| submission.outcome == Outcome::Open) {
                    reviews::close(&tx, open.id, Outcome::Withdrawn, self.base().now()).await?;
                }
                let draft = Course { status: Status::Draft, ..course };
                self.turn(tx, viewer, draft, "course.take_back").await
            }
            Status::Published => {
                let mut course = course;
                self.keep_first(&tx, &mut course).await?;
                let withdrawn_by = Some(viewer.person);
                let draft = Course { status: Status::Draft, published_at: None, withdrawn_by, ..course };
                self.turn(tx, viewer, draft, "course.withdraw").await
            }
        }
    }

    /// What was reviewed and has not changed needs no second review: so a withdrawal is undone, by who withdrew it or an admin. A draft in which
    /// nothing changed leaves the published course as it is.
    async fn may_return(&self, tx: &Tx, viewer: &Viewer, course: &Course) -> Result<bool> {
        let Some(lasting) = store::find(tx, course.lasting()).await? else { return Ok(false) };
        let stands = lasting.status == Status::Published || lasting.withdrawn_by == Some(viewer.person);
        let undoes = stands || viewer.covers(Role::Admin, &lasting.audience);
        Ok(undoes && self.is_unchanged(tx, course).await?)
    }

    /// The school asks for fewer reviewers than when it was handed in.
    async fn publish_reviewed(&self, tx: Tx, viewer: &Viewer, course: Course, policy: Review) -> Result<Course> {
        let submission = reviews::latest(&tx, &[course.id]).await?.remove(&course.id);
        let Some(submission) = submission.filter(|one| review::is_approved(one.approvals(), policy.reviewers())) else {
            return Ok(course);
        };
        self.must_be_ready(&tx, &course).await?;
        reviews::close(&tx, submission.id, Outcome::Published, self.base().now()).await?;
        self.publish(tx, (viewer.person, submission.submitted_by), course, Some(submission.id)).await
    }

    async fn submit(&self, tx: &Tx, person: PersonId, course: &Course) -> Result<()> {
        let submission = Submission {
            id: self.base().id(),
            course: course.id,
            target: course.lasting(),
            title: course.title.clone(),
            audience: course.audience.clone(),
            submitted_by: person,
            submitted_at: self.base().now(),
            outcome: Outcome::Open,
            closed_at: None,
            reviews: Vec::new(),
        };
        reviews::insert(tx, &submission).await
    }

    pub(super) async fn must_be_ready(&self, tx: &Tx, course: &Course) -> Result<()> {
        let outline = super::browse::outline(tx, course).await?;
        let assets: Vec<AssetId> = outline.lessons().filter_map(|lesson| lesson.asset).collect();
        let files = self.media().find_many(&assets).await?;
        rules::publishable(&outline, |lesson| {
            let file = lesson.asset.and_then(|asset| files.get(&asset)).filter(|file| file.deleted_at.is_none());
            match (lesson.kind, file.map(|asset| asset.status)) {
                (LessonKind::Reading, _) if lesson.characters.is_some() => Readiness::Ready,
                (LessonKind::Reading, Some(media::Status::Failed) | None) => Readiness::Failed,
                (LessonKind::Reading, Some(_)) => Readiness::Converting,
                (LessonKind::Video, Some(media::Status::Ready)) if lesson.duration_ms.is_some() => Readiness::Ready,
                (LessonKind::Video, Some(media::Status::Failed) | None) => Readiness::Failed,
                (LessonKind::Video, Some(_)) => Readiness::Converting,
            }
        })?;
        Ok(())
    }

    /// Students see it from now on: a course, or a draft in the place of the one that it was made for.
    pub(super) async fn publish(
        &self,
        tx: Tx,
        (actor, author): (PersonId, PersonId),
        course: Course,
        submission: Option<SubmissionId>,
    ) -> Result<Course> {
        let now = self.base().now();
        let course = match course.draft_of {
            Some(original) => {
                let original = store::lock(&tx, original).await?.ok_or_else(Refusal::not_found)?;
                self.merge(&tx, original, course).await?
            }
            None => course,
        };
        let published_at = course.published_at.or(Some(now));
        let mut course = Course { status: Status::Published, published_at, withdrawn_by: None, ..course };
        store::update(&tx, &course).await?;
        self.keep(&tx, &mut course, (author, now), submission).await?;
        drafts::forget_hands(&tx, course.id).await?;
        self.act(&tx, actor, &course, "course.publish", None).await?;
        self.told(tx, course).await
    }

    async fn turn(&self, tx: Tx, viewer: &Viewer, course: Course, action: &'static str) -> Result<Course> {
        store::update(&tx, &course).await?;
        self.act(&tx, viewer.person, &course, action, None).await?;
        self.told(tx, course).await
    }

    pub(super) async fn act(
        &self,
        tx: &Tx,
        person: PersonId,
        course: &Course,
        action: &'static str,
        reason: Option<String>,
    ) -> Result<()> {
        let target = course.lasting().to_string();
        let act = Act { actor: Some(person), action, target, reason, path: &course.audience };
        audit::record(self.base(), tx, act).await
    }

    async fn told(&self, tx: Tx, course: Course) -> Result<Course> {
        self.base().outbox.publish(&tx, self.base().now(), &Event::CourseChanged { course: course.id }).await?;
        tx.commit().await?;
        self.forget();
        Ok(course)
    }
}
