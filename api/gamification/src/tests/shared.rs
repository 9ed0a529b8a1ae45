//! Redis and memory hear the same and answer the same.

use kernel::id::Uuid;
use platform::{Cache, testing::TestRedis};
use proptest::{
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, TestRunner},
};

use super::tableau::{PATHS, advance, day, feed, heard, person, plan};
use crate::{
    rules::tableau::{Tableau, step},
    store::shared::{Found, Shared},
};

async fn agree(shared: &Shared, tableau: &Tableau) {
    for since in tableau.mark.plan.iter().copied() {
        let Found::Told(mark, units) = shared.units(since, &PATHS).await.unwrap() else { panic!("doubt") };
        assert_eq!((mark, units), (tableau.mark.clone(), tableau.units(since, &PATHS)));
        for me in (0..9).map(person) {
            let Found::Told(_, around) = shared.around(since, me).await.unwrap() else { panic!("doubt") };
            assert_eq!(around, tableau.around(since, me), "{since:?} {me}");
        }
    }
}

#[tokio::test]
async fn redis_and_memory_agree_after_every_step() {
    let Some(redis) = TestRedis::start().await else { return };
    let shared = Shared::new(Cache::open(&redis.url).unwrap(), Uuid::from_u128(7));
    let mut runner = TestRunner::new_with_rng(
        Config::default(),
        proptest::test_runner::TestRng::from_seed(proptest::test_runner::RngAlgorithm::ChaCha, &[7; 32]),
    );
    let portions = prop::collection::vec(prop::collection::vec(heard(), 0..12), 12);
    for round in 0..(super::steps() / 10_000).max(2) {
        let mut tableau = Tableau::default();
        tableau.mark.plan = plan();
        let portions = portions.new_tree(&mut runner).unwrap().current();
        for (portion, number) in portions.iter().zip(1..) {
            let mut heard = feed(portion, number);
            heard.next.plan.clone_from(&tableau.mark.plan);
            if number % 6 == 1 {
                // Made anew in between: what is written whole and what grew step by step are one.
                advance(&mut tableau, &heard);
                let generation = format!("{round}-{number}");
                assert!(shared.claim(&generation).await.unwrap());
                assert!(!shared.claim("another").await.unwrap(), "one at a time");
                shared.replace(&generation, &tableau).await.unwrap();
            } else {
                let head = shared.head().await.unwrap().unwrap();
                let Found::Told(_, known) = shared.known(&head, &heard).await.unwrap() else { panic!("doubt") };
                let made = step(known, &heard);
                assert!(shared.apply(&head, &made, &heard.next).await.unwrap());
                assert!(!shared.apply(&head, &made, &heard.next).await.unwrap(), "a step is taken once");
                advance(&mut tableau, &heard);
            }
            agree(&shared, &tableau).await;
            if number == 9 {
                // A period ends and another begins.
                let later = vec![None, Some(day(-5)), Some(day(3))];
                let head = shared.head().await.unwrap().unwrap();
                shared.replan(&head, later.clone()).await.unwrap();
                tableau.replan(later);
                agree(&shared, &tableau).await;
            }
        }
    }
}
