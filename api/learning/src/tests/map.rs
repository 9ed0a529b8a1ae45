//! What the student sees of a lesson, what waits for a lecturer, and what a person decides; the lease lost and taken back; old studies swept.

use kernel::{Event, Page};

use super::world::{World, beat};
use crate::{Config, Learning, Lease, Reason, Span};

#[tokio::test]
async fn the_map_tells_the_newest_reason_and_forgets_it_when_it_counts() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let empty = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert_eq!((empty.end, empty.covered.len(), empty.refused.len()), (600_000, 0, 0));
        let study = world.open_only(&wei, lesson).await.id;
        world.beat(&wei, study, 1, [(0, 100_000)]).await.unwrap();
        world.serve(study, 0, 90_000).await;
        world.beat(&wei, study, 2, [(0, 100_000)]).await.unwrap();
        let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert_eq!(map.covered, [Span::new(0, 30_000)], "{}", world.test.name);
        let told: Vec<_> = map.refused.iter().map(|(span, reason)| (span.start, span.end, *reason)).collect();
        assert_eq!(told, [(30_000, 90_000, Reason::TooFast), (90_000, 100_000, Reason::NotServed)]);
        world.wait(60_000);
        world.beat(&wei, study, 3, [(30_000, 90_000)]).await.unwrap();
        let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert_eq!((map.covered.len(), map.refused), (1, vec![(Span::new(90_000, 100_000), Reason::NotServed)]));
        let nowhere = world.learning.watch_map(wei.person, world.base().id()).await.unwrap_err();
        assert_eq!(nowhere.code(), Some(kernel::Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_lost_lease_is_told_and_taken_back_by_opening_again() {
    for world in World::each().await {
        let (lesson, other, phone) = (world.video(600_000).await, world.video(600_000).await, world.student());
        let laptop = world.elsewhere(&phone);
        let one = world.open(&phone, lesson).await.id;
        world.wait(15_000);
        world.beat(&phone, one, 1, [(0, 15_000)]).await.unwrap();
        let two = world.open(&laptop, other).await.id;
        world.wait(15_000);
        let lost = world.beat(&phone, one, 2, [(15_000, 30_000)]).await.unwrap();
        assert_eq!((lost.lease, lost.refused[0].reason), (Lease::Lost, Reason::LeaseLost));
        assert_eq!(world.beat(&phone, one, 2, [(15_000, 30_000)]).await.unwrap(), lost, "a lost reply is told again");
        let map = world.learning.watch_map(phone.person, lesson).await.unwrap();
        assert_eq!(map.refused, [(Span::new(15_000, 30_000), Reason::LeaseLost)], "{}", world.test.name);
        assert_eq!(world.beat(&laptop, two, 1, [(0, 15_000)]).await.unwrap().credited_ms, 15_000);
        let three = world.open(&phone, lesson).await;
        assert_eq!(three.resume_at, 15_000);
        world.wait(15_000);
        assert_eq!(world.beat(&phone, three.id, 1, [(15_000, 30_000)]).await.unwrap().credited_ms, 15_000);
        assert_eq!(world.beat(&laptop, two, 2, [(15_000, 30_000)]).await.unwrap().lease, Lease::Lost);
        world.end().await;
    }
}

/// Told on the device that lost it, in the same lesson, while the other one studies on: neither overwrites the other.
#[tokio::test]
async fn two_devices_in_one_lesson_keep_one_record() {
    for world in World::each().await {
        let (lesson, phone) = (world.video(600_000).await, world.student());
        let laptop = world.elsewhere(&phone);
        let one = world.open(&phone, lesson).await.id;
        let two = world.open(&laptop, lesson).await.id;
        for seq in 1..=4 {
            world.wait(15_000);
            let span = [((seq - 1) * 15_000, seq * 15_000)];
            let both = futures::future::join(
                world.beat(&laptop, two, seq, span),
                world.beat(&phone, one, seq, [(300_000, 310_000)]),
            );
            let (held, lost) = both.await;
            assert_eq!((held.unwrap().credited_ms, lost.unwrap().lease), (15_000, Lease::Lost));
        }
        let map = world.learning.watch_map(phone.person, lesson).await.unwrap();
        assert_eq!(map.covered, [Span::new(0, 60_000)], "{}", world.test.name);
        assert_eq!(map.refused, [(Span::new(300_000, 310_000), Reason::LeaseLost)]);
        world.end().await;
    }
}

#[tokio::test]
async fn what_a_person_releases_counts_and_is_announced() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(100_000).await, world.student());
        let study = world.open_only(&wei, lesson).await.id;
        world.wait(60_000);
        world.beat(&wei, study, 1, [(0, 60_000)]).await.unwrap();
        world.heard().await;
        let tx = world.base().db.begin().await.unwrap();
        let spans = [Span::new(0, 70_000), Span::new(50_000, 200_000)];
        let released = world.learning.release(&tx, (wei.person, lesson), None, &spans).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(released, 100_000, "{}", world.test.name);
        let heard = world.heard().await;
        assert!(matches!(heard[0], Event::MinutesCovered { from: 0, to: 1, .. }), "{heard:?}");
        assert_eq!(
            heard.iter().map(Event::name).collect::<Vec<_>>(),
            ["MinutesCovered", "LessonCompleted", "CourseCompleted"]
        );
        // The committer, which remembers this person, sees it at the next beat.
        let told = world.beat(&wei, study, 2, [(0, 15_000)]).await.unwrap();
        assert_eq!((told.coverage, told.completed, told.refused[0].reason), (1.0, true, Reason::CountedBefore));
        let tx = world.base().db.begin().await.unwrap();
        assert_eq!(world.learning.release(&tx, (wei.person, lesson), None, &spans).await.unwrap(), 0, "never twice");
        let stranger = world.learning.release(&tx, (world.student().person, lesson), None, &spans).await.unwrap_err();
        assert_eq!(stranger.code(), Some(kernel::Code::NotFound));
        tx.rollback().await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn hidden_tabs_count_unless_the_school_says_otherwise() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let strict = Config { hidden_counts: false, ..Config::default() };
        let strict = Learning::new(world.base().clone(), world.catalogue.clone(), strict);
        let study = world.open(&wei, lesson).await.id;
        world.wait(30_000);
        let hidden = |seq, span| crate::Beat { visible: Some(false), ..beat(study, seq, [span]) };
        let told = world.learning.heartbeat(&wei, hidden(1, (0, 15_000))).await.unwrap();
        assert_eq!(told.credited_ms, 15_000);
        let told = strict.heartbeat(&wei, hidden(2, (10_000, 30_000))).await.unwrap();
        let reasons: Vec<_> = told.refused.iter().map(|one| one.reason).collect();
        assert_eq!(
            (told.credited_ms, reasons),
            (0, vec![Reason::CountedBefore, Reason::Hidden]),
            "{}",
            world.test.name
        );
        let told = strict.heartbeat(&wei, beat(study, 3, [(15_000, 30_000)])).await.unwrap();
        assert_eq!(told.credited_ms, 15_000, "seen after all");
        strict.stop().await;
        world.end().await;
    }
}

