//! The search index follows what is announced, in its own time and by its own mark.

use std::sync::Arc;

use kernel::{Event, Viewer, id::CourseId};
use organisation::{NewPerson, Stage};
use platform::{Db, outbox};
use search::Index;

use super::world::{World, code};
use crate::{Follower, Labels, jobs};

fn follower(world: &World) -> Follower {
    Follower::new(world.house.clone(), world.index.clone())
}

/// An edit of a published course.
async fn file(world: &World, lecturer: &Viewer, course: CourseId, tag: &str) {
    let labels = Labels { tags: vec![tag.to_owned()], stages: Vec::new() };
    world.house.label_course(lecturer, course, labels).await.unwrap();
}

#[tokio::test]
async fn what_is_changed_is_found_and_each_node_hears_it_by_itself() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党章导学", true).await;
        let other = Arc::new(Index::in_memory().unwrap());
        let mut here = follower(&world);
        let mut there = Follower::new(world.house.clone(), other.clone());
        assert!(!world.index.is_ready() && !other.is_ready(), "a new node is not ready");
        here.catch_up().await.unwrap();
        there.catch_up().await.unwrap();
        assert!(world.index.is_ready() && other.is_ready());
        file(&world, &lecturer, course.id, "雪山草地").await;
        for follower in [&mut here, &mut there] {
            follower.catch_up().await.unwrap();
        }
        assert_eq!(world.found(vec![world.root.path.clone()], "雪山草地").len(), 1, "{}", world.test.name);
        assert_eq!(other.watermark().is_some(), world.index.watermark().is_some());
        assert_eq!(other.documents(), world.index.documents());
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        here.catch_up().await.unwrap();
        assert_eq!((world.index.documents(), other.documents() > 0), (0, true));
        there.catch_up().await.unwrap();
        assert_eq!(other.documents(), 0);
        world.end().await;
    }
}

#[tokio::test]
async fn a_follower_is_woken_by_the_commit() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let (stop, stopped) = tokio::sync::watch::channel(false);
        let following = tokio::spawn(follower(&world).follow(stopped));
        world.published(&lecturer, &world.root, "党章导学", true).await;
        // How soon is measured by `make bench`; here only that it comes.
        let began = tokio::time::Instant::now();
        while world.found(vec![world.root.path.clone()], "导学").is_empty() {
            assert!(began.elapsed().as_secs() < 20, "{}", world.test.name);
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        stop.send(true).unwrap();
        following.await.unwrap();
        world.end().await;
    }
}

/// On PostgreSQL a transaction that drew its number first may commit last; its announcement then appears below one that was already heard.
#[tokio::test]
async fn an_announcement_that_appears_behind_the_last_one_heard_is_not_missed() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let early = world.published(&lecturer, &world.root, "早到的课", true).await;
        let late = world.published(&lecturer, &world.root, "晚到的课", true).await;
        let mut following = follower(&world);
        following.catch_up().await.unwrap();
        if world.test.name == "sqlite" {
            // One writer: whoever draws a number first commits first.
            world.end().await;
            continue;
        }
        let second = Db::open(&world.test.url, 4).await.unwrap();
        let tx = second.begin().await.unwrap();
        let base = &world.test.base;
        base.outbox.publish(&tx, base.now(), &Event::CourseChanged { course: early.id }).await.unwrap();
        file(&world, &lecturer, late.id, "雪山草地").await;
        for _ in 0..5 {
            following.catch_up().await.unwrap();
        }
        assert_eq!(
            world.found(vec![world.root.path.clone()], "雪山草地").len(),
            1,
            "heard at once, though an earlier one is open"
        );
        let mark = world.index.watermark().unwrap();
        assert!(outbox::horizon(base.db.read()).await.unwrap().last > mark, "the mark waits for the open one");
        let group = [early.id.to_string()];
        world.index.replace(&group, Vec::new()).unwrap();
        tx.commit().await.unwrap();
        // By who was there all the time, and by who begins anew from the mark.
        let root = || vec![world.root.path.clone()];
        let mut anew = follower(&world);
        for follower in [&mut anew, &mut following] {
            world.index.replace(&group, Vec::new()).unwrap();
            follower.catch_up().await.unwrap();
            assert_eq!(world.found(root(), "早到").len(), 1);
        }
        second.close().await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn an_index_made_anew_by_another_process_goes_on_from_its_own_mark() {
    for world in World::each().await {
        let folder = world.test.folder.path().join("index");
        let lecturer = world.lecturer();
        world.published(&lecturer, &world.root, "党章导学", true).await;
        let index = Arc::new(Index::open(&folder).unwrap());
        let mut following = Follower::new(world.house.clone(), index.clone());
        following.catch_up().await.unwrap();
        let documents = index.documents();
        let beside = Arc::new(Index::beside(&folder, &search::Words::default()).unwrap());
        assert_eq!(jobs::reindex(&world.house, &beside).await.unwrap(), documents);
        drop(beside);
        world.published(&lecturer, &world.root, "党史导学", true).await;
        following.catch_up().await.unwrap();
        assert_eq!(index.documents(), documents * 2, "{}", world.test.name);
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(index.is_ready());
        following.catch_up().await.unwrap();
        assert_eq!((index.documents(), index.needs_building()), (documents * 2, false), "what was lost was made again");
        world.end().await;
    }
}

