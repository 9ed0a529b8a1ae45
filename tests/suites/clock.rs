//! The clock that tests move: only its own build has it, everything follows it, and a wall clock that is set changes no credit.

use std::{fs, process::Command};

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{
    school::released,
    study::Study,
    world::{CLOCKED, ORDINARY, World, binary, run},
};

#[tokio::test]
async fn what_is_released_has_no_clock_to_move() {
    let (_, version) = run(&released(), &["--version"]);
    assert!(!version.contains("test-clock"), "{version}");
    let inside = Command::new("grep").args(["-acE", "advanceMs|test-clock"]).arg(released()).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&inside.stdout).trim(), "0", "nothing of it is in the program");
    let world = World::start(ORDINARY).await;
    let line = world.sign_in("s1").await;
    let mut told = Vec::new();
    for path in ["/test-clock", "/no-such-route"] {
        let request = line.request(Method::POST, path).header("content-type", "application/json");
        let answer = request.body(json!({ "advanceMs": 1 }).to_string()).send().await.unwrap();
        told.push((answer.status(), answer.text().await.unwrap()));
    }
    assert!(told[0].0.is_client_error(), "{told:?}");
    assert_eq!(told[0], told[1], "the route is one that does not exist");
}

#[tokio::test]
async fn the_test_build_says_so_and_listens_to_this_machine_only() {
    let (_, version) = run(&binary(CLOCKED), &["--version"]);
    assert!(version.contains("test-clock"), "{version}");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let (good, said) = run(&binary(CLOCKED), &["serve", "--listen", "0.0.0.0:0", "--data-dir", data.to_str().unwrap()]);
    assert!(!good && said.contains("127.0.0.1"), "{said}");
    let world = World::clocked().await;
    let log = fs::read_to_string(world.log()).unwrap();
    assert!(log.contains("test-clock：测试专用程序"), "said aloud at the start: {log}");
}

/// Leases, sessions, media links and due jobs follow the clock that is moved.
#[tokio::test]
async fn everything_follows_the_clock_that_is_moved() {
    let world = World::clocked().await;
    let (line, staff) = (world.sign_in("s1").await, world.sign_in("lecturer").await);
    let mut study = Study::open(&line, &world.plan.many[0]).await;
    let segments = study.try_segments(&line).await.unwrap();
    study.fetch(&line, 0, study.end).await;
    assert_eq!(study.beat(&line, &[(0, 60_000)]).await.credited(), study.burst(), "no time has passed");
    world.server.advance(&line, 10_000).await;
    assert_eq!(study.beat(&line, &[(0, 60_000)]).await.credited(), 20_000);
    // Eleven minutes without a beat: a media link sleeps, and the lease had a break.
    world.server.advance(&line, 11 * 60_000).await;
    let path = &segments[0].paths[0];
    assert_eq!(line.request(Method::GET, path).send().await.unwrap().status(), StatusCode::GONE);
    // A beat wakes it; what was known of the study may be remembered for two seconds.
    study.beat(&line, &[]).await;
    world.server.advance(&line, 2_000).await;
    assert_eq!(line.request(Method::GET, path).send().await.unwrap().status(), StatusCode::OK, "a beat wakes it");
    assert!(study.beat(&line, &[(0, study.end)]).await.credited() <= study.bound(2_000));
    // Staff sessions end after thirty idle minutes, students' do not.
    world.server.advance(&line, 31 * 60_000).await;
    let me = "{ viewer { id } }";
    assert!(staff.ask(me, json!({})).await.data("viewer").is_null());
    assert!(!line.ask(me, json!({})).await.data("viewer").is_null());
}

/// R1: the wall clock is set two days on and two days back while somebody studies.
#[tokio::test]
async fn r1_a_wall_clock_that_is_set_changes_no_credit_and_no_lease() {
    let world = World::clocked().await;
    let day = 86_400_000_i64;
    for (name, step) in [("s1", 2 * day), ("s2", -2 * day), ("s3", 0)] {
        let line = world.sign_in(name).await;
        let mut study = Study::open(&line, &world.plan.many[0]).await;
        study.fetch(&line, 0, study.end).await;
        let (mut at, mut credited, mut sign) = (0, 0, 1);
        while at < 90_000 {
            world.server.advance(&line, 15_000).await;
            world.server.turn(&line, json!({ "wallStepMs": step * sign })).await;
            sign = -sign;
            let reply = study.beat(&line, &[(at, at + 15_000)]).await;
            assert!(reply.held(), "{name}: {}", reply.0);
            credited += reply.credited();
            at += 15_000;
        }
        assert_eq!(credited, 90_000, "{name}: every second counts, whatever the wall clock says");
        // Nor does a step give time that has not passed.
        world.server.turn(&line, json!({ "wallStepMs": step })).await;
        let mut other = Study::open(&line, &world.plan.many[1]).await;
        other.fetch(&line, 0, other.end).await;
        let gained = other.beat(&line, &[(0, other.end)]).await.credited();
        assert!(gained <= other.burst(), "{name}: {gained} ms out of a step of {step} ms");
        world.server.turn(&line, json!({ "wallStepMs": -step })).await;
    }
}
