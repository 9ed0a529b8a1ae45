//! Students as an honest player has them: what is claimed was fetched by this very study and took its time to play.

use std::time::Duration;

use serde_json::{Value, json};

use crate::{
    ask::{Asker, End, at, text},
    chance::Chance,
    load::Load,
    oracle::Reading,
};

pub const OPEN: &str =
    "mutation($id: ID!) { openStudy(lessonId: $id) { id nextSeq covered { start end } material { __typename
    ... on VideoMaterial { playlistUrl durationMs } ... on ReadingMaterial { html blocks { index } } } } }";
pub const BEAT: &str = "mutation($i: HeartbeatInput!) { heartbeat(input: $i) { nextSeq lease creditedMs coverage completed refused { start end reason } } }";

pub struct Student {
    pub asker: Asker,
    pub chance: Chance,
}

/// A study under way.
struct Study {
    id: String,
    course: String,
    seq: i64,
}

impl Student {
    /// Studies until the load ends or the server is gone.
    pub async fn study(&mut self, load: &Load) {
        while load.goes_on() {
            let reading = load.oracle().readings.clone();
            let new = self.chance.pick(&reading).cloned().filter(|_| !self.chance.one_in(3));
            let on = match new {
                Some(reading) => self.read(load, &reading).await,
                None => self.watch(load).await,
            };
            if on.is_none() {
                return;
            }
        }
    }

    async fn open(&self, load: &Load, lesson: &str, course: &str) -> Option<(Study, Value)> {
        let opened = self.asker.ask(&load.url, OPEN, json!({ "id": lesson })).await.done()?;
        let opened = at(&opened, "openStudy").clone();
        let study = Study { id: text(&opened, "id"), course: course.to_owned(), seq: opened["nextSeq"].as_i64()? };
        load.oracle().opened(&self.asker.name, lesson);
        Some((study, opened))
    }

    /// None when the server went away.
    async fn beat(&self, load: &Load, study: &mut Study, start: i64, end: i64) -> Option<Value> {
        let input = json!({ "studyId": study.id, "seq": study.seq, "spans": [{ "start": start, "end": end }], "rate": 1.0, "visible": true });
        load.oracle().sends(&self.asker.name, &input);
        match self.asker.ask(&load.url, BEAT, json!({ "i": input })).await {
            End::Done(answer) => {
                let answer = at(&answer, "heartbeat").clone();
                study.seq += 1;
                load.oracle().beaten(&self.asker.name, &study.course, &answer);
                Some(answer)
            }
            End::Refused(code, answer) => {
                assert_ne!(code, "INTERNAL", "{answer}");
                load.oracle().not_done(&self.asker.name);
                Some(Value::Null)
            }
            End::Unknown => None,
        }
    }

    async fn read(&mut self, load: &Load, reading: &Reading) -> Option<()> {
        let (mut study, opened) = self.open(load, &reading.lesson, &reading.course).await?;
        let blocks = i64::try_from(at(&opened, "material.blocks").as_array()?.len()).ok()?;
        for block in 0..blocks {
            // Ten characters a second, and these are few.
            tokio::time::sleep(Duration::from_millis(self.chance.between(600, 900))).await;
            self.beat(load, &mut study, block, block + 1).await?;
        }
        Some(())
    }

    async fn watch(&mut self, load: &Load) -> Option<()> {
        let (lesson, course) = self.chance.pick(&load.videos).cloned()?;
        let (mut study, opened) = self.open(load, &lesson, &course).await?;
        let mut film = Film::of(&self.asker, load, &text(&opened, "material.playlistUrl")).await?;
        let mut place =
            at(&opened, "covered.0.end").as_i64().filter(|_| at(&opened, "covered.0.start") == 0).unwrap_or(0);
        for _ in 0..self.chance.between(3, 12) {
            let step = i64::try_from(self.chance.between(80, 400)).ok()?;
            if place + step > at(&opened, "material.durationMs").as_i64()? || !load.goes_on() {
                break;
            }
            film.fetch(&self.asker, load, place, place + step).await?;
            tokio::time::sleep(Duration::from_millis(step.unsigned_abs())).await;
            self.beat(load, &mut study, place, place + step).await?;
            place += step;
        }
        Some(())
    }
}

/// A rendition: its pieces, and which of them were fetched.
struct Film {
    pieces: Vec<(i64, i64, String, bool)>,
}

impl Film {
    async fn of(asker: &Asker, load: &Load, playlist: &str) -> Option<Self> {
        let prefix = playlist.rsplit_once('/')?.0;
        let master = String::from_utf8(asker.get(&load.url, playlist).await?).ok()?;
        let variant = master.lines().find(|line| !line.starts_with('#') && !line.is_empty())?;
        let folder = variant.rsplit_once('/').map_or("", |(folder, _)| folder);
        let list = String::from_utf8(asker.get(&load.url, &format!("{prefix}/{variant}")).await?).ok()?;
        let init = list.lines().find_map(|line| line.strip_prefix("#EXT-X-MAP:URI=\"")?.strip_suffix('"'));
        if let Some(init) = init {
            asker.get(&load.url, &format!("{prefix}/{folder}/{init}")).await?;
        }
        let (mut pieces, mut from, mut length) = (Vec::new(), 0.0_f64, 0.0);
        for line in list.lines() {
            if let Some(seconds) = line.strip_prefix("#EXTINF:") {
                length = seconds.trim_end_matches(',').parse().ok()?;
            } else if !line.starts_with('#') && !line.is_empty() {
                let (start, end) = (from * 1000.0, (from + length) * 1000.0);
                #[expect(clippy::cast_possible_truncation, reason = "milliseconds of a short film")]
                pieces.push((start.floor() as i64, end.ceil() as i64, format!("{prefix}/{folder}/{line}"), false));
                from += length;
            }
        }
        Some(Self { pieces })
    }

    /// What shows this stretch.
    async fn fetch(&mut self, asker: &Asker, load: &Load, start: i64, end: i64) -> Option<()> {
        for (from, to, path, fetched) in &mut self.pieces {
            if *from < end && start < *to && !*fetched {
                asker.get(&load.url, path).await?;
                *fetched = true;
            }
        }
        Some(())
    }
}
