//! The roster and the tree, through the front door.

use kernel::{Day, Role};
use platform::{Outbox, testing::TestBase};

use crate::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind, sort_key};

async fn founded(test: &TestBase) -> (Organisation, Unit) {
    let house = Organisation::new(test.base.clone());
    assert_eq!(house.school().await.unwrap_err().code(), Some(kernel::Code::Unavailable));
    let school = School { name: "示例大学".to_owned(), play: Play::Private, uses_credits: true, demo: false };
    let root = house.found_school(school.clone()).await.unwrap();
    assert_eq!(house.school().await.unwrap(), school);
    (house, root)
}

async fn unit(house: &Organisation, parent: &Unit, kind: UnitKind, title: &str) -> Unit {
    house.add_unit(NewUnit { parent: Some(parent.id), kind, title: title.to_owned() }).await.unwrap()
}

async fn person(house: &Organisation, number: &str, name: &str, unit: &Unit) -> Person {
    let new = NewPerson {
        number: number.to_owned(),
        name: name.to_owned(),
        sort_key: None,
        stage: Stage::Activist,
        unit: Some(unit.id),
    };
    house.add_person(new).await.unwrap()
}

#[test]
fn names_sort_by_their_reading() {
    let cases = [
        ("林晚晴", "lin wan qing"),
        ("曾国", "zeng guo"),
        ("单于", "shan yu"),
        ("尉迟", "yu chi"),
        ("尉来", "wei lai"),
        ("Anna 李", "anna li"),
        ("", ""),
    ];
    for (name, key) in cases {
        assert_eq!(sort_key(name), key, "{name}");
    }
}

#[tokio::test]
async fn what_lies_beneath_a_unit_has_its_path_and_nothing_beside_it() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let colleges = [
            unit(&house, &root, UnitKind::College, "文学院").await,
            unit(&house, &root, UnitKind::College, "理学院").await,
        ];
        let branch = unit(&house, &colleges[0], UnitKind::Branch, "第一支部").await;
        for n in 0..10 {
            unit(&house, &colleges[1], UnitKind::Branch, &format!("支部 {n}")).await;
        }
        let beneath = house.units_beneath(std::slice::from_ref(&colleges[0].path)).await.unwrap();
        assert_eq!(beneath, [colleges[0].clone(), branch.clone()], "{}", test.name);
        let all = house.units_beneath(std::slice::from_ref(&root.path)).await.unwrap();
        assert_eq!((all.len(), &all[0], all.last().unwrap().title.as_str()), (14, &root, "支部 9"), "{}", test.name);
        assert!(house.units_beneath(&[]).await.unwrap().is_empty());
        test.end().await;
    }
}

#[tokio::test]
async fn a_number_is_one_persons_and_names_come_in_order() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let college = unit(&house, &root, UnitKind::College, "文学院").await;
        let late = person(&house, "2", "周子衿", &college).await;
        let early = person(&house, "3", "安小雨", &college).await;
        let twin = person(&house, "1", "周子衿", &college).await;
        let found = house.people_beneath(&college.path).await.unwrap();
        assert_eq!(found, [early, twin, late], "{}", test.name);
        let again = NewPerson {
            number: "3".to_owned(),
            name: "别人".to_owned(),
            sort_key: None,
            stage: Stage::None,
            unit: None,
        };
        assert_eq!(house.add_person(again).await.unwrap_err().code(), Some(kernel::Code::Conflict), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_granted_role_is_seen_at_once_and_counted_once() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let college = unit(&house, &root, UnitKind::College, "文学院").await;
        let person = person(&house, "1", "安小雨", &college).await;
        assert!(house.charges(person.id).await.unwrap().is_empty());
        for _ in 0..2 {
            house.grant(person.id, Role::Student, college.id).await.unwrap();
        }
        let charges = house.charges(person.id).await.unwrap();
        assert_eq!((charges.len(), charges[0].path.as_str()), (1, college.path.as_str()), "{}", test.name);
        assert_eq!(house.count_students(&root.path).await.unwrap(), 1, "{}", test.name);
        assert_eq!(house.count_students("9.").await.unwrap(), 0, "{}", test.name);
        house.set_stage(person.id, Stage::Candidate).await.unwrap();
        assert_eq!(house.person(person.id).await.unwrap().unwrap().stage, Stage::Candidate, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_day_finds_its_term_and_a_second_school_is_refused() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, _) = founded(&test).await;
        let day = |text: &str| text.parse::<Day>().unwrap();
        let term = house.add_term("2026 年秋季学期", day("2026-08-01"), day("2027-01-31")).await.unwrap();
        assert_eq!(house.term_of(day("2027-01-31")).await.unwrap(), Some(term.clone()), "{}", test.name);
        assert_eq!(house.term_of(day("2027-02-01")).await.unwrap(), None, "{}", test.name);
        assert_eq!(house.term(term.id).await.unwrap(), Some(term), "{}", test.name);
        let school = School { name: "另一所".to_owned(), play: Play::Off, uses_credits: false, demo: false };
        assert_eq!(house.found_school(school).await.unwrap_err().code(), Some(kernel::Code::Conflict), "{}", test.name);
        test.end().await;
    }
}
