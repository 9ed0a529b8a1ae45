use kernel::{Code, Day, id::CheckId, id::Uuid};
use organisation::Play;
use sea_orm::ConnectionTrait;

use super::world::World;
use crate::{BadgeKind, Gamification, Rebuilt, Streak, TaskPeriod};

const DAY_MS: i64 = 86_400_000;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[tokio::test]
async fn three_days_a_week_keep_the_rhythm_and_finished_lessons_raise_the_level() {
    for world in World::each(Play::Private).await {
        let student = world.student("2026001", &world.poetry).await;
        let lessons = world.readings(7).await;
        let fresh = world.gamification.level(student.id).await.unwrap();
        assert_eq!((fresh.rank, fresh.next_at), (1, Some(1)), "{}", world.test.name);
        // Monday the 9th to Saturday the 21st: three days of the week before, three of this one; twice on one day counts once.
        let monday = world.test.base.zone.start(Day::of(2026, 11, 9).unwrap());
        for (lesson, day) in lessons.iter().zip([0, 2, 6, 7, 7, 9, 12]) {
            world.test.clock.set(monday + day * DAY_MS + 36_000_000);
            world.reads(&student, *lesson).await;
        }
        let streak = world.gamification.streak(student.id).await.unwrap();
        assert_eq!((streak.current, streak.best), (2, 2), "{}", world.test.name);
        assert_eq!(streak.days, [true, false, true, false, false, true, false], "{}", world.test.name);
        let level = world.gamification.level(student.id).await.unwrap();
        assert_eq!(
            (level.rank, level.title.as_str(), level.next_at),
            (4, "勤学 4 级", Some(10)),
            "{}",
            world.test.name
        );
        // A week without study, and the next has only begun: what was reached stays the best.
        world.test.clock.advance(10 * DAY_MS);
        let later = world.gamification.streak(student.id).await.unwrap();
        assert_eq!((later.current, later.best, later.days), (0, 2, [false; 7]), "{}", world.test.name);
        world.end().await;
    }
}

async fn tasks(house: &Gamification, world: &World, person: kernel::id::PersonId) -> Vec<String> {
    let told = house.tasks(person).await.unwrap();
    let mut all = Vec::new();
    for task in told {
        let at = task.finished_at.map(|at| format!(" {}", world.test.base.zone.minute(at))).unwrap_or_default();
        all.push(format!("{} {}/{}{at}", task.key, task.done, task.goal));
    }
    all
}

