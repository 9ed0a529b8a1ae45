//! A14: a video is replaced after it was watched. The same film encoded anew is neither watched again nor forgotten; another one is another.

use serde_json::json;

use super::{covered, within};
use crate::{line::Line, study::Study, world::World};

const WITHDRAW: &str = "mutation($c: ID!) { withdrawCourse(id: $c) { course { status } } }";
const REPLACE: &str = "mutation($l: ID!, $a: ID!) { updateLesson(id: $l, input: { assetId: $a }) { lesson { id } } }";
const PUBLISH: &str = "mutation($c: ID!) { publishCourse(id: $c) { course { status } } }";

/// Everything up to here in real time; answers what it earned.
async fn watch(world: &World, line: &Line, upto: i64) -> i64 {
    let mut study = Study::open(line, &world.plan.swap.lesson).await;
    study.fetch(line, 0, upto).await;
    let (mut at, mut credited) = (0, 0);
    while at < upto {
        world.server.advance(line, study.heartbeat_ms).await;
        let end = (at + study.heartbeat_ms).min(upto);
        credited += study.beat(line, &[(at, end)]).await.credited();
        at = end;
    }
    credited
}

async fn replace(world: &World, asset: &str) {
    let (lecturer, swap) = (world.sign_in("lecturer").await, &world.plan.swap);
    lecturer.ask(WITHDRAW, json!({ "c": swap.course })).await.data("withdrawCourse");
    lecturer.ask(REPLACE, json!({ "l": swap.lesson, "a": asset })).await.data("updateLesson");
    lecturer.ask(PUBLISH, json!({ "c": swap.course })).await.data("publishCourse");
}

#[tokio::test]
async fn a14_a_new_encoding_pays_nothing_twice() {
    let world = World::clocked().await;
    if !world.sdl.has("UpdateLessonInput", "assetId") {
        return crate::absent("a lecturer replaces the video of a lesson (UpdateLessonInput.assetId)");
    }
    let line = world.sign_in("s1").await;
    let (lesson, swap) = (&world.plan.swap.lesson, &world.plan.swap);
    let length = Study::open(&line, lesson).await.end;
    let ninety = length * 9 / 10;
    assert_eq!(watch(&world, &line, ninety).await, ninety);

    replace(&world, &swap.same).await;
    assert_eq!(covered(&line, lesson).await.length(), ninety, "a new encoding erases nothing");
    let again = watch(&world, &line, length).await;
    within("A14 same length, both encodings", 0, ninety + again, length);
    assert_eq!(watch(&world, &line, length).await, 0, "watched to the end twice");

    replace(&world, &swap.longer).await;
    let longer = Study::open(&line, lesson).await.end;
    assert!(longer > length * 5 / 4, "another length is another film");
    let fresh = watch(&world, &line, longer).await;
    within("A14 another film", 0, fresh, longer);
    let more = watch(&world, &line, longer).await;
    within("A14 another film, again", 0, fresh + more, longer);
    assert_eq!(covered(&line, lesson).await.length(), fresh + more);
}
