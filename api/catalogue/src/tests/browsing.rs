//! Finding courses: who sees which, in what order, by what words; and what search learns of them.

use kernel::{Code, Page, Role};
use search::Kind;

use super::world::{World, code};
use crate::{CourseFilter, NewCaptions, jobs};

#[tokio::test]
async fn a_course_is_seen_from_its_unit_and_beneath_and_by_those_in_charge() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let school = world.published(&lecturer, &world.root, "全校", false).await;
        world.published(&lecturer, &world.arts, "文学院", false).await;
        let branch = world.published(&lecturer, &world.branch, "支部", false).await;
        let science = world.published(&lecturer, &world.science, "理学院", false).await;
        let draft = world.course(&lecturer, &world.root, "草稿").await;
        let seen = async |who: &kernel::Viewer| world.titles(who, CourseFilter::default()).await;
        assert_eq!(seen(&world.student(&world.branch)).await, ["全校", "支部", "文学院"]);
        assert_eq!(seen(&world.student(&world.arts)).await, ["全校", "文学院"]);
        assert_eq!(seen(&world.student(&world.science)).await, ["全校", "理学院"]);
        assert_eq!(seen(&lecturer).await, ["全校", "支部", "文学院", "理学院", "草稿"]);
        let secretary = world.person(&world.root, &[(Role::Admin, &world.arts)]);
        assert_eq!(seen(&secretary).await, ["全校", "支部", "文学院"]);
        let mut outside = world.person(&world.root, &[(Role::Auditor, &world.branch)]);
        outside.path.clear();
        assert_eq!(seen(&outside).await, ["全校", "支部", "文学院"]);
        outside.charges.clear();
        assert!(seen(&outside).await.is_empty());
        let student = world.student(&world.arts);
        assert!(world.house.course(&student, school.id).await.is_ok());
        for hidden in [&branch, &science, &draft] {
            assert_eq!(code(world.house.course(&student, hidden.id).await), Some(Code::NotFound), "{}", hidden.title);
        }
        let lesson = world.house.outlines(&[science.id]).await.unwrap()[&science.id].chapters[0].1[0].id;
        assert_eq!(code(world.house.material(&student, lesson).await), Some(Code::NotFound));
        assert!(world.house.material(&world.student(&world.science), lesson).await.is_ok());
        world.house.withdraw_course(&lecturer, science.id).await.unwrap();
        assert_eq!(code(world.house.material(&world.student(&world.science), lesson).await), Some(Code::NotFound));
        assert!(world.house.material(&lecturer, lesson).await.is_ok());
        world.end().await;
    }
}

#[tokio::test]
async fn a_query_means_its_characters() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        for title in ["100% 党章", "100 党章", "a_b", "axb", "Party 101", "斜\\杠"] {
            world.published(&lecturer, &world.root, title, title.starts_with("100")).await;
        }
        let student = world.student(&world.arts);
        let find = async |query: &str| {
            world.titles(&student, CourseFilter { query: Some(query.to_owned()), ..CourseFilter::default() }).await
        };
        assert_eq!(find("100%").await, ["100% 党章"]);
        assert_eq!(find("A_B").await, ["a_b"]);
        assert_eq!(find("\\").await, ["斜\\杠"]);
        assert_eq!(find(" pARTY ").await, ["Party 101"]);
        assert_eq!(find("").await.len(), 6);
        assert!(find("' OR 1=1 --").await.is_empty());
        let required = CourseFilter { required: Some(true), ..CourseFilter::default() };
        assert_eq!(world.titles(&student, required).await, ["100 党章", "100% 党章"]);
        let theirs = CourseFilter { lecturer: Some(student.person), ..CourseFilter::default() };
        assert!(world.titles(&student, theirs).await.is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn paging_skips_nothing_when_courses_come_in() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        for n in 0..6 {
            // Two of each time: the id decides.
            if n % 2 == 0 {
                world.tick();
            }
            world.published(&lecturer, &world.root, &format!("课 {n}"), n % 3 == 0).await;
        }
        let student = world.student(&world.arts);
        let page = async |after: Option<String>| {
            let page = Page::try_new(2, after).unwrap();
            world.house.courses(&student, CourseFilter::default(), &page).await.unwrap()
        };
        let (mut titles, mut after) = (Vec::new(), None);
        loop {
            let found = page(after).await;
            titles.extend(found.nodes().map(|course| (course.required, course.title.clone())));
            world.tick();
            world.published(&lecturer, &world.root, "新来的", true).await;
            if !found.has_next {
                break;
            }
            after = found.edges.last().map(|(cursor, _)| cursor.clone());
        }
        assert_eq!(titles.len(), 6, "{}: {titles:?}", world.test.name);
        let required = titles.iter().take_while(|(required, _)| *required).count();
        assert_eq!(required, 2, "required ones come first");
        let mut names: Vec<_> = titles.into_iter().map(|(_, title)| title).collect();
        names.sort();
        assert_eq!(names, ["课 0", "课 1", "课 2", "课 3", "课 4", "课 5"]);
        let cut = Page::try_new(2, Some("zz".to_owned())).unwrap();
        assert_eq!(code(world.house.courses(&student, CourseFilter::default(), &cut).await), Some(Code::Invalid));
        world.end().await;
    }
}

