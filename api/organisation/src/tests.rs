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
        ("单雨", "shan yu"),
        ("解语", "xie yu"),
        ("仇一", "qiu yi"),
        ("区小", "ou xiao"),
        ("查文", "zha wen"),
        ("朴素", "piao su"),
        ("任意", "ren yi"),
        ("覃雪", "qin xue"),
        ("尉迟云", "yu chi yun"),
        ("尉来", "wei lai"),
        ("长孙月", "zhang sun yue"),
        ("欧阳曾", "ou yang ceng"),
        ("吕绿", "lü lü"),
        ("Anna 李", "anna li"),
        ("阿 B", "a b"),
        ("张O2", "zhang o2"),
        (" Zoë ", "zoë"),
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
        let paths = async |path: &Unit| house.paths_beneath(std::slice::from_ref(&path.path)).await.unwrap();
        assert_eq!(paths(&colleges[0]).await, [colleges[0].path.clone(), branch.path.clone()]);
        assert_eq!((paths(&root).await.len(), house.paths_beneath(&[]).await.unwrap().len()), (14, 0));
        unit(&house, &colleges[0], UnitKind::Branch, "第二支部").await;
        assert_eq!(paths(&colleges[0]).await.len(), 3, "{}: a new unit is not waited for", test.name);
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
async fn a_student_is_found_by_name_pinyin_and_number_within_the_charge_only() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let arts = unit(&house, &root, UnitKind::College, "文学院").await;
        let science = unit(&house, &root, UnitKind::College, "理学院").await;
        let student = person(&house, "2026001", "安小雨", &arts).await;
        let elsewhere = person(&house, "2026002", "安大雪", &science).await;
        let teacher = person(&house, "T01", "安老师", &arts).await;
        house.grant(student.id, Role::Student, arts.id).await.unwrap();
        house.grant(elsewhere.id, Role::Student, science.id).await.unwrap();
        house.grant(teacher.id, Role::Lecturer, arts.id).await.unwrap();
        let found = async |text: &str| {
            let found = house.find_students(std::slice::from_ref(&arts.path), text, 10).await.unwrap();
            found.into_iter().map(|person| person.number).collect::<Vec<_>>()
        };
        for text in ["小雨", "AN XIAO", "6001", " 安 "] {
            assert_eq!(found(text).await, ["2026001"], "{}: {text}", test.name);
        }
        for text in ["", "%", "_", "大雪", "老师"] {
            assert!(found(text).await.is_empty(), "{}: {text}", test.name);
        }
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

#[tokio::test]
async fn what_cannot_be_is_refused_in_a_sentence() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let day = |text: &str| text.parse::<Day>().unwrap();
        house.add_term("秋", day("2026-09-01"), day("2027-01-31")).await.unwrap();
        let terms = [
            ("冬", "2027-01-31", "2027-02-10", kernel::Code::Conflict),
            ("冬", "2027-02-10", "2027-02-01", kernel::Code::Invalid),
            (" ", "2027-03-01", "2027-07-01", kernel::Code::Invalid),
        ];
        for (name, starts, ends, code) in terms {
            let refused = house.add_term(name, day(starts), day(ends)).await.unwrap_err();
            assert_eq!(refused.code(), Some(code), "{} {name} {starts}", test.name);
        }
        assert_eq!(house.terms().await.unwrap().len(), 1, "{}", test.name);
        house.add_term("春", day("2027-02-01"), day("2027-07-01")).await.unwrap();
        assert_eq!(house.terms().await.unwrap()[0].name, "春", "{}: a write is seen", test.name);

        for (number, name) in [("", "安小雨"), ("1", "  "), ("1", &*"长".repeat(41))] {
            let new = NewPerson {
                number: number.to_owned(),
                name: name.to_owned(),
                sort_key: None,
                stage: Stage::None,
                unit: None,
            };
            let refused = house.add_person(new).await.unwrap_err();
            assert_eq!(refused.code(), Some(kernel::Code::Invalid), "{} {number} {name}", test.name);
        }
        let (nobody, nowhere) = (test.base.id(), test.base.id());
        let someone = person(&house, " 7 ", " 安小雨 ", &root).await;
        assert_eq!((someone.number.as_str(), someone.name.as_str()), ("7", "安小雨"));
        let refused = [
            house.set_stage(nobody, Stage::Member).await,
            house.grant(nobody, Role::Student, root.id).await,
            house.grant(someone.id, Role::Student, nowhere).await,
        ];
        for answer in refused {
            assert_eq!(answer.unwrap_err().code(), Some(kernel::Code::NotFound), "{}", test.name);
        }
        let empty = NewUnit { parent: Some(root.id), kind: UnitKind::Branch, title: " ".to_owned() };
        assert_eq!(house.add_unit(empty).await.unwrap_err().code(), Some(kernel::Code::Invalid), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn units_made_at_once_get_numbers_of_their_own() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let mut making = tokio::task::JoinSet::new();
        for n in 0..8 {
            let (house, new) =
                (house.clone(), NewUnit { parent: None, kind: UnitKind::Branch, title: format!("支部 {n}") });
            making.spawn(async move { house.add_unit(new).await.unwrap().path });
        }
        let mut paths = making.join_all().await;
        paths.sort();
        let expected: Vec<String> = (2..10).map(|n| format!("1.{n}.")).collect();
        assert_eq!(paths, expected, "{}", test.name);
        assert_eq!(house.root().await.unwrap(), root);
        test.end().await;
    }
}

#[tokio::test]
async fn what_another_process_wrote_is_seen_within_seconds() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, root) = founded(&test).await;
        let elsewhere = Organisation::new(test.base.clone());
        let someone = person(&house, "1", "安小雨", &root).await;
        assert!(elsewhere.charges(someone.id).await.unwrap().is_empty());
        assert_eq!(elsewhere.person(someone.id).await.unwrap().unwrap().stage, Stage::Activist);
        house.grant(someone.id, Role::Lecturer, root.id).await.unwrap();
        house.set_stage(someone.id, Stage::Candidate).await.unwrap();
        tokio::time::sleep(crate::KEPT + std::time::Duration::from_millis(100)).await;
        assert_eq!(elsewhere.charges(someone.id).await.unwrap().len(), 1, "{}", test.name);
        assert_eq!(elsewhere.person(someone.id).await.unwrap().unwrap().stage, Stage::Candidate, "{}", test.name);
        test.end().await;
    }
}
