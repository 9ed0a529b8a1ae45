//! Writing, publishing, withdrawing.

use kernel::{Amount, Code, Role};
use platform::audit;

use super::world::{World, code, faults, new_course, reading};
use crate::{
    CourseChange, CourseFilter, Format, LessonChange, NewCourse, NewReadingLesson, NewVideoLesson, Source, Status,
};

#[tokio::test]
async fn all_faults_of_a_new_course_are_told_at_once() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let bad = NewCourse {
            title: "\u{0} ".to_owned(),
            summary: "长".repeat(2_001),
            hours: Amount::milli(-1),
            credits: Amount::milli(1_000_001),
            ..new_course("", &world.root)
        };
        let (paths, _) = faults(world.house.create_course(&lecturer, bad).await);
        assert_eq!(paths, ["input.title", "input.summary", "input.hours", "input.credits"]);
        let whole = NewCourse { unit: None, ..new_course("  党章\n学习 ", &world.arts) };
        let course = world.house.create_course(&lecturer, whole).await.unwrap();
        assert_eq!((course.title.as_str(), &course.audience), ("党章 学习", &world.root.path));
        assert_eq!(course.lecturers, [lecturer.person]);
        world.end().await;
    }
}

#[tokio::test]
async fn a_lecturer_writes_only_for_units_in_their_charge() {
    for world in World::each().await {
        let lecturer = world.person(&world.arts, &[(Role::Lecturer, &world.arts)]);
        let create = async |who, unit| code(world.house.create_course(who, new_course("课", unit)).await);
        assert_eq!(create(&lecturer, &world.branch).await, None);
        assert_eq!(create(&lecturer, &world.science).await, Some(Code::Forbidden));
        assert_eq!(create(&lecturer, &world.root).await, Some(Code::Forbidden));
        assert_eq!(create(&world.student(&world.arts), &world.arts).await, Some(Code::Forbidden));
        let nowhere = NewCourse { unit: Some(world.test.base.id()), ..new_course("课", &world.arts) };
        assert_eq!(code(world.house.create_course(&lecturer, nowhere).await), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn an_empty_course_is_not_published() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "空课").await;
        let (paths, text) = faults(world.house.publish_course(&lecturer, course.id).await);
        assert_eq!((paths.len(), text.contains("还没有内容")), (1, true));
        let chapter = world.chapter(&lecturer, course.id).await;
        let (_, text) = faults(world.house.publish_course(&lecturer, course.id).await);
        assert!(text.contains("《第一章》还没有课时"), "{text}");
        world.reading(&lecturer, chapter, "导读", "正文").await;
        let published = world.house.publish_course(&lecturer, course.id).await.unwrap();
        assert_eq!((published.status, published.published_at), (Status::Published, Some(world.test.base.now())));
        world.tick();
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap(), published, "publishing again");
        let page = kernel::Page::try_new(10, None).unwrap();
        let scope = [world.root.path.clone()];
        let acts = audit::list(world.test.base.db.read(), &scope, &audit::Filter::default(), &page).await.unwrap();
        let acts: Vec<_> = acts.nodes().map(|act| (act.action.clone(), act.target.clone(), act.actor)).collect();
        assert_eq!(acts, [("course.publish".to_owned(), course.id.to_string(), Some(lecturer.person))]);
        world.end().await;
    }
}

#[tokio::test]
async fn videos_that_are_not_ready_are_named_and_learn_their_length_later() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let (one, two) = (world.waiting(&lecturer).await, world.waiting(&lecturer).await);
        let first = world.video(&lecturer, chapter, "第一讲", one).await;
        world.video(&lecturer, chapter, "第二讲", two).await;
        let ready = world.ready(&lecturer, 61_000).await;
        let third = world.video(&lecturer, chapter, "第三讲", ready).await;
        assert_eq!((first.duration_ms, third.duration_ms), (None, Some(61_000)));
        assert_eq!(third.version, ready.to_string());
        let (paths, text) = faults(world.house.publish_course(&lecturer, course.id).await);
        assert_eq!(paths.len(), 2, "{text}");
        assert!(text.contains("《第一讲》的视频尚未转换完成") && text.contains("《第二讲》"), "{text}");
        world.convert(one, 90_000).await;
        world.convert(two, 80_000).await;
        let lessons = world.house.lessons(&[first.id]).await.unwrap();
        assert_eq!(lessons[&first.id].duration_ms, Some(90_000), "{}", world.test.name);
        assert_eq!(world.house.publish_course(&lecturer, course.id).await.unwrap().status, Status::Published);
        world.end().await;
    }
}

