//! One study as a client holds it: opened, its playlist read, its segments fetched, its beats numbered. Attackers use it directly; the honest
//! player builds on it.

use serde_json::{Value, json};

use crate::{
    line::{Line, Lost, Said},
    school::text,
    spans::Spans,
};

pub const OPEN: &str = "mutation($id: ID!) { openStudy(lessonId: $id) { id heartbeatMs maxRate nextSeq resumeAt covered { start end }
    material { __typename ... on VideoMaterial { playlistUrl durationMs } ... on ReadingMaterial { html blocks { index characters } } } } }";
pub const BEAT: &str =
    "mutation($i: HeartbeatInput!) { heartbeat(input: $i) { nextSeq lease creditedMs coverage completed
    refused { start end reason } check { id prompt options { key text } deadlineMs } } }";

/// One file of a video.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Segment {
    pub start: i64,
    pub end: i64,
    /// Its path in each rendition.
    pub paths: Vec<String>,
}

#[derive(Clone)]
pub struct Study {
    pub id: String,
    pub heartbeat_ms: i64,
    /// Percent: 200 is a rate of 2.
    pub max_rate: i64,
    pub next_seq: i64,
    pub resume_at: i64,
    pub covered: Spans,
    /// Milliseconds, or blocks.
    pub end: i64,
    /// Of a reading, characters of each block.
    pub blocks: Vec<i64>,
    playlist: Option<String>,
}

/// What a beat was told.
#[derive(Debug, Clone)]
pub struct Reply(pub Value);

impl Reply {
    pub fn credited(&self) -> i64 {
        self.0["creditedMs"].as_i64().expect("an amount")
    }
    pub fn held(&self) -> bool {
        self.0["lease"] == "HELD"
    }
    pub fn completed(&self) -> bool {
        self.0["completed"] == true
    }
    pub fn check(&self) -> Option<&Value> {
        Some(&self.0["check"]).filter(|check| !check.is_null())
    }
    /// What was refused for one of these reasons.
    pub fn refused(&self, reasons: &[&str]) -> Spans {
        let all = self.0["refused"].as_array().expect("a list").iter();
        let chosen: Vec<Value> =
            all.filter(|one| reasons.contains(&one["reason"].as_str().expect("a reason"))).cloned().collect();
        Spans::read(&Value::Array(chosen))
    }
}

impl Study {
    pub async fn open(line: &Line, lesson: &str) -> Self {
        Self::told(&line.ask(OPEN, json!({ "id": lesson })).await)
    }
    pub async fn try_open(line: &Line, lesson: &str) -> Result<Self, Lost> {
        Ok(Self::told(&line.try_ask(OPEN, json!({ "id": lesson })).await?))
    }

    fn told(said: &Said) -> Self {
        let told = said.data("openStudy");
        let number = |name: &str| told[name].as_i64().unwrap_or_else(|| panic!("no {name} in {told}"));
        let material = &told["material"];
        let blocks = material["blocks"].as_array().into_iter().flatten();
        let blocks: Vec<i64> = blocks.map(|block| block["characters"].as_i64().expect("a number")).collect();
        let length = material["durationMs"].as_i64();
        Self {
            id: text(&told["id"]),
            heartbeat_ms: number("heartbeatMs"),
            max_rate: percent(told["maxRate"].as_f64().expect("a rate")),
            next_seq: number("nextSeq"),
            resume_at: number("resumeAt"),
            covered: Spans::read(&told["covered"]),
            end: length.unwrap_or_else(|| i64::try_from(blocks.len()).expect("a number")),
            blocks,
            playlist: material["playlistUrl"].as_str().map(str::to_owned),
        }
    }

    /// Two intervals: what an opening leaves at most.
    pub const fn burst(&self) -> i64 {
        self.heartbeat_ms * 2
    }
    /// What may have been credited at most after so much time of the server.
    pub const fn bound(&self, elapsed: i64) -> i64 {
        elapsed * self.max_rate / 100 + self.burst()
    }

