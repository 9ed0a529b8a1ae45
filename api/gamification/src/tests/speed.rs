//! A measurement, not a test: `cargo test -p gamification -- --ignored --nocapture boards_of_100_000`.

use std::time::Instant;

use kernel::Viewer;
use organisation::{Play, Unit, UnitKind};

use super::world::World;
use crate::{Gamification, Period, Scope};

const STUDENTS: usize = 100_000;
const BRANCHES: usize = 1_000;
const ASKED: usize = 2_000;

/// Ten colleges of a hundred branches; every tenth student is on the board of their branch, and in one branch of ten thousand all are.
async fn fill(world: &World) -> Vec<Unit> {
    let mut branches = Vec::new();
    for college in 0..10 {
        let new = |kind, parent: &Unit, title| organisation::NewUnit { parent: Some(parent.id), kind, title };
        let college = new(UnitKind::College, &world.root, format!("第{college}学院"));
        let college = world.organisation.add_unit(college).await.unwrap();
        for branch in 0..BRANCHES / 10 {
            let branch = new(UnitKind::Branch, &college, format!("第{branch}党支部"));
            branches.push(world.organisation.add_unit(branch).await.unwrap());
        }
    }
    let of = |n: usize| &branches[if n < STUDENTS / 10 { 0 } else { n % BRANCHES }];
    let hex = |n: usize| format!("{:032x}", n + 1_000);
    for some in (0..STUDENTS).collect::<Vec<_>>().chunks(1_000) {
        let rows = |row: &dyn Fn(usize) -> String| some.iter().map(|n| row(*n)).collect::<Vec<_>>().join(", ");
        let nickname =
            |n: usize| if n < STUDENTS / 10 || n.is_multiple_of(10) { format!("'同学{n}'") } else { "NULL".into() };
        let member = |n: usize| format!("({}, '{}', {}, 1)", world.blob(&hex(n)), of(n).path, nickname(n));
        world
            .sql(&format!(
                "INSERT INTO gamification_person (person, branch, nickname, changed) VALUES {}",
                rows(&member)
            ))
            .await;
        let member = |n: usize| format!("({}, '{}')", world.blob(&hex(n)), of(n).path);
        world.sql(&format!("INSERT INTO gamification_member (person, path) VALUES {}", rows(&member))).await;
        let points = |n: usize| format!("({}, 'POINTS', {}, 1)", world.blob(&hex(n)), (n * 7_919) % 900 * 500);
        world
            .sql(&format!("INSERT INTO credits_balance (person, measure, amount, last_entry) VALUES {}", rows(&points)))
            .await;
        let today = world.test.base.today().number();
        let tally =
            |n: usize| format!("({}, {today}, 'POINTS', 'r', {})", world.blob(&hex(n)), (n * 7_919) % 900 * 500);
        world
            .sql(&format!("INSERT INTO credits_tally (person, day, measure, rule, amount) VALUES {}", rows(&tally)))
            .await;
    }
    branches
}

async fn measure(house: &Gamification, viewer: &Viewer, scope: Scope, name: &str) {
    let mut times = Vec::with_capacity(ASKED);
    for n in 0..ASKED {
        let period = [Period::Week, Period::Month, Period::All][n % 3];
        let began = Instant::now();
        let board = house.leaderboard(viewer, scope, period, 20).await.unwrap();
        times.push(began.elapsed());
        assert!(!board.rows.is_empty() && board.me.is_some());
    }
    times.sort_unstable();
    let at = |percent: usize| times[(ASKED * percent / 100).min(ASKED - 1)];
    eprintln!("{name:<24} {scope:?}: median {:?}, p99 {:?}, worst {:?}", at(50), at(99), at(100));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "a measurement"]
async fn boards_of_100_000_students() {
    for world in World::each_board(Play::Boards).await {
        let branches = fill(&world).await;
        let house = world.fresh();
        let began = Instant::now();
        house.catch_up().await.unwrap();
        eprintln!("{:<24} first load: {:?}", world.name(), began.elapsed());
        let mut viewer = world.admin("T1", &branches[0]).await;
        for (who, place) in [(5_000, 0), (60_000, 60_000 % BRANCHES)] {
            viewer.person = format!("per_{:032x}", who + 1_000).parse().unwrap();
            viewer.path.clone_from(&branches[place].path);
            for scope in [Scope::School, Scope::College, Scope::Branch] {
                measure(&house, &viewer, scope, &world.name()).await;
            }
        }
        world.end().await;
    }
}