#[tokio::test]
async fn a_video_that_is_converted_in_a_published_course_is_announced() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "讲座", true).await;
        world.run().await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let asset = world.waiting(&lecturer).await;
        world.video(&lecturer, chapter, "补充讲座", asset).await;
        world.run().await;
        let found = world.found(vec![world.root.path.clone()], "补充讲座");
        let whole: Vec<_> = found.iter().filter(|hit| !hit.partial).map(|hit| hit.title.as_str()).collect();
        assert_eq!(whole, ["补充讲座"], "{found:?}");
        world.convert(asset, 5_000).await;
        let required = world.house.required_for(&world.branch.path).await.unwrap();
        let lengths: Vec<_> = required[0].1.iter().map(|lesson| lesson.duration_ms).collect();
        assert_eq!(lengths, [None, Some(5_000)], "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn files_of_others_and_files_of_another_kind_are_refused() {
    for world in World::each().await {
        let (lecturer, other) = (world.lecturer(), world.lecturer());
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let add = async |asset| {
            let new = NewVideoLesson { title: "讲".to_owned(), asset, required: true };
            world.house.add_video_lesson(&lecturer, chapter, new).await
        };
        assert_eq!(code(add(world.ready(&other, 1_000).await).await), Some(Code::NotFound));
        assert_eq!(code(add(world.test.base.id()).await), Some(Code::NotFound));
        let captions =
            world.uploaded_captions(lecturer.person, "字幕.srt", "1\n00:00:00,000 --> 00:00:01,000\n好\n").await;
        assert_eq!(faults(add(captions).await).0, ["input.assetId"]);
        world.end().await;
    }
}

#[tokio::test]
async fn a_reading_is_text_that_can_be_read() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "阅读").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let add = async |new| world.house.add_reading_lesson(&lecturer, chapter, new).await;
        assert_eq!(faults(add(reading("空", " \n --- \n")).await).0, ["input.body"]);
        assert_eq!(faults(add(reading("长", &"字".repeat(200_001))).await).0, ["input.body"]);
        let neither = NewReadingLesson { body: None, ..reading("", "") };
        assert_eq!(faults(add(neither).await).0, ["input.title", "input.body"]);
        let nowhere = NewReadingLesson { body: None, asset: Some(world.test.base.id()), ..reading("文档", "") };
        assert_eq!(code(add(nowhere).await), Some(Code::NotFound));
        let video =
            NewReadingLesson { body: None, asset: Some(world.waiting(&lecturer).await), ..reading("文档", "") };
        assert_eq!(faults(add(video).await).0, ["input.assetId"]);
        let lesson = add(reading("好", "# 题\n\n一段，二〇二六。\n\n---\n\n- 甲\n- 乙")).await.unwrap();
        let material = world.house.material(&lecturer, lesson.id).await.unwrap();
        let characters: Vec<u32> = material.blocks.iter().map(|block| block.characters).collect();
        assert_eq!(characters, [1, 6, 2]);
        assert_eq!((lesson.characters, lesson.version.len()), (Some(9), 16));
        assert!(material.html.unwrap().contains("<p data-block=\"1\">"));
        world.end().await;
    }
}

