//! Stories of people who study, and of lines, devices and servers that fail them.

use std::collections::{HashMap, HashSet};

use futures::future::join_all;
use kernel::{Code, Event, Role, event::Medium, id::StudyId};

use super::world::{World, beat};
use crate::{Config, Learning, Lease, Reason, Refused, Span};

#[tokio::test]
async fn a_video_earns_minute_by_minute_and_completes_its_course() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(150_000).await, world.student());
        let study = world.open(&wei, lesson).await;
        assert_eq!((study.heartbeat_ms, study.next_seq, study.resume_at, study.covered.len()), (15_000, 1, 0, 0));
        let mut shares = Vec::new();
        for seq in 1..=10 {
            world.wait(15_000);
            let told = world.beat(&wei, study.id, seq, [((seq - 1) * 15_000, seq * 15_000)]).await.unwrap();
            assert_eq!((told.next_seq, told.lease, told.credited_ms), (seq + 1, Lease::Held, 15_000));
            assert_eq!((told.refused.len(), told.completed), (0, seq == 10), "{seq}");
            shares.push(told.coverage);
        }
        assert_eq!((shares[0], shares[9]), (0.1, 1.0));
        let (heard, first) = (world.heard().await, world.version(lesson).await);
        let names: Vec<_> = heard.iter().map(Event::name).collect();
        let all = ["StudyOpened", "MinutesCovered", "MinutesCovered", "LessonCompleted", "CourseCompleted"];
        assert_eq!(names, all, "{}", world.test.name);
        assert!(
            matches!(&heard[2], Event::MinutesCovered { from: 1, to: 2, version, person, .. } if *version == first && *person == wei.person)
        );
        assert!(matches!(
            &heard[3],
            Event::LessonCompleted { medium: Medium::Video, last_minute: Some((3, 30_000)), .. }
        ));
        let progress = world.learning.progress(wei.person, &[lesson]).await.unwrap()[&lesson];
        assert_eq!((progress.coverage, progress.completed, progress.resume_at), (1.0, true, 0));
        let course = world.learning.course_progress(wei.person, &[world.course]).await.unwrap()[&world.course];
        assert_eq!((course.coverage, course.lessons_done, course.lessons_total), (1.0, 1, 1));
        assert_eq!(world.learning.recent(wei.person, 3).await.unwrap(), []);
        let done = world.learning.completed(&[wei.person], &[lesson]).await.unwrap();
        assert_eq!(done, HashMap::from([(wei.person, HashSet::from([lesson]))]));
        let today = world.base().today();
        assert_eq!(world.learning.days_studied(wei.person, today.plus(-7), today).await.unwrap(), [today]);
        assert_eq!(world.learning.days_studied(wei.person, today.plus(-7), today.plus(-1)).await.unwrap(), []);
        world.end().await;
    }
}

#[tokio::test]
async fn a_lost_reply_is_told_again_and_other_words_under_its_number_are_refused() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let first = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        world.wait(15_000);
        assert_eq!(world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap(), first);
        let other = world.beat(&wei, study, 1, [(0, 16_000)]).await.unwrap_err();
        assert_eq!(other.code(), Some(Code::Conflict));
        let gap = world.beat(&wei, study, 3, []).await.unwrap_err();
        assert_eq!((gap.code(), gap.refusal().unwrap().next_seq), (Some(Code::Gap), Some(2)));
        let second = world.beat(&wei, study, 2, [(15_000, 30_000)]).await.unwrap();
        assert_eq!((second.credited_ms, second.coverage), (15_000, 0.05));
        let old = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap_err();
        assert_eq!(old.refusal().unwrap().next_seq, Some(3));
        world.end().await;
    }
}

