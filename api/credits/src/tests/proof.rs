//! Sealing and verifying: what the writer seals, the reader with no code in common finds in order.

use std::{
    fs,
    io::{Read, Write},
    net::TcpListener,
    path::PathBuf,
    thread,
    time::Duration,
};

use kernel::{Event, Role, id::PersonId};
use platform::{Handlers, Worker};
use sea_orm::ConnectionTrait;
use verify::{Options, Report};

use super::world::World;
use crate::{Sealing, Verification, jobs, rules::checkpoint::Signer, service::award::award, store};

pub const SEED: [u8; 32] = [7; 32];

impl World {
    pub fn witness(&self) -> PathBuf {
        self.test.folder.path().join("apart/checkpoints.txt")
    }
    pub fn sealing(&self) -> Sealing {
        Sealing { seed: SEED, former: Vec::new(), witness: self.witness(), webhook: None }
    }
    pub fn sealed(self) -> Self {
        self.credits.seal_with(self.sealing()).unwrap();
        self
    }
    pub async fn seal(&self) -> i64 {
        self.credits.seal().await.unwrap()
    }
    /// As the command does it: with the key and the witness.
    pub async fn verify(&self) -> Report {
        let witness = Some(self.witness()).filter(|path| path.exists());
        let (url, options) = (self.test.url.clone(), Options { keys: vec![key(SEED)], witness, threads: Some(2) });
        tokio::task::spawn_blocking(move || verify::verify(&url, &options)).await.unwrap().unwrap()
    }
    pub async fn is_clean(&self) -> Report {
        let report = self.verify().await;
        assert!(report.is_clean(), "{}: {report}", self.test.name);
        report
    }
}

pub fn key(seed: [u8; 32]) -> [u8; 32] {
    Signer::new(&seed).unwrap().public_key().try_into().unwrap()
}

