use std::collections::HashMap;

use kernel::{
    Amount, Day,
    event::Measure,
    id::{EntryId, LessonId, PersonId, Uuid},
};

use super::{
    facts::{SATURDAY, Told, course, fact, finished, minutes, reading},
    packs::demo,
};
use crate::{
    model::{Entry, NewEntry, RuleRef},
    rules::{
        derive,
        evaluate::{evaluate, needs},
        fact::{Fact, What},
        force::DEMO,
        pack::Pack,
        reverse,
        tally::{Sums, Tally},
        today::today,
    },
};

fn pack() -> Pack {
    Pack::try_new(demo()).unwrap()
}

fn day() -> Day {
    SATURDAY.parse().unwrap()
}

fn sums(day: Amount) -> Sums {
    Sums { day, week: day, term: day }
}

/// After points of the two rules were earned on the day.
fn earned(video: &str, read: &str) -> Tally {
    let (video, read): (Amount, Amount) = (video.parse().unwrap(), read.parse().unwrap());
    let rules = HashMap::from([("video.minute".to_owned(), sums(video)), ("reading.done".to_owned(), sums(read))]);
    let all = HashMap::from([(Measure::Points, sums(video + read))]);
    Tally { rules, all, ..Tally::default() }
}
fn taken(mut tally: Tally, entries: &[NewEntry]) -> Tally {
    tally.taken.extend(entries.iter().map(|entry| (entry.reason_key.clone(), entry.lesson)));
    tally
}
fn told(what: &What, tally: &Tally) -> Vec<String> {
    let entries = evaluate(&pack(), &fact(what.clone()), tally).entries;
    entries.iter().map(|e| format!("{} {} {}", e.rule, e.amount, e.note)).collect()
}

#[test]
fn every_fact_earns_what_its_rule_says() {
    let cases: [(What, &[&str]); 9] = [
        (minutes("v", 0, 2), &["video.minute 1 累计第 1 分钟", "video.minute 1 累计第 2 分钟"]),
        (minutes("v", 6, 7), &["video.minute 1 累计第 7 分钟"]),
        (minutes("v", 2, 2), &[]),
        (finished("v", 1, 40_000), &["video.minute 0.667 学完，最后 40 秒"]),
        (finished("v", 3, 60_000), &["video.minute 1 学完，最后 60 秒"]),
        (finished("v", 3, 1_500), &["video.minute 0.025 学完，最后 1.5 秒"]),
        (finished("v", 0, 0), &[]),
        (reading("r"), &["reading.done 5 读完全文"]),
        (course("4", "0.5"), &["course.hours 4 完成全部必修内容", "course.credits 0.5 完成全部必修内容"]),
    ];
    for (what, wanted) in cases {
        assert_eq!(told(&what, &Tally::default()), wanted, "{what:?}");
    }
    assert!(told(&course("0", "0"), &Tally::default()).is_empty());
}

#[test]
fn a_reason_is_paid_once_and_a_minute_seen_whole_is_not_paid_again_as_the_last() {
    let first = evaluate(&pack(), &fact(minutes("v", 0, 3)), &Tally::default()).entries;
    let after = taken(earned("3", "0"), &first);
    assert!(told(&minutes("v", 0, 3), &after).is_empty());
    assert!(told(&finished("v", 3, 60_000), &after).is_empty());
    assert_eq!(told(&minutes("v", 2, 4), &after), ["video.minute 1 累计第 4 分钟"]);
    // Keys of many ledgers: they must never change.
    assert_eq!(first[0].reason_key, "video.minute:v:per_00000000000000000000000000000001:1");
    let read = evaluate(&pack(), &fact(reading("r")), &Tally::default()).entries;
    assert_eq!(read[0].reason_key, "reading.done:r:per_00000000000000000000000000000001");
}

#[test]
fn what_the_caps_leave_is_paid_in_part_and_what_they_do_not_is_explained_once() {
    let cases: [(Tally, What, &[&str]); 7] = [
        (
            earned("28.5", "0"),
            minutes("v", 0, 4),
            &[
                "video.minute 1 累计第 1 分钟",
                "video.minute 0.5 累计第 2 分钟（应计 1，今日上限内只余 0.5）",
                "video.minute 0 今日该项积分已达上限",
            ],
        ),
        (earned("30", "0"), minutes("v", 0, 4), &["video.minute 0 今日该项积分已达上限"]),
        (earned("30", "0"), finished("v", 1, 40_000), &["video.minute 0 今日该项积分已达上限"]),
        (earned("0", "17"), reading("r"), &["reading.done 3 读完全文（应计 5，今日上限内只余 3）"]),
        (earned("26", "17"), reading("r"), &["reading.done 2 读完全文（应计 5，今日上限内只余 2）"]),
        (earned("27", "18"), reading("r"), &["reading.done 0 今日积分已达每日总上限"]),
        (earned("30", "20"), course("4", "0"), &["course.hours 4 完成全部必修内容"]),
    ];
    for (tally, what, wanted) in cases {
        assert_eq!(told(&what, &tally), wanted, "{what:?}");
        let again = taken(tally.clone(), &evaluate(&pack(), &fact(what.clone()), &tally).entries);
        if tally.sums_of(Measure::Points).day >= Amount::whole(30) {
            assert!(told(&what, &again).is_empty(), "explained twice: {what:?}");
        }
    }
}

