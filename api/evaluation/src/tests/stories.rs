//! Stories through the front door.

use kernel::{Amount, Code, Day, Page, Role, id::TermId};
use organisation::Stage;

use super::world::World;
use crate::{Evaluation, Missing, rules::scheme::CURRENT};

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

async fn autumn(world: &World) -> TermId {
    let term = world.organisation.add_term("2026 秋季学期", day("2026-09-01"), day("2027-01-31")).await;
    term.unwrap().id
}

#[tokio::test]
async fn a_score_grows_with_what_is_done_and_gives_its_reasons() {
    for world in World::each().await {
        let name = world.test.name;
        let lin = world.person("20260001", "林晚晴", Stage::Activist, &world.letters).await;
        assert!(world.evaluation.literacy(lin.id, None).await.unwrap().is_none(), "{name}: no term yet");
        let term = autumn(&world).await;
        let school = world.course("党章学习", &world.root, 3).await;
        let college = world.course("学院必修", &world.letters, 2).await;
        world.course("别院必修", &world.physics, 4).await;
        let score = || async { world.evaluation.literacy(lin.id, None).await.unwrap().unwrap() };
        let before = score().await;
        assert_eq!((before.score, before.weight), (Some(Amount::ZERO), Amount::milli(250)), "{name}");
        assert_eq!((before.term.id, before.scheme.as_str()), (term, CURRENT), "{name}");
        for lesson in [school[0], school[1], college[0], school[3]] {
            world.reads(&lin, lesson).await;
        }
        let after = score().await;
        assert_eq!((after.score, after.as_of), (Some(Amount::whole(3)), world.test.base.now()), "{name}");
        let attendance = &after.indicators[0];
        assert_eq!((attendance.key.as_str(), attendance.weight), ("attendance", Amount::milli(200)), "{name}");
        let mut told: Vec<&str> = attendance.evidence.iter().map(|line| line.text.as_str()).collect();
        assert_eq!(told.remove(0), "必修内容共 5 项，已完成 3 项（60%），按分段表得 3 分", "{name}");
        told.sort_unstable();
        let courses = ["《党章学习》：应完成 3 节，已完成 2 节", "《学院必修》：应完成 2 节，已完成 1 节"];
        assert_eq!(told, courses, "{name}");
        assert!(after.indicators[1..].iter().all(|i| (i.score, i.missing) == (None, Some(Missing::NotDue))), "{name}");
        assert!(after.notes[0].starts_with("结业考试成绩、") && after.notes[1].starts_with("本结果为"), "{name}");
        world.end().await;
    }
}

#[tokio::test]
async fn only_who_is_being_cultivated_has_a_score() {
    for world in World::each().await {
        autumn(&world).await;
        world.course("党章学习", &world.root, 1).await;
        for (number, stage) in Stage::ALL.iter().enumerate() {
            let person = world.person(&format!("2026000{number}"), "林晚晴", *stage, &world.letters).await;
            let found = world.evaluation.literacy(person.id, None).await.unwrap();
            let scored = [Stage::Activist, Stage::Candidate, Stage::Probationary].contains(stage);
            assert_eq!(found.is_some(), scored, "{} {stage:?}", world.test.name);
        }
        assert!(world.evaluation.literacy(world.test.base.id(), None).await.unwrap().is_none());
        world.end().await;
    }
}

#[tokio::test]
async fn nothing_due_is_no_score() {
    for world in World::each().await {
        autumn(&world).await;
        world.course("学院必修", &world.letters, 1).await;
        let an = world.person("20260002", "安然", Stage::Candidate, &world.physics).await;
        let found = world.evaluation.literacy(an.id, None).await.unwrap().unwrap();
        assert_eq!(found.score, None, "{}", world.test.name);
        assert!(found.indicators.iter().all(|i| i.missing == Some(Missing::NotDue)));
        assert!(found.notes[0].ends_with("尚未安排，暂无得分。"), "{:?}", found.notes);
        world.end().await;
    }
}

