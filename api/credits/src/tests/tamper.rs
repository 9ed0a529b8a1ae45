//! Somebody who may write anything into the database, triggers dropped, tries to change what stands: verify tells each time, and where. The
//! key and the witness file are not in the database. What cannot be told is not tried here: a false entry put behind the last seal with
//! everything that belongs to it.

mod edits;

use std::{
    fs,
    path::{Path, PathBuf},
};

use kernel::{
    Amount, Role,
    event::Measure,
    id::{EntryId, PersonId},
};
use sea_orm::{ConnectionTrait, Database, EntityTrait, QueryOrder};
use verify::{Options, Report, verify};

use super::{
    book::{Draw, steps},
    proof::{SEED, key},
    world::World,
};
use crate::{store, tables::entry};
use edits::{Edit, Known};

/// Everything that stands in the way of plain SQL, and the keys that would refuse a second row.
const FREE_SQLITE: &str = "PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; DROP TRIGGER credits_entry_no_update; \
    DROP TRIGGER credits_entry_no_delete; DROP TRIGGER credits_entry_no_replace; DROP TRIGGER credits_block_no_update; \
    DROP TRIGGER credits_block_no_delete; DROP TRIGGER credits_block_no_replace; CREATE TABLE bare AS SELECT * FROM credits_entry; \
    DROP TABLE credits_entry; ALTER TABLE bare RENAME TO credits_entry;";
const FREE_POSTGRES: &str = "SET session_replication_role = replica; \
    ALTER TABLE credits_entry DROP CONSTRAINT credits_entry_reason_key_key; DROP INDEX credits_entry_reverses;";

fn read(url: &str, witness: &Path) -> Result<Report, String> {
    verify(url, &Options { keys: vec![key(SEED)], witness: Some(witness.to_owned()), threads: Some(2) })
}

fn told(edit: &Edit, outcome: Result<Report, String>) {
    // A ledger that cannot be read at all is told by the command too.
    let Ok(report) = outcome else { return };
    assert!(!report.is_clean(), "{} was not found: {:?}", edit.what, edit.sql);
    if let Some(first) = edit.first {
        assert_eq!(report.first_fault().unwrap().entry, Some(first), "{}: {:?}\n{report}", edit.what, edit.sql);
    }
}

/// Some terms of honest life: minutes, reversals, an adjustment; blocks of several sizes, and entries that wait for theirs.
async fn lived(world: &World) -> Known {
    let students = [world.person("1", &world.letters).await.id, world.person("2", &world.letters).await.id];
    let admins = [0; 2].map(|_| world.viewer(world.test.base.id(), Role::Admin, &world.letters));
    for n in 0..7_u32 {
        for person in students {
            world.announce(&[world.minutes(person, "film", n * 4, n * 4 + n % 4 + 1)]).await;
        }
        if n % 3 == 1 {
            world.credits.reverse(&admins[0], EntryId(i64::from(n)), "登记有误").await.unwrap();
        }
        if n == 4 {
            let (hours, reason) = (Amount::whole(2), "补记线下党课");
            let new =
                world.credits.propose_adjustment(&admins[0], students[0], Measure::Hours, hours, reason).await.unwrap();
            world.credits.approve_adjustment(&admins[1], new.id).await.unwrap();
        }
        world.test.clock.advance(61_000);
        if n < 6 {
            world.seal().await;
        }
    }
    let read = world.test.base.db.read();
    let rows = entry::Entity::find().order_by_asc(entry::Column::Id).all(read).await.unwrap();
    let blocks = store::seal::after(read, 0, 100).await.unwrap();
    world.is_clean().await;
    Known { rows, blocks, sqlite: world.test.name == "sqlite" }
}

fn copy(from: &Path, to: &Path) {
    drop(fs::remove_file(to));
    let db = rusqlite::Connection::open(from).unwrap();
    db.execute_batch(&format!("VACUUM INTO '{}'", to.display())).unwrap();
}

fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

#[tokio::test]
async fn verify_reports_every_edit_of_the_stored_ledger() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let known = lived(&world).await;
        let seed = std::env::var("XIANFENG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_121);
        println!("XIANFENG_SEED={seed}");
        let mut draw = Draw(seed);
        if known.sqlite {
            edits_on_sqlite(&world, &known, &mut draw, steps(100_000) / 500).await;
        } else {
            edits_on_postgres(&world, &known, &mut draw, steps(100_000) / 4_000).await;
        }
        world.end().await;
    }
}

