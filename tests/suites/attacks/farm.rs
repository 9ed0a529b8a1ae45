//! A15: two hundred accounts from one address with a perfect cadence. Each is bounded by time; people look at the cluster, no machine punishes it.

use std::collections::BTreeSet;

use super::within;
use crate::{line::Line, offered::flags, study::Study, world::World};

const ACCOUNTS: i64 = 200;
/// So many of them go on, long enough to be seen.
const LASTING: usize = 8;

#[tokio::test]
async fn a15_a_farm_earns_its_time_and_is_seen() {
    let world = World::clocked().await;
    let names: Vec<String> = (1..=ACCOUNTS).map(|number| format!("s{number}")).collect();
    let mut farm: Vec<(Line, Study, i64)> = Vec::new();
    for some in names.chunks(4) {
        let opened = some.iter().map(async |name| {
            let line = world.sign_in(name).await;
            let study = Study::open(&line, &world.plan.many[0]).await;
            study.fetch(&line, 0, 60_000).await;
            (line, study, 0)
        });
        farm.extend(futures::future::join_all(opened).await);
    }
    let before = flags(&world).await;
    for beat in 0..4_i64 {
        round(&world, &mut farm, beat).await;
    }
    let bound = farm[0].1.bound(60_000);
    let most = farm.iter().map(|(_, _, credited)| *credited).max().unwrap();
    within("A15 farm, the best of 200", 0, most, bound);
    assert!(farm.iter().all(|(_, _, credited)| *credited == 60_000), "time is credited to everybody alike");

    farm.truncate(LASTING);
    for (line, study, _) in &farm {
        study.fetch(line, 60_000, study.end).await;
    }
    // After the end the script goes on beating.
    for beat in 4..60_i64 {
        round(&world, &mut farm, beat).await;
    }
    let most = farm.iter().map(|(_, _, credited)| *credited).max().unwrap();
    within("A15 farm, who lasted", 0, most, farm[0].1.bound(900_000));
    match (before, flags(&world).await) {
        (Some(before), Some(after)) => {
            let new: BTreeSet<_> = after.difference(&before).collect();
            crate::say(&format!("A15 farm: {} flags for {LASTING} accounts that lasted", new.len()));
            assert!(new.len() >= LASTING, "people are shown the cluster: {new:?}");
        }
        _ => crate::absent("flags for human review (Query.studyFlags)"),
    }
    // Nobody is punished: the lease is held, and what was credited stays.
    for (line, study, _) in &mut farm {
        assert!(study.beat(line, &[]).await.held());
    }
}

/// Everybody beats at once, to the millisecond.
async fn round(world: &World, farm: &mut [(Line, Study, i64)], beat: i64) {
    world.server.advance(&farm[0].0, 15_000).await;
    let all = farm.iter_mut().map(async |(line, study, credited)| {
        let start = (beat * 15_000).min(study.end);
        *credited += study.beat(line, &[(start, (start + 15_000).min(study.end))]).await.credited();
    });
    futures::future::join_all(all).await;
}
