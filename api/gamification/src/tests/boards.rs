use kernel::{Amount, Day, Role, Viewer};
use organisation::Play;

use super::{trouble::everything, world::World};
use crate::{Board, Gamification, OptIn, Period, Rebuilt, Scope};

const DAY_MS: i64 = 86_400_000;

async fn told(house: &Gamification, viewer: &Viewer, scope: Scope, period: Period) -> (Option<u32>, Vec<String>) {
    let board = house.leaderboard(viewer, scope, period, 10).await.unwrap();
    let rows = board.rows.iter().map(|row| format!("{} {} {}", row.rank, row.name, row.points)).collect();
    (board.me.map(|me| me.rank), rows)
}

#[tokio::test]
async fn colleges_and_branches_are_compared_by_the_mean_of_their_students() {
    for world in World::each_board(Play::Boards).await {
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
        // Nobody has opted in.
        assert_eq!(told(&house, &viewer, Scope::Branch, Period::Week).await, (None, vec![]));
        // A branch directly under the school belongs to no college.
        let clerk = world.viewer(&clerk).await;
        assert_eq!(told(&house, &clerk, Scope::School, Period::Week).await, (None, colleges));
        assert_eq!(told(&house, &clerk, Scope::College, Period::Week).await, (None, vec![]));
        let cut = house.leaderboard(&viewer, Scope::School, Period::Week, 1).await.unwrap();
        assert_eq!((cut.rows.len(), cut.me.map(|me| me.points)), (1, Some(Amount::whole(5))), "{}", world.name());
        world.end().await;
    }
}

#[tokio::test]
async fn a_period_holds_only_its_own_days_and_a_term_needs_to_be_there() {
    for world in World::each_board(Play::Boards).await {
        let student = world.student("1", &world.physics).await;
        world.watches(&student, 4).await;
        world.test.clock.advance(7 * DAY_MS);
        world.watches(&student, 2).await;
        let viewer = world.viewer(&student).await;
        let board = async |period| told(&world.fresh(), &viewer, Scope::School, period).await.1;
        assert_eq!(board(Period::Week).await, ["1 物理学院 2"], "{}", world.name());
        assert_eq!(board(Period::Month).await, ["1 物理学院 6"], "{}", world.name());
        assert_eq!(board(Period::All).await, ["1 物理学院 6"], "{}", world.name());
        assert!(board(Period::Term).await.is_empty(), "{}", world.name());
        let (starts, ends) = (Day::of(2026, 11, 23).unwrap(), Day::of(2027, 1, 17).unwrap());
        world.organisation.add_term("秋季学期", starts, ends).await.unwrap();
        assert_eq!(board(Period::Term).await, ["1 物理学院 2"], "{}", world.name());
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
                assert_eq!(board, Board::default(), "{}: {play:?} {scope:?}", world.name());
            }
            world.end().await;
        }
    }
}

#[tokio::test]
async fn who_opted_in_stands_beside_who_opted_in_and_nobody_at_the_bottom() {
    for world in World::each_board(Play::Boards).await {
        let mut people = Vec::new();
        for (number, minutes) in [("1", 9), ("2", 8), ("3", 8), ("4", 5), ("5", 2), ("6", 1), ("7", 30)] {
            let student = world.student(number, &world.poetry).await;
            world.watches(&student, minutes).await;
            people.push(student);
        }
        let house = &world.gamification;
        let opt = async |n: usize, name: &str| {
            let viewer = world.viewer(&people[n]).await;
            house.set_opt_in(&viewer, true, Some(name.to_owned())).await.unwrap()
        };
        let board = async |n: usize| {
            let viewer = world.viewer(&people[n]).await;
            told(house, &viewer, Scope::Branch, Period::Week).await
        };
        assert_eq!(house.opt_in(people[0].id).await.unwrap(), None, "{}: off at first", world.name());
        assert_eq!(opt(0, " 晨光 ").await, Some(OptIn { nickname: "晨光".to_owned() }), "{}", world.name());
        opt(1, "远山").await;
        assert_eq!(board(0).await, (None, vec![]), "{}: two are too few", world.name());
        opt(3, "小溪").await;
        let three: Vec<String> = vec!["1 晨光 9".into(), "2 远山 8".into()];
        assert_eq!(board(0).await, (Some(1), three.clone()), "{}: the bottom is not shown", world.name());
        let mut own = three;
        own.push("3 小溪 5".into());
        assert_eq!(board(3).await, (Some(3), own), "{}: but to themself", world.name());
        opt(2, "青石").await;
        opt(4, "落叶").await;
        opt(5, "微风").await;
        // Two above and two below; equals share a rank, in one order everywhere.
        let beside: Vec<String> = ["2 远山 8", "2 青石 8", "4 小溪 5", "5 落叶 2"].map(str::to_owned).to_vec();
        assert_eq!(board(3).await, (Some(4), beside), "{}", world.name());
        for n in [1, 2] {
            let viewer = world.viewer(&people[n]).await;
            let seen = house.leaderboard(&viewer, Scope::Branch, Period::Week, 10).await.unwrap();
            let mine: Vec<&str> = seen.rows.iter().filter(|row| row.me).map(|row| row.name.as_str()).collect();
            assert_eq!(mine, [["远山", "青石"][n - 1]], "{}: of equals only oneself is oneself", world.name());
        }
        // Who did not opt in sees nobody and is seen by nobody.
        assert_eq!(board(6).await, (None, vec![]), "{}", world.name());
        let other = world.student("8", &world.prose).await;
        world.work().await;
        let other = world.viewer(&other).await;
        house.set_opt_in(&other, true, Some("邻居".to_owned())).await.unwrap();
        assert_eq!(told(house, &other, Scope::Branch, Period::Week).await, (None, vec![]), "{}", world.name());

        // Off is off at once, and forgets the nickname.
        let viewer = world.viewer(&people[1]).await;
        assert_eq!(house.set_opt_in(&viewer, false, None).await.unwrap(), None);
        assert_eq!(board(1).await, (None, vec![]), "{}", world.name());
        assert!(!board(0).await.1.iter().any(|row| row.contains("远山")), "{}", world.name());
        let again = house.set_opt_in(&viewer, true, None).await.unwrap_err();
        assert_eq!(again.code(), Some(kernel::Code::Invalid), "{}", world.name());
        house.set_opt_in(&viewer, true, Some("远山".to_owned())).await.unwrap();
        // A process that saw the week and the month end goes on, and one that starts now reads everything: both tell the same.
        let viewer = world.viewer(&people[3]).await;
        for days in [0, 7, 14, 5] {
            world.test.clock.advance(days * DAY_MS);
            house.catch_up().await.unwrap();
            assert_eq!(
                everything(house, &viewer).await,
                everything(&world.in_memory(), &viewer).await,
                "{}",
                world.name()
            );
            world.watches(&people[0], 1).await;
            world.watches(&people[4], 3).await;
            house.catch_up().await.unwrap();
            assert_eq!(
                everything(house, &viewer).await,
                everything(&world.in_memory(), &viewer).await,
                "{}",
                world.name()
            );
        }
        assert_eq!(
            told(&world.in_memory(), &world.viewer(&people[3]).await, Scope::Branch, Period::All).await,
            told(house, &world.viewer(&people[3]).await, Scope::Branch, Period::All).await,
            "{}",
            world.name()
        );
        world.end().await;
    }
}

