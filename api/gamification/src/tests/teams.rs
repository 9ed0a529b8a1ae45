use kernel::{Code, Day};
use organisation::Play;

use super::world::World;
use crate::{GoalMeasure, NewGoal};

const DAY_MS: i64 = 86_400_000;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

#[tokio::test]
async fn a_team_meets_its_own_target_together_and_sees_no_other() {
    for world in World::each(Play::Team).await {
        let one = world.student("1", &world.poetry).await;
        let two = world.student("2", &world.prose).await;
        let other = world.student("3", &world.physics).await;
        let lessons = world.readings(3).await;
        let house = &world.gamification;
        let admin = world.admin("T1", &world.letters).await;
        let goal = |title: &str, measure, target| NewGoal {
            unit: world.letters.id,
            title: title.to_owned(),
            measure,
            target,
            from: day("2026-11-16"),
            to: day("2026-11-29"),
        };
        let read = house.add_goal(&admin, goal(" 一起学完 3 节 ", GoalMeasure::Lessons, 3)).await.unwrap();
        world.test.clock.advance(1);
        house.add_goal(&admin, goal("人人都学", GoalMeasure::Studying, 2)).await.unwrap();
        world.reads(&one, lessons[0]).await;
        world.reads(&one, lessons[1]).await;
        world.reads(&two, lessons[0]).await;
        world.reads(&other, lessons[0]).await;
        let told = async |house: &crate::Gamification, viewer: &kernel::Viewer| {
            let all = house.goals(viewer).await.unwrap();
            all.iter().map(|goal| format!("{} {}/{}", goal.title, goal.progress, goal.target)).collect::<Vec<_>>()
        };
        let viewer = world.viewer(&two).await;
        let wanted = ["人人都学 2/2", "一起学完 3 节 3/3"];
        assert_eq!(told(house, &viewer).await, wanted, "{}", world.test.name);
        assert!(told(house, &world.viewer(&other).await).await.is_empty(), "{}: not their team", world.test.name);

        // A week later nobody has studied yet; what was finished stays.
        world.test.clock.advance(7 * DAY_MS);
        assert_eq!(told(&world.fresh(), &viewer).await, ["人人都学 0/2", "一起学完 3 节 3/3"], "{}", world.test.name);
        let ended = house.end_goal(&admin, read.id).await.unwrap();
        assert_eq!((ended.progress, ended.ended_at), (3, Some(world.test.base.now())), "{}", world.test.name);
        world.reads(&one, lessons[2]).await;
        assert_eq!(told(&world.fresh(), &viewer).await[1], "一起学完 3 节 3/3", "{}: it is over", world.test.name);
        assert_eq!(house.end_goal(&admin, read.id).await.unwrap().ended_at, ended.ended_at);

        for play in [Play::Off, Play::Private] {
            let root = world.admin(&format!("T{play:?}"), &world.root).await;
            world.organisation.set_play(&root, play).await.unwrap();
            assert!(told(house, &viewer).await.is_empty(), "{}: {play:?}", world.test.name);
        }
        world.end().await;
    }
}

#[tokio::test]
async fn goals_and_the_switch_are_for_who_is_in_charge_and_written_down() {
    for world in World::each(Play::Team).await {
        let house = &world.gamification;
        let (letters, root) = (world.admin("T1", &world.letters).await, world.admin("T2", &world.root).await);
        let student = world.student("1", &world.poetry).await;
        let student = world.viewer(&student).await;
        let goal = |unit, target, from: &str, to: &str| NewGoal {
            unit,
            title: "目标".to_owned(),
            measure: GoalMeasure::Lessons,
            target,
            from: day(from),
            to: day(to),
        };
        let (from, to) = ("2026-11-16", "2026-11-29");
        let cases = [
            (&student, goal(world.poetry.id, 1, from, to), Code::Forbidden),
            (&letters, goal(world.physics.id, 1, from, to), Code::NotFound),
            (&letters, goal(world.poetry.id, 0, from, to), Code::Invalid),
            (&letters, goal(world.poetry.id, 1, to, from), Code::Invalid),
            (&letters, goal(world.poetry.id, 1, from, "2028-01-01"), Code::Invalid),
            (&root, goal(world.root.id, 1, from, to), Code::Invalid),
        ];
        for (viewer, new, code) in cases {
            assert_eq!(house.add_goal(viewer, new.clone()).await.unwrap_err().code(), Some(code), "{new:?}");
        }
        let made = house.add_goal(&letters, goal(world.poetry.id, 1, from, to)).await.unwrap();
        let physics = world.admin("T3", &world.physics).await;
        assert_eq!(house.end_goal(&physics, made.id).await.unwrap_err().code(), Some(Code::NotFound));
        assert_eq!(house.end_goal(&student, made.id).await.unwrap_err().code(), Some(Code::Forbidden));
        house.end_goal(&letters, made.id).await.unwrap();
        let freeze = house.add_freeze(&root, "考试周", day(from), day(to), None).await.unwrap();
        house.remove_freeze(&root, freeze.id).await.unwrap();
        house.set_school_rhythm(&root, 4).await.unwrap();
        for viewer in [&letters, &student] {
            let refused = world.organisation.set_play(viewer, Play::Boards).await.unwrap_err();
            assert_eq!(refused.code(), Some(Code::Forbidden), "{}", world.test.name);
        }
        let school = world.organisation.set_play(&root, Play::Boards).await.unwrap();
        assert_eq!((school.play, world.organisation.school().await.unwrap().play), (Play::Boards, Play::Boards));

        let page = kernel::Page::try_new(50, None).unwrap();
        let scope = [world.root.path.clone()];
        let db = world.test.base.db.read();
        let acts = platform::audit::list(db, &scope, &Default::default(), &page).await.unwrap();
        let mut told: Vec<&str> =
            acts.nodes().map(|act| act.action.as_str()).filter(|act| !act.starts_with("course")).collect();
        told.sort_unstable();
        let wanted = [
            "play.add_freeze",
            "play.add_goal",
            "play.end_goal",
            "play.remove_freeze",
            "play.set_rhythm",
            "school.set_play",
        ];
        assert_eq!(told, wanted, "{}", world.test.name);
        world.end().await;
    }
}
