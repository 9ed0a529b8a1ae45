//! Boards of a hundred thousand students over GraphQL, in memory and, where it is installed, in Redis.

use std::{path::Path, time::Duration};

use platform::testing::TestRedis;
use rusqlite::{Connection, params};
use serde_json::json;

use crate::{
    Outcome, contract,
    limits::{JSON, Limits},
    load::{self, Rota},
    report::{Loads, Report},
    school::{Place, Server},
};

const STUDENTS: u32 = 100_000;
const RUNS: usize = 3;
const RATE: u32 = 100;
const TIME: Duration = Duration::from_secs(6);

pub fn measure(binary: &Path, data: &Path, limits: &Limits, report: &mut Report) -> Outcome<()> {
    fill(data)?;
    on(binary, Place::folder(data), "in memory", limits, report)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    match runtime.block_on(TestRedis::start()) {
        Some(redis) => on(binary, Place { redis: Some(&redis.url), ..Place::folder(data) }, "in Redis", limits, report),
        None => {
            report.note("Boards in Redis: not measured, redis-server is not installed.");
            Ok(())
        }
    }
}

fn on(binary: &Path, place: Place<'_>, kept: &str, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let server = Server::start(binary, place)?;
    let cookie = server.sign_in("s1")?;
    for scope in ["SCHOOL", "COLLEGE", "BRANCH"] {
        let ask = |period| {
            contract::request(&cookie, "Leaderboard", &json!({ "scope": scope, "period": period, "first": 20 }))
        };
        let requests = ["WEEK", "MONTH", "ALL"].into_iter().map(ask).collect::<Outcome<Vec<_>>>()?;
        let asks = || vec![Rota::new(requests.clone(), contract::is_good); 4];
        load::paced(server.address, asks(), RATE, Duration::from_secs(1))?;
        let mut runs = Vec::new();
        for _ in 0..RUNS {
            let run = load::paced(server.address, asks(), RATE, TIME)?;
            if let Some(complaint) = &run.complaint {
                report.note(format!("Boards {kept}: {} answers were not good, the first: `{complaint}`.", run.refused));
            }
            runs.push(run);
        }
        let loads = Loads::of(&runs);
        let what = |what: &str| format!("board of {STUDENTS} students {kept}, {scope}, {RATE} requests/s, {what}");
        report.figure(what("p50"), &loads.p50, Some((JSON, &limits.json_paced.p50)), "");
        report.figure(what("p99"), &loads.p99, Some((JSON, &limits.json_paced.p99)), "≤ 5 ms");
    }
    Ok(())
}

/// So many students more, spread over the branches, each with points of today; one of ten is on the board under a nickname.
fn fill(data: &Path) -> Outcome<()> {
    let mut db = Connection::open(data.join("xianfeng.db"))?;
    let branches: Vec<String> = {
        let mut asked = db.prepare("SELECT path FROM organisation_unit WHERE kind = 'BRANCH' ORDER BY path")?;
        asked.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?
    };
    let today: i32 = db.query_row("SELECT MAX(day) FROM credits_tally", [], |row| row.get(0))?;
    let change: i64 = db.query_row("SELECT last_change FROM gamification_head", [], |row| row.get(0))?;
    let tx = db.transaction()?;
    for (n, branch) in (1..=STUDENTS).zip(branches.iter().cycle()) {
        let person = [&[7; 12][..], &n.to_be_bytes()].concat();
        let points = i64::from(n) * 7_919 % 900 * 500;
        let nickname = n.is_multiple_of(10).then(|| format!("同学{n}"));
        tx.prepare_cached("INSERT INTO gamification_person (person, branch, nickname, changed) VALUES (?, ?, ?, ?)")?
            .execute(params![person, branch, nickname, change])?;
        tx.prepare_cached("INSERT INTO gamification_member (person, path) VALUES (?, ?)")?
            .execute(params![person, branch])?;
        tx.prepare_cached(
            "INSERT INTO credits_balance (person, measure, amount, last_entry) VALUES (?, 'POINTS', ?, 1)",
        )?
        .execute(params![person, points])?;
        tx.prepare_cached(
            "INSERT INTO credits_tally (person, day, measure, rule, amount) VALUES (?, ?, 'POINTS', 'r', ?)",
        )?
        .execute(params![person, today, points])?;
    }
    Ok(tx.commit()?)
}
