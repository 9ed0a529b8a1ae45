//! The bare limits of this machine, in the same run: what a sync to disk costs, what SQLite commits when nothing is decided, what axum answers
//! when nothing is asked of it. A figure without them says more of the machine than of the program.

use std::{
    fs::File,
    io::Write,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use axum::{Json, Router, routing::post, serve::ListenerExt};
use platform::Db;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    LOGINS, Outcome, http,
    load::{self, Rota, Run},
    report::{Loads, Measured, Report},
};

const RUNS: usize = 3;
const BLOCK: [u8; 4096] = [7; 4096];
/// Rows of one commit, as many as the program's own batches have at most.
const BATCH: u32 = 256;
/// Lessons of each of so many people, so that the rows lie in a tree of some depth.
const LESSONS: u32 = 50;

pub struct Limits {
    pub sync: Loads,
    pub group: Loads,
    /// Bare axum with as many connections as the program is asked by, with one, and at 200 requests a second.
    pub json: Loads,
    pub json_alone: Loads,
    pub json_paced: Loads,
}

pub fn measure(folder: &Path) -> Outcome<Limits> {
    let sync = sync(folder)?;
    let group = group_commit(&folder.join("limit.db"))?;
    let bare = Bare::start()?;
    let closed = |connections, time| repeat(|| Ok(load::closed(bare.address, beats(connections), time)?.0));
    closed(LOGINS, Duration::from_millis(300))?;
    Ok(Limits {
        sync,
        group,
        json: closed(LOGINS, Duration::from_secs(3))?,
        json_alone: closed(1, Duration::from_secs(1))?,
        json_paced: repeat(|| load::paced(bare.address, beats(LOGINS), 200, Duration::from_secs(3)))?,
    })
}

impl Limits {
    pub fn tell(&self, report: &mut Report) {
        report.limit("fdatasync of 4 KiB appended, before", &self.sync.rate);
        report.limit("fdatasync, p50", &self.sync.p50);
        report.limit("fdatasync, p99", &self.sync.p99);
        report.limit(
            format!("SQLite group commit: rows, {BATCH} upserts in one statement, WAL, synchronous=FULL"),
            &self.group.rate,
        );
        report.limit("SQLite group commit, p50 of a commit", &self.group.p50);
        report.limit("SQLite group commit, p99 of a commit", &self.group.p99);
        report.limit(format!("bare axum, JSON in and out, {LOGINS} connections"), &self.json.rate);
        report.limit(format!("bare axum, {LOGINS} connections, p50"), &self.json.p50);
        report.limit(format!("bare axum, {LOGINS} connections, p99"), &self.json.p99);
        report.limit("bare axum, one connection, p50", &self.json_alone.p50);
        report.limit("bare axum, one connection, p99", &self.json_alone.p99);
        report.limit("bare axum, 200 requests/s, p50", &self.json_paced.p50);
        report.limit("bare axum, 200 requests/s, p99", &self.json_paced.p99);
    }
}

/// The disk once more, at the end: whether it was the same machine all along.
pub fn again(folder: &Path, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let after = sync(folder)?;
    report.limit("fdatasync of 4 KiB appended, after", &after.rate);
    let drift = after.rate.median() / limits.sync.rate.median();
    report.note(format!("fdatasync after ÷ before: {drift:.2}. Far from 1, something else was using this disk and no durable figure means much."));
    Ok(())
}

fn repeat(mut run: impl FnMut() -> Outcome<Run>) -> Outcome<Loads> {
    let runs = (0..RUNS).map(|_| run()).collect::<Outcome<Vec<_>>>()?;
    Ok(Loads::of(&runs))
}

/// Acts again and again for a while.
fn for_a_while(time: Duration, mut act: impl FnMut() -> Outcome<()>) -> Outcome<Run> {
    let (began, mut run) = (Instant::now(), Run::default());
    while began.elapsed() < time {
        let before = Instant::now();
        act()?;
        run.times.push(before.elapsed());
    }
    run.took = began.elapsed();
    Ok(run)
}