#[tokio::test]
async fn a_study_is_found_by_nobody_else() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let unknown = StudyId::new(world.base().ids.secret());
        for (viewer, study) in [(world.student(), study), (world.elsewhere(&wei), study), (wei.clone(), unknown)] {
            let error = world.beat(&viewer, study, 1, [(0, 15_000)]).await.unwrap_err();
            assert_eq!(error.refusal(), Some(&kernel::Refusal::not_found()), "{}", world.test.name);
        }
        assert_eq!(world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap().credited_ms, 15_000);
        assert_eq!(
            world.learning.open_study(&world.person(Role::Lecturer), lesson).await.unwrap_err().code(),
            Some(Code::Forbidden)
        );
        let nowhere = world.base().id();
        assert_eq!(world.learning.open_study(&wei, nowhere).await.unwrap_err().code(), Some(Code::NotFound));
        let early = world.video(20_000).await;
        world.reencode(early, "v0", None).await;
        assert_eq!(world.learning.open_study(&wei, early).await.unwrap_err().code(), Some(Code::Unavailable));
        world.catalogue.withdraw_course(&world.lecturer, world.course).await.unwrap();
        assert_eq!(world.learning.open_study(&wei, lesson).await.unwrap_err().code(), Some(Code::NotFound));
        let mut both = world.lecturer.clone();
        both.charges.extend(wei.charges.clone());
        let draft = world.learning.open_study(&both, lesson).await.unwrap_err();
        assert_eq!(draft.code(), Some(Code::Conflict), "nobody earns by a draft");
        world.end().await;
    }
}

#[tokio::test]
async fn the_device_opened_last_holds_the_lease_and_goes_on_with_the_union() {
    for world in World::each().await {
        let (lesson, phone) = (world.video(600_000).await, world.student());
        let laptop = world.elsewhere(&phone);
        let one = world.open(&phone, lesson).await;
        world.wait(15_000);
        world.beat(&phone, one.id, 1, [(0, 15_000)]).await.unwrap();
        let two = world.open(&laptop, lesson).await;
        assert_eq!((two.covered, two.resume_at), (vec![Span::new(0, 15_000)], 15_000));
        world.wait(15_000);
        let lost = world.beat(&phone, one.id, 2, [(15_000, 30_000), (25_000, 900_000)]).await.unwrap();
        let refused = Refused { span: Span::new(15_000, 600_000), reason: Reason::LeaseLost };
        assert_eq!((lost.lease, lost.credited_ms, lost.next_seq), (Lease::Lost, 0, 3));
        assert_eq!((lost.refused, lost.coverage), (vec![refused], 0.025));
        let held = world.beat(&laptop, two.id, 1, [(10_000, 30_000)]).await.unwrap();
        assert_eq!((held.lease, held.credited_ms), (Lease::Held, 15_000));
        assert_eq!(held.refused, [Refused { span: Span::new(10_000, 15_000), reason: Reason::CountedBefore }]);
        let info = world.learning.study(one.id).await.unwrap().unwrap();
        assert_eq!((info.person, info.session, info.lesson), (phone.person, phone.session, lesson));
        assert!(info.asset.is_some());
        world.wait(400_000);
        world.beat(&phone, one.id, 3, []).await.unwrap();
        let info = world.learning.study(one.id).await.unwrap().unwrap();
        assert_eq!(info.beaten_at, world.base().now(), "a lost study still plays");
        world.end().await;
    }
}

