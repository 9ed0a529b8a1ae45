//! `kill -9` at random moments under mixed load: 0 acknowledged losses, 0 paid twice.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use rustix::process::Signal;
use tokio::sync::{Mutex, OnceCell};

use crate::{
    chance::Chance,
    check,
    load::{Cast, STUDENTS},
    number, say,
    server::{self, School},
};

/// One at a time: they would slow each other down.
pub static TURN: Mutex<()> = Mutex::const_new(());

static SEEDED: OnceCell<PathBuf> = OnceCell::const_new();

/// A copy of the demo school, which is made once for each build of the program.
pub async fn school(data: &Path) -> School {
    let seeded = SEEDED.get_or_init(|| async { tokio::task::spawn_blocking(seed).await.expect("seeding ends") }).await;
    let copied = Command::new("cp").arg("-a").arg(seeded).arg(data).status();
    assert!(copied.expect("cp").success());
    School::at(data)
}

/// The demo school that everything begins with: the one that `make test` has made, or one that is kept for as long as the program stays as it is.
fn seed() -> PathBuf {
    if let Some(made) = std::env::var_os("XIANFENG_SCHOOL") {
        return made.into();
    }
    let built = std::fs::metadata(server::binary()).and_then(|file| file.modified()).expect("the program");
    let stamp = built.duration_since(std::time::UNIX_EPOCH).expect("a time").as_millis();
    let schools = Path::new(env!("CARGO_TARGET_TMPDIR")).join("torture");
    let (school, making) = (schools.join(format!("school-{stamp}")), schools.join("making"));
    if !school.exists() {
        // Those of older builds and half-made ones.
        drop(std::fs::remove_dir_all(&schools));
        std::fs::create_dir_all(&schools).expect("a folder");
        let logins = STUDENTS.to_string();
        let arguments = ["seed", "--demo", "--students", "40", "--logins", &logins, "--date", "2026-11-20"];
        let (good, said) = School::at(&making).run(&arguments);
        assert!(good, "{said}");
        std::fs::rename(&making, &school).expect("a name");
    }
    school
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_paid_twice_when_the_server_is_killed() {
    let _turn = TURN.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let school = school(&folder.path().join("school")).await;
    kill(&school, number("XIANFENG_KILLS", 20), "SQLite").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nor_on_postgresql() {
    let Ok(server) = std::env::var("XIANFENG_TEST_POSTGRES") else {
        return say("  KILLS ON POSTGRESQL SKIPPED: XIANFENG_TEST_POSTGRES names no server");
    };
    let _turn = TURN.lock().await;
    let folder = tempfile::tempdir().unwrap();
    let seeded = school(&folder.path().join("seeded")).await;
    let file = folder.path().join("moved.tar");
    let (good, said) = seeded.run(&["backup", file.to_str().unwrap(), "--objects"]);
    assert!(good, "{said}");
    let name = platform::testing::create(&server).await;
    let school = School { data: folder.path().join("school"), database: Some(format!("{server}/{name}")) };
    let (good, said) = school.run(&["restore", file.to_str().unwrap()]);
    assert!(good, "{said}");
    kill(&school, number("XIANFENG_KILLS", 20) / 4, "PostgreSQL").await;
    platform::testing::drop_database(&server, &name).await;
}

async fn kill(school: &School, kills: u64, engine: &str) {
    let (mut chance, seed) = Chance::from_environment();
    say(&format!("  {kills} kills on {engine}, XIANFENG_SEED={seed}"));
    let second = Cast::second_admin(school);
    let mut server = school.start();
    let (mut url, _) = server.wait();
    let cast = Cast::gather(&url, &second).await;
    let mut slowest = Duration::ZERO;
    // On a busy machine few acts fit into a life; then there are more lives.
    for n in 1..=kills * 4 {
        if n > kills && cast.lacks(kills).is_none() {
            break;
        }
        let life = Duration::from_millis(chance.between(200, 1500));
        cast.work(&url, &server, life, Signal::KILL, &mut chance).await;
        server.kill();
        if chance.one_in(8) {
            // A start is a moment like any other.
            let early = school.start();
            tokio::time::sleep(Duration::from_millis(chance.between(5, 150))).await;
            early.kill();
        }
        server = school.start();
        let (address, ready) = server.wait();
        (url, slowest) = (address, slowest.max(ready));
        cast.check(&url, n % 10 == 0 || n >= kills).await;
        if n % 50 == 0 {
            say(&format!("  {n} kills: {}", check::summary(&cast.oracle.lock().unwrap())));
        }
    }
    cast.settle(&url).await;
    server.stop();
    ledger(school);
    let said = check::summary(&cast.oracle.lock().unwrap());
    say(&format!("  {kills} kills on {engine}: 0 lost, 0 twice; slowest restart {slowest:?}; {said}"));
    assert_eq!(cast.lacks(kills), None, "too little of it to prove anything");
}

/// The separate reader of the ledger has the last word.
pub fn ledger(school: &School) {
    let (_, help) = school.run(&["--help"]);
    if !help.lines().any(|line| line.trim_start().starts_with("ledger")) {
        return say("  NO `ledger verify` in this program: balances and entries were compared only");
    }
    let (good, said) = school.run(&["ledger", "verify"]);
    assert!(good, "{said}");
    say(&format!("  {}", said.trim()));
}
