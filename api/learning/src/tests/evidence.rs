//! Only what was served counts: pieces, ranges, order, restarts and second processes.

use futures::future::join;

use super::world::{World, beat, whole};
use crate::{
    Config, Learning, Reason, Served,
    model::{Evidence, Extent},
    rules::{Spans, note},
};

const VIDEO: Extent = Extent::Video { duration_ms: 20_000 };

fn part(piece: &str, span: (i64, i64), bytes: (u64, u64)) -> Served {
    Served { study: kernel::id::Uuid::nil().into(), span, piece: piece.to_owned(), bytes, size: 1_000 }
}

#[test]
fn a_piece_counts_once_all_of_its_bytes_were_served() {
    let mut evidence = Evidence::default();
    let served = |evidence: &Evidence| -> Vec<(i64, i64)> { evidence.served.clone().into() };
    assert!(note(&mut evidence, &VIDEO, &part("a", (0, 4_000), (0, 400))));
    assert!(note(&mut evidence, &VIDEO, &part("b", (4_000, 8_000), (0, 1_000))));
    assert_eq!(served(&evidence), [(4_000, 8_000)]);
    assert!(note(&mut evidence, &VIDEO, &part("a", (0, 4_000), (600, 1_000))));
    assert!(!note(&mut evidence, &VIDEO, &part("b", (4_000, 8_000), (0, 1_000))), "nothing new, nothing to write");
    assert_eq!(served(&evidence), [(4_000, 8_000)], "the middle is missing");
    assert!(note(&mut evidence, &VIDEO, &part("a", (0, 4_000), (300, 700))));
    assert_eq!((served(&evidence), evidence.parts.len()), (vec![(0, 8_000)], 0));
}

#[test]
fn seams_and_ends_are_forgiven_and_oddities_are_nothing() {
    let mut evidence = Evidence::default();
    for span in [(23, 4_010), (4_100, 8_000), (8_251, 12_000), (15_000, 19_760)] {
        note(&mut evidence, &VIDEO, &part("whole", span, (0, 1_000)));
    }
    let pairs: Vec<(i64, i64)> = evidence.served.clone().into();
    assert_eq!(pairs, [(0, 8_000), (8_251, 12_000), (15_000, 20_000)]);
    for odd in [
        part("x", (12_000, 12_000), (0, 1_000)),
        part("x", (14_000, 12_000), (0, 1_000)),
        part("x", (20_000, 90_000), (0, 1_000)),
        part(&"x".repeat(201), (12_000, 14_000), (0, 1_000)),
        part("x", (12_000, 14_000), (u64::MAX, u64::MAX)),
    ] {
        assert!(!note(&mut evidence, &VIDEO, &odd), "{odd:?}");
    }
    assert!(note(&mut evidence, &VIDEO, &part("x", (12_000, 14_000), (700, 300))), "backwards is nothing of it");
    assert_eq!(Spans::from(pairs), evidence.served);
    for number in 0..200 {
        note(&mut evidence, &VIDEO, &part(&format!("p{number}"), (12_000, 14_000), (0, 10)));
    }
    assert_eq!(evidence.parts.len(), 64, "bounded");
    for number in 0..200 {
        note(&mut evidence, &VIDEO, &part("p199", (12_000, 14_000), (number * 4, number * 4 + 1)));
    }
    assert!(evidence.parts.iter().all(|part| part.ranges.count() <= 64));
}

/// A8: perfect beats, nothing fetched. What is refused counts once it was served.
#[tokio::test]
async fn what_was_not_served_counts_when_it_was() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open_only(&wei, lesson).await.id;
        world.wait(30_000);
        let none = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        assert_eq!((none.credited_ms, none.refused[0].reason), (0, Reason::NotServed), "{}", world.test.name);
        let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert_eq!((map.end, map.covered.len(), map.refused[0].1), (600_000, 0, Reason::NotServed));
        world.serve(study, 0, 6_000).await;
        let some = world.beat(&wei, study, 2, [(0, 15_000)]).await.unwrap();
        let refused = (some.refused[0].span.start, some.refused[0].span.end, some.refused[0].reason);
        assert_eq!((some.credited_ms, refused), (6_000, (6_000, 15_000, Reason::NotServed)));
        // Handed in before the beat, decided before it.
        let (served, rest) =
            join(world.learning.served(whole(study, 6_000, 15_000)), world.beat(&wei, study, 3, [(6_000, 15_000)]))
                .await;
        served.unwrap();
        assert_eq!((rest.unwrap().credited_ms, world.heard().await.len()), (9_000, 1));
        let map = world.learning.watch_map(wei.person, lesson).await.unwrap();
        assert!(map.refused.is_empty() && map.covered.len() == 1, "what counts now is no longer refused: {map:?}");
        world.end().await;
    }
}

/// Whoever hands a piece to a connection does not wait until it is on disk; the player's beat may be there before anybody asked.
#[tokio::test]
async fn a_beat_that_follows_a_piece_at_once_does_not_overtake_it() {
    for world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let study = world.open_only(&wei, lesson).await.id;
        world.wait(30_000);
        let kept = world.learning.served_to(wei.person, whole(study, 0, 15_000));
        let told = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        assert_eq!((told.credited_ms, told.refused.len()), (15_000, 0), "{}", world.test.name);
        kept.await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn evidence_is_seen_after_a_restart_and_by_a_second_process() {
    for mut world in World::each().await {
        let (lesson, wei) = (world.video(600_000).await, world.student());
        let other = Learning::new(world.base().clone(), world.catalogue.clone(), Config::default());
        let study = world.open_only(&wei, lesson).await.id;
        let half = |from, to| Served { bytes: (from, to), ..whole(study, 0, 15_000) };
        world.learning.served(half(0, 500)).await.unwrap();
        world.restart().await;
        other.served(half(500, 900)).await.unwrap();
        world.wait(30_000);
        let told = world.beat(&wei, study, 1, [(0, 15_000)]).await.unwrap();
        assert_eq!((told.credited_ms, told.refused.len()), (15_000, 0), "{}", world.test.name);
        world.serve(study, 15_000, 30_000).await;
        let told = other.heartbeat(&wei, beat(study, 2, [(15_000, 30_000)])).await.unwrap();
        assert_eq!(told.credited_ms, 15_000);
        let unknown = whole(kernel::id::StudyId::new(world.base().ids.secret()), 0, 1);
        assert_eq!(other.served(unknown).await.unwrap_err().code(), Some(kernel::Code::NotFound));
        other.stop().await;
        world.end().await;
    }
}

#[tokio::test]
async fn a_page_that_was_handed_over_can_be_read_and_evidence_is_of_its_study_alone() {
    for world in World::each().await {
        let (text, wei) = (world.reading(&[100, 100]).await, world.student());
        let first = world.open(&wei, text).await.id;
        world.wait(20_000);
        assert_eq!(world.beat(&wei, first, 1, [(0, 1)]).await.unwrap().credited_ms, 10_000);
        let second = world.open_only(&wei, text).await.id;
        world.wait(20_000);
        let told = world.beat(&wei, second, 1, [(1, 2)]).await.unwrap();
        assert_eq!((told.credited_ms, told.refused[0].reason), (0, Reason::NotServed), "{}", world.test.name);
        world.serve(first, 0, 2).await;
        assert_eq!(world.beat(&wei, second, 2, [(1, 2)]).await.unwrap().credited_ms, 0);
        world.serve(second, 0, 2).await;
        assert!(world.beat(&wei, second, 3, [(1, 2)]).await.unwrap().completed);
        world.end().await;
    }
}