#[tokio::test]
async fn a_reading_counts_block_by_block_in_real_time() {
    for world in World::each().await {
        // 300 characters last half a minute, of which the burst gives the first half.
        let (lesson, wei) = (world.reading(&[300, 300]).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        let early = world.beat(&wei, study, 1, [(0, 3)]).await.unwrap();
        assert_eq!((early.credited_ms, early.refused[0].reason), (0, Reason::TooFast));
        world.wait(15_000);
        let first = world.beat(&wei, study, 2, [(0, 3)]).await.unwrap();
        assert_eq!((first.credited_ms, first.coverage, first.completed), (30_000, 0.5, false));
        assert_eq!(first.refused, [Refused { span: Span::new(1, 2), reason: Reason::TooFast }]);
        world.wait(29_999);
        assert_eq!(world.beat(&wei, study, 3, [(1, 3)]).await.unwrap().credited_ms, 0);
        world.wait(1);
        let last = world.beat(&wei, study, 4, [(1, 3)]).await.unwrap();
        assert_eq!((last.credited_ms, last.coverage, last.completed), (30_000, 1.0, true));
        let names = world.heard_names().await;
        assert_eq!(names, ["StudyOpened", "LessonCompleted", "CourseCompleted"], "a reading has no minutes");
        world.end().await;
    }
}

#[tokio::test]
async fn a_course_is_completed_once_with_the_last_required_lesson() {
    for world in World::each().await {
        let (video, text, extra) =
            (world.video(40_000).await, world.reading(&[10]).await, world.optional(20_000).await);
        let (wei, li) = (world.student(), world.student());
        assert!(world.watch(&wei, video, 40_000).await.completed);
        assert_eq!(world.heard_names().await, ["StudyOpened", "LessonCompleted"]);
        world.wait(60_000);
        let study = world.open(&wei, text).await.id;
        world.wait(60_000);
        assert!(world.beat(&wei, study, 1, [(0, 1)]).await.unwrap().completed);
        assert_eq!(world.heard_names().await, ["StudyOpened", "LessonCompleted", "CourseCompleted"]);
        assert!(world.watch(&wei, extra, 20_000).await.completed);
        let again = world.watch(&wei, video, 40_000).await;
        assert!(again.completed && again.credited_ms == 0);
        assert_eq!(world.heard_names().await, ["StudyOpened", "LessonCompleted", "StudyOpened"]);
        let half = world.open(&li, video).await.id;
        world.wait(15_000);
        world.beat(&li, half, 1, [(0, 12_000)]).await.unwrap();
        let statistics = world.learning.statistics(world.course).await.unwrap();
        assert_eq!((statistics.started, statistics.completed), (2, 1));
        assert!((statistics.median_coverage.unwrap() - 0.55).abs() < 1e-9, "of 1.0 and 0.1");
        let recent = world.learning.recent(li.person, 3).await.unwrap();
        assert_eq!(recent.iter().map(|one| (one.lesson, one.coverage)).collect::<Vec<_>>(), [(video, 0.3)]);
        let other = world.learning.statistics(world.base().id()).await.unwrap();
        assert_eq!((other.started, other.median_coverage), (0, None));
        world.end().await;
    }
}

#[tokio::test]
async fn an_outage_costs_the_honest_nothing_and_a_break_leaves_the_burst() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(3_600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(9 * 60_000);
        assert_eq!(world.beat(&wei, study, 1, [(0, 540_000)]).await.unwrap().credited_ms, 540_000);
        world.wait(11 * 60_000);
        let late = world.beat(&wei, study, 2, [(540_000, 1_200_000)]).await.unwrap();
        assert_eq!((late.lease, late.credited_ms, late.refused[0].reason), (Lease::Held, 30_000, Reason::TooFast));
        world.wait(15_000);
        let again = world.beat(&wei, study, 3, [(570_000, 585_000)]).await.unwrap();
        assert_eq!(again.credited_ms, 15_000, "what was too fast may be claimed again");
        world.end().await;
    }
}

