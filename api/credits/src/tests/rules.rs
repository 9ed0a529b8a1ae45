use std::collections::HashMap;

use kernel::{
    Amount, Day,
    event::Measure,
    id::{CourseId, EntryId, LessonId, PersonId, Uuid},
};

use crate::{
    model::{Entry, NewEntry, RuleRef},
    rules::{
        evaluate::{Fact, Tally, What, evaluate, keys},
        pack::{PACKS, Pack},
        reverse,
        today::today,
    },
};

fn pack() -> Pack {
    Pack::try_new("demo", PACKS[0].1).unwrap()
}

fn fact(what: What) -> Fact {
    let lesson = (!matches!(what, What::Course { .. })).then(|| LessonId::new(Uuid::from_u128(3)));
    Fact {
        person: PersonId::new(Uuid::from_u128(1)),
        course: CourseId::new(Uuid::from_u128(2)),
        lesson,
        day: Day::of(2026, 11, 21).unwrap(),
        what,
    }
}

fn minutes(from: u32, to: u32) -> Fact {
    fact(What::Minutes { version: "v".to_owned(), from, to })
}
fn last(number: u32, millis: u32) -> Fact {
    fact(What::LastMinute { version: "v".to_owned(), number, millis })
}
fn reading() -> Fact {
    fact(What::Reading { version: "r".to_owned() })
}
fn course(hours: &str, credits: &str) -> Fact {
    fact(What::Course { hours: hours.parse().unwrap(), credits: credits.parse().unwrap() })
}

/// After points of the two rules were earned on the day.
fn earned(video: &str, read: &str) -> Tally {
    let (video, read): (Amount, Amount) = (video.parse().unwrap(), read.parse().unwrap());
    let by_rule = HashMap::from([("video.minute".to_owned(), video), ("reading.done".to_owned(), read)]);
    Tally { by_rule, points: video + read, taken: HashMap::new() }
}
fn taken(mut tally: Tally, entries: &[NewEntry]) -> Tally {
    tally.taken.extend(entries.iter().map(|entry| (entry.reason_key.clone(), entry.lesson)));
    tally
}
fn told(fact: &Fact, tally: &Tally) -> Vec<String> {
    evaluate(&pack(), fact, tally).iter().map(|e| format!("{} {} {}", e.rule, e.amount, e.note)).collect()
}

#[test]
fn every_fact_earns_what_its_rule_says() {
    let cases: [(Fact, &[&str]); 9] = [
        (minutes(0, 2), &["video.minute 1 累计第 1 分钟", "video.minute 1 累计第 2 分钟"]),
        (minutes(6, 7), &["video.minute 1 累计第 7 分钟"]),
        (minutes(2, 2), &[]),
        (last(1, 40_000), &["video.minute 0.667 学完，最后 40 秒"]),
        (last(3, 60_000), &["video.minute 1 学完，最后 60 秒"]),
        (last(3, 1_500), &["video.minute 0.025 学完，最后 1.5 秒"]),
        (last(0, 0), &[]),
        (reading(), &["reading.done 5 读完全文"]),
        (course("4", "0.5"), &["course.hours 4 完成全部必修内容", "course.credits 0.5 完成全部必修内容"]),
    ];
    for (fact, wanted) in cases {
        assert_eq!(told(&fact, &Tally::default()), wanted, "{fact:?}");
    }
    assert!(told(&course("0", "0"), &Tally::default()).is_empty());
}

#[test]
fn a_reason_is_paid_once_and_a_minute_seen_whole_is_not_paid_again_as_the_last() {
    let first = evaluate(&pack(), &minutes(0, 3), &Tally::default());
    let after = taken(earned("3", "0"), &first);
    assert!(told(&minutes(0, 3), &after).is_empty());
    assert!(told(&last(3, 60_000), &after).is_empty());
    assert_eq!(told(&minutes(2, 4), &after), ["video.minute 1 累计第 4 分钟"]);
    assert_eq!(first[0].reason_key, "video.minute:v:per_00000000000000000000000000000001:1");
}

