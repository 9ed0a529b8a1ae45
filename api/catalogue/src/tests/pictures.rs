//! Where the pictures of readings are used: now, in drafts, in versions that are kept.

use kernel::{Code, id::AssetId};
use media::{Purpose, testing::files};
use sea_orm::ConnectionTrait;

use super::{
    desk::Desk,
    world::{World, code, faults, reading},
};
use crate::NewReadingLesson;

fn showing(picture: AssetId) -> String {
    format!("文\n\n![图](asset:{picture})")
}

impl Desk<'_> {
    /// A version is kept, and the course is changed in its place from then on.
    async fn publish_and_withdraw(&self, world: &World) {
        self.publish().await;
        world.house.withdraw_course(&self.lecturer, self.course).await.unwrap();
    }
}

impl World {
    /// The tables as an earlier release left them; then this one is begun.
    async fn brought_up_to_date(&self) {
        let tx = self.test.base.db.begin().await.unwrap();
        for sql in [
            "DROP TABLE catalogue_reading_asset",
            "DELETE FROM catalogue_version_asset",
            "DELETE FROM seaql_migrations WHERE version = 'm0025_reading_assets'",
        ] {
            tx.execute_unprepared(sql).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.test.base.db.migrate().await.unwrap();
    }
}

/// Pictures within readings were offered as unused, and kept versions did not hold on to theirs.
#[tokio::test]
async fn a_picture_in_a_reading_is_in_use_and_stays_with_the_versions_that_show_it() {
    for world in World::each().await {
        let desk = world.desk().await;
        let picture = desk.picture().await;
        assert_eq!(desk.unused().await, [picture]);
        let lesson = desk.reading(&showing(picture)).await;
        assert!(desk.unused().await.is_empty(), "{}", world.test.name);
        desk.publish_and_withdraw(&world).await;
        desk.write(lesson, "没有图了。").await;
        let said = desk.held(picture).await;
        assert!(said.contains("《讲座》第 1 版"), "{said}");
        assert!(desk.unused().await.is_empty(), "{}", world.test.name);
        world.end().await;
    }
}

/// Versions that were kept before theirs were noted let go of their pictures; of the texts of before nobody had written them down.
#[tokio::test]
async fn a_school_that_is_brought_up_to_date_keeps_the_pictures_of_its_texts_and_of_its_versions() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (then, now, idle) = (desk.picture().await, desk.picture().await, desk.picture().await);
        let lesson = desk.reading(&showing(then)).await;
        desk.reading("没有图。").await;
        desk.publish_and_withdraw(&world).await;
        desk.write(lesson, &showing(now)).await;
        world.brought_up_to_date().await;
        assert_eq!(desk.unused().await, [idle], "{}", world.test.name);
        let (kept, shown) = (desk.held(then).await, desk.held(now).await);
        assert!(kept.contains("《讲座》第 1 版"), "{}: {kept}", world.test.name);
        assert!(shown.contains("《讲座》的《读》"), "{}: {shown}", world.test.name);
        desk.throw_away(idle).await;
        world.end().await;
    }
}

/// The library offered such a file as unused, and then refused to throw it away.
#[tokio::test]
async fn a_text_that_only_tells_the_number_of_a_picture_does_not_use_it() {
    for world in World::each().await {
        let desk = world.desk().await;
        let picture = desk.picture().await;
        desk.reading(&format!("原图编号 {picture}。")).await;
        assert_eq!(desk.unused().await, [picture]);
        desk.throw_away(picture).await;
        world.end().await;
    }
}

/// The lesson was told twice: as whose file it is, and as whose text shows it.
#[tokio::test]
async fn a_document_is_used_once_by_the_lesson_that_it_became() {
    for world in World::each().await {
        let desk = world.desk().await;
        let bytes = files::pdf(&["总纲"]);
        let pdf = world.uploaded(desk.lecturer.person, "党章.pdf", Purpose::Document, &bytes).await;
        let new = NewReadingLesson { asset: Some(pdf), body: None, ..reading("原文", "") };
        let lesson = world.house.add_reading_lesson(&desk.lecturer, desk.chapter, new).await.unwrap();
        let uses = world.house.uses(&[pdf]).await.unwrap().remove(&pdf).unwrap();
        let places: Vec<_> = uses.into_iter().map(|one| one.lesson.unwrap().0).collect();
        assert_eq!(places, [lesson.id], "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_picture_in_a_draft_is_in_use_until_the_draft_is_discarded_and_after_it_was_published() {
    for world in World::each().await {
        let (desk, name) = (world.desk().await, world.test.name);
        desk.reading("先读这一篇。").await;
        desk.publish().await;
        let (first, second, dropped) = (desk.picture().await, desk.picture().await, desk.picture().await);
        for (picture, number) in [(first, 2), (second, 3)] {
            let (draft, lesson) = world.drafted(&desk.lecturer, desk.course).await;
            desk.write(lesson, &showing(picture)).await;
            assert!(desk.held(picture).await.contains("《读》"), "{name}: of the draft");
            let course = world.house.publish_course(&desk.lecturer, draft.id).await.unwrap();
            assert_eq!((course.id, course.version), (desk.course, number), "{name}");
            assert!(desk.held(picture).await.contains("《读》"), "{name}: of the course");
        }
        assert!(desk.held(first).await.contains("《讲座》第 2 版"), "{name}");
        let (draft, lesson) = world.drafted(&desk.lecturer, desk.course).await;
        desk.write(lesson, &showing(dropped)).await;
        assert!(desk.held(second).await.contains("《读》"), "{name}: students see it");
        world.house.discard_draft(&desk.lecturer, draft.id).await.unwrap();
        desk.throw_away(dropped).await;
        world.end().await;
    }
}

/// A text was taken whose picture a job removed some days later, also from the versions that were kept meanwhile.
#[tokio::test]
async fn a_picture_that_was_thrown_away_is_not_put_into_a_text() {
    for world in World::each().await {
        let desk = world.desk().await;
        let picture = desk.picture().await;
        desk.throw_away(picture).await;
        let new = || reading("读", &showing(picture));
        let refused = world.house.add_reading_lesson(&desk.lecturer, desk.chapter, new()).await;
        assert_eq!(faults(refused).0, ["input.body"], "{}", world.test.name);
        world.house.take_back(&desk.lecturer, picture).await.unwrap();
        world.house.add_reading_lesson(&desk.lecturer, desk.chapter, new()).await.unwrap();
        let used = world.house.throw_away(&desk.lecturer, picture, true).await;
        assert_eq!(code(used), Some(Code::Conflict), "{}", world.test.name);
        world.end().await;
    }
}
