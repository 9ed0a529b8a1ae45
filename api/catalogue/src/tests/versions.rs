//! Versions that are kept, and drafts of published courses.

use std::collections::HashSet;

use kernel::{Code, id::LessonId};
use media::{Purpose, testing::files};
use organisation::Review;

use super::world::{World, code, reading, text};
use crate::{
    Change, CourseChange, NewCaptions, NewQuestion, Run, RunKind, Status,
    rules::{compare, diff},
    store::drafts,
};

/// The kept version lacked what became ready after the lesson was added to a published course.
#[tokio::test]
async fn what_becomes_ready_in_a_published_course_is_kept_with_it() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        let chapter = world.house.outlines(&[course.id]).await.unwrap()[&course.id].chapters[0].0.id;
        let video = world.waiting(&lecturer).await;
        world.video(&lecturer, chapter, "第一讲", video).await;
        let document = world
            .importing(lecturer.person, "讲义.docx", Purpose::Document, &files::docx(BODY, &files::png(9, 9)))
            .await;
        let new = crate::NewReadingLesson { asset: Some(document), body: None, ..reading("讲义", "") };
        world.house.add_reading_lesson(&lecturer, chapter, new).await.unwrap();
        world.convert(video, 61_000).await;
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        let kept = world.house.version_contents(&versions[0]).await.unwrap().snapshot;
        let lessons: Vec<_> = kept.chapters.iter().flat_map(|chapter| &chapter.lessons).collect();
        let of = |asset| *lessons.iter().find(|lesson| lesson.asset == Some(asset)).unwrap();
        assert_eq!(of(video).duration_ms, Some(61_000), "{}", world.test.name);
        assert!(of(document).text.is_some() && of(document).characters.is_some(), "{}", world.test.name);
        assert_eq!(versions[0].published_by, lecturer.person);
        let seen = world.house.draft_differences(&lecturer, course.id).await.unwrap();
        assert!(seen.lessons.is_empty(), "{}: what stands is what was kept", world.test.name);
        world.end().await;
    }
}

const BODY: &str = "<w:p><w:r><w:t>总纲</w:t></w:r></w:p>";

#[tokio::test]
async fn students_see_the_published_version_until_the_draft_is_published() {
    for world in World::each().await {
        world.policy(Review::None).await;
        let (lecturer, student) = (world.lecturer(), world.student(&world.arts));
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        world.policy(Review::One).await;
        let (draft, lesson) = world.drafted(&lecturer, course.id).await;
        let published = world.house.required_lessons(course.id).await.unwrap()[0];
        world.house.update_lesson(&lecturer, lesson, text("改过的正文。")).await.unwrap();
        world.house.add_chapter(&lecturer, draft.id, "第二章").await.unwrap();
        let second = world.house.outlines(&[draft.id]).await.unwrap()[&draft.id].chapters[1].0.id;
        let new = world.reading(&lecturer, second, "新课时", "新的。").await;
        let seen = world.house.material(&student, published).await.unwrap();
        assert!(seen.html.unwrap().contains("先读这一篇"), "{}", world.test.name);
        assert_eq!(code(world.house.material(&student, new.id).await), Some(Code::NotFound));
        assert_eq!(world.titles(&lecturer, crate::CourseFilter { mine: true, ..Default::default() }).await, ["党史"]);
        assert_eq!(world.titles(&student, crate::CourseFilter::default()).await, ["党史"]);

        assert_eq!(world.house.publish_course(&lecturer, draft.id).await.unwrap().status, Status::InReview);
        assert!(world.house.material(&student, published).await.unwrap().html.unwrap().contains("先读这一篇"));
        let submission = world.waiting_for(&world.admin()).await[0].clone();
        assert_eq!((submission.course, submission.target), (draft.id, course.id));
        let done = world.house.approve(&world.admin(), submission.id, "").await.unwrap();
        assert_eq!((done.id, done.version, done.status), (course.id, 2, Status::Published));
        let seen = world.house.material(&student, published).await.unwrap();
        assert!(seen.html.unwrap().contains("改过的正文"), "under the id that progress knows");
        assert_eq!(world.house.material(&student, new.id).await.unwrap().course.id, course.id);
        assert_eq!(code(world.house.course(&lecturer, draft.id).await), Some(Code::NotFound), "the draft is gone");
        world.end().await;
    }
}

