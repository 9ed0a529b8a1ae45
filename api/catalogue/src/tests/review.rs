//! Review before publishing: who may, what follows, what stands still meanwhile.

use kernel::{Code, Page, Role, Viewer, id::SubmissionId};
use organisation::Review;

use super::world::{World, code, sentence};
use crate::{Course, CourseChange, Outcome, Status, Submission, rules};

impl World {
    pub async fn policy(&self, review: Review) {
        let chief = self.person(&self.root, &[(Role::Admin, &self.root)]);
        self.organisation.set_review(&chief, review).await.unwrap();
    }
    pub fn admin(&self) -> Viewer {
        self.person(&self.root, &[(Role::Admin, &self.root)])
    }
    /// With a reading, not published.
    pub async fn written(&self, lecturer: &Viewer, title: &str) -> Course {
        let course = self.course(lecturer, &self.arts, title).await;
        let chapter = self.chapter(lecturer, course.id).await;
        self.reading(lecturer, chapter, "导读", "先读这一篇。").await;
        course
    }
    /// What waits.
    pub async fn waiting_for(&self, admin: &Viewer) -> Vec<Submission> {
        let page = Page::try_new(100, None).unwrap();
        self.house.submissions(admin, &page).await.unwrap().nodes().cloned().collect()
    }
    async fn submitted(&self, lecturer: &Viewer, title: &str) -> (Course, SubmissionId) {
        let course = self.written(lecturer, title).await;
        let course = self.house.publish_course(lecturer, course.id).await.unwrap();
        assert_eq!(course.status, Status::InReview);
        let all = self.waiting_for(&self.admin()).await;
        (course.clone(), all.iter().find(|one| one.course == course.id).unwrap().id)
    }
}

#[tokio::test]
async fn a_new_school_asks_for_one_reviewer_and_a_demo_for_none() {
    assert_eq!((Review::at_first(false), Review::at_first(true)), (Review::One, Review::None));
    for world in World::each().await {
        assert_eq!(world.organisation.review().await.unwrap(), Review::None, "the tests' school is a demo");
        let branch = world.person(&world.arts, &[(Role::Admin, &world.arts)]);
        assert_eq!(code(world.organisation.set_review(&branch, Review::Two).await), Some(Code::Forbidden));
        world.policy(Review::Two).await;
        assert_eq!(world.organisation.review().await.unwrap(), Review::Two);
        world.end().await;
    }
}

#[tokio::test]
async fn one_reviewer_publishes_and_the_version_names_them() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let (lecturer, admin) = (world.lecturer(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        let student = world.student(&world.arts);
        assert_eq!(code(world.house.course(&student, course.id).await), Some(Code::NotFound), "nobody sees it yet");
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap().status, Status::InReview);
        let published = world.house.approve(&admin, submission, "很好").await.unwrap();
        assert_eq!((published.id, published.status, published.version), (course.id, Status::Published, 1));
        assert_eq!(world.house.course(&student, course.id).await.unwrap().title, "党史");
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        assert_eq!((versions.len(), &versions[0].reviewers), (1, &vec![admin.person]));
        assert_eq!(versions[0].published_by, lecturer.person, "{}", world.test.name);
        let told = world.house.submission(&lecturer, submission).await.unwrap();
        assert_eq!((told.outcome, told.reviews[0].reason.as_str()), (Outcome::Published, "很好"));
        assert!(world.waiting_for(&admin).await.is_empty());
        assert!(sentence(world.house.approve(&world.admin(), submission, "").await).contains("已经审核通过"));
        world.end().await;
    }
}

