//! A9 prefetch, A13 check oracle: whoever does not watch does not know what was shown, and asking around does not help.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{covered, within};
use crate::{
    dice::seeds,
    line::{Line, Said},
    offered::answer_document,
    study::Study,
    world::World,
};

fn offered(world: &World) -> bool {
    let offered = !world.plan.right.is_empty();
    if !offered {
        crate::absent("questions of lecturers (Mutation.addQuestion), so no attention checks");
    }
    offered
}

/// Plays in real time, claiming on whatever happens, until a check is shown; answers it and what had been credited.
async fn until_check(world: &World, line: &Line, study: &mut Study, at: &mut i64) -> Option<(Value, i64)> {
    let mut credited = 0;
    while *at < study.end {
        world.server.advance(line, study.heartbeat_ms).await;
        let end = (*at + study.heartbeat_ms).min(study.end);
        let reply = study.beat(line, &[(*at, end)]).await;
        *at = end;
        credited += reply.credited();
        if let Some(check) = reply.check() {
            return Some((check.clone(), credited));
        }
    }
    None
}

/// A9: everything is fetched in two seconds, beats follow in real time, nobody looks at the screen.
#[tokio::test]
async fn a9_whoever_does_not_look_earns_the_stretch_to_the_first_check() {
    let world = World::clocked().await;
    if !offered(&world) {
        return;
    }
    for seed in seeds() {
        let line = world.sign_in(&format!("s{}", 1 + seed % 100)).await;
        let mut study = Study::open(&line, &world.plan.long).await;
        study.fetch(&line, 0, study.end).await;
        world.server.advance(&line, 2_000).await;
        let mut at = 0;
        let (check, credited) =
            until_check(&world, &line, &mut study, &mut at).await.expect("a check within twelve minutes");
        let mut later = 0;
        while at < study.end {
            world.server.advance(&line, study.heartbeat_ms).await;
            let reply = study.beat(&line, &[(at, at + study.heartbeat_ms)]).await;
            assert!(!reply.completed(), "{}", reply.0);
            later += reply.credited();
            at += study.heartbeat_ms;
        }
        assert_eq!(later, 0, "nothing counts while the check {} is unanswered", check["id"]);
        within("A9 prefetch", seed, covered(&line, &world.plan.long).await.length(), credited);
    }
}

/// A13: every way to a right answer that does not lead through the film.
#[tokio::test]
async fn a13_a_check_tells_nothing_and_takes_one_answer() {
    let world = World::clocked().await;
    if !offered(&world) {
        return;
    }
    let answer = answer_document(world.sdl);
    // Nothing that could be asked of a check says which option is right.
    let harmless = ["id", "prompt", "options", "deadlineMs", "start", "end", "from", "to", "key", "text"];
    let told: Vec<&str> = [world.sdl.fields("Check"), world.sdl.fields("CheckOption")].concat();
    assert!(told.len() >= 6 && told.iter().all(|field| harmless.contains(field)), "{told:?}");
    let mut places = BTreeSet::new();
    for number in 0..6 {
        let (line, other) = (world.sign_in(&format!("s{}", 20 + number)).await, world.sign_in("s40").await);
        let ask = async |line: &Line, id: &str, option: &str| line.ask(&answer, json!({ "c": id, "o": option })).await;
        let mut study = Study::open(&line, &world.plan.long).await;
        study.fetch(&line, 0, study.end).await;
        let guess = ask(&line, "chk_0000000000000000000000", "a").await;
        assert!(guess.is_sound() && guess.code().is_some(), "before any is shown: {}", guess.body);
        let mut at = 0;
        let (check, _) = until_check(&world, &line, &mut study, &mut at).await.expect("a check within twelve minutes");
        let (id, options) = (check["id"].as_str().unwrap(), check["options"].as_array().unwrap());
        let right = &world.plan.right[check["prompt"].as_str().unwrap()];
        let place = options.iter().position(|option| option["text"] == **right).expect("the right one is among them");
        places.insert(place);
        let foreign = ask(&other, id, options[place]["key"].as_str().unwrap()).await;
        assert_eq!(foreign.code(), Some("NOT_FOUND"), "somebody else's check: {}", foreign.body);
        match number % 3 {
            0 => every_option(&line, &ask, id, options, place).await,
            1 => too_late(&world, &line, &ask, &check, place).await,
            _ => twice(&line, &ask, id, options, place).await,
        }
        assert!(study.beat(&line, &[]).await.held());
    }
    assert!(places.len() > 1, "the right option stands in different places: {places:?}");
}

/// A wrong option first: the right one afterwards is no second attempt.
async fn every_option(
    line: &Line,
    ask: &impl AsyncFn(&Line, &str, &str) -> Said,
    id: &str,
    options: &[Value],
    place: usize,
) {
    let wrong = (place + 1) % options.len();
    let said = ask(line, id, options[wrong]["key"].as_str().unwrap()).await;
    assert_eq!((said.data("answerCheck.passed"), said.data("answerCheck.releasedMs")), (json!(false), json!(0)));
    for option in options {
        let said = ask(line, id, option["key"].as_str().unwrap()).await;
        let passed = said.body["data"]["answerCheck"]["passed"] == true;
        assert!(said.is_sound() && !passed, "a second attempt: {}", said.body);
    }
}

/// The server's deadline, and nobody else's.
async fn too_late(
    world: &World,
    line: &Line,
    ask: &impl AsyncFn(&Line, &str, &str) -> Said,
    check: &Value,
    place: usize,
) {
    world.server.advance(line, check["deadlineMs"].as_i64().unwrap() + 1).await;
    let said = ask(line, check["id"].as_str().unwrap(), check["options"][place]["key"].as_str().unwrap()).await;
    let passed = said.body["data"]["answerCheck"]["passed"] == true;
    assert!(said.is_sound() && !passed, "after the deadline: {}", said.body);
}

/// A passed check releases once, however often and however simultaneously it is answered.
async fn twice(line: &Line, ask: &impl AsyncFn(&Line, &str, &str) -> Said, id: &str, options: &[Value], place: usize) {
    let key = options[place]["key"].as_str().unwrap();
    let answers = futures::future::join_all((0..8).map(|_| ask(line, id, key))).await;
    let released: BTreeSet<i64> = answers
        .iter()
        .filter_map(|said| said.body["data"]["answerCheck"]["releasedMs"].as_i64())
        .filter(|ms| *ms > 0)
        .collect();
    assert!(released.len() <= 1 && answers.iter().all(Said::is_sound), "one release, told the same: {released:?}");
    assert!(answers.iter().any(|said| said.body["data"]["answerCheck"]["passed"] == true));
}