impl World {
    /// The draft of a course and its first lesson.
    pub async fn drafted(&self, lecturer: &kernel::Viewer, course: kernel::id::CourseId) -> (crate::Course, LessonId) {
        let draft = self.house.draft_course(lecturer, course).await.unwrap();
        let outline = &self.house.outlines(&[draft.id]).await.unwrap()[&draft.id];
        let first = outline.lessons().next().unwrap().id;
        (draft, first)
    }
}

#[tokio::test]
async fn there_is_one_draft_and_while_it_is_there_nothing_else_changes_the_course() {
    for world in World::each().await {
        let (lecturer, other) = (world.lecturer(), world.admin());
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        let (draft, _) = world.drafted(&lecturer, course.id).await;
        assert_eq!(world.house.draft_course(&other, course.id).await.unwrap().id, draft.id);
        assert_eq!(world.house.draft_course(&lecturer, draft.id).await.unwrap().id, draft.id, "its own");
        assert_eq!(code(world.house.add_chapter(&lecturer, course.id, "第二章").await), Some(Code::Conflict));
        assert_eq!(world.house.discard_draft(&lecturer, draft.id).await.unwrap().id, course.id);
        assert_eq!(code(world.house.discard_draft(&lecturer, course.id).await), Some(Code::Conflict));
        world.house.add_chapter(&lecturer, course.id, "第二章").await.unwrap();
        assert_eq!(code(world.house.draft_course(&world.student(&world.arts), course.id).await), Some(Code::Forbidden));
        world.end().await;
    }
}

#[tokio::test]
async fn where_courses_are_reviewed_nothing_reaches_students_past_a_review() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        let lesson = world.house.required_lessons(course.id).await.unwrap()[0];
        world.policy(Review::One).await;
        let question = NewQuestion {
            start: 0,
            end: 1,
            prompt: "问".to_owned(),
            options: vec!["甲".to_owned(), "乙".to_owned()],
            right: 0,
        };
        assert_eq!(code(world.house.add_chapter(&lecturer, course.id, "第二章").await), Some(Code::Conflict));
        assert_eq!(code(world.house.add_question(&lecturer, lesson, question).await), Some(Code::Conflict));
        assert_eq!(code(world.house.update_lesson(&lecturer, lesson, text("别的")).await), Some(Code::Conflict));
        world.end().await;
    }
}

