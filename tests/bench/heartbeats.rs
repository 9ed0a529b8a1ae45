//! Heartbeats acknowledged durably over GraphQL: each connection is a student who studies a video and beats as fast as it is answered. Most beats
//! are signs of life; once a second one reports what was played meanwhile, at the speed at which it is played.

use std::{
    io::Write,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    LOGINS, Outcome, contract, http,
    limits::{JSON, Limits, sync_p50},
    load::{self, Asks, Run},
    process,
    report::{Loads, Report},
    school::Server,
};

const RUNS: usize = 3;
const TIME: Duration = Duration::from_secs(10);
const PLAYED: Duration = Duration::from_secs(1);

pub fn measure(server: &Server, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let cookies = server.sign_in_all(LOGINS)?;
    let lesson = last_video(server, cookies.first().ok_or("nobody signed in")?)?;
    let mut runs = Vec::new();
    for n in 0..RUNS {
        let studies =
            cookies.iter().map(|cookie| Beating::open(server, cookie, &lesson)).collect::<Outcome<Vec<_>>>()?;
        let before = used(server);
        let run = load::closed(server.address, studies, TIME)?;
        tell_costs(n, &run, before, used(server), report);
        runs.push(run);
    }
    tell(&Loads::of(&runs), limits, report);
    Ok(())
}

fn tell(beats: &Loads, limits: &Limits, report: &mut Report) {
    let what = format!("heartbeats acknowledged durably over GraphQL, {LOGINS} connections");
    report.figure(what, &beats.rate, Some((JSON, &limits.json.rate)), "≥ 10,000/s expected");
    report.figure(
        "the same, against rows of a group commit",
        &beats.rate,
        Some(("group commit", &limits.group.rate)),
        "",
    );
    report.figure("heartbeat, p50", &beats.p50, Some((JSON, &limits.json.p50)), "");
    report.figure("heartbeat, p99", &beats.p99, Some((JSON, &limits.json.p99)), "");
    report.figure("heartbeat, slowest", &beats.worst, Some((JSON, &limits.json.worst)), "");
    report.figure("heartbeat, p50, against one sync", &beats.p50, Some(sync_p50(limits)), "");
    report.figure("heartbeat, p99, against one sync", &beats.p99, Some(sync_p50(limits)), "");
}

/// CPU of the server and of this process, the load generator.
fn used(server: &Server) -> Option<(Duration, Duration)> {
    Some((process::cpu(server.pid)?, process::cpu(std::process::id())?))
}

type Used = Option<(Duration, Duration)>;

fn tell_costs(n: usize, run: &Run, before: Used, after: Used, report: &mut Report) {
    let mut note = format!("Heartbeats, run {}: {} acknowledged", n + 1, run.times.len());
    if let (Some(before), Some(after)) = (before, after) {
        let each = |used: Duration| used.as_secs_f64() * 1e6 / (run.times.len().max(1) as f64);
        let (server, load) = (after.0.saturating_sub(before.0), after.1.saturating_sub(before.1));
        let share = (server + load).as_secs_f64() / run.took.as_secs_f64();
        note += &format!(
            "; CPU of the server {:.1} µs each, of the load generator {:.1} µs, together {share:.2} cores",
            each(server),
            each(load)
        );
    }
    if let Some(complaint) = &run.complaint {
        note += &format!("; {} not acknowledged, the first: `{complaint}`", run.refused);
    }
    report.note(note + ".");
}

/// The demo's students begin at the front, so the last video is the one with the most left to play.
pub fn last_video(server: &Server, cookie: &str) -> Outcome<String> {
    let courses = server.ask(cookie, "Courses", &json!({ "first": 20 }))?;
    let mut last = None;
    for course in list(&courses, "/courses/nodes") {
        let course = server.ask(cookie, "Course", &json!({ "id": course.get("id") }))?;
        let lessons = list(&course, "/course/chapters").iter().flat_map(|chapter| list(chapter, "/lessons"));
        let videos = lessons.filter(|lesson| lesson.get("__typename").is_some_and(|kind| kind == "VideoLesson"));
        last = videos.filter_map(|lesson| lesson.get("id")?.as_str()).next_back().map(str::to_owned).or(last);
    }
    Ok(last.ok_or("the demo school has no video")?)
}

fn list<'a>(value: &'a Value, path: &str) -> &'a [Value] {
    value.pointer(path).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

/// A study under way, and the request of its next beat: only the end of it changes, and never its length.
struct Beating {
    request: Vec<u8>,
    fixed: usize,
    seq: i64,
    /// Up to where it has been played, and since when it plays on from there.
    at: i64,
    since: Instant,
    length: i64,
}

impl Beating {
    fn open(server: &Server, cookie: &str, lesson: &str) -> Outcome<Self> {
        let told = server.ask(cookie, "OpenStudy", &json!({ "lessonId": lesson }))?;
        let number =
            |path: &str| told.pointer(path).and_then(Value::as_i64).ok_or_else(|| format!("OpenStudy without {path}"));
        let study = told.pointer("/openStudy/id").and_then(Value::as_str).ok_or("OpenStudy without an id")?;
        let (request, fixed) = first_request(cookie, study)?;
        let (seq, at) = (number("/openStudy/nextSeq")?, number("/openStudy/resumeAt")?);
        Ok(Self { request, fixed, seq, at, since: Instant::now(), length: number("/openStudy/material/durationMs")? })
    }

    /// What was played since it was last told; nothing before its second is over.
    fn played(&mut self, now: Instant) -> Option<(i64, i64)> {
        let elapsed = now - self.since;
        if elapsed < PLAYED || self.at >= self.length {
            return None;
        }
        let from = self.at;
        self.at = (from + i64::try_from(elapsed.as_millis()).ok()?).min(self.length);
        self.since = now;
        Some((from, self.at))
    }
}

/// The variables come last, and of them those that change.
fn first_request(cookie: &str, study: &str) -> Outcome<(Vec<u8>, usize)> {
    let document = json!(contract::operation("Heartbeat")?);
    let fixed = format!(
        "{{\"query\":{document},\"operationName\":\"Heartbeat\",\"variables\":{{\"input\":{{\"studyId\":\"{study}\",\"visible\":true,\"rate\":1,"
    );
    let request = http::post("/graphql", cookie, &format!("{fixed}{}", changing(0, None)));
    let at = request.len() - changing(0, None).len();
    Ok((request, at))
}

fn changing(seq: i64, span: Option<(i64, i64)>) -> String {
    let span = span.map(|(start, end)| format!("{{\"start\":{start},\"end\":{end}}}")).unwrap_or_default();
    format!("\"seq\":{seq:>10},\"spans\":[{span:<40}]}}}}}}")
}

impl Asks for Beating {
    fn next(&mut self) -> &[u8] {
        let span = self.played(Instant::now());
        self.request.truncate(self.fixed);
        self.request.write_all(changing(self.seq, span).as_bytes()).expect("memory takes what is written");
        &self.request
    }

    /// Acknowledged is what moves the number on while the lease is held; refused spans among it are honest too.
    fn accepts(&mut self, status: u16, body: &[u8]) -> bool {
        const BEGINS: &[u8] = b"{\"data\":{\"heartbeat\":{\"nextSeq\":";
        const HELD: &[u8] = b",\"lease\":\"HELD\"";
        let Some(rest) = body.strip_prefix(BEGINS) else { return false };
        let next = (self.seq + 1).to_string();
        let good = status == 200 && rest.strip_prefix(next.as_bytes()).is_some_and(|rest| rest.starts_with(HELD));
        self.seq += i64::from(good);
        good
    }
}
