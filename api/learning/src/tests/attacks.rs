//! What ready-made scripts and those who write their own try. Numbers like A6 are those of the threat model.

use std::sync::Arc;

use futures::future::join_all;
use kernel::{
    Clock, Code,
    clock::{SetClock, parse_rfc3339},
};
use platform::testing::NOW;

use super::world::{World, beat, whole};
use crate::{Beat, Config, Learning, Lease, Reason};

/// A1: 585 s poured in 4 s, a hundred beats.
#[tokio::test]
async fn a_flood_earns_the_time_that_passed_and_the_burst() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(585_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        let mut credited = 0;
        for seq in 1..=100 {
            world.wait(40);
            let told = world.beat(&wei, study, seq, [((seq - 1) * 5_850, seq * 5_850)]).await.unwrap();
            assert!(!told.completed && told.lease == Lease::Held);
            credited += told.credited_ms;
        }
        assert_eq!(credited, 30_000 + 2 * 4_000, "{}", world.test.name);
        world.end().await;
    }
}

/// A3: the bar dragged to the end.
#[tokio::test]
async fn reaching_the_end_earns_the_seconds_that_were_played() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let told = world.beat(&wei, study, 1, [(597_000, 600_000)]).await.unwrap();
        assert_eq!((told.credited_ms, told.coverage, told.completed), (3_000, 0.005, false));
        world.end().await;
    }
}

/// A4: an honest sitting played back, by its own person in a new study and by others.
#[tokio::test]
async fn a_recorded_sitting_earns_nothing_again() {
    for world in World::each().await {
        let (lesson, wei, li) = (world.video(60_000).await, world.student(), world.student());
        let old = world.open(&wei, lesson).await.id;
        world.wait(60_000);
        world.beat(&wei, old, 1, [(0, 60_000)]).await.unwrap();
        world.wait(86_400_000);
        let new = world.open(&wei, lesson).await.id;
        let mut seq = 0;
        for _ in 0..20 {
            world.wait(15_000);
            seq += 1;
            assert_eq!(world.beat(&li, old, seq, [(0, 60_000)]).await.unwrap_err().code(), Some(Code::NotFound));
            let told = world.beat(&wei, new, seq, [(0, 60_000)]).await.unwrap();
            assert_eq!((told.credited_ms, told.refused[0].reason), (0, Reason::CountedBefore));
        }
        let today = world.base().today();
        assert_eq!(world.learning.days_studied(wei.person, today.plus(-9), today).await.unwrap(), [today.plus(-1)]);
        world.end().await;
    }
}

/// A5: two hundred beats shuffled and doubled, all at once, sent again until each is told.
#[tokio::test]
async fn order_and_repetition_change_nothing() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(540_000);
        let mut left: Vec<i64> =
            (1..=60).flat_map(|seq| if seq % 3 == 0 { vec![seq, seq] } else { vec![seq] }).collect();
        let mut credited = 0;
        let mut told = std::collections::HashSet::new();
        while told.len() < 60 {
            let count = left.len();
            left.sort_by_key(|seq| (seq * 7_919) % 61);
            left.rotate_left(count / 3);
            let sent = left.iter().map(|seq| world.beat(&wei, study, *seq, [((seq - 1) * 5_000, seq * 5_000 + 500)]));
            for (seq, answer) in left.clone().into_iter().zip(join_all(sent).await) {
                match answer {
                    Ok(answer) if told.insert(seq) => credited += answer.credited_ms,
                    Ok(_) => {}
                    Err(error) => assert_eq!(error.code(), Some(Code::Gap)),
                }
            }
            left.retain(|seq| !told.contains(seq));
        }
        assert_eq!(credited, 300_500, "{}", world.test.name);
        assert_eq!(world.beat(&wei, study, 61, []).await.unwrap().coverage, 300_500.0 / 600_000.0);
        world.end().await;
    }
}

/// A6 and A11: ten videos on three devices for a minute, the lease torn to and fro.
#[tokio::test]
async fn ten_videos_at_once_earn_what_one_does() {
    for world in World::each().await {
        let wei = world.student();
        let devices = [wei.clone(), world.elsewhere(&wei), world.elsewhere(&wei)];
        let mut lessons = Vec::new();
        for _ in 0..10 {
            lessons.push(world.video(600_000).await);
        }
        // A minute of saving up before counts for nothing more than the burst.
        world.wait(3_600_000);
        let mut credited = 0;
        for second in 0..60_usize {
            world.wait(1_000);
            let device = &devices[second % 3];
            let studies = join_all(lessons.iter().map(|lesson| world.open(device, *lesson))).await;
            let start = i64::try_from(second).unwrap() * 10_000;
            let beats = studies.iter().map(|study| world.beat(device, study.id, 1, [(start, start + 10_000)]));
            let told: Vec<_> = join_all(beats).await.into_iter().map(Result::unwrap).collect();
            assert_eq!(told.iter().filter(|one| one.lease == Lease::Held).count(), 1, "{}", world.test.name);
            credited += told.iter().map(|one| one.credited_ms).sum::<i64>();
        }
        assert!(credited <= 60_000 * 2 + 30_000, "{} {credited}", world.test.name);
        assert!(credited >= 60_000 * 2, "what was played in the study that holds the lease counts: {credited}");
        world.end().await;
    }
}