#[tokio::test]
async fn captions_keep_their_address_and_questions_their_id() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let asset = world.ready(&lecturer, 60_000).await;
        let lesson = world.video(&lecturer, chapter, "第一讲", asset).await;
        let vtt = |said: &str| NewCaptions {
            language: "zh-CN".to_owned(),
            label: "中文".to_owned(),
            vtt: Some(format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{said}\n")),
            asset: None,
        };
        let asked = |prompt: &str| NewQuestion {
            start: 0,
            end: 10_000,
            prompt: prompt.to_owned(),
            options: vec!["甲".to_owned(), "乙".to_owned()],
            right: 0,
        };
        world.house.add_captions(&lecturer, lesson.id, vtt("同志们好")).await.unwrap();
        world.house.add_question(&lecturer, lesson.id, asked("问一")).await.unwrap();
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        let before = world.house.material(&lecturer, lesson.id).await.unwrap().captions[0].id;
        let question = world.house.questions(lesson.id).await.unwrap()[0].id;

        let (draft, copy) = world.drafted(&lecturer, course.id).await;
        world.house.add_captions(&lecturer, copy, vtt("同学们好")).await.unwrap();
        let own = world.house.questions(copy).await.unwrap()[0].id;
        world.house.update_question(&lecturer, own, asked("问一（修订）")).await.unwrap();
        world.house.add_question(&lecturer, copy, asked("问二")).await.unwrap();
        world.house.publish_course(&lecturer, draft.id).await.unwrap();
        let after = world.house.material(&lecturer, lesson.id).await.unwrap().captions[0].id;
        assert_eq!(after, before, "{}", world.test.name);
        assert!(world.house.captions(after).await.unwrap().unwrap().1.contains("同学们好"));
        let questions = world.house.questions(lesson.id).await.unwrap();
        let revised = questions.iter().find(|one| one.id == question).unwrap();
        assert_eq!((questions.len(), revised.prompt.as_str()), (2, "问一（修订）"));
        let differences = {
            let version = world.house.version(&lecturer, course.id, 2).await.unwrap();
            world.house.version_differences(&version).await.unwrap()
        };
        let changed = &differences.lessons[0];
        assert_eq!((differences.lessons.len(), changed.change, changed.begins_anew), (1, Change::Changed, false));
        let went: Vec<&str> = changed.captions[0]
            .1
            .iter()
            .filter(|run| run.kind == RunKind::Removed)
            .map(|run| run.text.as_str())
            .collect();
        assert_eq!(went, ["同志"], "{:?}", changed.captions);
        assert_eq!(changed.questions.len(), 3, "one line goes, two come");
        world.end().await;
    }
}

#[tokio::test]
async fn a_lesson_that_is_taken_out_stays_for_the_ledgers_that_name_it() {
    for world in World::each().await {
        let (lecturer, student) = (world.lecturer(), world.student(&world.arts));
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        let lesson = world.house.required_lessons(course.id).await.unwrap()[0];
        let (draft, copy) = world.drafted(&lecturer, course.id).await;
        let chapter = world.house.outlines(&[draft.id]).await.unwrap()[&draft.id].chapters[0].0.id;
        world.reading(&lecturer, chapter, "代替", "另一篇。").await;
        world.house.delete_lesson(&lecturer, copy).await.unwrap();
        world.house.publish_course(&lecturer, draft.id).await.unwrap();
        assert!(!world.house.required_lessons(course.id).await.unwrap().contains(&lesson));
        assert_eq!(code(world.house.material(&student, lesson).await), Some(Code::NotFound));
        let named = &world.house.lessons(&[lesson]).await.unwrap()[&lesson];
        assert_eq!((named.title.as_str(), named.removed), ("导读", true), "{}", world.test.name);
        let version = world.house.version(&lecturer, course.id, 1).await.unwrap();
        let contents = world.house.version_contents(&version).await.unwrap();
        let kept = contents.snapshot.lessons().next().unwrap().1.clone();
        assert_eq!(kept.id, lesson);
        assert!(contents.text(&kept.text.unwrap().html).contains("先读这一篇"));
        world.end().await;
    }
}