#[tokio::test]
async fn a_draft_is_changed_at_will_and_a_published_course_only_grows() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "旧题").await;
        let one = world.chapter(&lecturer, course.id).await;
        let two = world.house.add_chapter(&lecturer, course.id, "第二章").await.unwrap().id;
        let a = world.reading(&lecturer, one, "甲", "甲文").await;
        let b = world.reading(&lecturer, one, "乙", "乙文").await;
        let c = world.reading(&lecturer, two, "丙", "丙文").await;
        let change = CourseChange { title: Some("新题".to_owned()), required: Some(true), ..CourseChange::default() };
        let changed = world.house.update_course(&lecturer, course.id, change.clone()).await.unwrap();
        assert_eq!((changed.title.as_str(), changed.required, changed.hours), ("新题", true, course.hours));
        world.house.move_lesson(&lecturer, b.id, two, 0).await.unwrap();
        world.house.move_chapter(&lecturer, two, 0).await.unwrap();
        world.house.rename_chapter(&lecturer, two, "首章").await.unwrap();
        let body = Source { format: Format::Html, body: "<p>改过的甲文</p>".to_owned() };
        let text = LessonChange { source: Some(body.clone()), required: Some(false), ..LessonChange::default() };
        let rewritten = world.house.update_lesson(&lecturer, a.id, text).await.unwrap();
        assert_ne!(rewritten.version, a.version);
        assert_eq!(world.house.source(&lecturer, a.id).await.unwrap(), Some(body));
        let outline = world.house.outlines(&[course.id]).await.unwrap().remove(&course.id).unwrap();
        let shape: Vec<_> = outline
            .chapters
            .iter()
            .map(|(chapter, lessons)| (chapter.title.as_str(), lessons.iter().map(|l| l.id).collect::<Vec<_>>()))
            .collect();
        assert_eq!(shape, [("首章", vec![b.id, c.id]), ("第一章", vec![a.id])], "{}", world.test.name);
        assert_eq!(world.house.required_lessons(course.id).await.unwrap(), [b.id, c.id]);
        world.house.delete_lesson(&lecturer, c.id).await.unwrap();
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        assert_eq!(world.house.required_lessons(course.id).await.unwrap(), [b.id]);
        let refused = [
            code(world.house.update_course(&lecturer, course.id, change).await),
            code(world.house.delete_lesson(&lecturer, b.id).await),
            code(world.house.move_lesson(&lecturer, b.id, one, 0).await),
            code(world.house.delete_chapter(&lecturer, one).await),
            code(world.house.update_lesson(&lecturer, b.id, LessonChange::default()).await),
        ];
        assert_eq!(refused, [Some(Code::Conflict); 5]);
        world.reading(&lecturer, one, "丁", "丁文").await;
        let draft = world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        assert_eq!((draft.status, draft.published_at), (Status::Draft, None));
        world.house.delete_chapter(&lecturer, one).await.unwrap();
        let known = world.house.lessons(&[a.id, b.id]).await.unwrap();
        assert_eq!((known[&a.id].removed, known[&b.id].removed), (true, false), "ledgers still name it");
        world.end().await;
    }
}

#[tokio::test]
async fn another_lecturers_course_is_not_there_or_not_theirs() {
    for world in World::each().await {
        let (owner, other, student) = (world.lecturer(), world.lecturer(), world.student(&world.arts));
        let draft = world.course(&owner, &world.root, "草稿").await;
        let published = world.published(&owner, &world.root, "公开", false).await;
        let add = async |who, course| code(world.house.add_chapter(who, course, "章").await);
        assert_eq!(add(&other, draft.id).await, Some(Code::NotFound));
        assert_eq!(add(&other, published.id).await, Some(Code::Forbidden));
        assert_eq!(add(&student, draft.id).await, Some(Code::Forbidden));
        assert_eq!(code(world.house.publish_course(&other, draft.id).await), Some(Code::NotFound));
        assert_eq!(code(world.house.withdraw_course(&other, published.id).await), Some(Code::Forbidden));
        // An admin answers for the courses of their units, and for no others.
        let secretary = world.person(&world.arts, &[(Role::Admin, &world.arts)]);
        let own = world.published(&owner, &world.branch, "支部课", false).await;
        assert_eq!(world.house.withdraw_course(&secretary, own.id).await.unwrap().status, Status::Draft);
        assert_eq!(world.house.publish_course(&secretary, own.id).await.unwrap().status, Status::Published);
        assert_eq!(code(world.house.withdraw_course(&secretary, published.id).await), Some(Code::Forbidden));
        // Who is no lecturer any more teaches nothing.
        let retired = kernel::Viewer { charges: Vec::new(), ..owner.clone() };
        assert_eq!(add(&retired, draft.id).await, Some(Code::Forbidden));
        assert_eq!(world.titles(&owner, CourseFilter { mine: true, ..CourseFilter::default() }).await.len(), 3);
        world.end().await;
    }
}
