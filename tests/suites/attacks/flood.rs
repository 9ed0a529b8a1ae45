//! A1 flood, A2 cadence, A3 seek, A6 parallel: more than time allows is asked for.

use super::{covered, within};
use crate::{
    dice::{Dice, seeds},
    line::Line,
    study::Study,
    world::World,
};

/// A1: 585 seconds of video in a hundred posts within four seconds.
#[tokio::test]
async fn a1_a_flood_earns_the_burst_and_its_four_seconds() {
    let world = World::clocked().await;
    for seed in seeds() {
        let (mut dice, line) = (Dice::new(seed), world.sign_in(&format!("s{}", 1 + seed % 100)).await);
        let mut study = Study::open(&line, &world.plan.long).await;
        study.fetch(&line, 0, study.end).await;
        let mut order: Vec<i64> = (0..100).collect();
        if seed % 2 == 0 {
            dice.shuffle(&mut order);
        }
        let mut credited = 0;
        for part in order {
            world.server.advance(&line, 40).await;
            credited += study.beat(&line, &[(part * 5_850, (part + 1) * 5_850)]).await.credited();
        }
        assert!(credited > 0, "a flood of what was fetched earns its time");
        within("A1 flood", seed, credited, study.bound(4_000));
        let after = covered(&line, &world.plan.long).await.length();
        within("A1 flood, as stored", seed, after, study.bound(4_000));
    }
}

/// A2: each claim is a whole interval, three times as often.
#[tokio::test]
async fn a2_a_shortened_timer_earns_elapsed_time_only() {
    let world = World::clocked().await;
    for seed in seeds() {
        let (mut dice, line) = (Dice::new(seed), world.sign_in(&format!("s{}", 1 + seed % 100)).await);
        let mut study = Study::open(&line, &world.plan.long).await;
        study.fetch(&line, 0, study.end).await;
        let (mut credited, mut elapsed, mut at) = (0, 0, 0);
        while elapsed < 600_000 && at < study.end {
            let wait = dice.between(3_000, 5_000);
            world.server.advance(&line, wait).await;
            elapsed += wait;
            credited += study.beat(&line, &[(at, at + study.heartbeat_ms)]).await.credited();
            at += study.heartbeat_ms;
        }
        within("A2 cadence", seed, credited, study.bound(elapsed));
    }
}

/// A3: the last three seconds are played; the rest was jumped over.
#[tokio::test]
async fn a3_a_jump_to_the_end_earns_what_was_played() {
    let world = World::clocked().await;
    for seed in seeds() {
        let line = world.sign_in(&format!("s{}", 1 + seed % 100)).await;
        let lesson = &world.plan.many[usize::try_from(seed).unwrap() % 10];
        let mut study = Study::open(&line, lesson).await;
        study.fetch(&line, study.end - 3_000, study.end).await;
        world.server.advance(&line, 15_000).await;
        let played = study.beat(&line, &[(study.end - 3_000, study.end + 1_000_000)]).await;
        assert!(!played.completed(), "{}", played.0);
        within("A3 seek", seed, played.credited(), 3_000);
        let ended = study.beat(&line, &[(study.end, study.end)]).await;
        assert!(!ended.completed() && ended.credited() == 0, "{}", ended.0);
        assert_eq!(covered(&line, lesson).await.length(), played.credited());
    }
}

/// A6: ten videos on three devices for a minute, each claimed whole with every beat; with the odd seeds one of them is opened again each round.
#[tokio::test]
async fn a6_ten_videos_on_three_devices_earn_as_much_as_one() {
    let world = World::clocked().await;
    for seed in seeds() {
        let name = format!("s{}", 1 + seed % 100);
        let devices = [world.sign_in(&name).await, world.sign_in(&name).await, world.sign_in(&name).await];
        let mut studies = Vec::new();
        for (device, lesson) in (0..30).map(|n| (n % 3, n / 3)) {
            studies.push((device, open(&devices[device], &world.plan.many[lesson]).await));
        }
        let (mut dice, mut credited, mut lost) = (Dice::new(seed), 0, 0);
        for _ in 0..12 {
            world.server.advance(&devices[0], 5_000).await;
            dice.shuffle(&mut studies);
            if seed % 2 == 1 {
                let device = studies[0].0;
                let lesson: &String = dice.pick(&world.plan.many);
                studies[0].1 = open(&devices[device], lesson).await;
            }
            for (device, study) in &mut studies {
                let reply = study.beat(&devices[*device], &[(0, study.end)]).await;
                credited += reply.credited();
                lost += i32::from(!reply.held());
            }
        }
        assert_eq!(lost, 12 * 29, "one of thirty studies holds the lease; the others are told that theirs does not");
        within("A6 parallel", seed, credited, studies[0].1.bound(60_000));
    }
}

async fn open(line: &Line, lesson: &str) -> Study {
    let study = Study::open(line, lesson).await;
    study.fetch(line, 0, study.end).await;
    study
}