#[tokio::test]
async fn required_courses_of_a_unit_come_with_their_required_lessons() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let asked = async |path: &str| {
            let found = world.house.required_for(path).await.unwrap();
            found.into_iter().map(|(course, lessons)| (course.title, lessons.len())).collect::<Vec<_>>()
        };
        assert!(asked(&world.branch.path).await.is_empty());
        world.published(&lecturer, &world.arts, "院课", true).await;
        world.published(&lecturer, &world.arts, "选修", false).await;
        world.published(&lecturer, &world.science, "别处", true).await;
        assert_eq!(asked(&world.branch.path).await, [("院课".to_owned(), 1)], "a write is seen at once");
        assert!(asked(&world.root.path).await.is_empty());
        world.end().await;
    }
}

#[tokio::test]
async fn search_knows_published_courses_their_texts_and_what_is_said_in_them() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.arts, "党章导学").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let body = "开头一段。\n\n权利与义务相统一。\n\n| 甲 | 乙 |\n|---|---|\n| 组织 | 纪律 |";
        let reading = world.reading(&lecturer, chapter, "阅读材料", body).await;
        let asset = world.ready(&lecturer, 60_000).await;
        let video = world.video(&lecturer, chapter, "讲座录像", asset).await;
        let vtt = "WEBVTT\n\n00:01.000 --> 00:04.000\n今天讲入党志愿书\n".to_owned();
        let captions =
            NewCaptions { language: "zh-CN".to_owned(), label: "中文".to_owned(), vtt: Some(vtt), asset: None };
        world.house.add_captions(&lecturer, video.id, captions).await.unwrap();
        world.run().await;
        let arts = || vec![world.arts.path.clone()];
        assert!(world.found(arts(), "导学").is_empty(), "a draft is not found");
        world.house.publish_course(&lecturer, course.id).await.unwrap();
        world.run().await;
        let first = |text: &str| {
            world.found(arts(), text).into_iter().next().map(|hit| (hit.kind, hit.block, hit.start_ms, hit.lesson))
        };
        assert_eq!(first("导学"), Some((Kind::Course, None, None, None)), "{}", world.test.name);
        assert_eq!(first("阅读材料"), Some((Kind::Reading, Some(0), None, Some(reading.id.to_string()))));
        assert_eq!(first("义务"), Some((Kind::Reading, Some(1), None, Some(reading.id.to_string()))));
        assert_eq!(first("纪律"), Some((Kind::Reading, Some(2), None, Some(reading.id.to_string()))));
        assert_eq!(first("志愿书"), Some((Kind::Transcript, None, Some(1_000), Some(video.id.to_string()))));
        assert!(world.found(vec![world.science.path.clone()], "导学").is_empty());
        let documents = world.index.documents();
        assert_eq!(jobs::reindex(&world.house, &world.index).await.unwrap(), documents);
        assert!(!world.index.needs_building());
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        world.run().await;
        assert_eq!(world.index.documents(), 0);
        world.end().await;
    }
}