fn sync(folder: &Path) -> Outcome<Loads> {
    let mut file = File::create(folder.join("sync"))?;
    repeat(|| {
        for_a_while(Duration::from_millis(700), || {
            file.write_all(&BLOCK)?;
            Ok(file.sync_data()?)
        })
    })
}

/// Through the program's own doors, so that every setting is the same; the rows, the statement and the absence of any decision are the limit.
fn group_commit(path: &Path) -> Outcome<Loads> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let db = runtime.block_on(async {
        let db = Db::open(&format!("sqlite:{}", path.display()), 1).await.map_err(said)?;
        let tx = db.begin().await.map_err(said)?;
        tx.execute_unprepared(TABLE).await?;
        tx.commit().await.map_err(said)?;
        for lesson in 0..LESSONS {
            upsert(&db, lesson).await?;
        }
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>(db)
    })?;
    let mut lesson = 0;
    let runs = (0..RUNS).map(|_| {
        for_a_while(Duration::from_secs(2), || {
            lesson = (lesson + 1) % LESSONS;
            runtime.block_on(upsert(&db, lesson))
        })
    });
    let runs = runs.collect::<Outcome<Vec<_>>>()?;
    runtime.block_on(db.close()).map_err(said)?;
    Ok(Loads::with(&runs, f64::from(BATCH)))
}

const TABLE: &str = "CREATE TABLE progress (
  person BLOB NOT NULL, lesson INTEGER NOT NULL, position INTEGER NOT NULL, watched INTEGER NOT NULL, updated INTEGER NOT NULL,
  PRIMARY KEY (person, lesson)) WITHOUT ROWID";

const UPSERT: &str = "INSERT INTO progress (person, lesson, position, watched, updated)
  SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4 FROM json_each(?) WHERE true
  ON CONFLICT (person, lesson) DO UPDATE SET position = excluded.position, watched = excluded.watched + 1, updated = excluded.updated";

async fn upsert(db: &Db, lesson: u32) -> Outcome<()> {
    let rows: Vec<Value> =
        (0..BATCH).map(|person| json!([format!("person-{person:09}"), lesson, 15_000, 15_000, 1])).collect();
    let tx = db.begin().await.map_err(said)?;
    let backend = tx.get_database_backend();
    tx.execute_raw(sea_orm::Statement::from_sql_and_values(backend, UPSERT, [Value::from(rows).to_string().into()]))
        .await?;
    Ok(tx.commit().await.map_err(said)?)
}

/// Refusals of the program are no errors of the standard library.
pub fn said(error: impl ToString) -> String {
    error.to_string()
}

/// A server that reads a heartbeat as JSON and answers as much JSON as one gets, with as many threads as the program has.
struct Bare {
    address: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

impl Bare {
    fn start() -> Outcome<Self> {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0"))?;
        let address = listener.local_addr()?;
        let listener = listener.tap_io(|socket| drop(socket.set_nodelay(true)));
        runtime.spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
        Ok(Self { address, _runtime: runtime })
    }
}

async fn answer(Json(beat): Json<Value>) -> Json<Value> {
    let seq = beat.get("seq").and_then(Value::as_i64).unwrap_or_default();
    Json(
        json!({ "nextSeq": seq + 1, "lease": "HELD", "creditedMs": 0, "coverage": 0.25, "completed": false, "refused": [], "awards": [], "check": null }),
    )
}

fn beats(connections: usize) -> Vec<Rota> {
    let body =
        json!({ "studyId": "sty_01234567890123456789012345", "seq": 1, "spans": [], "rate": 1, "visible": true });
    let request = http::post("/", "", &body.to_string());
    (0..connections).map(|_| Rota::new(vec![request.clone()], |_| true)).collect()
}

/// What a limit is called where a figure is held against it.
pub const JSON: &str = "bare axum";

/// The p50 of a sync, as a limit.
pub fn sync_p50(limits: &Limits) -> (&'static str, &Measured) {
    ("fdatasync p50", &limits.sync.p50)
}
