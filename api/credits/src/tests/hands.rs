//! Who had a hand in an entry does not answer the appeal about it; what two decided is not undone by one.

use kernel::{
    Amount, Code, Page, Role, Viewer,
    event::{Measure, Medium},
    id::EntryId,
};

use super::{packs::demo, world::World};
use crate::{NewCorrection, WaitingState};

impl World {
    fn dean(&self) -> Viewer {
        self.viewer(self.test.base.id(), Role::Admin, &self.letters)
    }
    /// From today on by the demo's pack with approval for what `event` earns.
    async fn wants_approval(&self, event: &str) {
        let root = self.organisation.root().await.unwrap();
        let ruler = self.viewer(self.test.base.id(), Role::Admin, &root);
        let wanted = format!("event = \"{event}\"\napproval = true");
        let text = demo().replace("demo-1", "school-1").replace(&format!("event = \"{event}\""), &wanted);
        self.credits.add_pack(&ruler, &text).await.unwrap();
        self.credits.activate_pack(&ruler, "school-1", self.test.base.today()).await.unwrap();
    }
}

#[tokio::test]
async fn who_took_an_entry_back_has_a_hand_in_it_and_in_what_took_it_back() {
    for world in World::each().await {
        let (student, dean) = (world.person("2026001", &world.letters).await, world.dean());
        world.announce(&[world.minutes(student.id, "film", 0, 2)]).await;
        let [other, paid] =
            world.entries(student.id).await.try_into().map(|two: [crate::Entry; 2]| two.map(|e| e.id)).unwrap();
        assert!(world.credits.hands(paid).await.unwrap().is_empty(), "{}: a rule paid it", world.test.name);
        let back = world.credits.reverse(&dean, paid, "重复登记").await.unwrap();
        assert_eq!(world.credits.hands(paid).await.unwrap(), [dean.person], "{}", world.test.name);
        assert_eq!(world.credits.hands(back.id).await.unwrap(), [dean.person], "{}", world.test.name);
        assert!(world.credits.hands(other).await.unwrap().is_empty(), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn who_approved_what_waited_has_a_hand_in_its_entry() {
    for world in World::each().await {
        world.wants_approval("reading").await;
        let (student, one, two) = (world.person("2026001", &world.letters).await, world.dean(), world.dean());
        world.announce(&["a", "b"].map(|text| world.finished(student.id, text, Medium::Reading, None))).await;
        let page = Page::try_new(10, None).unwrap();
        let held: Vec<_> = world.credits.waiting(&one, &page).await.unwrap().nodes().map(|one| one.id).collect();
        let first = world.credits.approve_waiting(&one, held[0]).await.unwrap();
        let second = world.credits.approve_waiting(&two, held[1]).await.unwrap();
        assert_eq!(world.credits.hands(first[0]).await.unwrap(), [one.person], "{}", world.test.name);
        assert_eq!(world.credits.hands(second[0]).await.unwrap(), [two.person], "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn approving_one_proposal_of_a_fact_does_not_pay_the_others() {
    for world in World::each().await {
        world.wants_approval("minute").await;
        let (student, one, two) = (world.person("2026001", &world.letters).await, world.dean(), world.dean());
        world.announce(&[world.minutes(student.id, "film", 0, 3)]).await;
        let page = Page::try_new(10, None).unwrap();
        let held: Vec<_> = world.credits.waiting(&one, &page).await.unwrap().nodes().cloned().collect();
        assert_eq!(held.len(), 3, "{}", world.test.name);
        world.credits.reject_waiting(&one, held[0].id, "没有到场").await.unwrap();
        let posted = world.credits.approve_waiting(&two, held[1].id).await.unwrap();
        assert_eq!(posted.len(), 1, "{}", world.test.name);
        assert_eq!(world.credits.hands(posted[0]).await.unwrap(), [two.person], "{}", world.test.name);
        assert_eq!(world.points(student.id).await, "1", "{}: what was rejected is not paid", world.test.name);
        world.credits.approve_waiting(&one, held[2].id).await.unwrap();
        assert_eq!(world.points(student.id).await, "2", "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_student_reads_what_waits_and_what_was_rejected_newest_first() {
    for world in World::each().await {
        world.wants_approval("reading").await;
        let (student, dean) = (world.person("2026001", &world.letters).await, world.dean());
        let other = world.person("2026002", &world.letters).await;
        for text in ["a", "b", "c"] {
            world.announce(&[world.finished(student.id, text, Medium::Reading, None)]).await;
            world.test.clock.advance(1_000);
        }
        world.announce(&[world.finished(other.id, "a", Medium::Reading, None)]).await;
        let all = Page::try_new(10, None).unwrap();
        let held: Vec<_> = world.credits.waiting(&dean, &all).await.unwrap().nodes().map(|one| one.id).collect();
        world.credits.approve_waiting(&dean, held[0]).await.unwrap();
        world.credits.reject_waiting(&dean, held[1], "与上篇雷同").await.unwrap();
        let first = world.credits.waiting_of(student.id, &Page::try_new(1, None).unwrap()).await.unwrap();
        let next = Page::try_new(5, first.edges.last().map(|edge| edge.0.clone())).unwrap();
        let rest = world.credits.waiting_of(student.id, &next).await.unwrap();
        let told: Vec<_> =
            first.nodes().chain(rest.nodes()).map(|one| (one.id, one.state, one.reason.as_deref())).collect();
        let wanted = [(held[2], WaitingState::Open, None), (held[1], WaitingState::Rejected, Some("与上篇雷同"))];
        assert_eq!((told, first.has_next), (wanted.to_vec(), true), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn what_two_decided_is_not_taken_back_by_one() {
    for world in World::each().await {
        let (student, one, two) = (world.person("2026001", &world.letters).await, world.dean(), world.dean());
        let (hours, reason) = (Amount::whole(2), "补记线下党课");
        let new = world.credits.propose_adjustment(&one, student.id, Measure::Hours, hours, reason).await.unwrap();
        let adjusted = world.credits.approve_adjustment(&two, new.id).await.unwrap().entry.unwrap();
        let correction = NewCorrection {
            person: student.id,
            measure: Measure::Points,
            amount: Amount::whole(3),
            reason: "复核：应计".to_owned(),
            reverses: None,
            case: "apl_1".to_owned(),
            by: two.person,
            lesson: None,
        };
        let tx = world.test.base.db.begin().await.unwrap();
        let corrected = world.credits.correct(&tx, correction).await.unwrap();
        tx.commit().await.unwrap();
        for entry in [adjusted, corrected] {
            let refused = world.credits.reverse(&one, entry, "登记有误").await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::Conflict), "{}: {entry}", world.test.name);
            assert!(refused.refusal().unwrap().text.zh.contains("相反的人工调整"), "{refused}");
        }
        assert_eq!(world.credits.count().await.unwrap(), 2, "{}", world.test.name);
        // By two it is.
        let new = world.credits.propose_adjustment(&one, student.id, Measure::Hours, -hours, "登记有误").await.unwrap();
        let back: EntryId = world.credits.approve_adjustment(&two, new.id).await.unwrap().entry.unwrap();
        assert_eq!(world.credits.balance(student.id).await.unwrap().hours, Amount::ZERO, "{}: {back}", world.test.name);
        world.end().await;
    }
}
