//! Badges of topics: the rule as a table and under random histories, then as a story through the front door.

use std::{collections::HashMap, sync::Arc};

use catalogue::{Filing, Labels};
use kernel::{
    Millis, Viewer,
    id::{CourseId, LessonId, PersonId, Uuid},
};
use organisation::Play;
use proptest::prelude::*;

use super::world::World;
use crate::{
    Topic, TopicLevel,
    model::{Deed, DeedKind},
    rules::topic::{Known, topics},
};

fn course(no: u128) -> CourseId {
    CourseId::new(Uuid::from_u128(no))
}

fn deed(kind: DeedKind, no: u128, at: Millis) -> Deed {
    Deed { person: PersonId::new(Uuid::nil()), kind, thing: course(no).uuid(), course: course(no), at }
}

fn filing(tag: &str, since: Millis, until: Option<Millis>) -> Filing {
    Filing { tag: tag.to_owned(), since, until }
}

type Shelf<'a> = &'a [(u128, &'a [&'a str])];

fn told(deeds: &[Deed], filed: Vec<(u128, Vec<Filing>)>, shelf: Shelf<'_>) -> Vec<Topic> {
    let filings = filed.into_iter().map(|(no, filings)| (course(no), Arc::new(filings))).collect();
    let tags = |tags: &[&str]| tags.iter().map(|tag| (*tag).to_owned()).collect();
    let shelf: Vec<_> = shelf.iter().map(|(no, own)| (course(*no), tags(own))).collect();
    topics(&Known { deeds, filings: &filings, shelf: &shelf })
}

fn line(topic: &Topic) -> String {
    let earned = topic.earned.map(|(level, at)| format!("{level:?} {at}")).unwrap_or_default();
    format!("{} {} [{earned}] {}", topic.name, topic.completed, topic.missing.zh)
}

#[test]
fn one_three_and_five_completed_courses_earn_a_topic_its_levels() {
    let cases = [
        (1, "党史 1 [Bronze 1] 再学完 2 门得银章。"),
        (2, "党史 2 [Bronze 1] 再学完 1 门得银章。"),
        (3, "党史 3 [Silver 3] 再学完 2 门得金章。"),
        (4, "党史 4 [Silver 3] 再学完 1 门得金章。"),
        (5, "党史 5 [Gold 5] 已是最高一级。"),
        (9, "党史 9 [Gold 5] 已是最高一级。"),
    ];
    for (many, wanted) in cases {
        let deeds: Vec<Deed> = (1..=many).map(|no| deed(DeedKind::Course, no, i64::try_from(no).unwrap())).collect();
        let filed = (1..=many).map(|no| (no, vec![filing("党史", 0, None)])).collect();
        let topics = told(&deeds, filed, &[(20, &["党史"]), (21, &["党史"])]);
        assert_eq!(topics.iter().map(line).collect::<Vec<_>>(), [wanted]);
        assert_eq!(topics[0].open, [course(20), course(21)]);
    }
}

