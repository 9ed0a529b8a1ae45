//! The credit report on the screen.

use kernel::{
    Amount, Code, Event, Page, Role,
    event::Measure,
    id::{CourseId, PersonId},
};
use organisation::{Play, Stage};

use super::world::World;
use crate::{
    Direction::{self, Asc, Desc},
    Filter,
    SortField::{self, Credits, Hours, LastStudiedAt, Name, Number, Points},
};

const DAY: i64 = 86_400_000;

fn page(first: i32, after: Option<String>) -> Page {
    Page::try_new(first, after).unwrap()
}

fn whole(units: i64) -> Amount {
    Amount::whole(units)
}

#[tokio::test]
async fn what_is_earned_adds_up_and_who_earned_nothing_is_there_with_zeros() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        let lin = world.student("20260001", "林晚晴", world.letters_branch.id).await;
        world.student("20260002", "安然", world.physics_branch.id).await;
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        let course: CourseId = world.test.base.id();
        world.earns(lin, Measure::Points, 12_000, Some(course)).await;
        let again = world.earns(lin, Measure::Hours, 667, Some(course)).await;
        world.tell(&again).await;
        world.earns(lin, Measure::Credits, 500, None).await;
        world.earns(lin, Measure::Points, -2_000, Some(course)).await;
        let done = Event::CourseCompleted { person: lin, course, at: world.test.base.now() };
        world.tell(&done).await;
        world.tell(&done).await;
        let now = world.test.base.now();
        world.opens(lin, now).await;
        world.opens(lin, now - DAY).await;
        world.run().await;
        let found = world.reports.rows(&admin, &Filter::default(), (Name, Asc), &page(10, None)).await.unwrap();
        let rows: Vec<_> = found.nodes().cloned().collect();
        assert_eq!(rows.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["安然", "林晚晴"], "{name}");
        assert_eq!((rows[0].points, rows[0].hours, rows[0].last_studied_at), (Some(whole(0)), whole(0), None));
        assert_eq!((rows[1].points, rows[1].hours), (Some(whole(10)), Amount::milli(667)), "{name}");
        assert_eq!((rows[1].credits, rows[1].courses_completed), (Some(Amount::milli(500)), 1), "{name}");
        assert_eq!((rows[1].last_studied_at, rows[1].unit), (Some(now), world.letters_branch.id), "{name}");
        let summary = world.reports.summary(&admin, &Filter::default()).await.unwrap();
        assert_eq!((summary.students, summary.points, summary.mean_points), (2, Some(whole(10)), Some(whole(5))));
        assert_eq!(
            (summary.hours, summary.credits, summary.as_of),
            (Amount::milli(667), Some(Amount::milli(500)), now)
        );
        world.test.end().await;
    }
}

#[tokio::test]
async fn points_and_credits_are_nobodys_business_where_the_school_says_so() {
    for mut world in World::each(Play::Private, false).await {
        let lin = world.student("20260001", "林晚晴", world.letters_branch.id).await;
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        world.earns(lin, Measure::Points, 12_000, None).await;
        world.earns(lin, Measure::Credits, 12_000, None).await;
        world.run().await;
        let summary = world.reports.summary(&admin, &Filter::default()).await.unwrap();
        assert_eq!((summary.points, summary.mean_points, summary.credits), (None, None, None), "{}", world.name());
        let rows = world.reports.rows(&admin, &Filter::default(), (Name, Asc), &page(10, None)).await.unwrap();
        assert!(rows.nodes().all(|row| row.points.is_none() && row.credits.is_none()));
        for field in [Points, Credits] {
            let refused = world.reports.rows(&admin, &Filter::default(), (field, Asc), &page(10, None)).await;
            assert_eq!(refused.unwrap_err().code(), Some(Code::Invalid));
        }
        world.test.end().await;
    }
}

