//! A8: perfect beats without a download, and downloads that are none.

use reqwest::{Method, header};

use super::covered;
use crate::{line::Line, study::Study, world::World};

/// A whole minute is claimed as it passes.
async fn play(world: &World, line: &Line, study: &mut Study) -> i64 {
    let mut credited = 0;
    for beat in 0..4_i64 {
        world.server.advance(line, study.heartbeat_ms).await;
        let reply = study.beat(line, &[(beat * 15_000, (beat + 1) * 15_000)]).await;
        credited += reply.credited();
        assert!(reply.held(), "{}", reply.0);
    }
    credited
}

#[tokio::test]
async fn a8_what_was_not_downloaded_was_not_watched() {
    let world = World::clocked().await;
    let (line, other) = (world.sign_in("s1").await, world.sign_in("s2").await);
    let lesson = &world.plan.many[0];

    let mut study = Study::open(&line, lesson).await;
    assert_eq!(play(&world, &line, &mut study).await, 0, "nothing at all was fetched");
    let reply = study.beat(&line, &[(0, 15_000)]).await;
    assert_eq!(reply.refused(&["NOT_SERVED"]).length(), 15_000, "{}", reply.0);

    // Heads, first bytes, and what was served to another study or to another person are no download of this study.
    let mut study = Study::open(&line, lesson).await;
    let segments = study.try_segments(&line).await.unwrap();
    for segment in segments.iter().filter(|segment| segment.start < 60_000) {
        line.request(Method::HEAD, &segment.paths[0]).send().await.unwrap();
        let first = line.request(Method::GET, &segment.paths[0]).header(header::RANGE, "bytes=0-0");
        assert_eq!(first.send().await.unwrap().status(), 206);
    }
    Study::open(&other, lesson).await.fetch(&other, 0, 60_000).await;
    assert_eq!(play(&world, &line, &mut study).await, 0, "heads and first bytes");
    let elsewhere = Study::open(&line, lesson).await;
    elsewhere.fetch(&line, 0, 60_000).await;
    let mut study = Study::open(&line, lesson).await;
    assert_eq!(play(&world, &line, &mut study).await, 0, "what another study was served");
    assert!(covered(&line, lesson).await.is_empty());

    // Two ranges that are the whole of it, in either rendition, are a download; and what was refused may be claimed again.
    let mut study = Study::open(&line, lesson).await;
    assert_eq!(play(&world, &line, &mut study).await, 0);
    for (number, segment) in segments_of(&study, &line).await.iter().enumerate() {
        let path = &segment[number % segment.len()];
        for range in ["bytes=0-999", "bytes=1000-"] {
            let part = line.request(Method::GET, path).header(header::RANGE, range).send().await.unwrap();
            assert_eq!(part.status(), 206);
            part.bytes().await.unwrap();
        }
    }
    assert_eq!(play(&world, &line, &mut study).await, 60_000, "what was downloaded in ranges");
}

async fn segments_of(study: &Study, line: &Line) -> Vec<Vec<String>> {
    let all = study.try_segments(line).await.unwrap();
    all.into_iter().filter(|segment| segment.start < 60_000).map(|segment| segment.paths).collect()
}
