//! Makes a ledger of so many entries in a SQLite file (once) and verifies it: `speed FILE ENTRIES [THREADS]`. With a `postgres://` URL it only verifies.

use std::{env, path::Path};

use kernel::{clock::rfc3339, entry::Fields};
use ring::signature::{Ed25519KeyPair, KeyPair};
use rusqlite::{Connection, params};
use sha2::{Digest, Sha256};
use verify::{Options, verify};

const SEED: [u8; 32] = [7; 32];
const BLOCK: i64 = 5_000;
const STUDENTS: i64 = 10_000;
const TABLES: &str = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;
CREATE TABLE credits_head (id INTEGER NOT NULL PRIMARY KEY, last_entry BIGINT NOT NULL);
CREATE TABLE credits_entry (id BIGINT NOT NULL PRIMARY KEY, person BLOB NOT NULL, measure TEXT NOT NULL, amount BIGINT NOT NULL,
  reason_key TEXT NOT NULL UNIQUE, rule TEXT NOT NULL, pack TEXT NOT NULL, course BLOB, lesson BLOB, note TEXT, reverses BIGINT,
  day INTEGER NOT NULL, posted_at BIGINT NOT NULL, contra TEXT, content_hash BLOB);
CREATE TABLE credits_balance (person BLOB NOT NULL, measure TEXT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (person, measure)) WITHOUT ROWID;
CREATE TABLE credits_account (account TEXT NOT NULL, measure TEXT NOT NULL, amount BIGINT NOT NULL, PRIMARY KEY (account, measure)) WITHOUT ROWID;
CREATE TABLE credits_block (no BIGINT NOT NULL PRIMARY KEY, first_id BIGINT, last_id BIGINT, root BLOB, previous BLOB, sealed_at BIGINT,
  public_key BLOB, signature BLOB);
BEGIN;";
const SUMS: &str = "
INSERT INTO credits_balance SELECT person, measure, SUM(amount) FROM credits_entry GROUP BY person, measure;
INSERT INTO credits_account SELECT contra, measure, -SUM(amount) FROM credits_entry GROUP BY contra, measure;
INSERT INTO credits_head SELECT 1, MAX(id) FROM credits_entry;
COMMIT;";

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [file, rest @ ..] = arguments.as_slice() else { return Err("speed FILE ENTRIES [THREADS]".into()) };
    let number = |at: usize| rest.get(at).map(|text| text.parse::<usize>()).transpose();
    let url = if file.starts_with("postgres") { file.clone() } else { format!("sqlite:{file}") };
    if url.starts_with("sqlite:") && !Path::new(file).exists() {
        make(file, i64::try_from(number(0)?.unwrap_or(2_000_000))?)?;
    }
    let key = pair()?.public_key().as_ref().try_into()?;
    let options = Options { keys: vec![key], witness: None, threads: number(1)? };
    for _ in 0..3 {
        let report = verify(&url, &options)?;
        println!(
            "{} entries, {} blocks, {} threads, {:.3} s: {:.0} entries/s/core, {}",
            report.entries,
            report.blocks,
            report.threads,
            report.elapsed.as_secs_f64(),
            report.speed(),
            if report.is_clean() { "clean".to_owned() } else { report.to_string() }
        );
    }
    Ok(())
}

fn pair() -> Result<Ed25519KeyPair, Failure> {
    Ed25519KeyPair::from_seed_unchecked(&SEED).map_err(|e| e.to_string().into())
}

/// Entries as minutes of videos make them: 64 hexadecimal digits of a version in each reason.
fn make(file: &str, many: i64) -> Result<(), Failure> {
    let db = Connection::open(file)?;
    db.execute_batch(TABLES)?;
    let version = hex(&Sha256::digest(b"film"));
    let (mut buffer, mut leaves) = (Vec::new(), Vec::new());
    let (mut no, mut previous) = (0, [0; 32]);
    let mut insert = db.prepare("INSERT INTO credits_entry VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)")?;
    for id in 1..=many {
        let student: [u8; 32] = Sha256::digest((id % STUDENTS).to_be_bytes()).into();
        let person = *student.first_chunk::<16>().ok_or("a hash is longer")?;
        let reason_key = format!("video.minute:{version}:per_{}:{}", hex(&person), id / STUDENTS);
        let note = format!("累计第 {} 分钟", id / STUDENTS);
        let fields = Fields {
            id,
            person,
            measure: "POINTS",
            amount: 1_000,
            reason_key: &reason_key,
            rule: "video.minute",
            pack: "college-1",
            contra: Some("issue:video.minute"),
            course: Some([5; 16]),
            lesson: Some([6; 16]),
            note: Some(&note),
            reverses: None,
            day: 739_500,
            posted_at: 1_790_000_000_000 + id,
        };
        let hash = fields.hash(&mut buffer);
        leaves.push(hash);
        insert.execute(params![
            id,
            person,
            "POINTS",
            1_000,
            reason_key,
            "video.minute",
            "college-1",
            [5_u8; 16],
            [6_u8; 16],
            note,
            None::<i64>,
            739_500,
            fields.posted_at,
            "issue:video.minute",
            hash
        ])?;
        if id % BLOCK == 0 || id == many {
            no += 1;
            previous = seal(&db, no, id, &mut leaves, previous)?;
        }
    }
    db.execute_batch(SUMS)?;
    Ok(())
}

fn seal(
    db: &Connection,
    no: i64,
    last: i64,
    leaves: &mut Vec<[u8; 32]>,
    previous: [u8; 32],
) -> Result<[u8; 32], Failure> {
    let first = last + 1 - i64::try_from(leaves.len())?;
    let root = root(leaves);
    leaves.clear();
    let sealed = rfc3339(1_790_000_000_000);
    let text = format!(
        "xianfeng ledger checkpoint 1\nblock {no}\nentries {first}-{last}\nroot {}\nprevious {}\nsealed {sealed}\n",
        hex(&root),
        hex(&previous)
    );
    let pair = pair()?;
    let (key, signature) = (pair.public_key().as_ref(), pair.sign(text.as_bytes()));
    db.execute(
        "INSERT INTO credits_block VALUES (?,?,?,?,?,?,?,?)",
        params![no, first, last, root, previous, 1_790_000_000_000_i64, key, signature.as_ref()],
    )?;
    Ok(Sha256::digest(text).into())
}

fn root(leaves: &[[u8; 32]]) -> [u8; 32] {
    match leaves {
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            Sha256::digest([&[1][..], &root(left), &root(right)].concat()).into()
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