#[test]
fn what_is_missing_says_what_there_is_to_study() {
    let one = [deed(DeedKind::Course, 1, 7)];
    let filed = || vec![(1, vec![filing("党史", 0, None)])];
    let cases: [(Shelf<'_>, &str); 3] = [
        (&[(1, &["党史"]), (2, &["党史"]), (3, &["党史"])], "再学完 2 门得银章。"),
        (&[(1, &["党史"]), (2, &["党史"])], "再学完 2 门得银章，现在可学 1 门。"),
        (&[(1, &["党史"])], "再学完 2 门得银章；现有的都已学完，有了新课程再接着学。"),
    ];
    for (shelf, wanted) in cases {
        assert_eq!(told(&one, filed(), shelf)[0].missing.zh, wanted);
    }
    let english = told(&one, filed(), &[(2, &["党史"])])[0].missing.en.clone();
    assert_eq!(english, "2 more courses to complete for silver; 1 can be studied now.");
}

#[test]
fn only_topics_that_somebody_has_begun_are_told() {
    // A lesson of the second, nothing of the third.
    let deeds = [deed(DeedKind::Course, 1, 7), deed(DeedKind::Video, 2, 8)];
    let filed = vec![(1, vec![filing("党史", 0, None)])];
    let topics = told(&deeds, filed, &[(2, &["作风"]), (3, &["党章"])]);
    assert_eq!(
        topics.iter().map(line).collect::<Vec<_>>(),
        ["党史 1 [Bronze 7] 再学完 2 门得银章；现有的都已学完，有了新课程再接着学。", "作风 0 [] 再学完 1 门得铜章。"]
    );
}

#[test]
fn a_course_counts_for_what_it_was_filed_under_then_or_later() {
    let deeds = [deed(DeedKind::Course, 1, 10)];
    let cases = [
        (vec![filing("党史", 0, Some(5))], None),
        (vec![filing("党史", 0, Some(10))], None),
        (vec![filing("党史", 0, Some(11))], Some(10)),
        (vec![filing("党史", 0, None)], Some(10)),
        (vec![filing("党史", 30, None)], Some(30)),
        (vec![filing("党史", 30, Some(40))], Some(30)),
        (vec![filing("党史", 0, Some(5)), filing("党史", 30, Some(40)), filing("党史", 50, None)], Some(30)),
    ];
    for (filings, wanted) in cases {
        let topics = told(&deeds, vec![(1, filings.clone())], &[]);
        assert_eq!(topics.first().and_then(|topic| topic.earned).map(|(_, at)| at), wanted, "{filings:?}");
    }
}

proptest! {
    /// Courses are filed under other tags, and completed, in any order.
    #[test]
    fn no_level_is_ever_taken_back(steps in prop::collection::vec((0..8_u128, prop::option::of(0..8_u8)), 1..60)) {
        const TAGS: [&str; 3] = ["党史", "党章", "作风"];
        let mut deeds: Vec<Deed> = Vec::new();
        let mut filed: HashMap<u128, Vec<Filing>> = HashMap::new();
        let mut before: Vec<Topic> = Vec::new();
        for ((no, tags), now) in steps.into_iter().zip(1_i64..) {
            match tags {
                None if deeds.iter().all(|deed| deed.course != course(no)) => {
                    deeds.push(deed(DeedKind::Course, no, now));
                }
                None => {}
                Some(bits) => {
                    let own = filed.entry(no).or_default();
                    let has = |tag: &str| TAGS.iter().position(|one| *one == tag).is_some_and(|at| (bits >> at) & 1 == 1);
                    for gone in own.iter_mut().filter(|one| one.until.is_none() && !has(&one.tag)) {
                        gone.until = Some(now);
                    }
                    for tag in TAGS.into_iter().filter(|tag| has(tag)) {
                        if !own.iter().any(|one| one.until.is_none() && one.tag == tag) {
                            own.push(filing(tag, now, None));
                        }
                    }
                }
            }
            let after = told(&deeds, filed.clone().into_iter().collect(), &[]);
            for old in &before {
                let new = after.iter().find(|new| new.name == old.name).unwrap();
                prop_assert!(new.completed >= old.completed);
                let (old, new) = (old.earned.unwrap(), new.earned.unwrap());
                prop_assert!(new.0 > old.0 || new == old, "{old:?} became {new:?}");
            }
            before = after;
        }
    }
}

async fn tag(world: &World, admin: &Viewer, course: CourseId, tags: &[&str]) {
    let tags = tags.iter().map(|tag| (*tag).to_owned()).collect();
    world.catalogue.label_course(admin, course, Labels { tags, stages: Vec::new() }).await.unwrap();
}

/// A course of so many lessons under these tags.
async fn filed(world: &World, admin: &Viewer, many: usize, tags: &[&str]) -> (CourseId, Vec<LessonId>) {
    let lessons = world.readings(many).await;
    let course = world.catalogue.lessons(&lessons).await.unwrap()[&lessons[0]].course;
    tag(world, admin, course, tags).await;
    (course, lessons)
}

#[tokio::test]
async fn a_topic_is_earned_step_by_step_and_kept_whatever_becomes_of_its_courses() {
    for world in World::each(Play::Private).await {
        let student = world.student("1", &world.poetry).await;
        let viewer = world.viewer(&student).await;
        let admin = world.admin("T1", &world.root).await;
        let house = &world.gamification;
        let (long, halves) = filed(&world, &admin, 2, &["党史"]).await;
        let mut courses = Vec::new();
        for _ in 0..3 {
            courses.push(filed(&world, &admin, 1, &["党史"]).await);
        }
        let lines = async || -> Vec<String> {
            house
                .topics(&viewer)
                .await
                .unwrap()
                .iter()
                .map(|topic| {
                    format!(
                        "{} {} {:?} {}",
                        topic.name,
                        topic.completed,
                        topic.earned.map(|(level, _)| level),
                        topic.open.len()
                    )
                })
                .collect()
        };
        // Points are not what counts.
        world.watches(&student, 30).await;
        assert!(lines().await.is_empty(), "{}", world.test.name);
        world.reads(&student, halves[0]).await;
        assert_eq!(lines().await, ["党史 0 None 4"], "{}", world.test.name);
        world.reads(&student, courses[0].1[0]).await;
        let bronze = house.topics(&viewer).await.unwrap()[0].earned;
        assert_eq!(bronze, Some((TopicLevel::Bronze, world.test.base.now())), "{}", world.test.name);
        assert_eq!(lines().await, ["党史 1 Some(Bronze) 3"], "{}", world.test.name);

        // Filed otherwise: it stays what it was, and counts for the other topic from now on.
        world.test.clock.advance(60_000);
        tag(&world, &admin, courses[0].0, &["入门"]).await;
        let topics = house.topics(&viewer).await.unwrap();
        let earned: Vec<_> = topics.iter().map(|topic| (topic.name.as_str(), topic.earned)).collect();
        let new = Some((TopicLevel::Bronze, world.test.base.now()));
        assert_eq!(earned, [("入门", new), ("党史", bronze)], "{}", world.test.name);

        for (_, lessons) in &courses[1..] {
            world.reads(&student, lessons[0]).await;
        }
        assert_eq!(lines().await, ["党史 3 Some(Silver) 1", "入门 1 Some(Bronze) 0"], "{}", world.test.name);
        for course in [long, courses[1].0, courses[2].0] {
            world.catalogue.withdraw_course(&admin, course).await.unwrap();
            tag(&world, &admin, course, &[]).await;
        }
        assert_eq!(lines().await, ["党史 3 Some(Silver) 0", "入门 1 Some(Bronze) 0"], "{}", world.test.name);

        // Made anew they are the same.
        let topics = house.topics(&viewer).await.unwrap();
        world.sql("DELETE FROM gamification_deed").await;
        assert!(house.topics(&viewer).await.unwrap().is_empty(), "{}", world.test.name);
        assert!(house.rebuild().await.unwrap().deeds > 0, "{}", world.test.name);
        assert_eq!(house.topics(&viewer).await.unwrap(), topics, "{}", world.test.name);
        assert_eq!(world.fresh().topics(&viewer).await.unwrap(), topics, "{}: another process", world.test.name);
        world.end().await;
    }
}