#[tokio::test]
async fn every_published_version_is_kept_and_the_same_is_kept_once() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党史", true).await;
        assert_eq!(course.version, 1);
        let (draft, _) = world.drafted(&lecturer, course.id).await;
        let same = world.house.publish_course(&lecturer, draft.id).await.unwrap();
        assert_eq!((same.id, same.version), (course.id, 1), "nothing changed");
        let (draft, lesson) = world.drafted(&lecturer, course.id).await;
        let change = CourseChange {
            source: Some("《中国共产党简史》".to_owned()),
            edition: Some("2026 年第 2 版".to_owned()),
            ..CourseChange::default()
        };
        world.house.update_course(&lecturer, draft.id, change).await.unwrap();
        world.house.update_lesson(&lecturer, lesson, text("先读这两篇。")).await.unwrap();
        world.tick();
        let second = world.house.publish_course(&lecturer, draft.id).await.unwrap();
        assert_eq!((second.version, second.published_at), (2, course.published_at), "{}", world.test.name);
        world.house.add_chapter(&lecturer, course.id, "第二章").await.unwrap();
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        let told: Vec<_> = versions.iter().map(|one| (one.number, one.edition.as_str())).collect();
        assert_eq!(
            told,
            [(3, "2026 年第 2 版"), (2, "2026 年第 2 版"), (1, "")],
            "what went straight to it is kept too"
        );
        let differences = world.house.version_differences(&versions[1]).await.unwrap();
        let fields: Vec<&str> = differences.fields.iter().map(|one| one.field.as_str()).collect();
        assert_eq!(fields, ["source", "edition"]);
        assert!(differences.lessons[0].begins_anew);
        assert_eq!(code(world.house.versions(&world.student(&world.arts), course.id).await), Some(Code::Forbidden));
        assert_eq!(code(world.house.version(&lecturer, course.id, 9).await), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_course_published_before_versions_were_kept_gets_its_first_one() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "旧课", true).await;
        world.forget_versions().await;
        let (draft, lesson) = world.drafted(&lecturer, course.id).await;
        let versions = world.house.versions(&lecturer, course.id).await.unwrap();
        assert_eq!((versions.len(), Some(versions[0].published_at)), (1, course.published_at));
        world.house.update_lesson(&lecturer, lesson, text("新的正文。")).await.unwrap();
        assert_eq!(world.house.publish_course(&lecturer, draft.id).await.unwrap().version, 2, "{}", world.test.name);
        let hands = drafts::hands(world.test.base.db.read(), course.id).await.unwrap();
        assert_eq!(
            hands.into_iter().collect::<HashSet<_>>(),
            HashSet::new(),
            "a published version begins with clean hands"
        );
        world.end().await;
    }
}

fn told(runs: &[Run]) -> String {
    runs.iter()
        .map(|run| match run.kind {
            RunKind::Same => run.text.clone(),
            RunKind::Added => format!("[+{}]", run.text),
            RunKind::Removed => format!("[-{}]", run.text),
        })
        .collect()
}

#[test]
fn texts_differ_in_words() {
    for (before, after, expected) in [
        ("同样的话。\n", "同样的话。\n", ""),
        ("学习党章。\n", "学习党史。\n", "学习[-党章][+党史]。\n"),
        ("one two\n", "one three two\n", "one [+three ]two\n"),
        ("第一段。\n第二段。\n", "第一段。\n", "第一段。\n[-第二段。\n]"),
        ("", "新。\n", "[+新。\n]"),
    ] {
        assert_eq!(told(&diff::texts(before, after)), expected, "{before:?} {after:?}");
    }
}

#[test]
fn however_texts_differ_both_can_be_put_together_again() {
    let words = ["党", "章", "学习", "\n", " ", "a", "2026", "。", "😀", "积极分子"];
    let mut state = 7_u64;
    let mut text = |length: usize| -> String {
        (0..length)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                words[usize::try_from(state >> 33).unwrap() % words.len()]
            })
            .collect()
    };
    for length in 0..60 {
        let (before, after) = (text(length), text(60 - length));
        let runs = diff::texts(&before, &after);
        let side = |kind| {
            runs.iter()
                .filter(|run| run.kind == RunKind::Same || run.kind == kind)
                .map(|run| run.text.as_str())
                .collect::<String>()
        };
        if before != after {
            assert_eq!((side(RunKind::Removed), side(RunKind::Added)), (before, after));
        }
    }
}

#[test]
fn a_long_text_is_compared_in_time() {
    let before: String = (0..9_000).map(|n| format!("段落{n}讲的是学习。\n")).collect();
    let after = before.replace("段落77讲", "段落77说");
    assert_eq!(diff::texts(&before, &after).iter().filter(|run| run.kind != RunKind::Same).count(), 2);
    let other: String = (0..90_000).map(|n| format!("{n}号")).collect();
    assert_eq!(diff::texts(&before, &other).len(), 2, "told whole");
}

#[test]
fn captions_are_compared_with_their_time() {
    let vtt = "WEBVTT\n\n01:05.000 --> 01:07.000\n你好\n";
    assert_eq!(compare::spoken(vtt), "01:05 你好\n");
}
