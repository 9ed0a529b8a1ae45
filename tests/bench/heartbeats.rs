//! Heartbeats acknowledged durably over GraphQL: each connection is a student who studies a video whose pieces were served, and beats as fast as
//! it is answered. Every beat tells what was played since the one before, and what it tells counts.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use crate::{
    LOGINS, Outcome, SMALL,
    limits::{JSON, Limits, sync_p50},
    load::{self, Run},
    process,
    report::{Loads, Measured, Report, Unit},
    school::{Place, STUDIED, Seeding, Server},
    studying::{Beating, last_video},
};

const RUNS: usize = 3;
const TIME: Duration = Duration::from_secs(10);
/// Milliseconds of video fetched for one run: it is played in real time.
const FETCHED: i64 = 12_000;

/// What was asked for, by database.
struct Asked {
    on: &'static str,
    rate: &'static str,
    share: &'static str,
    p99: &'static str,
    alone: &'static str,
}

pub fn on_sqlite(server: &Server, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let asked = Asked {
        on: "SQLite",
        rate: "≥ 20,000/s",
        share: "≥ 0.15 of it, 0.35 is the aim",
        p99: "≤ 40 ms",
        alone: "≤ 1.5 × fdatasync p50 + 1 ms",
    };
    measure(server, limits, &asked, report)
}

/// On a PostgreSQL that syncs, if the environment names one (`make bench` does).
pub fn on_postgres(binary: &Path, folder: &Path, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let Ok(cluster) = std::env::var("XIANFENG_TEST_POSTGRES") else {
        report.note("Heartbeats on PostgreSQL: not measured, XIANFENG_TEST_POSTGRES names no cluster.");
        return Ok(());
    };
    let url = format!("{cluster}/postgres");
    let place = Place { data: &folder.join("postgres"), database: Some(&url), redis: None };
    Seeding::start(binary, place, SMALL, STUDIED + LOGINS)?.finish()?;
    let server = Server::start(binary, place)?;
    let asked = Asked { on: "PostgreSQL", rate: "≥ 15,000/s", share: "", p99: "", alone: "" };
    measure(&server, limits, &asked, report)
}

fn measure(server: &Server, limits: &Limits, asked: &Asked, report: &mut Report) -> Outcome<()> {
    let cookies = server.sign_in_all(STUDIED + 1, LOGINS)?;
    let lesson = last_video(server, cookies.first().ok_or("nobody signed in")?)?;
    let run = |students: &[String], time| {
        let studies = students.iter().map(|cookie| Beating::open(server, cookie, &lesson, FETCHED, 1));
        let studies = studies.collect::<Outcome<Vec<_>>>()?;
        let before = Used::so_far(server.pid);
        let began = Instant::now();
        let (run, studies) = load::closed(server.address, studies, time)?;
        let costs = Used::note(&run, before, Used::so_far(server.pid));
        let counted: i64 = studies.iter().map(|study| study.counted).sum();
        let played = began.elapsed().as_secs_f64() * studies.len() as f64;
        Ok::<_, Box<dyn std::error::Error + Send + Sync>>((run, costs, counted as f64 / 1e3 / played))
    };
    let (mut all, mut alone) = (Vec::new(), Vec::new());
    for n in 1..=RUNS {
        let (beats, costs, counted) = run(&cookies, TIME)?;
        report.note(format!(
            "Heartbeats on {}, run {n}: {costs}; of the seconds played {:.1} % counted.",
            asked.on,
            counted * 100.0
        ));
        all.push(beats);
        alone.push(run(cookies.get(..1).unwrap_or_default(), Duration::from_secs(2))?.0);
    }
    tell(&Loads::of(&all), &Loads::of(&alone), limits, asked, report);
    Ok(())
}

fn tell(beats: &Loads, alone: &Loads, limits: &Limits, asked: &Asked, report: &mut Report) {
    let on = asked.on;
    let against = |what: &str| format!("heartbeat on {on}, {what}");
    let what = format!("heartbeats acknowledged durably over GraphQL on {on}, {LOGINS} connections");
    report.figure(&what, &beats.rate, None, asked.rate);
    report.figure(against("against bare JSON"), &beats.rate, Some((JSON, &limits.json.rate)), asked.share);
    report.figure(
        against("against rows of a group commit"),
        &beats.rate,
        Some(("group commit", &limits.group.rate)),
        "",
    );
    report.figure(against("p50"), &beats.p50, Some((JSON, &limits.json.p50)), "");
    report.figure(against("p99"), &beats.p99, Some((JSON, &limits.json.p99)), asked.p99);
    report.figure(against("slowest"), &beats.worst, Some((JSON, &limits.json.worst)), "");
    report.figure(against("one caller, p50"), &alone.p50, Some(sync_p50(limits)), asked.alone);
    report.figure(against("one caller, p99"), &alone.p99, Some(sync_p50(limits)), "");
}

/// Processor time of the server and of this process, the load generator.
#[derive(Clone, Copy)]
pub struct Used(Option<(Duration, Duration)>);

impl Used {
    pub fn so_far(server: u32) -> Self {
        Self(process::cpu(server).zip(process::cpu(std::process::id())))
    }

    /// Microseconds of the server for each beat.
    pub fn each(run: &Run, before: Self, after: Self) -> Option<f64> {
        let (before, after) = (before.0?, after.0?);
        Some(after.0.saturating_sub(before.0).as_secs_f64() * 1e6 / run.times.len().max(1) as f64)
    }

    fn note(run: &Run, before: Self, after: Self) -> String {
        let mut note = format!("{} acknowledged", run.times.len());
        if let (Some(server), Some((from, to))) = (Self::each(run, before, after), before.0.zip(after.0)) {
            let load = to.1.saturating_sub(from.1).as_secs_f64();
            let cores = (load + to.0.saturating_sub(from.0).as_secs_f64()) / run.took.as_secs_f64();
            let load = load * 1e6 / run.times.len().max(1) as f64;
            note += &format!(
                "; CPU of the server {server:.1} µs each, of the load generator {load:.1} µs, together {cores:.2} cores"
            );
        }
        if let Some(complaint) = &run.complaint {
            note += &format!("; {} not acknowledged, the first: `{complaint}`", run.refused);
        }
        note
    }
}

/// Medians of so many microseconds.
pub fn micros(runs: Vec<f64>) -> Measured {
    Measured::new(Unit::Time, runs.into_iter().map(|us| us / 1e6).collect())
}