#[tokio::test]
async fn a_failed_commit_leaves_nothing_and_the_same_beat_counts_later() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(60_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.heard().await;
        world.wait(60_000);
        world.put("ALTER TABLE learning_day RENAME TO learning_day_away", vec![]).await;
        let error = world.beat(&wei, study, 1, [(0, 60_000)]).await.unwrap_err();
        assert_eq!(error.code(), None, "a fault, not a refusal");
        world.put("ALTER TABLE learning_day_away RENAME TO learning_day", vec![]).await;
        assert!(world.learning.progress(wei.person, &[lesson]).await.unwrap().is_empty());
        assert_eq!(world.heard_names().await, [""; 0]);
        let told = world.beat(&wei, study, 1, [(0, 60_000)]).await.unwrap();
        assert_eq!((told.credited_ms, told.completed), (60_000, true), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_restart_goes_on_with_everything() {
    for mut world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let first = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        world.restart().await;
        world.wait(15_000);
        assert_eq!(world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap(), first);
        let second = world.beat(&wei, study, 2, [(15_000, 30_000)]).await.unwrap();
        assert_eq!((second.lease, second.credited_ms, second.coverage), (Lease::Held, 15_000, 0.05));
        world.end().await;
    }
}

#[tokio::test]
async fn what_waits_is_answered_before_the_end_and_nothing_is_taken_after_it() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(60_000);
        let beats = join_all((1..=20).map(|seq| world.beat(&wei, study, seq, [(seq * 1_000, seq * 1_000 + 1_000)])));
        let stop = async {
            tokio::task::yield_now().await;
            world.learning.stop().await;
        };
        let (told, ()) = futures::future::join(beats, stop).await;
        assert!(told.iter().all(|answer| answer.as_ref().unwrap().credited_ms == 1_000), "{}", world.test.name);
        let late = world.beat(&wei, study, 21, []).await.unwrap_err();
        assert_eq!((late.code(), late.refusal().unwrap().retry_after_ms), (Some(Code::Unavailable), Some(1_000)));
        world.end().await;
    }
}

#[tokio::test]
async fn many_people_share_commits_and_each_is_told_their_own() {
    for world in World::each().await {
        let lessons = [world.video(600_000).await, world.reading(&[50, 50]).await];
        let mut sittings = Vec::new();
        for number in 0..300 {
            let viewer = world.student();
            let study = world.open(&viewer, lessons[number % 2]).await.id;
            sittings.push((viewer, study, number));
        }
        world.wait(15_000);
        let here = &world;
        let both = sittings.iter().map(|(viewer, study, number)| async move {
            let end = if number % 2 == 0 { i64::try_from(*number).unwrap() + 1 } else { 1 };
            let first = here.beat(viewer, *study, 1, [(0, end)]);
            let second = here.beat(viewer, *study, 2, [(end, end + 1)]);
            let (first, second) = futures::future::join(first, second).await;
            (first.unwrap().credited_ms, second.unwrap().credited_ms)
        });
        for (told, (.., number)) in join_all(both).await.into_iter().zip(&sittings) {
            let even = (i64::try_from(*number).unwrap() + 1, 1);
            assert_eq!(told, if number % 2 == 0 { even } else { (5_000, 5_000) }, "{} {number}", world.test.name);
        }
        assert_eq!(world.learning.statistics(world.course).await.unwrap().started, 300);
        world.end().await;
    }
}

#[tokio::test]
async fn an_answer_tells_of_entries_since_the_one_before() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        let window = async |seq: i64, ledger_head: i64| {
            let sent = crate::Beat { ledger_head, ..beat(study, seq, []) };
            let told = world.learning.heartbeat(&wei, sent).await.unwrap();
            (told.entries_after, told.entries_upto)
        };
        assert_eq!(window(1, 70).await, (70, 70), "before the first answer there is nothing to tell");
        assert_eq!(window(2, 73).await, (70, 73));
        assert_eq!(window(2, 99).await, (70, 73), "a repeat tells the same");
        assert_eq!(window(3, 71).await, (73, 73), "never twice, even from a gate that lags");
        assert_eq!(window(4, 99).await, (73, 99));
        world.end().await;
    }
}

