//! A student who studies a video: its pieces are fetched, and each beat tells what was played since the last one, at the speed of playing.

use std::{io::Write, net::SocketAddr, time::Instant};

use serde_json::{Value, json};

use crate::{Outcome, contract, http, load::Asks, school::Server};

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
pub struct Beating {
    request: Vec<u8>,
    fixed: usize,
    seq: i64,
    rate: i64,
    /// Up to where it has been played, and since when it plays on from there: the first beat begins it.
    at: i64,
    since: Option<Instant>,
    length: i64,
    /// Milliseconds that counted, as the answers told.
    pub counted: i64,
}

impl Beating {
    /// Opens the study and fetches the pieces of the next so many milliseconds.
    pub fn open(server: &Server, cookie: &str, lesson: &str, fetched: i64, rate: i64) -> Outcome<Self> {
        let told = server.ask(cookie, "OpenStudy", &json!({ "lessonId": lesson }))?;
        let number =
            |path: &str| told.pointer(path).and_then(Value::as_i64).ok_or_else(|| format!("OpenStudy without {path}"));
        let text =
            |path: &str| told.pointer(path).and_then(Value::as_str).ok_or_else(|| format!("OpenStudy without {path}"));
        let (request, fixed) = first_request(cookie, text("/openStudy/id")?, rate)?;
        let (seq, at) = (number("/openStudy/nextSeq")?, number("/openStudy/resumeAt")?);
        fetch(server.address, text("/openStudy/material/playlistUrl")?, (at, at + fetched))?;
        let length = number("/openStudy/material/durationMs")?;
        Ok(Self { request, fixed, seq, rate, at, since: None, length, counted: 0 })
    }

    /// Stands still until the next beat.
    pub fn pause(&mut self) {
        self.since = None;
    }

    /// What was played since it was last told; a millisecond at least.
    fn played(&mut self, now: Instant) -> Option<(i64, i64)> {
        let since = *self.since.get_or_insert(now);
        let elapsed = i64::try_from((now - since).as_millis()).ok()?;
        if elapsed == 0 || self.at >= self.length {
            return None;
        }
        let from = self.at;
        self.at = (from + elapsed * self.rate).min(self.length);
        self.since = Some(now);
        Some((from, self.at))
    }
}

/// Every piece of the first rendition within the span, as a player asks for them.
fn fetch(address: SocketAddr, master: &str, (start, end): (i64, i64)) -> Outcome<()> {
    let read = |path: &str| -> Outcome<String> {
        let told = http::ask(address, &http::get(path))?;
        if told.status != 200 {
            return Err(format!("{path}: {}", told.status).into());
        }
        Ok(String::from_utf8_lossy(&told.body).into_owned())
    };
    let beside = |of: &str, name: &str| format!("{}/{name}", of.rsplit_once('/').map_or("", |(folder, _)| folder));
    let told = read(master)?;
    let media =
        beside(master, told.lines().find(|line| !line.starts_with('#')).ok_or("a playlist without renditions")?);
    let mut at = 0.0;
    let mut lasts = 0.0;
    for line in read(&media)?.lines() {
        if let Some(seconds) = line.strip_prefix("#EXTINF:") {
            lasts = seconds.split(',').next().unwrap_or_default().parse::<f64>()? * 1e3;
        } else if !line.starts_with('#') {
            if at < end as f64 && at + lasts > start as f64 {
                read(&beside(&media, line))?;
            }
            at += lasts;
        }
    }
    Ok(())
}

/// The variables come last, and of them those that change.
fn first_request(cookie: &str, study: &str, rate: i64) -> Outcome<(Vec<u8>, usize)> {
    let document = json!(contract::operation("Heartbeat")?);
    let fixed = format!(
        "{{\"query\":{document},\"operationName\":\"Heartbeat\",\"variables\":{{\"input\":{{\"studyId\":\"{study}\",\"visible\":true,\"rate\":{rate},"
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

    /// Acknowledged is what moves the number on while the lease is held; what counted is added up.
    fn accepts(&mut self, status: u16, body: &[u8]) -> bool {
        const BEGINS: &[u8] = b"{\"data\":{\"heartbeat\":{\"nextSeq\":";
        const HELD: &[u8] = b",\"lease\":\"HELD\",\"creditedMs\":";
        let Some(rest) = body.strip_prefix(BEGINS) else { return false };
        let next = (self.seq + 1).to_string();
        let Some(rest) = rest.strip_prefix(next.as_bytes()).and_then(|rest| rest.strip_prefix(HELD)) else {
            return false;
        };
        self.counted +=
            rest.iter().take_while(|byte| byte.is_ascii_digit()).fold(0, |sum, d| sum * 10 + i64::from(d - b'0'));
        self.seq += 1;
        status == 200
    }
}
