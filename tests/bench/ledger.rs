//! What the size of the ledger costs: the same ten thousand students study in two copies of one school, the one with ten thousand entries in its
//! ledger, the other with ten million, both served at the same time and asked in turn. Then the larger one is verified.

use std::{
    path::Path,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use kernel::{Clock, clock::SystemClock, entry::Fields};
use rusqlite::{Connection, OptionalExtension, params};
use sha2::{Digest, Sha256};

use crate::{
    Outcome,
    heartbeats::{Used, micros},
    load::{self, Turns},
    report::{Measured, Report, Unit},
    school::{Place, Server},
    studying::{Beating, last_video},
};

const STUDENTS: u32 = 10_000;
const FEW: i64 = 10_000;
const MANY: i64 = 10_000_000;
const CONNECTIONS: usize = 256;
const RUNS: usize = 5;
const TIME: Duration = Duration::from_secs(6);
/// Twice as fast as real time, so that minutes are paid while it is measured.
const RATE: i64 = 2;
const FETCHED: i64 = 75_000;
/// Entries of one transaction.
const TOGETHER: i64 = 500_000;
const SEALED: Duration = Duration::from_secs(300);

pub fn measure(binary: &Path, (few, many): (&Path, &Path), report: &mut Report) -> Outcome<()> {
    let cookies = sign_in(few)?;
    copy(few, many)?;
    let began = Instant::now();
    for (data, entries) in [(few, FEW), (many, MANY)] {
        grow(data, entries)?;
    }
    report
        .note(format!("Writing a ledger of {MANY} entries for the bench took {:.0} s.", began.elapsed().as_secs_f64()));
    let (mut small, mut large) = (School::open(binary, few, &cookies)?, School::open(binary, many, &cookies)?);
    for _ in 0..RUNS {
        small.run()?;
        large.run()?;
    }
    let ((few_cpu, few_rate), (many_cpu, many_rate)) = (small.told(), large.told());
    let what = |entries: i64| format!("heartbeats of {STUDENTS} students beside {entries} ledger entries");
    report.figure(what(FEW), &few_rate, None, "");
    report.figure(what(MANY), &many_rate, Some(("10,000 entries", &few_rate)), "within 20 %");
    report.figure("CPU of the server for one of these, 10,000 entries", &few_cpu, None, "");
    report.figure("CPU, 10,000,000 entries", &many_cpu, Some(("10,000 entries", &few_cpu)), "within 20 %");
    let counted: [i64; 2] = [small.counted(), large.counted()];
    report.note(format!("Seconds that counted in these runs: {} and {}.", counted[0] / 1_000, counted[1] / 1_000));
    drop((small, large));
    verify(binary, many, report)
}

/// A school that is served, and its students at their studies.
struct School {
    server: Server,
    studies: Vec<Beating>,
    cpu: Vec<f64>,
    rate: Vec<f64>,
}

impl School {
    fn open(binary: &Path, data: &Path, cookies: &[String]) -> Outcome<Self> {
        let server = Server::start(binary, Place::folder(data))?;
        sealed(data)?;
        let lesson = last_video(&server, cookies.first().ok_or("nobody signed in")?)?;
        let studies = thread::scope(|scope| {
            let half = |some: &[String]| {
                some.iter()
                    .map(|cookie| Beating::open(&server, cookie, &lesson, FETCHED, RATE))
                    .collect::<Outcome<Vec<_>>>()
            };
            let threads: Vec<_> =
                cookies.chunks(cookies.len().div_ceil(4).max(1)).map(|some| scope.spawn(move || half(some))).collect();
            threads
                .into_iter()
                .map(|thread| thread.join().map_err(|_| "opening panicked")?)
                .collect::<Outcome<Vec<_>>>()
        })?;
        Ok(Self { server, studies: studies.into_iter().flatten().collect(), cpu: Vec::new(), rate: Vec::new() })
    }

    fn run(&mut self) -> Outcome<()> {
        self.studies.iter_mut().for_each(Beating::pause);
        let turns = Turns::over(CONNECTIONS, std::mem::take(&mut self.studies));
        let before = Used::so_far(self.server.pid);
        let (run, turns) = load::closed(self.server.address, turns, TIME)?;
        if let Some(complaint) = &run.complaint {
            return Err(format!("{} heartbeats were not acknowledged, the first: {complaint}", run.refused).into());
        }
        self.cpu.extend(Used::each(&run, before, Used::so_far(self.server.pid)));
        self.rate.push(run.times.len() as f64 / run.took.as_secs_f64());
        self.studies = turns.into_iter().flat_map(Turns::into_all).collect();
        Ok(())
    }

    fn told(&self) -> (Measured, Measured) {
        (micros(self.cpu.clone()), Measured::new(Unit::PerSecond, self.rate.clone()))
    }

    fn counted(&self) -> i64 {
        self.studies.iter().map(|study| study.counted).sum()
    }
}

/// Sessions of so many students, written into the database: hashing as many passwords would take longer than the measuring.
fn sign_in(data: &Path) -> Outcome<Vec<String>> {
    let mut db = database(data)?;
    let now = SystemClock::new().now();
    let people: Vec<[u8; 16]> = {
        let sql =
            "SELECT person FROM organisation_charge WHERE role = 'STUDENT' GROUP BY person ORDER BY person LIMIT ?";
        let mut asked = db.prepare(sql)?;
        asked.query_map([STUDENTS], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    if people.len() < usize::try_from(STUDENTS)? {
        return Err(format!("a school of {} students only", people.len()).into());
    }
    let tx = db.transaction()?;
    let mut cookies = Vec::new();
    for (n, person) in people.iter().enumerate() {
        let token = format!("{:064x}", n + 1);
        let id: [u8; 16] = *Sha256::digest(&token).first_chunk().ok_or("a digest is longer")?;
        // Who has no account has no session either; nobody signs in with this one.
        let account = "INSERT INTO identity_account (person, username, password, one_time, demo, created_at) VALUES (?, ?, '', 0, 1, ?) ON CONFLICT (person) DO NOTHING";
        tx.prepare_cached(account)?.execute(params![person, format!("bench{n}"), now])?;
        tx.prepare_cached("INSERT INTO identity_session (token_hash, id, person, created_at, seen_at, expires_at, idle_ms) VALUES (?, ?, ?, ?, ?, ?, ?)")?
            .execute(params![hex(&Sha256::digest(&token)), id, person, now, now, now + 86_400_000, 86_400_000])?;
        cookies.push(format!("xianfeng={token}"));
    }
    tx.commit()?;
    Ok(cookies)
}

/// Entries as minutes of videos make them, each with its hash, until the ledger has so many; for the same students who study.
fn grow(data: &Path, until: i64) -> Outcome<()> {
    let mut db = database(data)?;
    db.execute_batch("PRAGMA synchronous = OFF; PRAGMA cache_size = -1000000")?;
    let head: i64 = db.query_row("SELECT last_entry FROM credits_head", [], |row| row.get(0))?;
    let people: Vec<[u8; 16]> = {
        let mut asked = db.prepare("SELECT person FROM identity_session ORDER BY token_hash")?;
        asked.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    // The guard against REPLACE looks each row up three times more; it is put back when the rows are in.
    let guard: String =
        db.query_row("SELECT sql FROM sqlite_master WHERE name = 'credits_entry_no_replace'", [], |row| row.get(0))?;
    db.execute_batch("DROP TRIGGER credits_entry_no_replace")?;
    let mut from = head;
    while from < until {
        let upto = until.min(from + TOGETHER);
        append(&mut db, &people, (from + 1, upto))?;
        from = upto;
    }
    let tx = db.transaction()?;
    tx.execute("DELETE FROM credits_balance", [])?;
    tx.execute("INSERT INTO credits_balance SELECT person, measure, SUM(amount), MAX(id) FROM credits_entry GROUP BY person, measure", [])?;
    tx.execute("DELETE FROM credits_account", [])?;
    tx.execute("INSERT INTO credits_account SELECT contra, measure, -SUM(amount), MAX(id) FROM credits_entry GROUP BY contra, measure", [])?;
    tx.execute("UPDATE credits_head SET last_entry = MAX(last_entry, ?)", [until])?;
    tx.execute_batch(&guard)?;
    Ok(tx.commit()?)
}

fn append(db: &mut Connection, people: &[[u8; 16]], (first, last): (i64, i64)) -> Outcome<()> {
    let version = hex(&Sha256::digest("film"));
    let tx = db.transaction()?;
    let mut insert = tx.prepare(
        "INSERT INTO credits_entry (id, person, measure, amount, reason_key, rule, pack, note, day, posted_at, contra, content_hash)
         VALUES (?, ?, 'POINTS', 1000, ?, 'video.minute', 'college-1', ?, ?, ?, 'issue:video.minute', ?)",
    )?;
    let mut buffer = Vec::new();
    for (id, person) in (first..=last).zip(people.iter().cycle()) {
        let minute = id / i64::from(STUDENTS);
        let reason_key = format!("video.minute:{version}:per_{}:{minute}:{id}", hex(person));
        let note = format!("累计第 {minute} 分钟");
        let fields = Fields {
            id,
            person: *person,
            measure: "POINTS",
            amount: 1_000,
            reason_key: &reason_key,
            rule: "video.minute",
            pack: "college-1",
            contra: Some("issue:video.minute"),
            course: None,
            lesson: None,
            note: Some(&note),
            reverses: None,
            day: 739_500,
            posted_at: 1_790_000_000_000 + id,
        };
        let hash = fields.hash(&mut buffer);
        insert.execute(params![id, person, reason_key, note, fields.day, fields.posted_at, hash])?;
    }
    drop(insert);
    Ok(tx.commit()?)
}

/// The server seals what it finds; measuring begins when it is done.
fn sealed(data: &Path) -> Outcome<()> {
    let db = database(data)?;
    let began = Instant::now();
    while began.elapsed() < SEALED {
        let open =
            "SELECT 1 FROM credits_head WHERE last_entry > (SELECT COALESCE(MAX(last_id), 0) FROM credits_block)";
        if db.query_row(open, [], |_| Ok(())).optional()?.is_none() {
            return Ok(());
        }
        thread::sleep(Duration::from_millis(200));
    }
    Err("the ledger was not sealed".into())
}

fn verify(binary: &Path, data: &Path, report: &mut Report) -> Outcome<()> {
    let mut speeds = Vec::new();
    for _ in 0..3 {
        let mut command = Command::new(binary);
        command.args(["ledger", "verify", "--data-dir"]).arg(data);
        let out = Place::folder(data).give(&mut command).output()?;
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        if !out.status.success() {
            return Err(format!("the ledger of the bench did not verify: {text}").into());
        }
        let speed = text.split_once("每核每秒 ").and_then(|(_, told)| told.split(' ').next());
        speeds.push(speed.ok_or("verify did not tell its speed")?.parse::<f64>()?);
    }
    report.figure(
        "`ledger verify`, entries a second and core",
        &Measured::new(Unit::PerSecond, speeds),
        None,
        "≥ 1,000,000",
    );
    Ok(())
}

fn database(data: &Path) -> Outcome<Connection> {
    let db = Connection::open(data.join("xianfeng.db"))?;
    db.busy_timeout(Duration::from_secs(30))?;
    Ok(db)
}

fn copy(from: &Path, to: &Path) -> Outcome<()> {
    let done = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    if done.success() { Ok(()) } else { Err("a school could not be copied".into()) }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