#[tokio::test]
async fn a_reencoded_video_goes_on_and_a_new_one_begins_anew() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(100_000).await, world.student());
        assert!(world.watch(&wei, lesson, 96_000).await.completed);
        world.heard().await;
        world.reencode(lesson, "v2", Some(99_000)).await;
        let study = world.open(&wei, lesson).await;
        assert_eq!(study.covered, [Span::new(0, 96_000)]);
        world.wait(15_000);
        let told = world.beat(&wei, study.id, 1, [(0, 200_000)]).await.unwrap();
        assert_eq!((told.credited_ms, told.coverage), (3_000, 1.0));
        world.reencode(lesson, "v3", Some(120_000)).await;
        let anew = world.watch(&wei, lesson, 60_000).await;
        assert_eq!((anew.coverage, anew.completed), (0.5, true), "completed stays completed");
        let heard = world.heard().await;
        let minutes: Vec<_> = heard.iter().filter(|e| e.name() != "StudyOpened").collect();
        assert!(matches!(minutes[..], [Event::MinutesCovered { from: 0, to: 1, version, .. }] if version == "v3"));
        world.end().await;
    }
}

#[tokio::test]
async fn two_processes_decide_a_person_one_after_the_other() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(6_000_000).await, world.student());
        let other = Learning::new(world.base().clone(), world.catalogue.clone(), Config::default());
        let study = world.open(&wei, lesson).await.id;
        for seq in 1..=50 {
            world.wait(15_000);
            let sent = beat(study, seq, [((seq - 1) * 15_000, seq * 15_000)]);
            let here = world.learning.heartbeat(&wei, sent.clone());
            let (here, there) = futures::future::join(here, other.heartbeat(&wei, sent)).await;
            let (here, there) = (here.unwrap(), there.unwrap());
            assert_eq!(here, there, "decided once, told twice");
            assert_eq!((here.credited_ms, here.next_seq), (15_000, seq + 1), "{}", world.test.name);
        }
        let heard = world.heard_names().await;
        assert_eq!(heard.iter().filter(|name| **name == "MinutesCovered").count(), 12, "{}", world.test.name);
        other.stop().await;
        world.end().await;
    }
}

#[tokio::test]
async fn a_full_queue_asks_to_come_back() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(6_000_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(600_000);
        // Nothing is taken from the queue before all have been handed in: one thread, and handing in never waits.
        let told = join_all((1..=8_200).map(|seq| world.beat(&wei, study, seq, [(seq * 10, seq * 10 + 10)]))).await;
        let (good, refused) = told.split_at(8_192);
        assert!(good.iter().all(|answer| answer.as_ref().unwrap().credited_ms == 10), "{}", world.test.name);
        let code = |answer: &kernel::Result<crate::Answer>| answer.as_ref().unwrap_err().code();
        assert!(refused.iter().all(|answer| code(answer) == Some(Code::Unavailable)));
        assert_eq!(world.beat(&wei, study, 8_193, []).await.unwrap().next_seq, 8_194);
        world.end().await;
    }
}

/// Rows as step one left them: no script, nothing with the lease, the last answer with names.
#[tokio::test]
async fn a_study_of_the_step_before_goes_on() {
    for mut world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let first = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        let (extent, hash) = (r#"{"Video":{"duration_ms":600000}}"#, "0123456789abcdef0123456789abcdef");
        let answer = serde_json::to_string(&first).unwrap();
        let values = vec![extent.into(), hash.into(), answer.into(), study.uuid().into()];
        let old = "UPDATE learning_study SET script = NULL, extent = ?, next_seq = 2, last_hash = ?, last_answer = ? WHERE id = ?";
        world.put(old, values).await;
        world.put("UPDATE learning_lease SET live = '', version = 0", vec![]).await;
        world.put("UPDATE learning_progress SET script = NULL", vec![]).await;
        world.restart().await;
        world.wait(15_000);
        let gap = world.beat(&wei, study, 3, []).await.unwrap_err();
        assert_eq!(gap.refusal().unwrap().next_seq, Some(2));
        assert_eq!(world.learning.watch_map(wei.person, lesson).await.unwrap().end, 600_000);
        world.serve(study, 15_000, 30_000).await;
        let second = world.beat(&wei, study, 2, [(15_000, 30_000)]).await.unwrap();
        assert_eq!((second.credited_ms, second.coverage), (15_000, 0.05), "{}", world.test.name);
        world.end().await;
    }
}
