use kernel::{Amount, Day, Role, Viewer};
use organisation::Play;

use super::world::World;
use crate::{Board, Gamification, Period, Scope};

const DAY_MS: i64 = 86_400_000;

async fn told(house: &Gamification, viewer: &Viewer, scope: Scope, period: Period) -> (Option<u32>, Vec<String>) {
    let board = house.leaderboard(viewer, scope, period, 10).await.unwrap();
    let rows = board.rows.iter().map(|row| format!("{} {} {}", row.rank, row.name, row.points)).collect();
    (board.me.map(|me| me.rank), rows)
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

#[tokio::test]
async fn colleges_and_branches_are_compared_by_the_mean_of_their_students() {
    for world in World::each(Play::Boards).await {
        let one = world.student("1", &world.poetry).await;
        let two = world.student("2", &world.poetry).await;
        let three = world.student("3", &world.prose).await;
        let four = world.student("4", &world.physics).await;
        let clerk = world.student("5", &world.office).await;
        // Staff do not thin the mean.
        let secretary = world.person("T1", &world.poetry).await;
        world.organisation.grant(secretary.id, Role::Admin, world.letters.id).await.unwrap();
        for (person, minutes) in [(&one, 9), (&two, 3), (&three, 3), (&four, 7), (&clerk, 20)] {
            world.watches(person, minutes).await;
        }
        let (viewer, house) = (world.viewer(&three).await, world.fresh());
        let colleges = vec!["1 物理学院 7".to_owned(), "2 文学院 5".to_owned()];
        assert_eq!(told(&house, &viewer, Scope::School, Period::Week).await, (Some(2), colleges.clone()));
        let branches = vec!["1 诗歌党支部 6".to_owned(), "2 散文党支部 3".to_owned()];
        assert_eq!(told(&house, &viewer, Scope::College, Period::Month).await, (Some(2), branches));
        // Nobody can have opted in yet.
        assert_eq!(told(&house, &viewer, Scope::Branch, Period::Week).await, (None, vec![]));
        // A branch directly under the school belongs to no college.
        let clerk = world.viewer(&clerk).await;
        assert_eq!(told(&house, &clerk, Scope::School, Period::Week).await, (None, colleges));
        assert_eq!(told(&house, &clerk, Scope::College, Period::Week).await, (None, vec![]));
        let cut = house.leaderboard(&viewer, Scope::School, Period::Week, 1).await.unwrap();
        assert_eq!((cut.rows.len(), cut.me.map(|me| me.points)), (1, Some(Amount::whole(5))), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_period_holds_only_its_own_days_and_a_term_needs_to_be_there() {
    for world in World::each(Play::Boards).await {
        let student = world.student("1", &world.physics).await;
        world.watches(&student, 4).await;
        world.test.clock.advance(7 * DAY_MS);
        world.watches(&student, 2).await;
        let viewer = world.viewer(&student).await;
        let board = async |period| told(&world.fresh(), &viewer, Scope::School, period).await.1;
        assert_eq!(board(Period::Week).await, ["1 物理学院 2"], "{}", world.test.name);
        assert_eq!(board(Period::Month).await, ["1 物理学院 6"], "{}", world.test.name);
        assert_eq!(board(Period::All).await, ["1 物理学院 6"], "{}", world.test.name);
        assert!(board(Period::Term).await.is_empty(), "{}", world.test.name);
        let (starts, ends) = (Day::of(2026, 11, 23).unwrap(), Day::of(2027, 1, 17).unwrap());
        world.organisation.add_term("秋季学期", starts, ends).await.unwrap();
        assert_eq!(board(Period::Term).await, ["1 物理学院 2"], "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn nobody_is_compared_unless_the_school_opened_boards() {
    for play in [Play::Off, Play::Private, Play::Team] {
        for world in World::each(play).await {
            let student = world.student("1", &world.poetry).await;
            world.watches(&student, 4).await;
            let viewer = world.viewer(&student).await;
            for scope in [Scope::School, Scope::College, Scope::Branch] {
                let board = world.gamification.leaderboard(&viewer, scope, Period::All, 10).await.unwrap();
                assert_eq!(board, Board::default(), "{}: {play:?} {scope:?}", world.test.name);
            }
            world.end().await;
        }
    }
}
