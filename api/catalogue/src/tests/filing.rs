//! Under which tags students knew a course, and which are open to them now.

use kernel::{Viewer, id::CourseId};

use super::world::World;
use crate::{Filing, Labels};

async fn tag(world: &World, lecturer: &Viewer, course: CourseId, tags: &[&str]) {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    world.house.label_course(lecturer, course, Labels { tags, stages: Vec::new() }).await.unwrap();
}

async fn filings(world: &World, course: CourseId) -> Vec<Filing> {
    world.house.filings(&[course]).await.unwrap().remove(&course).unwrap_or_default().to_vec()
}

#[tokio::test]
async fn the_tags_of_every_version_are_known_with_their_times() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "第一课", true).await;
        let first = course.published_at.unwrap();
        assert!(filings(&world, course.id).await.is_empty(), "{}", world.test.name);
        world.test.clock.set(first + 1_000);
        tag(&world, &lecturer, course.id, &["党史"]).await;
        world.test.clock.set(first + 2_000);
        tag(&world, &lecturer, course.id, &["入门", "党史"]).await;
        world.test.clock.set(first + 3_000);
        tag(&world, &lecturer, course.id, &["入门"]).await;
        let filing = |tag: &str, since, until| Filing { tag: tag.to_owned(), since, until };
        let known = [filing("党史", first + 1_000, Some(first + 3_000)), filing("入门", first + 2_000, None)];
        assert_eq!(filings(&world, course.id).await, known, "{}", world.test.name);
        // What is changed while nobody sees the course holds from its return on.
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        world.test.clock.set(first + 4_000);
        tag(&world, &lecturer, course.id, &["作风"]).await;
        assert_eq!(filings(&world, course.id).await, known, "{}", world.test.name);
        world.test.clock.set(first + 5_000);
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        let known =
            [known[0].clone(), filing("入门", first + 2_000, Some(first + 5_000)), filing("作风", first + 5_000, None)];
        assert_eq!(filings(&world, course.id).await, known, "{}", world.test.name);
        // A course from before versions were kept.
        world.forget_versions().await;
        let published_at = world.house.course(&lecturer, course.id).await.unwrap().published_at.unwrap();
        assert_eq!(filings(&world, course.id).await, [filing("作风", published_at, None)], "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn only_published_courses_for_ones_unit_are_on_the_shelf_of_their_tags() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let student = world.student(&world.branch);
        let chosen = world.published(&lecturer, &world.root, "选学", false).await;
        let asked = world.published(&lecturer, &world.root, "必学", true).await;
        let plain = world.published(&lecturer, &world.root, "没有标签", true).await;
        let elsewhere = world.published(&lecturer, &world.science, "别的学院", true).await;
        let draft = world.course(&lecturer, &world.root, "草稿").await;
        for course in [&chosen, &asked, &elsewhere, &draft] {
            tag(&world, &lecturer, course.id, &["党史", "入门"]).await;
        }
        let labels = Labels { tags: Vec::new(), stages: vec![organisation::Stage::Activist] };
        world.house.label_course(&lecturer, plain.id, labels).await.unwrap();
        let told: Vec<(CourseId, usize)> =
            world.house.filed(&student).await.unwrap().into_iter().map(|(id, tags)| (id, tags.len())).collect();
        assert_eq!(told, [(asked.id, 2), (chosen.id, 2)], "{}", world.test.name);
        world.end().await;
    }
}
