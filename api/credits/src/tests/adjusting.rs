//! Adjustments by two people, and what an appeal corrects.

use kernel::{
    Amount, Code, Page, Role, Viewer,
    event::Measure,
    id::{EntryId, PersonId},
};
use platform::audit;

use super::world::World;
use crate::{Adjustment, AdjustmentStatus, Entry, NewCorrection};

const REASON: &str = "补记 11 月 3 日线下党课";

impl World {
    fn admin(&self) -> Viewer {
        self.viewer(self.test.base.id(), Role::Admin, &self.letters)
    }
    async fn proposes(&self, viewer: &Viewer, student: PersonId) -> Adjustment {
        let amount = Amount::milli(2_500);
        self.credits.propose_adjustment(viewer, student, Measure::Hours, amount, REASON).await.unwrap()
    }
    async fn newest(&self, person: PersonId) -> Entry {
        self.entries(person).await.remove(0)
    }
}

#[tokio::test]
async fn one_admin_proposes_another_approves_and_an_entry_stands_with_the_reason() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let student = world.person("2026001", &world.letters).await;
        let (first, second) = (world.admin(), world.admin());
        let proposed = world.proposes(&first, student.id).await;
        assert_eq!((proposed.status, proposed.entry), (AdjustmentStatus::Proposed, None));
        assert!(world.entries(student.id).await.is_empty(), "{}", world.test.name);
        let refused = world.credits.approve_adjustment(&first, proposed.id).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Forbidden), "{}: who proposes does not approve", world.test.name);
        let done = world.credits.approve_adjustment(&second, proposed.id).await.unwrap();
        assert_eq!((done.status, done.decided_by), (AdjustmentStatus::Approved, Some(second.person)));
        let entry = world.newest(student.id).await;
        assert_eq!((Some(entry.id), entry.amount, entry.measure), (done.entry, Amount::milli(2_500), Measure::Hours));
        assert_eq!((entry.rule.title.as_str(), entry.note), ("人工调整", Some(format!("人工调整：{REASON}"))));
        // A lost reply: the same again; another's decision is too late.
        assert_eq!(world.credits.approve_adjustment(&second, proposed.id).await.unwrap(), done, "{}", world.test.name);
        let third = world.admin();
        let late = [
            world.credits.approve_adjustment(&third, proposed.id).await.unwrap_err(),
            world.credits.reject_adjustment(&second, proposed.id, "同一事由重复提出").await.unwrap_err(),
        ];
        assert!(late.iter().all(|error| error.code() == Some(Code::Conflict)), "{}", world.test.name);
        assert_eq!(world.entries(student.id).await.len(), 1);
        world.work().await;
        assert_eq!(world.heard().len(), 1, "{}", world.test.name);
        assert_eq!(world.credits.adjustment(&third, proposed.id).await.unwrap(), done);
        let page = Page::try_new(10, None).unwrap();
        let scope = [world.letters.path.clone()];
        let acts = audit::list(world.test.base.db.read(), &scope, &audit::Filter::default(), &page).await.unwrap();
        let acts: Vec<_> = acts.nodes().map(|act| (act.action.as_str().to_owned(), act.actor)).collect();
        let wanted = [("credits.approve_adjustment", second.person), ("credits.propose_adjustment", first.person)];
        let mut wanted: Vec<_> = wanted.map(|(action, actor)| (action.to_owned(), Some(actor))).into();
        let mut acts = acts;
        acts.sort();
        wanted.sort();
        assert_eq!(acts, wanted, "{}", world.test.name);
        world.seal().await;
        world.is_clean().await;
        world.end().await;
    }
}

#[tokio::test]
async fn nobody_adjusts_in_their_own_case_or_beyond_their_charge() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let (first, own) = (world.admin(), world.viewer(student.id, Role::Admin, &world.letters));
        let proposed = world.proposes(&first, student.id).await;
        let physics = world.viewer(world.test.base.id(), Role::Admin, &world.physics);
        let lecturer = world.viewer(world.test.base.id(), Role::Lecturer, &world.letters);
        let auditor = world.viewer(world.test.base.id(), Role::Auditor, &world.letters);
        let propose = |viewer: Viewer| {
            let credits = world.credits.clone();
            async move {
                let amount = Amount::whole(1);
                credits
                    .propose_adjustment(&viewer, student.id, Measure::Points, amount, REASON)
                    .await
                    .unwrap_err()
                    .code()
            }
        };
        assert_eq!(propose(own.clone()).await, Some(Code::Forbidden), "{}", world.test.name);
        assert_eq!(propose(physics.clone()).await, Some(Code::NotFound));
        assert_eq!(propose(lecturer.clone()).await, Some(Code::Forbidden));
        assert_eq!(propose(auditor.clone()).await, Some(Code::Forbidden));
        for (viewer, code) in [
            (&own, Code::Forbidden),
            (&physics, Code::NotFound),
            (&lecturer, Code::Forbidden),
            (&auditor, Code::Forbidden),
        ] {
            let approved = world.credits.approve_adjustment(viewer, proposed.id).await.unwrap_err();
            let rejected = world.credits.reject_adjustment(viewer, proposed.id, "没有依据可查").await.unwrap_err();
            assert_eq!((approved.code(), rejected.code()), (Some(code), Some(code)), "{}", world.test.name);
        }
        let page = Page::try_new(10, None).unwrap();
        for (viewer, many) in [(&auditor, 1), (&first, 1), (&physics, 0)] {
            let status = Some(AdjustmentStatus::Proposed);
            assert_eq!(world.credits.adjustments(viewer, status, &page).await.unwrap().nodes().count(), many);
        }
        assert!(world.credits.adjustments(&lecturer, None, &page).await.is_err());
        assert_eq!(world.credits.adjustment(&physics, proposed.id).await.unwrap_err().code(), Some(Code::NotFound));
        let rejected = world.credits.reject_adjustment(&world.admin(), proposed.id, "没有依据可查").await.unwrap();
        assert_eq!((rejected.status, rejected.entry), (AdjustmentStatus::Rejected, None), "{}", world.test.name);
        assert_eq!(rejected.decision.as_deref(), Some("没有依据可查"));
        assert!(world.entries(student.id).await.is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn an_adjustment_needs_a_reason_and_an_amount_within_bounds() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let admin = world.admin();
        let long = "长".repeat(501);
        let cases = [
            (Measure::Points, Amount::ZERO, REASON, "input.amount"),
            (Measure::Points, Amount::milli(10_000_001), REASON, "input.amount"),
            (Measure::Hours, Amount::whole(-1_001), REASON, "input.amount"),
            (Measure::Credits, Amount::whole(101), REASON, "input.amount"),
            (Measure::Credits, Amount::whole(1), " 补 ", "input.reason"),
            (Measure::Credits, Amount::whole(1), long.as_str(), "input.reason"),
        ];
        for (measure, amount, reason, path) in cases {
            let refused =
                world.credits.propose_adjustment(&admin, student.id, measure, amount, reason).await.unwrap_err();
            assert_eq!(refused.refusal().unwrap().fields[0].path, path, "{}: {amount} {reason}", world.test.name);
        }
        world.end().await;
    }
}