#[tokio::test]
async fn silent_studies_are_swept_and_what_they_covered_stays() {
    for world in World::each().await {
        let (lesson, wei, li) = (world.video(100_000).await, world.student(), world.student());
        let old = world.open(&wei, lesson).await.id;
        let live = world.open(&li, lesson).await.id;
        for seq in 1..=4 {
            world.wait(15_000);
            world.beat(&wei, old, seq, [((seq - 1) * 15_000, seq * 15_000)]).await.unwrap();
        }
        world.wait(50 * 86_400_000);
        world.beat(&li, live, 1, [(0, 15_000)]).await.unwrap();
        assert_eq!(world.learning.sweep().await.unwrap(), 0);
        world.wait(41 * 86_400_000);
        assert_eq!(world.learning.sweep().await.unwrap(), 1, "{}", world.test.name);
        assert_eq!(world.beat(&wei, old, 5, []).await.unwrap_err().code(), Some(kernel::Code::NotFound));
        assert!(world.learning.study(old).await.unwrap().is_none());
        assert_eq!(world.beat(&li, live, 2, [(15_000, 30_000)]).await.unwrap().credited_ms, 15_000);
        let again = world.open(&wei, lesson).await;
        assert_eq!((again.covered, again.resume_at), (vec![Span::new(0, 60_000)], 60_000));
        world.wait(60_000);
        assert!(world.beat(&wei, again.id, 1, [(60_000, 100_000)]).await.unwrap().completed);
        assert_eq!(world.learning.flags(None, &Page::try_new(10, None).unwrap()).await.unwrap().edges.len(), 0);
        world.end().await;
    }
}

/// The row of a lesson's progress lags behind the row of the person; nobody sees that.
#[tokio::test]
async fn what_counts_is_told_at_once_whatever_row_it_is_in() {
    for mut world in World::each().await {
        let (lesson, other, wei) = (world.video(600_000).await, world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        for seq in 1..=6 {
            world.wait(10_000);
            world.beat(&wei, study, seq, [((seq - 1) * 10_000, seq * 10_000)]).await.unwrap();
            let share = f64::from(i32::try_from(seq).unwrap()) / 60.0;
            let progress = world.learning.progress(wei.person, &[other, lesson]).await.unwrap()[&lesson];
            assert_eq!((progress.coverage, progress.resume_at), (share, seq * 10_000), "{}", world.test.name);
            let recent = world.learning.recent(wei.person, 3).await.unwrap();
            assert_eq!((recent.len(), recent[0].coverage), (1, share));
            let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
            assert_eq!(map.covered, [Span::new(0, seq * 10_000)]);
            if seq == 4 {
                world.restart().await;
            }
        }
        world.wait(10_000);
        world.beat(&wei, study, 7, [(60_000, 70_000)]).await.unwrap();
        let tx = world.base().db.begin().await.unwrap();
        let released =
            world.learning.release(&tx, (wei.person, lesson), None, &[Span::new(65_000, 80_000)]).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(released, 10_000);
        world.wait(10_000);
        assert_eq!(world.beat(&wei, study, 8, [(70_000, 90_000)]).await.unwrap().credited_ms, 10_000);
        world.open(&wei, other).await;
        assert_eq!(world.open(&wei, lesson).await.covered, [Span::new(0, 90_000)]);
        world.end().await;
    }
}