/// A7 and A10: odd rates, odd clocks, odd positions.
#[tokio::test]
async fn odd_numbers_are_refused_or_without_effect() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open(&wei, lesson).await.id;
        world.wait(15_000);
        let send = |beat: Beat| world.learning.heartbeat(&wei, beat);
        for rate in [f64::NAN, f64::NEG_INFINITY, -1.0] {
            let error = send(Beat { rate: Some(rate), ..beat(study, 1, []) }).await.unwrap_err();
            assert_eq!(error.code(), Some(Code::Invalid));
        }
        for spans in [(-1, 0), (5, 4), (i64::MAX, i64::MIN)] {
            assert_eq!(send(beat(study, 1, [spans])).await.unwrap_err().code(), Some(Code::Invalid));
        }
        let fast = Beat { rate: Some(1e308), client_time: Some(i64::MAX), ..beat(study, 1, [(0, i64::MAX)]) };
        let told = send(fast).await.unwrap();
        assert_eq!((told.next_seq, told.credited_ms), (2, 30_000 + 2 * 15_000), "a wrong beat uses up no number");
        world.end().await;
    }
}

/// A12: the bucket belongs to the person, whoever signs in how often.
#[tokio::test]
async fn signing_in_again_fills_nothing() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let mut credited = 0;
        for time in 0..30 {
            let again = world.elsewhere(&wei);
            let study = world.open(&again, lesson).await.id;
            credited +=
                world.beat(&again, study, 1, [(time * 20_000, time * 20_000 + 20_000)]).await.unwrap().credited_ms;
        }
        assert_eq!(credited, 30_000, "{}", world.test.name);
        world.end().await;
    }
}

/// Wall and steady clock apart from one another.
struct TwoClocks {
    wall: SetClock,
    steady: SetClock,
}

impl Clock for TwoClocks {
    fn now(&self) -> i64 {
        self.wall.now()
    }
    fn monotonic(&self) -> i64 {
        self.steady.now()
    }
}

/// Setting the wall clock gives nothing while the process lives; after a restart a step back counts nothing and a step forward is a break.
#[tokio::test]
async fn setting_the_clock_earns_nothing() {
    for world in World::each().await {
        let start = parse_rfc3339(NOW).unwrap();
        let clock = Arc::new(TwoClocks { wall: SetClock::at(start), steady: SetClock::at(7) });
        let mut base = world.base().clone();
        base.clock = clock.clone();
        let begin = || Learning::new(base.clone(), world.catalogue.clone(), Config::default());
        let (lesson, wei) = (world.video(6_000_000).await, world.student());
        let learning = begin();
        let study = learning.open_study(&wei, lesson).await.unwrap().id;
        learning.served(whole(study, 0, i64::MAX)).await.unwrap();
        let all = [(0, 6_000_000)];
        assert_eq!(learning.heartbeat(&wei, beat(study, 1, all)).await.unwrap().credited_ms, 30_000);
        for (seq, step) in [(2, 86_400_000), (3, -2 * 86_400_000), (4, 86_400_000)] {
            clock.wall.advance(step);
            clock.steady.advance(1_000);
            let told = learning.heartbeat(&wei, beat(study, seq, all)).await.unwrap();
            assert_eq!(told.credited_ms, 2_000, "step of {step}");
        }
        learning.stop().await;

        let learning = begin();
        clock.wall.advance(-3_600_000);
        learning.stop().await;
        let learning = begin();
        assert_eq!(learning.heartbeat(&wei, beat(study, 5, all)).await.unwrap().credited_ms, 0, "an hour back");
        clock.steady.advance(1_000);
        assert_eq!(learning.heartbeat(&wei, beat(study, 6, all)).await.unwrap().credited_ms, 2_000);
        learning.stop().await;

        clock.wall.advance(86_400_000);
        let learning = begin();
        assert_eq!(learning.heartbeat(&wei, beat(study, 7, all)).await.unwrap().credited_ms, 30_000, "a day on");
        learning.stop().await;
        world.end().await;
    }
}