#[test]
fn what_the_caps_leave_is_paid_in_part_and_what_they_do_not_is_explained_once() {
    let cases: [(Tally, Fact, &[&str]); 7] = [
        (
            earned("28.5", "0"),
            minutes(0, 4),
            &[
                "video.minute 1 累计第 1 分钟",
                "video.minute 0.5 累计第 2 分钟（应计 1，今日上限内只余 0.5）",
                "video.minute 0 今日该项积分已达上限",
            ],
        ),
        (earned("30", "0"), minutes(0, 4), &["video.minute 0 今日该项积分已达上限"]),
        (earned("30", "0"), last(1, 40_000), &["video.minute 0 今日该项积分已达上限"]),
        (earned("0", "17"), reading(), &["reading.done 3 读完全文（应计 5，今日上限内只余 3）"]),
        (earned("26", "17"), reading(), &["reading.done 2 读完全文（应计 5，今日上限内只余 2）"]),
        (earned("27", "18"), reading(), &["reading.done 0 今日积分已达每日总上限"]),
        (earned("30", "20"), course("4", "0"), &["course.hours 4 完成全部必修内容"]),
    ];
    for (tally, fact, wanted) in cases {
        assert_eq!(told(&fact, &tally), wanted, "{fact:?}");
        let again = taken(tally.clone(), &evaluate(&pack(), &fact, &tally));
        if tally.points >= Amount::whole(30) {
            assert!(told(&fact, &again).is_empty(), "explained twice: {fact:?}");
        }
    }
}

#[test]
fn no_order_of_facts_earns_more_than_a_day_allows() {
    for split in [1_u32, 2, 3, 7, 50] {
        let (mut tally, mut points) = (Tally::default(), Amount::ZERO);
        let mut facts: Vec<Fact> = (0..50).step_by(split as usize).map(|n| minutes(n, n + split)).collect();
        facts.extend((0..9).map(|n| fact(What::Reading { version: n.to_string() })));
        for fact in facts {
            for entry in evaluate(&pack(), &fact, &tally) {
                *tally.by_rule.entry(entry.rule.clone()).or_default() += entry.amount;
                tally.points += entry.amount;
                tally.taken.insert(entry.reason_key.clone(), entry.lesson);
                points += entry.amount;
            }
        }
        assert_eq!(points, Amount::whole(45), "in steps of {split}");
    }
}

#[test]
fn the_same_content_in_another_lesson_earns_nothing_and_says_so_once() {
    let first = evaluate(&pack(), &reading(), &Tally::default());
    let tally = taken(earned("0", "5"), &first);
    let other = Fact { lesson: Some(LessonId::new(Uuid::from_u128(9))), ..reading() };
    assert_eq!(told(&other, &tally), ["reading.done 0 与另一节的内容相同，不重复计分"]);
    let tally = taken(tally.clone(), &evaluate(&pack(), &other, &tally));
    assert!(told(&other, &tally).is_empty());
}

#[test]
fn every_key_that_is_decided_on_was_looked_up() {
    for fact in [minutes(0, 3), last(2, 5_000), reading(), course("1", "1")] {
        let known = keys(&pack(), &fact);
        for tally in [Tally::default(), earned("30", "20")] {
            assert!(evaluate(&pack(), &fact, &tally).iter().all(|entry| known.contains(&entry.reason_key)));
        }
    }
}

#[test]
fn a_reversal_takes_back_exactly_what_was_given_and_needs_a_reason() {
    let entry = |amount: &str| Entry {
        id: EntryId(7),
        person: PersonId::new(Uuid::from_u128(1)),
        measure: Measure::Points,
        amount: amount.parse().unwrap(),
        rule: RuleRef { key: "reading.done".to_owned(), title: "阅读完成".to_owned() },
        pack: "demo-1".to_owned(),
        course: None,
        lesson: None,
        note: None,
        reverses: None,
        day: Day::of(2026, 11, 1).unwrap(),
        posted_at: 0,
    };
    let back = reverse::reversal(&entry("5"), " 登记有误 ").unwrap();
    assert_eq!((back.amount, back.reverses), (Amount::whole(-5), Some(EntryId(7))));
    assert_eq!((back.reason_key.as_str(), back.note.as_str()), ("reverse:ent_7", "更正：登记有误"));
    assert_eq!(back.day, Day::of(2026, 11, 1).unwrap());
    for (amount, reason) in [("0", "登记有误"), ("5", " "), ("5", &"长".repeat(201))] {
        assert!(reverse::reversal(&entry(amount), reason).is_err(), "{amount} {reason}");
    }
}

#[test]
fn a_task_is_done_when_nothing_more_can_be_earned_by_it() {
    let cases =
        [("0", "0", false, false), ("30", "0", true, false), ("4", "20", false, true), ("27", "18", true, true)];
    for (video, read, video_done, read_done) in cases {
        let told = today(Day::of(2026, 11, 21).unwrap(), Some(&pack()), &earned(video, read).by_rule);
        let done: Vec<bool> = told.tasks.iter().map(|task| task.done).collect();
        assert_eq!(done, [video_done, read_done], "{video} {read}");
        assert_eq!(told.cap, Some(Amount::whole(45)));
        assert_eq!(told.tasks[0].rule.title, "视频学习");
    }
    assert!(today(Day::of(2019, 1, 1).unwrap(), None, &HashMap::new()).tasks.is_empty());
}