#[tokio::test]
async fn what_people_adjust_stands_outside_the_caps_of_the_day() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let (first, second) = (world.admin(), world.admin());
        let amount = Amount::whole(100);
        let proposed =
            world.credits.propose_adjustment(&first, student.id, Measure::Points, amount, REASON).await.unwrap();
        world.credits.approve_adjustment(&second, proposed.id).await.unwrap();
        world.announce(&[world.minutes(student.id, "film", 0, 2)]).await;
        assert_eq!(world.points(student.id).await, "102", "{}", world.test.name);
        assert_eq!(world.credits.today(student.id).await.unwrap().earned, Amount::whole(2));
        assert_eq!(world.credits.rebuild().await.unwrap().rows(), 0, "{}", world.test.name);
        world.end().await;
    }
}

/// On PostgreSQL both hold a transaction at once; on SQLite one waits for the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_who_decide_at_once_make_one_entry() {
    for world in World::each().await {
        let student = world.person("2026001", &world.letters).await;
        let (proposer, a, b) = (world.admin(), world.admin(), world.admin());
        for round in 1..=8 {
            let id = world.proposes(&proposer, student.id).await.id;
            let (one, two) =
                tokio::join!(world.credits.approve_adjustment(&a, id), world.credits.approve_adjustment(&b, id));
            assert!(one.is_ok() != two.is_ok(), "{}", world.test.name);
            assert_eq!(one.err().or(two.err()).unwrap().code(), Some(Code::Conflict));
            assert_eq!(world.entries(student.id).await.len(), round, "{}", world.test.name);
        }
        world.end().await;
    }
}

#[tokio::test]
async fn an_appeal_corrects_once_in_the_transaction_of_its_decision() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let student = world.person("2026001", &world.letters).await;
        world.announce(&[world.minutes(student.id, "film", 0, 2)]).await;
        let by = world.test.base.id();
        let correction = |amount: Amount, reverses: Option<EntryId>, case: &str| NewCorrection {
            lesson: None,
            person: student.id,
            measure: Measure::Points,
            amount,
            reason: "复核：第 2 分钟应计".to_owned(),
            reverses,
            case: case.to_owned(),
            by,
        };
        let db = &world.test.base.db;
        // Not committed, not there.
        let tx = db.begin().await.unwrap();
        world.credits.correct(&tx, correction(Amount::whole(3), None, "apl_1")).await.unwrap();
        tx.rollback().await.unwrap();
        assert_eq!(world.points(student.id).await, "2", "{}", world.test.name);
        let tx = db.begin().await.unwrap();
        world.credits.correct(&tx, correction(Amount::whole(3), None, "apl_1")).await.unwrap();
        let back = world.credits.correct(&tx, correction(Amount::whole(-1), Some(EntryId(1)), "apl_2")).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.points(student.id).await, "4", "{}", world.test.name);
        let entry = world.newest(student.id).await;
        assert_eq!((entry.id, entry.reverses, entry.rule.key.as_str()), (back, Some(EntryId(1)), "video.minute"));
        let cases = [
            (correction(Amount::whole(3), None, "apl_1"), Code::Conflict),
            (correction(Amount::whole(-1), Some(EntryId(1)), "apl_3"), Code::Conflict),
            (correction(Amount::whole(-2), Some(EntryId(2)), "apl_4"), Code::Invalid),
            (correction(Amount::whole(-1), Some(EntryId(99)), "apl_5"), Code::NotFound),
            (
                NewCorrection { measure: Measure::Hours, ..correction(Amount::whole(-1), Some(EntryId(2)), "apl_7") },
                Code::Invalid,
            ),
            (NewCorrection { by: student.id, ..correction(Amount::whole(1), None, "apl_8") }, Code::Forbidden),
        ];
        for (new, code) in cases {
            let tx = db.begin().await.unwrap();
            let said = format!("{}: {new:?}", world.test.name);
            assert_eq!(world.credits.correct(&tx, new).await.unwrap_err().code(), Some(code), "{said}");
        }
        // The other way to take back finds it taken back.
        let admin = world.admin();
        let again = world.credits.reverse(&admin, EntryId(1), "重复登记").await.unwrap_err();
        assert_eq!(again.code(), Some(Code::Conflict), "{}", world.test.name);
        world.seal().await;
        world.is_clean().await;
        world.end().await;
    }
}
