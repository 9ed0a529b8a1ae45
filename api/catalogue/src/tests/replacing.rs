//! One file in the place of another: at once, through review, as soon as it is converted.

use kernel::{Code, Page};
use media::{Purpose, testing::files};
use organisation::Review;
use platform::audit;

use super::world::{World, code, sentence};
use crate::{Status, store::uses};

#[tokio::test]
async fn a_replacement_goes_through_review_where_the_school_asks_for_it() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, new) = (desk.ready(60_000).await, desk.ready(90_000).await);
        let lesson = desk.lecture(old).await;
        desk.publish().await;
        world.policy(Review::One).await;
        let done = desk.replace(old, new).await;
        assert_eq!((done.courses.len(), done.courses[0].draft_of), (1, Some(desk.course)));
        assert_eq!(world.file_of(lesson).await, Some(old), "students see the old one");
        let differences = world.house.draft_differences(&desk.lecturer, done.courses[0].id).await.unwrap();
        assert!(differences.lessons[0].begins_anew, "half as long again");
        let draft = world.house.publish_course(&desk.lecturer, done.courses[0].id).await.unwrap();
        assert_eq!(draft.status, Status::InReview);
        let said = sentence(world.house.replace_asset(&desk.lecturer, new, old).await);
        assert!(said.contains("正在审核"), "{said}");
        let submission = world.waiting_for(&world.admin()).await[0].id;
        world.house.approve(&world.admin(), submission, "").await.unwrap();
        let now = &world.house.lessons(&[lesson]).await.unwrap()[&lesson];
        assert_eq!((now.asset, now.duration_ms, now.version.clone()), (Some(new), Some(90_000), new.to_string()));
        world.end().await;
    }
}

#[tokio::test]
async fn a_replacement_that_is_not_converted_yet_follows_by_itself() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, new) = (desk.ready(60_000).await, desk.waiting().await);
        let lesson = desk.lecture(old).await;
        desk.publish().await;
        let done = desk.replace(old, new).await;
        assert!(done.waits && done.courses.is_empty());
        assert_eq!(desk.coming(old).await, Some(new));
        world.convert(new, 61_000).await;
        let now = &world.house.lessons(&[lesson]).await.unwrap()[&lesson];
        assert_eq!((now.asset, now.duration_ms), (Some(new), Some(61_000)), "{}", world.test.name);
        let versions = world.house.versions(&desk.lecturer, desk.course).await.unwrap();
        assert_eq!((versions.len(), versions[0].published_by), (2, desk.lecturer.person));
        world.end().await;
    }
}

/// The plan stayed lost when the conversion ended while it was written down.
#[tokio::test]
async fn a_replacement_that_was_converted_meanwhile_follows_at_once() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, new) = (desk.ready(60_000).await, desk.ready(61_000).await);
        let lesson = desk.lecture(old).await;
        let seen = world.media.find(old).await.unwrap().unwrap();
        let tx = world.test.base.db.begin().await.unwrap();
        let done = world.house.plan(tx, &desk.lecturer, &seen, new).await.unwrap();
        assert_eq!((done.waits, done.courses.len()), (false, 1), "{}", world.test.name);
        assert_eq!(world.file_of(lesson).await, Some(new));
        world.end().await;
    }
}

/// Two files waited for the same place, and whichever was converted first took it.
#[tokio::test]
async fn of_two_planned_replacements_the_last_word_counts() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, first, second) = (desk.ready(60_000).await, desk.waiting().await, desk.waiting().await);
        let lesson = desk.lecture(old).await;
        for new in [first, second] {
            assert!(desk.replace(old, new).await.waits);
        }
        assert_eq!(desk.coming(old).await, Some(second));
        world.convert(first, 50_000).await;
        assert_eq!(world.file_of(lesson).await, Some(old), "{}", world.test.name);
        world.convert(second, 51_000).await;
        assert_eq!(world.file_of(lesson).await, Some(second), "{}", world.test.name);
        let (page, all) = (Page::try_new(20, None).unwrap(), audit::Filter::default());
        let school = std::slice::from_ref(&world.root.path);
        let acts = audit::list(world.test.base.db.read(), school, &all, &page).await.unwrap();
        assert!(acts.nodes().any(|act| act.action == "asset.replace"), "{}", world.test.name);
        world.end().await;
    }
}

/// What was converted while its course was in review was never put in.
#[tokio::test]
async fn a_planned_replacement_waits_for_a_course_in_review() {
    for world in World::each().await {
        let desk = world.desk().await;
        let (old, new) = (desk.ready(60_000).await, desk.waiting().await);
        let lesson = desk.lecture(old).await;
        world.policy(Review::One).await;
        desk.replace(old, new).await;
        assert_eq!(desk.publish().await.status, Status::InReview);
        world.convert(new, 61_000).await;
        assert_eq!(world.file_of(lesson).await, Some(old), "what is in review stands still");
        assert_eq!(desk.coming(old).await, Some(new), "{}", world.test.name);
        let submission = world.waiting_for(&world.admin()).await[0].id;
        world.house.send_back(&world.admin(), submission, "请补充说明。").await.unwrap();
        assert_eq!(world.file_of(lesson).await, Some(new), "{}", world.test.name);
        assert_eq!(desk.coming(old).await, None);
        world.end().await;
    }
}