async fn edits_on_sqlite(world: &World, known: &Known, draw: &mut Draw, many: u32) {
    let (folder, witness) = (world.test.folder.path().to_owned(), world.witness());
    let (whole, free) = (folder.join("whole.db"), folder.join("free.db"));
    copy(&folder.join("xianfeng.db"), &whole);
    fs::copy(&whole, &free).unwrap();
    rusqlite::Connection::open(&free).unwrap().execute_batch(FREE_SQLITE).unwrap();
    // Freed but not edited it is in order, however it lies in the file.
    assert!(read(&sqlite_url(&whole), &witness).unwrap().is_clean());
    assert!(read(&sqlite_url(&free), &witness).unwrap().is_clean());
    let edits: Vec<Edit> = (0..many).map(|_| known.edit(draw)).collect();
    let work = move || {
        let target: PathBuf = folder.join("edited.db");
        for edit in edits {
            fs::copy(&free, &target).unwrap();
            let db = rusqlite::Connection::open(&target).unwrap();
            let sql =
                format!("PRAGMA foreign_keys = OFF; PRAGMA synchronous = OFF; BEGIN; {}; COMMIT", edit.sql.join("; "));
            db.execute_batch(&sql).unwrap_or_else(|e| panic!("{}: {e}", edit.what));
            drop(db);
            told(&edit, read(&sqlite_url(&target), &witness));
        }
    };
    tokio::task::spawn_blocking(work).await.unwrap();
}

async fn edits_on_postgres(world: &World, known: &Known, draw: &mut Draw, many: u32) {
    world.test.base.db.clone().close().await.unwrap();
    let (server, name) = world.test.url.rsplit_once('/').unwrap();
    let admin = Database::connect(format!("{server}/postgres")).await.unwrap();
    for n in 0..many {
        let edit = known.edit(draw);
        let copy = format!("{name}_edit_{n}");
        admin.execute_unprepared(&format!("CREATE DATABASE {copy} TEMPLATE {name}")).await.unwrap();
        let url = format!("{server}/{copy}");
        let db = Database::connect(&url).await.unwrap();
        let sql = format!("BEGIN; {FREE_POSTGRES} {}; COMMIT", edit.sql.join("; "));
        db.execute_unprepared(&sql).await.unwrap_or_else(|e| panic!("{}: {e}\n{sql}", edit.what));
        db.close().await.unwrap();
        let witness = world.witness();
        let outcome = tokio::task::spawn_blocking(move || read(&url, &witness)).await.unwrap();
        told(&edit, outcome);
        admin.execute_unprepared(&format!("DROP DATABASE {copy} WITH (FORCE)")).await.unwrap();
    }
    admin.close().await.unwrap();
}

#[tokio::test]
async fn an_older_copy_put_back_is_told_by_the_witness_and_by_nothing_else() {
    for world in World::each().await.into_iter().map(World::sealed).filter(|world| world.test.name == "sqlite") {
        let folder = world.test.folder.path().to_owned();
        let person: PersonId = world.test.base.id();
        let (live, old) = (folder.join("xianfeng.db"), folder.join("old.db"));
        for n in 0..6 {
            if n == 3 {
                copy(&live, &old);
            }
            world.announce(&[world.minutes(person, "film", n, n + 1)]).await;
            world.seal().await;
        }
        let (witness, url) = (world.witness(), sqlite_url(&old));
        let without = Options { keys: vec![key(SEED)], witness: None, threads: None };
        assert!(verify(&url, &without).unwrap().is_clean(), "by itself it is a whole ledger");
        let report = read(&url, &witness).unwrap();
        assert_eq!((report.first_fault().unwrap().entry, report.witnessed), (Some(4), Some(3)));
        assert!(report.first_fault().unwrap().en.contains("checkpoint 4"), "{report}");
        // A witness in which something was changed is no witness.
        let changed = fs::read_to_string(&witness).unwrap().replace("entries 2-2", "entries 2-3");
        fs::write(folder.join("changed.txt"), changed).unwrap();
        let report = read(&sqlite_url(&live), &folder.join("changed.txt")).unwrap();
        assert!(report.first_fault().unwrap().en.contains("not signed"), "{report}");
        // Without the key nothing is believed.
        assert!(!verify(&sqlite_url(&live), &Options::default()).unwrap().is_clean());
        world.end().await;
    }
}