#[tokio::test]
async fn what_is_sealed_is_verified_and_the_witness_knows_it() {
    for world in World::each().await.into_iter().map(World::sealed) {
        assert_eq!((world.seal().await, world.is_clean().await.blocks), (0, 0), "{}", world.test.name);
        let people: Vec<PersonId> = (0..3).map(|_| world.test.base.id()).collect();
        for (n, person) in (0_u32..).zip(&people) {
            world.announce(&[world.minutes(*person, "film", 0, n + 2)]).await;
            assert_eq!(world.seal().await, i64::from(n) + 1, "{}", world.test.name);
        }
        // Nothing new, no new block.
        assert_eq!(world.seal().await, 3);
        world.announce(&[world.minutes(people[0], "film", 2, 3)]).await;
        let report = world.is_clean().await;
        assert_eq!((report.entries, report.sealed_upto, report.unsealed()), (10, 9, 1), "{}", world.test.name);
        assert_eq!((report.blocks, report.witnessed), (3, Some(3)));
        let text = fs::read_to_string(world.witness()).unwrap();
        assert!(text.contains("block 3\nentries 6-9\nroot "), "{text}");
        let health = world.credits.health().await.unwrap();
        assert_eq!((health.entries, health.verified, health.first_fault), (10, None, None));
        assert_eq!(health.last_sealed_at, Some(world.test.base.now()));
        let fault = Some("记录 ent_1：缺失。".to_owned());
        world.credits.checked(&Verification { entries: 10, upto: 9, first_fault: fault.clone() }).await.unwrap();
        let health = world.credits.health().await.unwrap();
        assert_eq!((health.verified, health.first_fault), (Some(false), fault), "{}", world.test.name);
        world.credits.checked(&Verification { entries: 10, upto: 9, first_fault: None }).await.unwrap();
        let health = world.credits.health().await.unwrap();
        assert_eq!((health.verified, health.first_fault), (Some(true), None), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn entries_from_before_the_hashes_are_covered_by_their_first_seal() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let person = world.test.base.id();
        let sql = format!(
            "INSERT INTO credits_entry (id, person, measure, amount, reason_key, rule, pack, day, posted_at) \
             VALUES (1, {}, 'POINTS', 5000, 'old', 'reading.done', 'demo-1', 739000, 1)",
            match world.test.name {
                "sqlite" => format!("x'{}'", PersonId::uuid(person).simple()),
                _ => format!("'{}'", PersonId::uuid(person)),
            }
        );
        let tx = world.test.base.db.begin().await.unwrap();
        tx.execute_unprepared(&sql).await.unwrap();
        tx.execute_unprepared("UPDATE credits_head SET last_entry = 1").await.unwrap();
        tx.commit().await.unwrap();
        let rebuilt = world.credits.rebuild().await.unwrap();
        let tables: Vec<&str> = rebuilt.differences.iter().map(|d| d.table.as_str()).collect();
        assert_eq!(tables, ["credits_balance", "credits_account", "credits_tally"], "{}", world.test.name);
        assert_eq!(rebuilt.differences[0].examples, [format!("{person} POINTS: - -> 5")], "{}", world.test.name);
        assert_eq!(rebuilt.differences[1].examples, ["issue:reading.done POINTS: - -> -5"]);
        world.announce(&[world.minutes(person, "film", 0, 2)]).await;
        world.seal().await;
        world.announce(&[world.minutes(person, "film", 2, 3)]).await;
        world.is_clean().await;
        let tx = world.test.base.db.begin().await.unwrap();
        let drop = match world.test.name {
            "sqlite" => "DROP TRIGGER credits_entry_no_update",
            _ => "ALTER TABLE credits_entry DISABLE TRIGGER ALL",
        };
        tx.execute_unprepared(drop).await.unwrap();
        tx.execute_unprepared("UPDATE credits_entry SET note = '另一句' WHERE id = 1").await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(world.verify().await.first_fault().unwrap().entry, Some(1), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_seal_under_steady_load_ends_where_the_head_stood_when_it_began() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let person = world.test.base.id();
        world.announce(&[world.minutes(person, "film", 0, 3)]).await;
        let head = store::head(world.test.base.db.read()).await.unwrap();
        // What comes while it seals.
        world.announce(&[world.minutes(person, "film", 3, 5)]).await;
        assert_eq!(world.credits.seal_upto(head).await.unwrap(), 1, "{}", world.test.name);
        let report = world.is_clean().await;
        assert_eq!((report.sealed_upto, report.witnessed), (3, Some(1)), "{}: and the witness knows", world.test.name);
        // Who was overtaken by another finds nothing to do.
        assert_eq!((world.seal().await, world.credits.seal_upto(head).await.unwrap()), (2, 2), "{}", world.test.name);
        assert_eq!(world.is_clean().await.sealed_upto, 5, "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn a_block_has_a_bound_and_many_blocks_are_made_at_once() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let people: Vec<PersonId> = (0..4).map(|_| world.test.base.id()).collect();
        for person in &people {
            let tx = world.test.base.db.begin().await.unwrap();
            let head = store::lock_head(&tx).await.unwrap();
            let entries = super::book::minutes(*person, 3_000);
            store::post::append(&tx, head, &entries, world.test.base.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        assert_eq!(world.seal().await, 2, "{}", world.test.name);
        assert_eq!(world.is_clean().await.sealed_upto, 12_000, "{}", world.test.name);
        world.end().await;
    }
}

/// Several writers, and a sealer that seals as fast as it can: whatever is posted later stands above what is sealed.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn no_entry_ever_appears_below_a_sealed_id() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let base = world.test.base.clone();
        let writers = (0..3_u32).map(|writer| {
            let (credits, base) = (world.credits.clone(), base.clone());
            let person = base.id();
            let facts: Vec<Event> =
                (0..40).map(|n| world.minutes(person, &format!("w{writer}"), n, n + 1 + n % 3)).collect();
            tokio::spawn(async move {
                for (n, fact) in (0_u64..).zip(facts) {
                    let tx = base.db.begin().await.unwrap();
                    award(&credits, &tx, fact).await.unwrap();
                    // Held open a little, so that others' commits come in between.
                    tokio::time::sleep(Duration::from_micros(n * 37 % 900)).await;
                    if n % 7 == 3 { tx.rollback().await.unwrap() } else { tx.commit().await.unwrap() }
                }
            })
        });
        let writing = futures::future::join_all(writers.collect::<Vec<_>>());
        let sealing = async {
            let mut roots = Vec::new();
            for _ in 0..60 {
                world.credits.seal().await.unwrap();
                let read = base.db.read();
                if let Some(sealed) = store::seal::last(read).await.unwrap() {
                    let leaves = store::seal::leaves(read, sealed.block.first, sealed.block.last).await.unwrap();
                    roots.push((sealed.block, leaves));
                }
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
            roots
        };
        let (_, roots) = tokio::join!(writing, sealing);
        world.seal().await;
        for (block, leaves) in roots {
            let now = store::seal::leaves(base.db.read(), block.first, block.last).await.unwrap();
            assert_eq!(now, leaves, "{}: block {}", world.test.name, block.no);
        }
        let report = world.is_clean().await;
        assert_eq!(report.unsealed(), 0);
        assert!(report.blocks > 3 && report.entries > 60, "{}: {report}", world.test.name);
        world.end().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn two_sealers_at_once_make_one_chain() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let other = crate::Credits::new(world.test.base.clone(), world.catalogue.clone()).unwrap();
        other.seal_with(world.sealing()).unwrap();
        let person = world.test.base.id();
        for n in 0..8 {
            world.announce(&[world.minutes(person, "film", n, n + 1)]).await;
            let (one, two) = tokio::join!(world.credits.seal(), other.seal());
            one.unwrap();
            two.unwrap();
        }
        let report = world.is_clean().await;
        assert_eq!((report.blocks, report.witnessed), (8, Some(8)), "{}", world.test.name);
        // Who has another key does not go on, unless the old one is named as a former one.
        let stranger = crate::Credits::new(world.test.base.clone(), world.catalogue.clone()).unwrap();
        stranger.seal_with(Sealing { seed: [8; 32], ..world.sealing() }).unwrap();
        world.announce(&[world.minutes(person, "film", 8, 9)]).await;
        assert!(stranger.seal().await.unwrap_err().to_string().contains("another key"));
        let heir = crate::Credits::new(world.test.base.clone(), world.catalogue.clone()).unwrap();
        heir.seal_with(Sealing { seed: [8; 32], former: vec![key(SEED)], ..world.sealing() }).unwrap();
        assert_eq!(heir.seal().await.unwrap(), 9, "{}", world.test.name);
        assert_eq!(world.verify().await.first_fault().unwrap().entry, Some(9), "the new key must be told");
        world.end().await;
    }
}

#[tokio::test]
async fn a_witness_that_is_lost_or_half_written_is_caught_up_and_one_that_contradicts_is_left_alone() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let person = world.test.base.id();
        for n in 0..3 {
            world.announce(&[world.minutes(person, "film", n, n + 1)]).await;
            world.seal().await;
        }
        let whole = fs::read_to_string(world.witness()).unwrap();
        fs::remove_file(world.witness()).unwrap();
        world.seal().await;
        assert_eq!(fs::read_to_string(world.witness()).unwrap(), whole, "{}", world.test.name);
        for cut in [whole.len() - 1, whole.len() - 2, whole.len() - 60, whole.len() / 2, 10] {
            fs::write(world.witness(), &whole.as_bytes()[..cut]).unwrap();
            world.seal().await;
            // One that lacks its line end alone is written once more: told twice is no lie.
            assert!(world.is_clean().await.witnessed >= Some(3), "{}: {cut}", world.test.name);
        }
        // A checkpoint that the ledger does not have.
        let other = whole.replace("block 3\n", "block 4\n");
        fs::write(world.witness(), &other).unwrap();
        world.seal().await;
        assert_eq!(fs::read_to_string(world.witness()).unwrap(), other, "{}", world.test.name);
        let health = world.credits.health().await.unwrap();
        assert!(health.first_fault.unwrap().contains("Checkpoint 4"), "{}", world.test.name);
        world.end().await;
    }
}

/// Answers 500 so many times, then 200; tells what was posted.
fn receiver(refusals: usize, answers: usize) -> (String, thread::JoinHandle<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/checkpoints", listener.local_addr().unwrap());
    let running = thread::spawn(move || {
        let mut heard = Vec::new();
        for n in 0..refusals + answers {
            let (mut socket, _) = listener.accept().unwrap();
            let mut text = String::new();
            let mut bytes = [0; 4096];
            while !text.contains("\r\n\r\n") || !text.ends_with('\n') || !text.contains("— ") {
                let many = socket.read(&mut bytes).unwrap();
                text.push_str(&String::from_utf8_lossy(&bytes[..many]));
            }
            let status = if n < refusals { "500 No" } else { "200 OK" };
            write!(socket, "HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n").unwrap();
            if n >= refusals {
                heard.push(text.split("\r\n\r\n").nth(1).unwrap().to_owned());
            }
        }
        heard
    });
    (url, running)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn checkpoints_reach_the_webhook_in_order_however_often_it_was_away() {
    drop(rustls::crypto::ring::default_provider().install_default());
    for world in World::each().await {
        let (url, running) = receiver(2, 3);
        world.credits.seal_with(Sealing { webhook: Some(url), ..world.sealing() }).unwrap();
        let mut handlers = Handlers::default();
        jobs::handlers(&world.credits, &mut handlers);
        let worker = Worker::new(world.test.base.clone(), handlers);
        let person = world.test.base.id();
        for n in 0..3 {
            let tx = world.test.base.db.begin().await.unwrap();
            award(&world.credits, &tx, world.minutes(person, "film", n, n + 1)).await.unwrap();
            tx.commit().await.unwrap();
            world.seal().await;
            if n < 2 {
                drop(worker.run_until_idle().await);
                world.test.clock.advance(10_000);
            }
        }
        world.test.clock.advance(10_000);
        // What else was announced has no listener here.
        drop(worker.run_until_idle().await);
        let heard = running.join().unwrap();
        let blocks: Vec<&str> = heard.iter().map(|note| note.lines().nth(1).unwrap()).collect();
        assert_eq!(blocks, ["block 1", "block 2", "block 3"], "{}", world.test.name);
        let witnessed = fs::read_to_string(world.witness()).unwrap();
        assert!(heard.iter().all(|note| witnessed.contains(note.as_str())), "{}", world.test.name);
        world.end().await;
    }
}

#[tokio::test]
async fn neither_entries_nor_blocks_can_be_changed_through_the_database() {
    for world in World::each().await.into_iter().map(World::sealed) {
        let student = world.person("2026001", &world.letters).await;
        world.announce(&[world.minutes(student.id, "a", 0, 2)]).await;
        let admin = world.viewer(world.test.base.id(), Role::Admin, &world.letters);
        world.credits.reverse(&admin, kernel::id::EntryId(1), "登记有误").await.unwrap();
        world.seal().await;
        let mut refused = vec![
            "UPDATE credits_entry SET amount = 9",
            "DELETE FROM credits_entry WHERE id = 2",
            "UPDATE credits_block SET sealed_at = 9",
            "DELETE FROM credits_block",
        ];
        if world.test.name == "sqlite" {
            refused.extend([
                "INSERT OR REPLACE INTO credits_entry SELECT id, person, measure, amount + 1, reason_key, rule, pack, course, \
                 lesson, note, reverses, day, posted_at, contra, content_hash FROM credits_entry WHERE id = 2",
                "INSERT OR REPLACE INTO credits_entry SELECT 9, person, measure, amount, 'other', rule, pack, course, \
                 lesson, note, reverses, day, posted_at, contra, content_hash FROM credits_entry WHERE reverses = 1",
                "INSERT OR REPLACE INTO credits_block SELECT no, first_id, last_id, root, previous, 9, public_key, signature \
                 FROM credits_block",
            ]);
        } else {
            refused.extend(["TRUNCATE credits_block", "TRUNCATE credits_entry CASCADE", "TRUNCATE platform_audit"]);
        }
        for sql in refused {
            let tx = world.test.base.db.begin().await.unwrap();
            assert!(tx.execute_unprepared(sql).await.is_err(), "{}: {sql}", world.test.name);
        }
        world.is_clean().await;
        world.end().await;
    }
}