/// Somebody who may no longer change the course had their plan carried out.
#[tokio::test]
async fn a_plan_of_somebody_who_may_no_longer_is_dropped() {
    for world in World::each().await {
        let (desk, other) = (world.desk().await, world.teacher(&world.science, "T2").await);
        let (old, new) = (desk.ready(60_000).await, world.waiting(&other).await);
        let lesson = desk.lecture(old).await;
        // As if the other had been in charge when it was planned.
        let tx = world.test.base.db.begin().await.unwrap();
        let planned = uses::Replacement { old, person: other.person };
        uses::plan_replacement(&tx, new, &planned, 1).await.unwrap();
        tx.commit().await.unwrap();
        world.convert(new, 61_000).await;
        assert_eq!(world.file_of(lesson).await, Some(old), "{}", world.test.name);
        assert_eq!(desk.coming(old).await, None);
        world.end().await;
    }
}

#[tokio::test]
async fn only_a_video_takes_the_place_of_a_video_and_a_document_that_of_a_document() {
    for world in World::each().await {
        let lecturer = world.teacher(&world.arts, "T1").await;
        let video = world.ready(&lecturer, 1_000).await;
        let captions =
            world.uploaded_captions(lecturer.person, "字幕.srt", "1\n00:00:00,000 --> 00:00:01,000\n好\n").await;
        let document = world.uploaded(lecturer.person, "原文.pdf", Purpose::Document, &files::pdf(&["总纲"])).await;
        let pairs = [(video, captions), (captions, video), (video, video), (video, document), (document, video)];
        for (old, new) in pairs.into_iter().chain([(document, document), (captions, captions)]) {
            assert_eq!(code(world.house.replace_asset(&lecturer, old, new).await), Some(Code::Invalid));
        }
        let other = world.teacher(&world.science, "T9").await;
        assert_eq!(code(world.house.replace_asset(&other, video, video).await), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_document_takes_the_place_of_a_document_with_its_text() {
    for world in World::each().await {
        let (desk, name) = (world.desk().await, world.test.name);
        let (old, new) = (desk.document(&["总纲"]).await, desk.document(&["总纲", "党员"]).await);
        let lesson = desk.imported(old).await;
        let audience = desk.publish().await.audience;
        let before = world.house.lessons(&[lesson]).await.unwrap()[&lesson].version.clone();
        let done = desk.replace(old, new).await;
        assert_eq!((done.courses.len(), done.waits), (1, false), "{name}");
        let material = world.house.material(&desk.lecturer, lesson).await.unwrap();
        assert_eq!((material.lesson.asset, material.blocks.len()), (Some(new), 2), "{name}");
        assert!(material.lesson.version != before && material.lesson.characters == Some(4), "{name}");
        world.run().await;
        assert!(!world.found(vec![audience], "党员").is_empty(), "{name}: found by what it says now");
        assert_eq!(desk.unused().await, [], "{name}: the version before keeps the old one");
        world.end().await;
    }
}

#[tokio::test]
async fn a_document_that_is_not_read_yet_follows_by_itself_through_review_too() {
    for world in World::each().await {
        let (desk, name) = (world.desk().await, world.test.name);
        let old = desk.document(&["总纲"]).await;
        let lesson = desk.imported(old).await;
        let bytes = files::pdf(&["新的总纲"]);
        let importing = || world.importing(desk.lecturer.person, "新.pdf", Purpose::Document, &bytes);
        let new = importing().await;
        assert!(desk.replace(old, new).await.waits, "{name}");
        world.run().await;
        assert_eq!((world.file_of(lesson).await, desk.coming(old).await), (Some(new), None), "{name}");
        world.policy(Review::One).await;
        let later = importing().await;
        assert!(desk.replace(new, later).await.waits, "{name}");
        assert_eq!(desk.publish().await.status, Status::InReview);
        world.run().await;
        assert_eq!(world.file_of(lesson).await, Some(new), "{name}: what is in review stands still");
        let submission = world.waiting_for(&world.admin()).await[0].id;
        world.house.send_back(&world.admin(), submission, "请补充说明。").await.unwrap();
        world.run().await;
        assert_eq!((world.file_of(lesson).await, desk.coming(new).await), (Some(later), None), "{name}");
        world.end().await;
    }
}

/// A text that was corrected by hand would have been lost with the document under it.
#[tokio::test]
async fn a_text_that_was_written_on_by_hand_is_not_replaced() {
    for world in World::each().await {
        let (desk, name) = (world.desk().await, world.test.name);
        let body = "<w:p><w:r><w:t>总纲</w:t></w:r></w:p>";
        let docx = files::docx(body, &files::png(9, 9));
        let old = world.uploaded(desk.lecturer.person, "讲义.docx", Purpose::Document, &docx).await;
        let lesson = desk.imported(old).await;
        let late = world.importing(desk.lecturer.person, "新.docx", Purpose::Document, &docx).await;
        assert!(desk.replace(old, late).await.waits, "{name}");
        desk.write(lesson, "总纲，改过一处。").await;
        world.run().await;
        assert_eq!(world.file_of(lesson).await, Some(old), "{name}: it came too late");
        let said = sentence(world.house.replace_asset(&desk.lecturer, old, late).await);
        assert!(said.contains("修改过") && said.contains("《原文》"), "{name}: {said}");
        let source = world.house.source(&desk.lecturer, lesson).await.unwrap().unwrap();
        assert_eq!(source.body, "总纲，改过一处。", "{name}");
        world.end().await;
    }
}