    /// The segments of the first rendition, and what of the others shows the same stretch, by the playlists.
    pub async fn try_segments(&self, line: &Line) -> Result<Vec<Segment>, Lost> {
        let Some(playlist) = &self.playlist else { return Ok(Vec::new()) };
        let prefix = playlist.rsplit_once('/').map_or("", |(prefix, _)| prefix);
        let master = String::from_utf8(line.try_file(playlist).await?).map_err(|e| Lost(e.to_string()))?;
        let variants = master.lines().filter(|line| line.ends_with(".m3u8") && !line.starts_with('#'));
        let mut segments: Vec<Segment> = Vec::new();
        for (at, variant) in variants.enumerate() {
            let path = format!("{prefix}/{variant}");
            let media = String::from_utf8(line.try_file(&path).await?).map_err(|e| Lost(e.to_string()))?;
            let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
            for (start, end, name) in read_playlist(&media) {
                let path = format!("{folder}/{name}");
                // A rendition may be cut more finely than the first: only what shows the same stretch can stand in for it.
                match segments.iter_mut().find(|segment| same(segment, start, end)) {
                    Some(segment) => segment.paths.push(path),
                    None if at == 0 => segments.push(Segment { start, end, paths: vec![path] }),
                    None => (),
                }
            }
        }
        if segments.is_empty() { Err(Lost("no segments".to_owned())) } else { Ok(segments) }
    }

    /// Fetches whatever the span needs, and a little more for the grain of segments.
    pub async fn fetch(&self, line: &Line, start: i64, end: i64) {
        let segments = self.try_segments(line).await.unwrap_or_else(|lost| panic!("no playlist: {}", lost.0));
        for segment in segments.iter().filter(|segment| segment.start < end && start < segment.end) {
            line.try_file(&segment.paths[0]).await.unwrap_or_else(|lost| panic!("{}: {}", segment.paths[0], lost.0));
        }
    }

    pub fn input(&self, seq: i64, spans: &Value) -> Value {
        json!({ "i": { "studyId": self.id, "seq": seq, "spans": spans, "rate": 1.0, "visible": true } })
    }

    /// The next beat over a good line.
    pub async fn beat(&mut self, line: &Line, spans: &[(i64, i64)]) -> Reply {
        let spans: Value = spans.iter().map(|(start, end)| json!({ "start": start, "end": end })).collect();
        let said = line.ask(BEAT, self.input(self.next_seq, &spans)).await;
        let reply = Reply(said.data("heartbeat"));
        self.next_seq += 1;
        assert_eq!(reply.0["nextSeq"], self.next_seq, "{}", reply.0);
        reply
    }
}

/// To the picture: a copied rendition and one that was encoded anew round their ends each by itself.
const fn same(segment: &Segment, start: i64, end: i64) -> bool {
    (segment.start - start).abs() <= 40 && (segment.end - end).abs() <= 40
}

/// `#EXTINF` lengths and file names, as milliseconds from the beginning.
fn read_playlist(text: &str) -> Vec<(i64, i64, String)> {
    let (mut at, mut all, mut length) = (0_i64, Vec::new(), None);
    for line in text.lines().map(str::trim) {
        if let Some(seconds) = line.strip_prefix("#EXTINF:") {
            length = seconds.split(',').next().and_then(micros);
        } else if let (false, Some(micros)) = (line.is_empty() || line.starts_with('#'), length.take()) {
            all.push((at / 1000, (at + micros) / 1000, line.to_owned()));
            at += micros;
        }
    }
    all
}

fn micros(seconds: &str) -> Option<i64> {
    let (whole, rest) = seconds.split_once('.').unwrap_or((seconds, ""));
    let places: String = rest.chars().chain("000000".chars()).take(6).collect();
    Some(whole.parse::<i64>().ok()? * 1_000_000 + places.parse::<i64>().ok()?)
}

/// 1.5 is 150; a rate is told in hundredths at most.
fn percent(rate: f64) -> i64 {
    (0..=1_000).find(|hundredths| (f64::from(*hundredths) / 100.0 - rate).abs() < 0.005).map_or(1_000, i64::from)
}

#[test]
fn a_playlist_is_read_to_the_millisecond() {
    let text = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:6.006000,\nseg-00000.m4s\n#EXTINF:1.5,\nseg-00001.m4s\n#EXT-X-ENDLIST\n";
    assert_eq!(
        read_playlist(text),
        [(0, 6_006, "seg-00000.m4s".to_owned()), (6_006, 7_506, "seg-00001.m4s".to_owned())]
    );
    assert_eq!((percent(1.25), percent(2.0)), (125, 200));
}