#[tokio::test]
async fn each_sees_exactly_the_units_in_charge_and_the_read_is_recorded() {
    for world in World::each(Play::Boards, true).await {
        let name = world.name();
        let lin = world.student("20260001", "林晚晴", world.letters_branch.id).await;
        world.student("20260002", "安然", world.physics_branch.id).await;
        let secretary = world.staff("G001", Role::Admin, &world.letters.clone()).await;
        let auditor = world.staff("G002", Role::Auditor, &world.root.clone()).await;
        let lecturer = world.staff("G003", Role::Lecturer, &world.root.clone()).await;
        world.run().await;
        let all = Filter::default();
        let of = |unit| Filter { unit: Some(unit), ..Filter::default() };
        let people = |viewer, filter| {
            let (reports, page) = (world.reports.clone(), page(10, None));
            async move {
                let found = reports.rows(&viewer, &filter, (Name, Asc), &page).await?;
                Ok::<_, kernel::Error>(found.nodes().map(|row| row.name.clone()).collect::<Vec<_>>())
            }
        };
        assert_eq!(people(secretary.clone(), all.clone()).await.unwrap(), ["林晚晴"], "{name}");
        assert_eq!(people(auditor.clone(), all.clone()).await.unwrap(), ["安然", "林晚晴"], "{name}");
        assert_eq!(people(auditor.clone(), of(world.physics.id)).await.unwrap(), ["安然"], "{name}");
        let outside = people(secretary.clone(), of(world.physics.id)).await.unwrap_err();
        assert_eq!(outside.code(), Some(Code::NotFound), "{name}");
        assert_eq!(people(lecturer.clone(), all.clone()).await.unwrap_err().code(), Some(Code::Forbidden));
        assert_eq!(world.reports.summary(&lecturer, &all).await.unwrap_err().code(), Some(Code::Forbidden));
        assert_eq!(
            world.reports.summary(&secretary, &of(world.physics.id)).await.unwrap_err().code(),
            Some(Code::NotFound)
        );
        assert_eq!(world.reports.summary(&secretary, &all).await.unwrap().students, 1);
        let stranger = Filter { course: Some(world.test.base.id()), ..Filter::default() };
        assert_eq!(world.reports.summary(&auditor, &stranger).await.unwrap_err().code(), Some(Code::NotFound));
        let log = world.log().await.into_iter().map(|r| (r.action, r.target, r.actor)).collect::<Vec<_>>();
        let read = ("credit-report.read".to_owned(), world.letters.id.to_string(), Some(secretary.person));
        assert_eq!(log, [read], "{name}");
        world.organisation.set_stage(lin, Stage::Candidate).await.unwrap();
        world.run().await;
        let candidates = Filter { stage: Some(Stage::Candidate), ..Filter::default() };
        assert_eq!(people(auditor, candidates).await.unwrap(), ["林晚晴"], "{name}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn days_stage_and_words_narrow_the_report() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        let lin = world.student("2026_001", "林晚晴", world.letters_branch.id).await;
        world.student("2026X001", "Anna Lin", world.physics_branch.id).await;
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        world.earns(lin, Measure::Hours, 1_000, None).await;
        let first = world.test.base.today();
        world.test.clock.advance(3 * DAY);
        world.earns(lin, Measure::Hours, 2_000, None).await;
        let course: CourseId = world.test.base.id();
        world.tell(&Event::CourseCompleted { person: lin, course, at: world.test.base.now() }).await;
        world.run().await;
        let cases = [
            (None, None, 3_000, 1),
            (Some(first), Some(first), 1_000, 0),
            (Some(first.plus(1)), None, 2_000, 1),
            (None, Some(first.plus(2)), 1_000, 0),
            (Some(first.plus(1)), Some(first.plus(2)), 0, 0),
        ];
        for (from, to, milli, courses) in cases {
            let filter = Filter { from, to, ..Filter::default() };
            let summary = world.reports.summary(&admin, &filter).await.unwrap();
            assert_eq!((summary.students, summary.hours), (2, Amount::milli(milli)), "{name} {from:?} {to:?}");
            let rows = world.reports.rows(&admin, &filter, (Hours, Desc), &page(10, None)).await.unwrap();
            let top = rows.nodes().find(|row| row.person == lin).unwrap();
            assert_eq!((top.hours, top.courses_completed), (Amount::milli(milli), courses), "{name} {from:?} {to:?}");
        }
        for (query, count) in
            [("林", 1), ("LIN", 1), ("2026_", 1), ("2026", 2), ("%", 0), ("\\", 0), (" ", 2), ("晚晴\n", 1)]
        {
            let filter = Filter { query: Some(query.to_owned()), ..Filter::default() };
            assert_eq!(world.reports.summary(&admin, &filter).await.unwrap().students, count, "{name} {query:?}");
        }
        let backwards = Filter { from: Some(first), to: Some(first.plus(-1)), ..Filter::default() };
        assert_eq!(world.reports.summary(&admin, &backwards).await.unwrap_err().code(), Some(Code::Invalid));
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_course_narrows_what_is_counted_and_is_not_found_where_it_concerns_nobody() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        let lin = world.student("20260001", "林晚晴", world.letters_branch.id).await;
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        let secretary = world.staff("G002", Role::Admin, &world.letters.clone()).await;
        let school = world.course("党章学习", &world.root.clone()).await;
        let physics = world.course("别院课程", &world.physics.clone()).await;
        world.earns(lin, Measure::Points, 3_000, Some(school)).await;
        world.earns(lin, Measure::Points, 4_000, None).await;
        for course in [school, physics] {
            world.tell(&Event::CourseCompleted { person: lin, course, at: world.test.base.now() }).await;
        }
        world.run().await;
        for (viewer, course, milli) in [(&admin, school, 3_000), (&secretary, school, 3_000), (&admin, physics, 0)] {
            let filter = Filter { course: Some(course), ..Filter::default() };
            let summary = world.reports.summary(viewer, &filter).await.unwrap();
            assert_eq!(summary.points, Some(Amount::milli(milli)), "{name}");
            let rows = world.reports.rows(viewer, &filter, (Points, Desc), &page(10, None)).await.unwrap();
            assert_eq!(rows.edges[0].1.courses_completed, 1, "{name}");
        }
        let other = Filter { course: Some(physics), ..Filter::default() };
        assert_eq!(world.reports.summary(&secretary, &other).await.unwrap_err().code(), Some(Code::NotFound), "{name}");
        world.test.end().await;
    }
}

#[tokio::test]
async fn who_becomes_a_student_is_listed_with_what_was_earned_before() {
    for mut world in World::each(Play::Boards, true).await {
        let name = world.name();
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        let new = world.staff("G002", Role::Lecturer, &world.letters.clone()).await.person;
        world.earns(new, Measure::Points, 5_000, None).await;
        world.opens(new, world.test.base.now()).await;
        world.run().await;
        let all = Filter::default();
        assert_eq!(world.reports.summary(&admin, &all).await.unwrap().students, 0, "{name}");
        // Another process grants the role: what is kept in this one does not know.
        world.organisation.charges(new).await.unwrap();
        let elsewhere = organisation::Organisation::new(world.test.base.clone());
        elsewhere.grant(new, Role::Student, world.letters.id).await.unwrap();
        world.run().await;
        let summary = world.reports.summary(&admin, &all).await.unwrap();
        assert_eq!((summary.students, summary.points), (1, Some(whole(5))), "{name}");
        world.test.end().await;
    }
}

/// Every second has studied, many are equal: in each order each is met once, and who never studied comes last.
#[tokio::test]
async fn pages_in_every_order_meet_everybody_once() {
    for mut world in World::each(Play::Boards, true).await {
        let admin = world.staff("G001", Role::Admin, &world.root.clone()).await;
        let now = world.test.base.now();
        for n in 0..13_i64 {
            let name = if n % 3 == 0 { "林晚晴" } else { "安然" };
            let person = world.student(&format!("2026{n:04}"), name, world.letters_branch.id).await;
            for measure in [Measure::Points, Measure::Hours, Measure::Credits] {
                world.earns(person, measure, n % 4 * 1_000, None).await;
            }
            if n % 2 == 0 {
                world.opens(person, now - n % 3 * DAY).await;
            }
        }
        world.run().await;
        let narrowed = Filter { from: Some(world.test.base.today()), ..Filter::default() };
        for filter in [Filter::default(), narrowed] {
            for field in [Name, Number, Points, Hours, Credits, LastStudiedAt] {
                for direction in [Asc, Desc] {
                    check(&world, &admin, &filter, (field, direction)).await;
                }
            }
        }
        world.test.end().await;
    }
}

async fn check(world: &World, admin: &kernel::Viewer, filter: &Filter, order: (SortField, Direction)) {
    let told = format!("{} {order:?}", world.name());
    let whole = world.reports.rows(admin, filter, order, &page(100, None)).await.unwrap();
    let expected: Vec<PersonId> = whole.nodes().map(|row| row.person).collect();
    assert_eq!(expected.len(), 13, "{told}");
    let (mut met, mut after) = (Vec::new(), None);
    loop {
        let found = world.reports.rows(admin, filter, order, &page(4, after)).await.unwrap();
        met.extend(found.nodes().map(|row| row.person));
        after = found.edges.last().map(|edge| edge.0.clone());
        if !found.has_next {
            break;
        }
    }
    assert_eq!(met, expected, "{told}");
    let rows: Vec<_> = whole.nodes().collect();
    let ascends = |key: fn(&crate::CreditRow) -> i64| {
        let pairs = || rows.iter().zip(rows.iter().skip(1)).map(|(a, b)| (key(a), key(b)));
        if order.1 == Asc { pairs().all(|(a, b)| a <= b) } else { pairs().all(|(a, b)| a >= b) }
    };
    let sorted = match order.0 {
        Name => (rows[0].name == "安然") == (order.1 == Asc),
        Number => (rows[0].number == "20260000") == (order.1 == Asc),
        Points => ascends(|row| row.points.unwrap().thousandths()),
        Hours => ascends(|row| row.hours.thousandths()),
        Credits => ascends(|row| row.credits.unwrap().thousandths()),
        LastStudiedAt => {
            let never = rows.iter().skip_while(|row| row.last_studied_at.is_some());
            never.clone().count() == 6 && never.clone().all(|row| row.last_studied_at.is_none())
        }
    };
    assert!(sorted, "{told}");
    let other = (order.0, if order.1 == Asc { Desc } else { Asc });
    let cursor = whole.edges[0].0.clone();
    let refused = world.reports.rows(admin, filter, other, &page(4, Some(cursor))).await.unwrap_err();
    assert_eq!(refused.code(), Some(Code::Invalid), "{told}");
}