#[tokio::test]
async fn two_different_reviewers_are_wanted_and_one_speaks_once() {
    for world in World::each().await {
        world.policy(Review::Two).await;
        let (lecturer, one, two) = (world.lecturer(), world.admin(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        assert_eq!(world.house.approve(&one, submission, "").await.unwrap().status, Status::InReview);
        let all = world.waiting_for(&two).await;
        assert_eq!(world.house.reviewable(&two, &all).await.unwrap().len(), 1);
        assert!(world.house.reviewable(&one, &all).await.unwrap().is_empty());
        assert!(sentence(world.house.approve(&one, submission, "").await).contains("另一位审核人"));
        assert_eq!(world.house.approve(&two, submission, "").await.unwrap().status, Status::Published);
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        assert_eq!(versions[0].reviewers.len(), 2);
        world.end().await;
    }
}

#[tokio::test]
async fn nobody_reviews_what_they_teach_hand_in_or_change() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let both = world.person(&world.root, &[(Role::Lecturer, &world.root), (Role::Admin, &world.root)]);
        let (_, own) = world.submitted(&both, "自己的课").await;
        assert_eq!(code(world.house.approve(&both, own, "").await), Some(Code::Forbidden));
        assert_eq!(code(world.house.send_back(&both, own, "不行").await), Some(Code::Forbidden));

        let (lecturer, admin) = (world.lecturer(), world.admin());
        let course = world.written(&lecturer, "改过的课").await;
        let change = CourseChange { title: Some("管理员改过".to_owned()), ..CourseChange::default() };
        world.house.update_course(&admin, course.id, change).await.unwrap();
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        let all = world.waiting_for(&admin).await;
        let changed = all.iter().find(|one| one.course == course.id).unwrap().id;
        assert!(sentence(world.house.approve(&admin, changed, "").await).contains("不能审核自己"));

        let course = world.written(&lecturer, "代交的课").await;
        world.house.publish_course(&admin, course.id).await.unwrap();
        let all = world.waiting_for(&admin).await;
        let handed = all.iter().find(|one| one.course == course.id).unwrap().id;
        assert_eq!(code(world.house.approve(&admin, handed, "").await), Some(Code::Forbidden));
        assert_eq!(world.house.approve(&world.admin(), handed, "").await.unwrap().status, Status::Published);
        world.end().await;
    }
}

#[tokio::test]
async fn only_admins_in_charge_review_and_others_do_not_learn_of_it() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let (_, submission) = world.submitted(&world.lecturer(), "文学院的课").await;
        let science = world.person(&world.science, &[(Role::Admin, &world.science)]);
        let branch = world.person(&world.branch, &[(Role::Admin, &world.branch)]);
        let arts = world.person(&world.arts, &[(Role::Admin, &world.arts)]);
        let auditor = world.person(&world.root, &[(Role::Auditor, &world.root)]);
        for (who, expected) in [
            (&science, Code::NotFound),
            (&branch, Code::NotFound),
            (&world.lecturer(), Code::Forbidden),
            (&auditor, Code::Forbidden),
            (&world.student(&world.arts), Code::Forbidden),
        ] {
            assert_eq!(code(world.house.approve(who, submission, "").await), Some(expected), "{}", world.test.name);
        }
        assert!(world.waiting_for(&science).await.is_empty());
        assert_eq!(code(world.house.submission(&science, submission).await), Some(Code::NotFound));
        assert_eq!(code(world.house.submission(&world.lecturer(), submission).await), Some(Code::NotFound));
        assert_eq!(world.house.approve(&arts, submission, "").await.unwrap().status, Status::Published);
        world.end().await;
    }
}

#[tokio::test]
async fn sent_back_with_a_reason_that_the_author_reads() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let (lecturer, admin) = (world.lecturer(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        assert_eq!(code(world.house.send_back(&admin, submission, " ").await), Some(Code::Invalid));
        let back = world.house.send_back(&admin, submission, "第一章缺少出处").await.unwrap();
        assert_eq!(back.status, Status::Draft);
        let told = world.house.last_submissions(&[course.id]).await.unwrap().remove(&course.id).unwrap();
        assert_eq!((told.outcome, told.returned().unwrap().reason.as_str()), (Outcome::Returned, "第一章缺少出处"));
        let change = CourseChange { source: Some("《党章》".to_owned()), ..CourseChange::default() };
        world.house.update_course(&lecturer, course.id, change).await.unwrap();
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap().status, Status::InReview);
        let again = world.waiting_for(&admin).await[0].id;
        assert_ne!(again, submission);
        assert!(sentence(world.house.approve(&admin, submission, "").await).contains("退回"));
        world.house.approve(&admin, again, "").await.unwrap();
        let version = &world.house.versions(&lecturer, course.id).await.unwrap()[0];
        assert_eq!(version.source, "《党章》");
        world.end().await;
    }
}

