//! What happens to a request, from its asking to its entry.

use kernel::{Amount, Code, Role};
use learning::Span;

use super::world::{World, code, page};
use crate::{Status, Verdict};

fn verdict(accept: bool, amount: Option<i64>) -> Verdict {
    Verdict { accept, text: "已核对线下签到表".to_owned(), amount: amount.map(Amount::whole) }
}

#[tokio::test]
async fn an_entry_is_corrected_by_who_had_no_hand_in_it_and_only_once() {
    for world in World::each().await {
        let name = world.test.name;
        let student = world.person("1", Role::Student, &world.arts).await;
        let (one, other) =
            (world.person("A1", Role::Admin, &world.arts).await, world.person("A2", Role::Admin, &world.root).await);
        let third = world.person("A3", Role::Admin, &world.arts).await;
        let stranger = world.person("A4", Role::Admin, &world.science).await;
        let entry = world.entry(&student, (&one, &other), 5).await;
        let house = &world.appeals;

        assert_eq!(code(house.ask_about_entry(&third, entry, "这不是我的记录").await), Some(Code::NotFound), "{name}");
        assert_eq!(code(house.ask_about_entry(&student, entry, "少了").await), Some(Code::Invalid), "{name}");
        let asked = house.ask_about_entry(&student, entry, "实际参加了两次").await.unwrap();
        assert_eq!(code(house.ask_about_entry(&student, entry, "再说一遍吧").await), Some(Code::Conflict), "{name}");
        assert_eq!(house.about(student.person, &[entry]).await.unwrap()[&entry].id, asked.id, "{name}");

        for concerned in [&one, &other] {
            assert!(!house.may_answer(concerned, &asked).await.unwrap(), "{name}");
            assert_eq!(code(house.answer(concerned, asked.id, verdict(true, Some(2))).await), Some(Code::Forbidden));
        }
        assert_eq!(code(house.answer(&student, asked.id, verdict(true, Some(2))).await), Some(Code::Forbidden));
        assert_eq!(code(house.answer(&stranger, asked.id, verdict(true, Some(2))).await), Some(Code::NotFound));
        assert_eq!(code(house.find(&stranger, asked.id).await), Some(Code::NotFound), "{name}");
        assert_eq!(house.waiting(&third).await.unwrap(), 1, "{name}");
        assert_eq!(house.waiting(&stranger).await.unwrap(), 0, "{name}");
        assert_eq!(code(house.answer(&third, asked.id, verdict(true, None)).await), Some(Code::Invalid), "{name}");
        assert_eq!(world.ledger(&student).await.0, Amount::whole(5), "{name}: a refusal writes nothing");

        let answered = house.answer(&third, asked.id, verdict(true, Some(2))).await.unwrap();
        assert_eq!(answered.status, Status::Accepted, "{name}");
        let (points, notes) = world.ledger(&student).await;
        assert_eq!(points, Amount::whole(7), "{name}");
        assert_eq!(notes[0], format!("复核通过（记录 {entry}）：已核对线下签到表"), "{name}");
        assert_eq!(code(house.answer(&third, asked.id, verdict(false, None)).await), Some(Code::Conflict), "{name}");
        assert_eq!(house.find(&student, asked.id).await.unwrap(), answered, "{name}");

        // The answer is an entry too, and who gave it is concerned by it.
        let outcome = answered.answer.unwrap().outcome;
        let again = house.ask_about_entry(&student, outcome, "仍然少记了一次").await.unwrap();
        assert!(!house.may_answer(&third, &again).await.unwrap(), "{name}");
        let declined = house.answer(&one, again.id, verdict(false, None)).await.unwrap();
        assert_eq!(declined.status, Status::Declined, "{name}");
        let (points, notes) = world.ledger(&student).await;
        assert_eq!((points, notes.len()), (Amount::whole(7), 3), "{name}");
        assert!(notes[0].starts_with("复核未通过"), "{name}: {}", notes[0]);
        world.end().await;
    }
}

