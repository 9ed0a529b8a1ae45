//! A11 lease war, A12 relogin: devices and sessions of one person. There is one bucket, and it belongs to the person.

use std::time::{Duration, Instant};

use serde_json::json;

use super::within;
use crate::{
    dice::{Dice, number, seeds},
    line::Line,
    study::{BEAT, Study},
    world::World,
};

/// A11: two devices take the lease from one another, at once and in turn.
#[tokio::test]
async fn a11_a_war_for_the_lease_earns_nothing_and_is_explained() {
    let world = World::clocked().await;
    let rounds = i64::try_from(number("XIANFENG_LEASE_WAR").unwrap_or(100)).unwrap();
    for seed in seeds() {
        let name = format!("s{}", 1 + seed % 100);
        let devices = [world.sign_in(&name).await, world.sign_in(&name).await];
        let (mut dice, mut credited, mut elapsed, mut told) = (Dice::new(seed), 0, 0, 0);
        for round in 0..rounds {
            let lesson = &world.plan.many[usize::try_from(round).unwrap() % 10];
            let wait = dice.between(0, 600);
            world.server.advance(&devices[0], wait).await;
            elapsed += wait;
            let (mut first, mut second) =
                futures::join!(Study::open(&devices[0], lesson), Study::open(&devices[1], lesson));
            let start = round / 10 * 6_000 % 60_000;
            let span = (start, start + 20_000);
            futures::join!(first.fetch(&devices[0], span.0, span.1), second.fetch(&devices[1], span.0, span.1));
            let spans = [span];
            let (one, two) = futures::join!(first.beat(&devices[0], &spans), second.beat(&devices[1], &spans));
            assert!(one.held() != two.held(), "one of two holds the lease: {} {}", one.0, two.0);
            let loser = if one.held() { &two } else { &one };
            assert_eq!((loser.credited(), loser.refused(&["LEASE_LOST"]).is_empty()), (0, false), "{}", loser.0);
            told += 1;
            credited += one.credited() + two.credited();
        }
        crate::say(&format!("A11 lease war seed {seed}: {told} losers were told why"));
        let bound = Study::open(&devices[0], &world.plan.many[0]).await.bound(elapsed);
        within("A11 lease war", seed, credited, bound);
    }
}

const SIGN_OUT: &str = "mutation { signOut }";
const CHANGE: &str = "mutation($c: String!, $n: String!) { changePassword(current: $c, new: $n) { viewer { id } } }";

/// A12: out and in again, and a new password in the middle: old sessions end within a second, the bucket stays the same one.
#[tokio::test]
async fn a12_signing_in_again_brings_no_second_bucket() {
    let world = World::clocked().await;
    let lesson = &world.plan.long;
    let (mut credited, mut elapsed) = (0, 0);
    let mut bound = 0;
    for round in 0..12_i64 {
        let line = world.sign_in("s1").await;
        let mut study = Study::open(&line, lesson).await;
        study.fetch(&line, round * 40_000, round * 40_000 + 40_000).await;
        credited += study.beat(&line, &[(round * 40_000, round * 40_000 + 40_000)]).await.credited();
        bound = study.bound(elapsed);
        line.ask(SIGN_OUT, json!({})).await.data("signOut");
        ends(&line, &study).await;
        world.server.advance(&line, 500).await;
        elapsed += 500;
    }
    within("A12 relogin", 0, credited, bound);

    let (line, elsewhere) = (world.sign_in("s2").await, world.sign_in("s2").await);
    let study = Study::open(&elsewhere, lesson).await;
    let change = json!({ "c": crate::line::PASSWORD, "n": "another-long-7531" });
    line.ask(CHANGE, change).await.data("changePassword");
    ends(&elsewhere, &study).await;
    let again = line.with(line.session("s2", "another-long-7531").await.unwrap());
    let said = again.ask(BEAT, study.input(1, &json!([]))).await;
    assert_eq!(said.code(), Some("NOT_FOUND"), "a study belongs to the sign-in that opened it: {}", said.body);
}

/// The session is dead within a second of real time: whoever is signed in nowhere beats for nobody.
async fn ends(line: &Line, study: &Study) {
    let began = Instant::now();
    loop {
        let said = line.ask(BEAT, study.input(study.next_seq, &json!([]))).await;
        if said.code() == Some("UNAUTHENTICATED") {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(1), "an ended session still answers: {}", said.body);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