#[tokio::test]
async fn a_course_is_filed_under_words_and_stages() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "第一课", true).await;
        let labels = Labels {
            tags: vec![" 理想  信念".to_owned(), "入门".to_owned(), "入门".to_owned()],
            stages: vec![Stage::Activist, Stage::Applicant, Stage::Activist],
        };
        world.house.label_course(&lecturer, course.id, labels).await.unwrap();
        let kept = world.house.labels(&[course.id]).await.unwrap().remove(&course.id).unwrap();
        assert_eq!((kept.tags.len(), kept.stages.len()), (2, 2), "{}", world.test.name);
        world.run().await;
        let root = || vec![world.root.path.clone()];
        assert_eq!(world.found(root(), "理想 信念").len(), 1);
        let query = search::Query { text: "导读".to_owned(), first: 9, ..search::Query::default() };
        let counts = world.index.search(&search::Searcher { audiences: root() }, &query).unwrap().counts;
        assert_eq!(
            counts.stages.iter().map(|(stage, _)| stage.as_str()).collect::<Vec<_>>(),
            ["ACTIVIST", "APPLICANT"]
        );
        assert_eq!(counts.years.iter().map(|(year, _)| *year).collect::<Vec<_>>(), [2026]);
        let long = Labels { tags: vec!["长".repeat(21)], stages: Vec::new() };
        assert!(world.house.label_course(&lecturer, course.id, long).await.unwrap_err().refusal().is_some());
        let stranger = world.student(&world.branch);
        assert!(world.house.label_course(&stranger, course.id, Labels::default()).await.is_err());
        world.end().await;
    }
}

#[tokio::test]
async fn a_labelled_draft_is_published_and_discarded_like_any_other() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "第一课", true).await;
        file(&world, &lecturer, course.id, "雪山草地").await;
        let tags = async |id: CourseId| world.house.labels(&[id]).await.unwrap().remove(&id).unwrap_or_default().tags;
        let discarded = world.house.draft_course(&lecturer, course.id).await.unwrap();
        assert_eq!(tags(discarded.id).await, ["雪山草地"], "{}: a draft begins as what is published", world.test.name);
        world.house.discard_draft(&lecturer, discarded.id).await.unwrap();
        assert_eq!(tags(course.id).await, ["雪山草地"]);
        let draft = world.house.draft_course(&lecturer, course.id).await.unwrap();
        let labels = Labels { tags: vec!["金沙江畔".to_owned()], stages: vec![Stage::Activist] };
        let around = world.house.label_course(&lecturer, course.id, labels.clone()).await;
        assert_eq!(code(around), Some(kernel::Code::Conflict), "what is published is changed in its draft");
        world.house.label_course(&lecturer, draft.id, labels).await.unwrap();
        let told = world.house.draft_differences(&lecturer, draft.id).await.unwrap();
        let told: Vec<_> = told.fields.iter().map(|one| (one.field.as_str(), one.after.as_str())).collect();
        assert_eq!(told, [("tags", "金沙江畔"), ("stages", "ACTIVIST")]);
        assert_eq!(tags(course.id).await, ["雪山草地"], "until it is published");
        let published = world.house.publish_course(&lecturer, draft.id).await.unwrap();
        assert_eq!((published.id, tags(course.id).await), (course.id, vec!["金沙江畔".to_owned()]));
        world.run().await;
        let root = || vec![world.root.path.clone()];
        assert_eq!((world.found(root(), "金沙江畔").len(), world.found(root(), "雪山草地").len()), (1, 0));
        world.end().await;
    }
}