#[tokio::test]
async fn spans_that_did_not_count_are_released_and_paid_by_the_rules() {
    for world in World::each().await {
        let name = world.test.name;
        let student = world.person("1", Role::Student, &world.arts).await;
        let admin = world.person("A1", Role::Admin, &world.arts).await;
        let lesson = world.video().await;
        let (house, reason) = (&world.appeals, "缓存播放时断网");
        let span = [Span::new(0, 120_000)];
        assert_eq!(code(house.ask_about_spans(&student, lesson, &span, reason).await), Some(Code::NotFound), "{name}");
        world.watches_unserved(&student, lesson).await;
        let beyond = [Span::new(0, 240_001)];
        assert_eq!(code(house.ask_about_spans(&student, lesson, &beyond, reason).await), Some(Code::Invalid), "{name}");
        let asked = house.ask_about_spans(&student, lesson, &span, reason).await.unwrap();
        let wrong = house.answer(&admin, asked.id, verdict(true, Some(2))).await;
        assert_eq!(code(wrong), Some(Code::Invalid), "{name}: what spans earn follows from the rules");
        let answered = house.answer(&admin, asked.id, verdict(true, None)).await.unwrap();
        assert_eq!(answered.answer.unwrap().released_ms, Some(120_000), "{name}");
        world.work().await;
        let map = world.learning.watch_map(student.person, lesson).await.unwrap();
        assert_eq!(map.covered, span, "{name}");
        let (points, notes) = world.ledger(&student).await;
        assert_eq!((points, notes.len()), (Amount::whole(2), 3), "{name}: two minutes and the answer: {notes:?}");
        assert_eq!(code(house.ask_about_spans(&student, lesson, &span, reason).await), Some(Code::Invalid), "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_asked_for_in_the_old_content_is_not_counted_in_the_new_one() {
    for world in World::each().await {
        let name = world.test.name;
        let student = world.person("1", Role::Student, &world.arts).await;
        let admin = world.person("A1", Role::Admin, &world.arts).await;
        let lesson = world.video().await;
        world.watches_unserved(&student, lesson).await;
        let span = [Span::new(0, 120_000)];
        let asked = world.appeals.ask_about_spans(&student, lesson, &span, "缓存播放时断网").await.unwrap();
        assert_eq!(world.appeals.find(&student, asked.id).await.unwrap(), asked, "{name}: it is kept as it was asked");
        world.replace(lesson, 300_000).await;
        world.watches_unserved(&student, lesson).await;
        let accepted = world.appeals.answer(&admin, asked.id, verdict(true, None)).await;
        assert_eq!(code(accepted), Some(Code::Conflict), "{name}");
        let map = world.learning.watch_map(student.person, lesson).await.unwrap();
        assert_eq!((map.covered, world.ledger(&student).await.0), (vec![], Amount::ZERO), "{name}");
        world.appeals.answer(&admin, asked.id, verdict(false, None)).await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn an_open_request_is_withdrawn_by_its_own_person() {
    for world in World::each().await {
        let name = world.test.name;
        let student = world.person("1", Role::Student, &world.arts).await;
        let (one, other) =
            (world.person("A1", Role::Admin, &world.arts).await, world.person("A2", Role::Admin, &world.root).await);
        let entry = world.entry(&student, (&one, &other), 5).await;
        let house = &world.appeals;
        let asked = house.ask_about_entry(&student, entry, "请核对一下").await.unwrap();
        assert_eq!(code(house.withdraw(&one, asked.id).await), Some(Code::NotFound), "{name}");
        assert_eq!(house.withdraw(&student, asked.id).await.unwrap().status, Status::Withdrawn, "{name}");
        assert_eq!(code(house.withdraw(&student, asked.id).await), Some(Code::Conflict), "{name}");
        assert_eq!(code(house.answer(&other, asked.id, verdict(false, None)).await), Some(Code::Conflict), "{name}");
        world.test.clock.advance(1_000);
        let again = house.ask_about_entry(&student, entry, "还是请核对").await.unwrap();
        let mine = house.mine(&student, &page()).await.unwrap();
        assert_eq!(mine.nodes().map(|appeal| appeal.id).collect::<Vec<_>>(), [again.id, asked.id], "{name}");
        let queue = house.queue(&one, Some(Status::Open), &page()).await.unwrap();
        assert_eq!(queue.nodes().count(), 1, "{name}");
        assert_eq!(code(house.queue(&student, None, &page()).await), Some(Code::Forbidden), "{name}");
        world.end().await;
    }
}