#[test]
fn no_order_of_facts_earns_more_than_a_day_allows() {
    for split in [1_u32, 2, 3, 7, 50] {
        let mut person = Told::new(demo());
        let mut facts: Vec<Fact> = (0..50).step_by(split as usize).map(|n| fact(minutes("v", n, n + split))).collect();
        facts.extend((0..9).map(|n| fact(reading(&n.to_string()))));
        for one in facts {
            person.tell(&one);
        }
        assert_eq!(person.total(Measure::Points), "45", "in steps of {split}");
    }
}

#[test]
fn the_same_content_in_another_lesson_earns_nothing_and_says_so_once() {
    let mut person = Told::new(demo());
    person.tell(&fact(reading("r")));
    let mut other = reading("r");
    other.lesson = Some(LessonId::new(Uuid::from_u128(9)));
    assert_eq!(person.notes(&fact(other.clone())), ["reading.done 0 与另一节的内容相同，不重复计分"]);
    assert!(person.notes(&fact(other)).is_empty());
}

#[test]
fn every_key_that_is_decided_on_was_asked_for() {
    for what in [minutes("v", 0, 3), finished("v", 2, 5_000), reading("r"), course("1", "1")] {
        let known = needs(&pack(), &fact(what.clone())).keys;
        for tally in [Tally::default(), earned("30", "20")] {
            let entries = evaluate(&pack(), &fact(what.clone()), &tally).entries;
            assert!(entries.iter().all(|entry| known.contains(&entry.reason_key)), "{what:?}");
        }
    }
}

fn entry(amount: &str) -> Entry {
    Entry {
        id: EntryId(7),
        person: PersonId::new(Uuid::from_u128(1)),
        measure: Measure::Points,
        amount: amount.parse().unwrap(),
        rule: RuleRef { key: "reading.done".to_owned(), title: "阅读完成".to_owned() },
        pack: DEMO.to_owned(),
        course: None,
        lesson: None,
        note: None,
        reverses: None,
        day: Day::of(2026, 11, 1).unwrap(),
        posted_at: 0,
        contra: String::new(),
        hash: None,
    }
}

#[test]
fn a_reversal_takes_back_exactly_what_was_given_and_needs_a_reason() {
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
        let told = today(day(), Some(&pack()), &earned(video, read).rules, None);
        let done: Vec<bool> = told.tasks.iter().map(|task| task.done).collect();
        assert_eq!(done, [video_done, read_done], "{video} {read}");
        assert_eq!(told.cap, Some(Amount::whole(45)));
        assert_eq!(told.tasks[0].rule.title, "视频学习");
    }
    assert!(today(day(), None, &HashMap::new(), None).tasks.is_empty());
}

#[test]
fn old_entries_tell_the_facts_that_they_were_made_of() {
    let packs = super::packs::packs(DEMO);
    let whats = [minutes("v", 0, 2), finished("v", 3, 40_000), reading("r"), course("4", "0.5"), minutes("w", 10, 11)];
    let mut person = Told::new(demo());
    for what in &whats {
        person.tell(&fact(what.clone()));
    }
    let entry = |(n, new): (i64, NewEntry)| {
        let rule = RuleRef { key: new.rule.clone(), title: String::new() };
        let (note, posted_at) = (Some(new.note.clone()), n);
        let NewEntry { person, measure, amount, pack, course, lesson, reverses, day, .. } = new;
        let entry = Entry {
            id: EntryId(n),
            person,
            measure,
            amount,
            rule,
            pack,
            course,
            lesson,
            note,
            reverses,
            day,
            posted_at,
            contra: String::new(),
            hash: None,
        };
        (entry, new.reason_key)
    };
    let entries: Vec<_> = (1..).zip(person.entries.clone()).map(entry).collect();
    let mut again = Told::new(demo());
    for fact in derive::facts(&entries, &packs) {
        again.tell(&fact);
    }
    let told = |entries: &[NewEntry]| -> Vec<(String, Amount)> {
        entries.iter().map(|one| (one.reason_key.clone(), one.amount)).collect()
    };
    assert_eq!(told(&again.entries), told(&person.entries));
}