#[tokio::test]
async fn the_name_of_who_teaches_is_not_completed() {
    for world in World::each().await {
        let person = NewPerson {
            number: "T001".to_owned(),
            name: "王小雨".to_owned(),
            sort_key: None,
            stage: Stage::None,
            unit: Some(world.root.id),
        };
        let person = world.organisation.add_person(person).await.unwrap();
        let lecturer = Viewer { person: person.id, ..world.lecturer() };
        world.published(&lecturer, &world.root, "王小雨老师谈党史", true).await;
        let mut following = follower(&world);
        following.catch_up().await.unwrap();
        let searcher = search::Searcher { audiences: vec![world.root.path.clone()] };
        let suggested = |typed: &str| world.index.suggest(&searcher, typed, 9).unwrap().len();
        assert_eq!((suggested("王小"), suggested("王小雨")), (0, 1), "{}", world.test.name);
        let tx = world.test.base.db.begin().await.unwrap();
        let renamed = "UPDATE organisation_person SET name = '李大江' WHERE number = 'T001'";
        sea_orm::ConnectionTrait::execute_unprepared(&tx, renamed).await.unwrap();
        let event = Event::PersonChanged { person: person.id };
        world.test.base.outbox.publish(&tx, world.test.base.now(), &event).await.unwrap();
        tx.commit().await.unwrap();
        following.catch_up().await.unwrap();
        assert_eq!(suggested("王小"), 1, "{}: the index heard of the other name", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn the_mark_is_saved_though_no_course_changed() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党章导读", true).await;
        let mut following = follower(&world);
        following.catch_up().await.unwrap();
        let base = &world.test.base;
        let event = Event::CourseCompleted { person: base.id(), course: course.id, at: base.now() };
        let tx = base.db.begin().await.unwrap();
        base.outbox.publish_all(&tx, base.now(), &vec![event; 6_000]).await.unwrap();
        tx.commit().await.unwrap();
        let last = outbox::horizon(base.db.read()).await.unwrap().last;
        // A mark is known to be whole at a later look, when whatever was open then has ended; on PostgreSQL that may be another test's.
        for _ in 0..500 {
            following.catch_up().await.unwrap();
            if world.index.watermark() == Some(last) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert_eq!(world.index.watermark(), Some(last), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn what_was_withdrawn_while_the_index_was_made_anew_is_not_found_again() {
    for world in World::each().await {
        let folder = world.test.folder.path().join("index");
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党章导读", true).await;
        let index = Arc::new(Index::open(&folder).unwrap());
        let mut following = Follower::new(world.house.clone(), index.clone());
        following.catch_up().await.unwrap();
        let beside = Arc::new(Index::beside(&folder, &search::Words::default()).unwrap());
        jobs::reindex(&world.house, &beside).await.unwrap();
        drop(beside);
        world.house.withdraw_course(&lecturer, course.id).await.unwrap();
        following.catch_up().await.unwrap();
        assert_eq!((index.documents(), index.generation() > 1), (0, true), "{}", world.test.name);
        world.end().await;
    }
}

/// One database sorts by the language of its cluster: in a school that had moved, tags that nobody touched stood as changed.
#[tokio::test]
async fn tags_stand_in_one_order_on_every_database() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "党史").await;
        let tags = ["b", "A", "入门", "a", "党章"].map(str::to_owned).to_vec();
        world.house.label_course(&lecturer, course.id, Labels { tags, stages: Vec::new() }).await.unwrap();
        let kept = world.house.labels(&[course.id]).await.unwrap().remove(&course.id).unwrap();
        assert_eq!(kept.tags, ["A", "a", "b", "党章", "入门"], "{}", world.test.name);
        world.end().await;
    }
}

/// A start within a minute of an edit put everything that was edited in that minute into the index once more.
#[tokio::test]
async fn the_mark_is_saved_soon_behind_what_was_worked_on() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.published(&lecturer, &world.root, "党章导读", true).await;
        let mut following = follower(&world);
        following.catch_up().await.unwrap();
        file(&world, &lecturer, course.id, "雪山草地").await;
        let last = outbox::horizon(world.test.base.db.read()).await.unwrap().last;
        // What was open at the first look may end only after some of them.
        for _ in 0..500 {
            following.catch_up().await.unwrap();
            if world.index.watermark() >= Some(last) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(10)).await;
        }
        assert!(world.index.watermark() >= Some(last), "{}", world.test.name);
        world.end().await;
    }
}