#[tokio::test]
async fn the_term_is_the_one_asked_for_else_todays_else_the_latest_begun() {
    for world in World::each().await {
        let evaluation = &world.evaluation;
        assert!(evaluation.term(None).await.unwrap().is_none(), "{}", world.test.name);
        let add = |name: &'static str, from, to| world.organisation.add_term(name, day(from), day(to));
        let spring = add("春", "2026-02-01", "2026-07-10").await.unwrap();
        add("早", "2025-09-01", "2026-01-20").await.unwrap();
        let next = add("明春", "2027-02-01", "2027-07-10").await.unwrap();
        assert_eq!(evaluation.term(None).await.unwrap().unwrap().name, "春");
        let autumn = add("秋", "2026-09-01", "2027-01-20").await.unwrap();
        assert_eq!(evaluation.term(None).await.unwrap().unwrap().id, autumn.id);
        assert_eq!(evaluation.term(Some(next.id)).await.unwrap().unwrap().id, next.id);
        assert_eq!(evaluation.term(Some(spring.id)).await.unwrap().unwrap().id, spring.id);
        let unknown = evaluation.term(Some(world.test.base.id())).await.unwrap_err();
        assert_eq!(unknown.code(), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_report_is_of_the_units_in_charge_and_is_recorded() {
    for world in World::each().await {
        let name = world.test.name;
        let term = autumn(&world).await;
        let lessons = world.course("党章学习", &world.root, 1).await;
        let lin = world.person("20260001", "林晚晴", Stage::Activist, &world.letters).await;
        world.person("20260002", "安然", Stage::Candidate, &world.physics).await;
        world.person("20260003", "白露", Stage::Applicant, &world.letters).await;
        world.person("20260004", "林晚晴", Stage::Probationary, &world.letters).await;
        world.reads(&lin, lessons[0]).await;
        let secretary = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        let auditor = world.viewer(world.test.base.id(), Role::Auditor, &world.root);
        let student = world.viewer(lin.id, Role::Student, &world.letters);
        let report = &world.evaluation;
        let refused =
            |viewer, term, unit| async move { report.may_report(viewer, term, unit).await.unwrap_err().code() };
        assert_eq!(refused(&student, None, None).await, Some(Code::Forbidden), "{name}");
        assert_eq!(refused(&secretary, None, Some(world.physics.id)).await, Some(Code::NotFound), "{name}");
        assert_eq!(refused(&secretary, None, Some(world.root.id)).await, Some(Code::NotFound), "{name}");
        assert_eq!(refused(&auditor, Some(world.test.base.id()), None).await, Some(Code::NotFound), "{name}");
        assert!(world.reads_noted().await.is_empty(), "{name}");
        report.may_report(&secretary, Some(term), None).await.unwrap();
        let log: Vec<_> = world.reads_noted().await.into_iter().map(|r| (r.actor, r.action, r.target)).collect();
        let read = (Some(secretary.person), "literacy.read".to_owned(), world.letters.id.to_string());
        assert_eq!(log, [read], "{name}");
        let page = Page::try_new(10, None).unwrap();
        let mine = report.rows(&secretary, None, None, &page).await.unwrap();
        let numbers: Vec<&str> = mine.nodes().map(|row| row.person.number.as_str()).collect();
        assert_eq!(numbers, ["20260001", "20260004"], "{name}");
        let scores: Vec<_> = mine.nodes().map(|row| row.score).collect();
        assert_eq!(scores, [Some(Amount::whole(5)), Some(Amount::ZERO)], "{name}");
        let counts = |viewer, unit| async move {
            let buckets = report.distribution(viewer, None, unit).await.unwrap();
            (buckets.len(), buckets[0].students, buckets[9].students)
        };
        assert_eq!(counts(&secretary, None).await, (10, 1, 1), "{name}");
        assert_eq!(counts(&auditor, None).await, (10, 2, 1), "{name}");
        assert_eq!(counts(&auditor, Some(world.physics.id)).await, (10, 1, 0), "{name}");
        for outcome in [
            report.distribution(&student, None, None).await.map(drop),
            report.rows(&student, None, None, &page).await.map(drop),
        ] {
            assert_eq!(outcome.unwrap_err().code(), Some(Code::Forbidden), "{name}");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn pages_by_name_meet_everybody_once() {
    for world in World::each().await {
        autumn(&world).await;
        for number in 0..7 {
            let name = if number % 2 == 0 { "林晚晴" } else { "安然" };
            world.person(&format!("2026000{number}"), name, Stage::Activist, &world.letters).await;
        }
        let admin = world.viewer(world.test.base.id(), Role::Admin, &world.root);
        let (mut met, mut after) = (Vec::new(), None);
        loop {
            let page = Page::try_new(3, after).unwrap();
            let found = world.evaluation.rows(&admin, None, None, &page).await.unwrap();
            met.extend(found.nodes().map(|row| row.person.number.clone()));
            after = found.edges.last().map(|edge| edge.0.clone());
            if !found.has_next {
                break;
            }
        }
        let numbers = [1, 3, 5, 0, 2, 4, 6].map(|number| format!("2026000{number}"));
        assert_eq!(met, numbers, "{}", world.test.name);
        let roll = world.evaluation.all_rows(std::slice::from_ref(&world.root.path), None).await.unwrap();
        assert_eq!(roll.rows.iter().map(|row| row.person.number.clone()).collect::<Vec<_>>(), numbers);
        assert_eq!((roll.indicators.len(), roll.scheme.as_str()), (5, CURRENT));
        assert!(roll.notes.last().unwrap().starts_with("本结果为"));
        world.end().await;
    }
}

#[tokio::test]
async fn a_scheme_is_kept_from_its_first_use() {
    for world in World::each().await {
        autumn(&world).await;
        let lin = world.person("20260001", "林晚晴", Stage::Activist, &world.letters).await;
        world.evaluation.literacy(lin.id, None).await.unwrap();
        let base = &world.test.base;
        let kept = crate::store::used_schemes(base.db.read()).await.unwrap();
        assert_eq!(kept.len(), 1, "{}", world.test.name);
        let again = || {
            let (organisation, catalogue) = (world.organisation.clone(), world.catalogue.clone());
            Evaluation::open(base.clone(), organisation, catalogue, world.learning.clone())
        };
        assert!(again().await.is_ok(), "{}", world.test.name);
        let tx = base.db.begin().await.unwrap();
        let changed = "UPDATE evaluation_scheme SET body = 'of another release'";
        sea_orm::ConnectionTrait::execute_unprepared(&tx, changed).await.unwrap();
        tx.commit().await.unwrap();
        assert!(again().await.is_err(), "{}", world.test.name);
        world.end().await;
    }
}
