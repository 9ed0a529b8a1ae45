//! Questions on stretches: who writes them, what is refused, and that they go with their lesson.

use kernel::Code;

use super::world::{World, code, faults};
use crate::{CourseChange, LessonChange, NewQuestion};

fn new(start: i64, end: i64) -> NewQuestion {
    let options = ["甲", "乙", "丙"].map(str::to_owned).to_vec();
    NewQuestion { start, end, prompt: "刚才讲的是哪一点？".to_owned(), options, right: 1 }
}

#[tokio::test]
async fn questions_are_written_by_who_teaches_and_stand_in_the_order_of_their_stretches() {
    for world in World::each().await {
        let (lecturer, other) = (world.lecturer(), world.lecturer());
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let asset = world.ready(&lecturer, 60_000).await;
        let video = world.video(&lecturer, chapter, "讲", asset).await;
        let house = &world.house;
        house.add_question(&lecturer, video.id, new(30_000, 60_000)).await.unwrap();
        house.add_question(&lecturer, video.id, new(0, 30_000)).await.unwrap();
        let written = house.authored_questions(&lecturer, video.id).await.unwrap();
        assert_eq!(written.iter().map(|q| (q.start, q.end)).collect::<Vec<_>>(), [(0, 30_000), (30_000, 60_000)]);
        assert_eq!(house.questions(video.id).await.unwrap(), written);

        let student = world.student(&world.arts);
        assert_eq!(code(house.authored_questions(&student, video.id).await), Some(Code::Forbidden));
        assert_eq!(code(house.add_question(&other, video.id, new(0, 1)).await), Some(Code::NotFound));
        assert_eq!(code(house.remove_question(&other, written[0].id).await), Some(Code::NotFound));

        let wrong = NewQuestion {
            start: 5,
            end: 5,
            prompt: "？".to_owned(),
            options: vec!["甲".into(), "甲".into()],
            right: 2,
        };
        let refused = faults(house.add_question(&lecturer, video.id, wrong).await).0;
        assert_eq!(refused, ["input.end", "input.prompt", "input.options", "input.right"], "{}", world.test.name);
        assert_eq!(faults(house.add_question(&lecturer, video.id, new(0, 60_001)).await).0, ["input.end"]);

        // A published course's questions may be changed: what was covered stays covered.
        house.publish_course(&lecturer, course.id).await.unwrap();
        house.update_question(&lecturer, written[0].id, new(1_000, 20_000)).await.unwrap();
        house.remove_question(&lecturer, written[1].id).await.unwrap();
        let left = house.questions(video.id).await.unwrap();
        assert_eq!(left.iter().map(|q| (q.id, q.start)).collect::<Vec<_>>(), [(written[0].id, 1_000)]);

        house.withdraw_course(&lecturer, course.id).await.unwrap();
        house.delete_lesson(&lecturer, video.id).await.unwrap();
        assert!(house.questions(video.id).await.unwrap().is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn a_course_sets_how_many_characters_a_minute_counts_for() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "精读").await;
        assert_eq!(course.characters_per_minute, 600);
        let pace = |characters| CourseChange { characters_per_minute: Some(characters), ..CourseChange::default() };
        world.house.update_course(&lecturer, course.id, pace(300)).await.unwrap();
        assert_eq!(world.house.course(&lecturer, course.id).await.unwrap().characters_per_minute, 300);
        let refused = world.house.update_course(&lecturer, course.id, pace(99)).await;
        assert_eq!(faults(refused).0, ["input.charactersPerMinute"]);
        world.end().await;
    }
}

#[tokio::test]
async fn a_video_is_replaced_by_another_and_a_reading_has_none() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let (first, second) = (world.ready(&lecturer, 60_000).await, world.ready(&lecturer, 90_000).await);
        let video = world.video(&lecturer, chapter, "讲", first).await;
        let reading = world.reading(&lecturer, chapter, "读", "文").await;
        let with = |asset| LessonChange { asset: Some(asset), ..LessonChange::default() };
        let house = &world.house;
        let replaced = house.update_lesson(&lecturer, video.id, with(second)).await.unwrap();
        assert_eq!((replaced.asset, replaced.duration_ms), (Some(second), Some(90_000)), "{}", world.test.name);
        assert_ne!(replaced.version, video.version);
        assert_eq!(faults(house.update_lesson(&lecturer, reading.id, with(second)).await).0, ["input.assetId"]);
        let foreign = world.ready(&world.lecturer(), 60_000).await;
        assert_eq!(code(house.update_lesson(&lecturer, video.id, with(foreign)).await), Some(Code::NotFound));
        house.publish_course(&lecturer, course.id).await.unwrap();
        assert_eq!(code(house.update_lesson(&lecturer, video.id, with(first)).await), Some(Code::Conflict));
        world.end().await;
    }
}