#[tokio::test]
async fn a_nickname_is_short_and_a_board_is_for_students() {
    for world in World::each(Play::Boards).await {
        let student = world.student("1", &world.poetry).await;
        let viewer = world.viewer(&student).await;
        let house = &world.gamification;
        for wrong in ["", "一", " 一 ", "一二三四五六七八九十一二三", "a\u{200b}b", "甲\n乙", "<b>"] {
            let refused = house.set_opt_in(&viewer, true, Some(wrong.to_owned())).await.unwrap_err();
            assert_eq!(refused.code(), Some(kernel::Code::Invalid), "{wrong:?}");
        }
        let secretary = world.admin("T1", &world.letters).await;
        let refused = house.set_opt_in(&secretary, true, Some("书记".to_owned())).await.unwrap_err();
        assert_eq!(refused.code(), Some(kernel::Code::Forbidden));
        world.organisation.set_play(&world.admin("T2", &world.root).await, Play::Team).await.unwrap();
        let refused = house.set_opt_in(&viewer, true, Some("晨光".to_owned())).await.unwrap_err();
        assert_eq!(refused.code(), Some(kernel::Code::Conflict));
        house.set_opt_in(&viewer, false, None).await.unwrap();
        world.end().await;
    }
}

#[tokio::test]
async fn who_moves_takes_their_points_along_and_new_entries_are_added_once() {
    for world in World::each_board(Play::Boards).await {
        let one = world.student("1", &world.poetry).await;
        let two = world.student("2", &world.prose).await;
        world.watches(&one, 9).await;
        world.watches(&two, 3).await;
        let (viewer, house) = (world.viewer(&two).await, &world.gamification);
        let branches = async || told(house, &viewer, Scope::College, Period::Term).await.1;
        let (starts, ends) = (Day::of(2026, 9, 1).unwrap(), Day::of(2027, 1, 17).unwrap());
        world.organisation.add_term("秋季学期", starts, ends).await.unwrap();
        assert_eq!(branches().await, ["1 诗歌党支部 9", "2 散文党支部 3"], "{}", world.name());
        for _ in 0..3 {
            world.watches(&two, 1).await;
            house.catch_up().await.unwrap();
        }
        assert_eq!(branches().await, ["1 诗歌党支部 9", "2 散文党支部 6"], "{}", world.name());
        // A reversal of what was paid is an entry like any other.
        let entries = world.credits.entries(one.id, None, &kernel::Page::try_new(9, None).unwrap()).await.unwrap();
        let admin = world.admin("T1", &world.root).await;
        let paid = entries.nodes().find(|entry| entry.amount == Amount::whole(9));
        if let Some(paid) = paid {
            world.credits.reverse(&admin, paid.id, "误发").await.unwrap();
        } else {
            for entry in entries.nodes() {
                world.credits.reverse(&admin, entry.id, "误发").await.unwrap();
            }
        }
        world.work().await;
        world.watches(&one, 2).await;
        house.catch_up().await.unwrap();
        assert_eq!(branches().await, ["1 散文党支部 6", "2 诗歌党支部 2"], "{}", world.name());

        world.moves(&one, &world.poetry, &world.prose).await;
        house.catch_up().await.unwrap();
        assert_eq!(branches().await, ["1 散文党支部 4"], "{}: a unit without students has no mean", world.name());
        assert_eq!(told(&world.in_memory(), &viewer, Scope::College, Period::Term).await.1, branches().await);
        assert_eq!(house.rebuild().await.unwrap(), Rebuilt::default(), "{}: nothing was wrong", world.name());
        assert_eq!(branches().await, ["1 散文党支部 4"], "{}", world.name());
        world.end().await;
    }
}