#[tokio::test]
async fn a_day_and_a_week_have_small_tasks_that_are_told_twice_and_done_once() {
    for world in World::each(Play::Private).await {
        let student = world.student("1", &world.poetry).await;
        let lessons = world.readings(3).await;
        let house = &world.gamification;
        let monday = world.test.base.zone.start(day("2026-11-16"));
        world.test.clock.set(monday + 36_000_000);
        assert_eq!(
            tasks(house, &world, student.id).await,
            ["day.lesson 0/1", "day.reading 0/1", "week.days 0/3", "week.lessons 0/2"],
            "{}: no question was ever asked",
            world.test.name
        );
        world.reads(&student, lessons[0]).await;
        let check = CheckId::new(Uuid::from_u128(9));
        for _ in 0..2 {
            world.passes(&student, check).await;
        }
        assert_eq!(
            tasks(house, &world, student.id).await,
            [
                "day.lesson 1/1 2026-11-16 10:00",
                "day.reading 1/1 2026-11-16 10:00",
                "day.check 1/1 2026-11-16 10:00",
                "week.days 1/3",
                "week.lessons 1/2"
            ],
            "{}",
            world.test.name
        );
        assert_eq!(
            house.level(student.id).await.unwrap().next_at,
            Some(3),
            "{}: a lesson and a check",
            world.test.name
        );
        world.test.clock.set(monday + 2 * DAY_MS + 36_000_000);
        world.reads(&student, lessons[1]).await;
        world.test.clock.set(monday + 3 * DAY_MS + 36_000_000);
        world.reads(&student, lessons[2]).await;
        assert_eq!(
            tasks(house, &world, student.id).await,
            [
                "day.lesson 1/1 2026-11-19 10:00",
                "day.reading 1/1 2026-11-19 10:00",
                "day.check 0/1",
                "week.days 3/3 2026-11-19 00:00",
                "week.lessons 2/2 2026-11-18 10:00"
            ],
            "{}",
            world.test.name
        );
        assert!(house.tasks(student.id).await.unwrap().iter().all(|task| !task.title.zh.is_empty()));
        // A new week begins with nothing; one that lies in the holidays has no tasks of a week.
        world.test.clock.set(monday + 7 * DAY_MS);
        let admin = world.admin("T1", &world.root).await;
        house.add_freeze(&admin, "运动会", day("2026-11-23"), day("2026-11-29"), None).await.unwrap();
        let told = house.tasks(student.id).await.unwrap();
        assert!(told.iter().all(|task| task.period == TaskPeriod::Day && task.done == 0), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_frozen_week_neither_breaks_nor_counts_and_a_goal_holds_from_monday_on() {
    for world in World::each(Play::Private).await {
        let student = world.student("1", &world.poetry).await;
        let lessons = world.readings(9).await;
        let house = &world.gamification;
        let monday = world.test.base.zone.start(day("2026-11-02"));
        // Three days, nothing, three days.
        for (lesson, on) in lessons.iter().zip([0, 2, 4, 14, 15, 16]) {
            world.test.clock.set(monday + on * DAY_MS + 36_000_000);
            world.reads(&student, *lesson).await;
        }
        let streak = async || -> Streak { house.streak(student.id).await.unwrap() };
        assert_eq!((streak().await.current, streak().await.best), (1, 1), "{}", world.test.name);
        let admin = world.admin("T1", &world.root).await;
        let college = world.admin("T2", &world.physics).await;
        // Of another college; then too short to freeze a week of three days; then the exam week.
        house.add_freeze(&college, "期中", day("2026-11-09"), day("2026-11-15"), Some(world.physics.id)).await.unwrap();
        house.add_freeze(&admin, "假日", day("2026-11-13"), day("2026-11-15"), None).await.unwrap();
        assert_eq!(streak().await.current, 1, "{}", world.test.name);
        let exams = day("2026-11-09")..day("2026-11-13");
        let freeze =
            house.add_freeze(&admin, "期中考试周", exams.start, exams.end, Some(world.letters.id)).await.unwrap();
        assert_eq!((streak().await.current, streak().await.best), (2, 2), "{}", world.test.name);
        let viewer = world.viewer(&student).await;
        let titles = |all: Vec<crate::Freeze>| all.into_iter().map(|one| one.title).collect::<Vec<_>>();
        assert_eq!(titles(house.freezes(&viewer).await.unwrap()), ["期中考试周", "假日"], "{}", world.test.name);
        assert_eq!(titles(house.freezes(&college).await.unwrap()), ["期中", "假日"], "{}", world.test.name);
        assert_eq!(house.remove_freeze(&college, freeze.id).await.unwrap_err().code(), Some(Code::NotFound));
        assert_eq!(house.remove_freeze(&viewer, freeze.id).await.unwrap_err().code(), Some(Code::Forbidden));
        house.remove_freeze(&admin, freeze.id).await.unwrap();
        assert_eq!(streak().await.current, 1, "{}", world.test.name);

        // Two days from the coming week on: this one still asks for three.
        let rhythm = house.set_rhythm(&viewer, Some(2)).await.unwrap();
        assert_eq!((rhythm.school, rhythm.own, rhythm.next), (3, None, 2), "{}", world.test.name);
        assert_eq!(streak().await.goal, 3, "{}", world.test.name);
        for (lesson, on) in lessons[6..].iter().zip([21, 23]) {
            world.test.clock.set(monday + on * DAY_MS + 36_000_000);
            world.reads(&student, *lesson).await;
        }
        assert_eq!((streak().await.goal, streak().await.current), (2, 2), "{}", world.test.name);
        house.set_school_rhythm(&admin, 5).await.unwrap();
        assert_eq!(house.set_rhythm(&viewer, None).await.unwrap().next, 5, "{}", world.test.name);
        assert_eq!(house.rhythm(student.id).await.unwrap().own, Some(2), "{}", world.test.name);
        for refused in [house.set_rhythm(&viewer, Some(0)).await, house.set_rhythm(&viewer, Some(8)).await] {
            assert_eq!(refused.unwrap_err().code(), Some(Code::Invalid), "{}", world.test.name);
        }
        assert_eq!(house.set_school_rhythm(&college, 4).await.unwrap_err().code(), Some(Code::Forbidden));
        for (title, from, to) in
            [("", "2026-11-01", "2026-11-02"), ("假", "2026-11-02", "2026-11-01"), ("假", "2026-01-01", "2026-12-31")]
        {
            let refused = house.add_freeze(&admin, title, day(from), day(to), None).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::Invalid), "{title} {from}");
        }
        world.end().await;
    }
}

#[tokio::test]
async fn badges_tell_when_and_why_and_are_never_taken_back() {
    for world in World::each(Play::Private).await {
        let student = world.student("1", &world.poetry).await;
        let lessons = world.readings(5).await;
        let house = &world.gamification;
        assert!(house.badges(student.id).await.unwrap().is_empty());
        let monday = world.test.base.zone.start(day("2026-11-16"));
        for (lesson, on) in lessons.iter().zip(0..) {
            world.test.clock.set(monday + on * DAY_MS + 36_000_000);
            world.reads(&student, *lesson).await;
        }
        let badges = house.badges(student.id).await.unwrap();
        let told: Vec<(BadgeKind, &str, String)> =
            badges.iter().map(|b| (b.kind, b.title.zh.as_str(), world.test.base.zone.minute(b.at))).collect();
        assert_eq!(
            told,
            [
                (BadgeKind::Course, "怎样写学习心得", "2026-11-20 10:00".to_owned()),
                (BadgeKind::Best, "充实的一周", "2026-11-20 00:00".to_owned()),
                (BadgeKind::Best, "启程", "2026-11-16 10:00".to_owned()),
            ],
            "{}",
            world.test.name
        );
        assert!(badges.iter().all(|badge| !badge.why.zh.is_empty() && !badge.why.en.is_empty()));
        world.test.clock.advance(40 * DAY_MS);
        assert_eq!(house.badges(student.id).await.unwrap(), badges, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_lesson_finished_while_a_rebuild_reads_is_not_forgotten() {
    for world in World::each(Play::Boards).await {
        let student = world.student("1", &world.poetry).await;
        let lessons = world.readings(3).await;
        world.reads(&student, lessons[0]).await;
        let house = &world.gamification;
        let kept = house.kept_deeds().await.unwrap();
        world.reads(&student, lessons[1]).await;
        let level = house.level(student.id).await.unwrap();
        assert_eq!(house.rebuild_deeds(&kept).await.unwrap(), 0, "{}: nothing was wrong", world.test.name);
        assert_eq!(house.level(student.id).await.unwrap(), level, "{}", world.test.name);
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt::default(), "{}", world.test.name);
        // What was never finished is.
        world.sql("UPDATE gamification_deed SET at = at + 1").await;
        let kept = house.kept_deeds().await.unwrap();
        world.reads(&student, lessons[2]).await;
        assert_eq!(house.rebuild_deeds(&kept).await.unwrap(), 4, "{}: two wrong ones, two right ones", world.test.name);
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt::default(), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_rebuild_finds_nothing_wrong_and_puts_right_what_is() {
    for world in World::each(Play::Boards).await {
        let student = world.student("1", &world.poetry).await;
        let lessons = world.readings(2).await;
        for lesson in &lessons {
            world.reads(&student, *lesson).await;
        }
        world.passes(&student, CheckId::new(Uuid::from_u128(4))).await;
        let house = &world.gamification;
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt::default(), "{}", world.test.name);
        let (level, badges) = (house.level(student.id).await.unwrap(), house.badges(student.id).await.unwrap());
        for table in ["gamification_deed", "gamification_member", "gamification_person"] {
            world.sql(&format!("DELETE FROM {table}")).await;
        }
        assert_ne!(house.level(student.id).await.unwrap(), level);
        // Two lessons, a check, a course; one person.
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt { deeds: 4, members: 1 }, "{}", world.test.name);
        assert_eq!(house.level(student.id).await.unwrap(), level, "{}", world.test.name);
        assert_eq!(house.badges(student.id).await.unwrap(), badges, "{}", world.test.name);
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt::default(), "{}", world.test.name);

        // An older school comes along: what learning and the roster know is carried over.
        let db = &world.test.base.db;
        while db.read().execute_unprepared("SELECT 1 FROM gamification_deed LIMIT 1").await.is_ok() {
            db.migrate_down(1).await.unwrap();
        }
        world.test.base.db.migrate().await.unwrap();
        assert_eq!(
            house.rebuild().await.unwrap(),
            Rebuilt { deeds: 1, members: 0 },
            "{}: but for checks",
            world.test.name
        );
        assert_eq!(house.level(student.id).await.unwrap(), level, "{}", world.test.name);
        world.end().await;
    }
}
