//! A16: a text is read in no time. A block counts whole, in its order, and never earlier than its length allows. Quizzes come with a later step.

use super::within;
use crate::{
    dice::{Dice, seeds},
    study::{Reply, Study},
    world::World,
};

/// Characters a minute, unless the course says otherwise.
const SPEED: i64 = 600;

#[tokio::test]
async fn a16_a_text_takes_the_time_of_its_length() {
    crate::say("A16: the quiz part waits for quizzes, a later step; the reading part follows");
    let world = World::clocked().await;
    for seed in seeds() {
        let (mut dice, line) = (Dice::new(seed), world.sign_in(&format!("s{}", 1 + seed % 100)).await);
        let mut study = Study::open(&line, &world.plan.reading).await;
        let whole: i64 = study.blocks.iter().map(|characters| characters * 60_000 / SPEED).sum();
        let claim = [(0, study.end)];
        let at_once = study.beat(&line, &claim).await;
        assert!(!at_once.completed(), "{}", at_once.0);
        // Real time costs the bucket its rate, so the burst pays for less of a text than of a film.
        within("A16 reading in 0 s", seed, at_once.credited(), study.burst() * 100 / study.max_rate);
        let (mut elapsed, mut credited) = (0, at_once.credited());
        let mut last: Option<Reply> = None;
        while !last.as_ref().is_some_and(Reply::completed) {
            let wait = dice.between(500, 4_000);
            world.server.advance(&line, wait).await;
            elapsed += wait;
            assert!(elapsed < whole * 2, "an honest wait ends");
            let reply = study.beat(&line, &claim).await;
            credited += reply.credited();
            let bound = elapsed + study.burst() * 100 / study.max_rate;
            assert!(credited <= bound, "seed {seed}: {credited} ms after {elapsed} ms");
            last = Some(reply);
        }
        crate::say(&format!("A16 reading seed {seed}: {whole} ms of text were complete after {elapsed} ms"));
        assert!(elapsed >= whole - study.burst() * 100 / study.max_rate - 4_000);
        assert!(credited >= whole - 1_000, "{credited} of {whole}");
    }
}

/// Blocks behind one that cannot be paid are not paid either, and a block that does not exist is nothing.
#[tokio::test]
async fn a16_blocks_are_paid_in_their_order() {
    let world = World::clocked().await;
    let line = world.sign_in("s1").await;
    let mut study = Study::open(&line, &world.plan.reading).await;
    let beyond = study.beat(&line, &[(study.end, study.end + 1_000_000)]).await;
    assert_eq!((beyond.credited(), beyond.completed()), (0, false), "{}", beyond.0);
    let reply = study.beat(&line, &[(0, study.end)]).await;
    let refused = reply.refused(&["TOO_FAST"]);
    let paid = study.end - refused.length();
    assert!(paid > 0 && refused.has(paid, study.end), "the first {paid} blocks, then none: {}", reply.0);
}