#[tokio::test]
async fn what_is_in_review_stands_still_until_it_is_taken_back() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let (lecturer, admin) = (world.lecturer(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        let change = CourseChange { title: Some("改".to_owned()), ..CourseChange::default() };
        assert_eq!(code(world.house.update_course(&lecturer, course.id, change).await), Some(Code::Conflict));
        assert_eq!(code(world.house.add_chapter(&lecturer, course.id, "第二章").await), Some(Code::Conflict));
        let back = world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        assert_eq!(back.status, Status::Draft);
        assert!(sentence(world.house.approve(&admin, submission, "").await).contains("撤回"));
        world.house.add_chapter(&lecturer, course.id, "第二章").await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn a_withdrawal_is_undone_by_publishing_what_has_not_changed() {
    for world in World::each().await {
        world.policy(Review::One).await;
        let (lecturer, admin) = (world.lecturer(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        world.house.approve(&admin, submission, "").await.unwrap();
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        let back = world.house.publish_course(&lecturer, course.id).await.unwrap();
        assert_eq!((back.status, back.version), (Status::Published, 1), "{}: at once, no new version", world.test.name);
        // Taken back by an admin, its author does not put it up again without a review.
        let draft = world.house.draft_course(&lecturer, course.id).await.unwrap();
        world.house.withdraw_course(&admin, course.id).await.unwrap();
        let round = world.house.publish_course(&lecturer, draft.id).await.unwrap();
        assert_eq!((round.id, round.status), (draft.id, Status::InReview), "nor by way of a draft");
        world.house.withdraw_course(&lecturer, draft.id).await.unwrap();
        world.house.discard_draft(&lecturer, draft.id).await.unwrap();
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap().status, Status::InReview);
        world.house.withdraw_course(&admin, course.id).await.unwrap();
        assert_eq!(world.house.publish_course(&admin, course.id).await.unwrap().status, Status::Published);
        // Changed in between, it is looked at.
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        world.house.add_chapter(&lecturer, course.id, "空章").await.unwrap();
        assert_eq!(code(world.house.publish_course(&lecturer, course.id).await), Some(Code::Invalid));
        world.end().await;
    }
}

#[tokio::test]
async fn less_reviewers_than_before_publish_what_has_enough() {
    for world in World::each().await {
        world.policy(Review::Two).await;
        let (lecturer, admin) = (world.lecturer(), world.admin());
        let (course, submission) = world.submitted(&lecturer, "党史").await;
        world.house.approve(&admin, submission, "").await.unwrap();
        world.policy(Review::One).await;
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap().status, Status::Published);
        let (none, waits) = world.submitted_under_none(&lecturer).await;
        assert_eq!(
            world.house.publish_course(&lecturer, none.id).await.unwrap().status,
            Status::InReview,
            "one at least"
        );
        assert_eq!(world.house.approve(&admin, waits, "").await.unwrap().status, Status::Published);
        world.end().await;
    }
}

impl World {
    async fn submitted_under_none(&self, lecturer: &Viewer) -> (Course, SubmissionId) {
        let found = self.submitted(lecturer, "后来不审").await;
        self.policy(Review::None).await;
        found
    }
}

#[test]
fn enough_people_have_approved() {
    for (approvals, wanted, expected) in
        [(0, 0, false), (0, 1, false), (1, 0, true), (1, 1, true), (1, 2, false), (2, 2, true), (3, 2, true)]
    {
        assert_eq!(rules::review::is_approved(approvals, wanted), expected, "{approvals} of {wanted}");
    }
}

#[test]
fn a_reason_is_a_sentence() {
    for (text, wanted, good) in
        [("", false, true), ("", true, false), ("好", true, false), ("不行", true, true), (" \u{0} ", true, false)]
    {
        assert_eq!(rules::review::reason(text, wanted).is_ok(), good, "{text:?}");
    }
    assert!(rules::review::reason(&"长".repeat(501), false).is_err());
}
