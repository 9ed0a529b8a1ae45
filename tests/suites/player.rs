//! An honest player in virtual time: it buffers, plays, beats, queues while the line is down, says the same again after a lost reply, goes on
//! from where a gap is told, answers checks by what the lecturer wrote. It keeps the truth: what was really played.

mod checks;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::{Value, json};

use checks::Shown;

use crate::{
    dice::Dice,
    line::{Line, Lost, Said},
    offered::{answer_document, beat_document, extend_document},
    proxy::{Fault, Proxy},
    spans::Spans,
    study::{Reply, Segment, Study},
    world::World,
};

/// One step of virtual time, about: no timer of a browser is exact, and a cadence that is would be a machine's.
pub const TICK_MS: i64 = 1_000;

/// How a person studies, whatever the line is like.
#[derive(Debug, Clone, Copy)]
pub struct Habits {
    /// Percent of real time.
    pub rate: i64,
    /// Milliseconds that are downloaded ahead.
    pub ahead: i64,
    /// Seconds that an answer to a check takes.
    pub thinks: (i64, i64),
    /// Percent of the time that reading is reckoned with.
    pub reading: i64,
    /// Percent of checks answered wrongly at first.
    pub errs: i64,
    /// Percent of ticks at which a pause begins.
    pub pauses: i64,
}

/// A beat that may have to be said again, in the same words.
#[derive(Debug, Clone)]
struct Beat {
    seq: i64,
    spans: Spans,
}

/// One sitting at one lesson on one device.
struct Sitting {
    study: Study,
    segments: Vec<Segment>,
    buffered: BTreeSet<usize>,
    /// Milliseconds of the video; of a reading, milliseconds spent on the block.
    position: i64,
    block: i64,
    unsent: Spans,
    queue: VecDeque<Beat>,
    beat_at: i64,
    paused_until: i64,
    shown: Option<Shown>,
    truth: Spans,
    /// Beats after the end that still claim again what came too fast.
    tries: u32,
}

/// What a finished sitting has to show for itself.
pub struct Sat {
    pub lesson: String,
    pub heartbeat_ms: i64,
    pub truth: Spans,
}

#[derive(Debug, Default, Clone, Copy)]
pub struct Counts {
    pub exchanges: i64,
    pub lost: i64,
    pub beats: i64,
    pub gaps: i64,
    pub leases_lost: i64,
    pub checks: i64,
    pub passed: i64,
    pub extended: i64,
    pub stalled_s: i64,
    pub credited_ms: i64,
    pub released_ms: i64,
}

pub struct Player {
    pub name: String,
    pub habits: Habits,
    pub dice: Dice,
    devices: Vec<Line>,
    proxy: Proxy,
    device: usize,
    lessons: VecDeque<String>,
    sitting: Option<Sitting>,
    beats: String,
    answers: String,
    now: i64,
    extends: Option<String>,
    right: &'static BTreeMap<String, String>,
    pub sat: Vec<Sat>,
    pub counts: Counts,
}

impl Player {
    pub async fn new(world: &World, name: &str, habits: Habits, devices: usize, seed: u64) -> Self {
        let proxy = Proxy::start(&world.server.url, seed).await;
        let mut lines = Vec::new();
        for _ in 0..devices {
            lines.push(world.sign_in(name).await.over(&proxy.url));
        }
        Self {
            name: name.to_owned(),
            habits,
            dice: Dice::new(seed).fork(7),
            devices: lines,
            proxy,
            device: 0,
            lessons: VecDeque::new(),
            sitting: None,
            beats: beat_document(world.sdl),
            answers: answer_document(world.sdl),
            now: 0,
            extends: extend_document(world.sdl),
            right: &world.plan.right,
            sat: Vec::new(),
            counts: Counts::default(),
        }
    }

    pub fn will_study(&mut self, lessons: impl IntoIterator<Item = String>) {
        self.lessons.extend(lessons);
    }
    pub fn is_done(&self) -> bool {
        self.lessons.is_empty()
    }

    /// One exchange on the device in hand, under a fault.
    async fn ask(&mut self, fault: Fault, document: &str, variables: Value) -> Result<Said, Lost> {
        self.proxy.next(fault);
        self.counts.exchanges += 1;
        let said = self.devices[self.device].try_ask(document, variables).await;
        self.counts.lost += i64::from(said.is_err());
        said
    }

    /// A second of this person's life. `fault` draws what an exchange meets.
    pub async fn tick(&mut self, now: i64, fault: &mut impl FnMut(&mut Dice) -> Fault) {
        let passed = if self.now == 0 { TICK_MS } else { now - self.now };
        self.now = now;
        let Some(lesson) = self.lessons.front().cloned() else { return };
        let Some(mut sitting) = self.sitting.take() else {
            self.sitting = self.sit_down(&lesson, now, fault).await;
            return;
        };
        self.buffer(&mut sitting, fault).await;
        self.play(&mut sitting, now, passed);
        self.attend(&mut sitting, now, fault).await;
        let over = self.is_over(&sitting);
        if now >= sitting.beat_at || (over && sitting.queue.is_empty() && sitting.tries > 0) {
            sitting.beat_at = now + sitting.study.heartbeat_ms;
            sitting.tries = sitting.tries.saturating_sub(u32::from(over));
            note_beat(&mut sitting);
        }
        let held = self.flush(&mut sitting, now, fault).await;
        let finished = self.is_over(&sitting)
            && sitting.queue.is_empty()
            && sitting.shown.is_none()
            && (sitting.tries == 0 || sitting.unsent.is_empty());
        if !held {
            self.counts.leases_lost += 1;
            self.stand_up(&lesson, sitting);
        } else if finished {
            self.stand_up(&lesson, sitting);
            self.lessons.pop_front();
        } else {
            self.sitting = Some(sitting);
        }
    }

    async fn sit_down(
        &mut self,
        lesson: &str,
        now: i64,
        fault: &mut impl FnMut(&mut Dice) -> Fault,
    ) -> Option<Sitting> {
        let (drawn, line) = (fault(&mut self.dice), self.devices[self.device].clone());
        self.proxy.next(drawn);
        self.counts.exchanges += 1;
        let Ok(study) = Study::try_open(&line, lesson).await else {
            self.counts.lost += 1;
            return None;
        };
        let at = if study.resume_at >= study.end { 0 } else { study.resume_at };
        let video = study.blocks.is_empty();
        Some(Sitting {
            beat_at: now + study.heartbeat_ms,
            position: if video { at } else { 0 },
            block: at,
            study,
            segments: Vec::new(),
            buffered: BTreeSet::new(),
            unsent: Spans::default(),
            queue: VecDeque::new(),
            paused_until: 0,
            shown: None,
            truth: Spans::default(),
            tries: 12,
        })
    }

    /// Downloads what is missing ahead of the position; a file that did not come is asked for again a second later.
    async fn buffer(&mut self, sitting: &mut Sitting, fault: &mut impl FnMut(&mut Dice) -> Fault) {
        if !sitting.study.blocks.is_empty() {
            return;
        }
        let line = self.devices[self.device].clone();
        if sitting.segments.is_empty() {
            self.proxy.next(fault(&mut self.dice));
            sitting.segments = sitting.study.try_segments(&line).await.unwrap_or_default();
            return;
        }
        let (from, upto) = (sitting.position, sitting.position + self.habits.ahead);
        let wanted = (0..sitting.segments.len()).filter(|at| {
            let segment = &sitting.segments[*at];
            segment.start < upto && from < segment.end && !sitting.buffered.contains(at)
        });
        for at in wanted.take(4).collect::<Vec<_>>() {
            // The player changes the rendition as the line changes.
            let path = self.dice.pick(&sitting.segments[at].paths).clone();
            self.proxy.next(fault(&mut self.dice));
            self.counts.exchanges += 1;
            if line.try_file(&path).await.is_err() {
                self.counts.lost += 1;
                return;
            }
            sitting.buffered.insert(at);
        }
    }

    fn play(&mut self, sitting: &mut Sitting, now: i64, passed: i64) {
        if now < sitting.paused_until || sitting.shown.is_some() {
            return;
        }
        if self.dice.percent(self.habits.pauses) {
            sitting.paused_until = now + self.dice.between(3, 20) * 1_000;
        }
        if sitting.study.blocks.is_empty() {
            self.play_video(sitting, passed);
        } else {
            self.read(sitting, passed);
        }
    }

    fn play_video(&mut self, sitting: &mut Sitting, passed: i64) {
        let mut left = passed * self.habits.rate / 100;
        while left > 0 && sitting.position < sitting.study.end {
            let at = sitting.position;
            let here = sitting.segments.iter().position(|segment| segment.start <= at && at < segment.end);
            let Some(number) = here.filter(|number| sitting.buffered.contains(number)) else {
                // Beyond the last segment there is nothing to play: playlists and lengths differ by less than a frame.
                if here.is_none() && !sitting.segments.is_empty() {
                    sitting.position = sitting.study.end;
                } else {
                    self.counts.stalled_s += 1;
                }
                return;
            };
            let end = (at + left).min(sitting.segments[number].end).min(sitting.study.end);
            left -= end - at;
            sitting.truth.add(at, end);
            sitting.unsent.add(at, end);
            sitting.position = end;
        }
    }

    /// A block is read once its time has passed; a slow reader takes longer.
    fn read(&mut self, sitting: &mut Sitting, passed: i64) {
        let Some(characters) = usize::try_from(sitting.block).ok().and_then(|at| sitting.study.blocks.get(at)) else {
            return;
        };
        sitting.position += passed * 100 / self.habits.reading;
        if sitting.position >= characters * 100 {
            sitting.truth.add(sitting.block, sitting.block + 1);
            sitting.unsent.add(sitting.block, sitting.block + 1);
            (sitting.position, sitting.block) = (0, sitting.block + 1);
        }
    }

    fn is_over(&self, sitting: &Sitting) -> bool {
        match sitting.study.blocks.is_empty() {
            true => !sitting.segments.is_empty() && sitting.position >= sitting.study.end,
            false => sitting.block >= sitting.study.end,
        }
    }

    /// Says what is queued, in its order; false when another device has the lease.
    async fn flush(&mut self, sitting: &mut Sitting, now: i64, fault: &mut impl FnMut(&mut Dice) -> Fault) -> bool {
        while let Some(beat) = sitting.queue.front().cloned() {
            let drawn = fault(&mut self.dice);
            let mut input = sitting.study.input(beat.seq, &beat.spans.json());
            input["i"]["rate"] = json!(f64::from(i32::try_from(self.habits.rate).expect("small")) / 100.0);
            let document = self.beats.clone();
            let Ok(said) = self.ask(drawn, &document, input).await else { return true };
            if said.code() == Some("GAP") {
                self.counts.gaps += 1;
                resync(sitting, said.extension("nextSeq").as_i64().expect("the next number"));
                continue;
            }
            sitting.queue.pop_front();
            self.counts.beats += 1;
            let reply = Reply(said.data("heartbeat"));
            self.counts.credited_ms += reply.credited();
            if !reply.held() {
                return false;
            }
            for (start, end) in reply.refused(&["TOO_FAST", "NOT_SERVED"]).iter() {
                sitting.unsent.add(start, end);
            }
            self.see(sitting, &reply, now);
        }
        true
    }

    /// The device is put down: what is unsent is said once more, as a page does that is left.
    pub async fn put_down(&mut self, now: i64, fault: &mut impl FnMut(&mut Dice) -> Fault) {
        let (Some(mut sitting), Some(lesson)) = (self.sitting.take(), self.lessons.front().cloned()) else { return };
        note_beat(&mut sitting);
        self.flush(&mut sitting, now, fault).await;
        self.stand_up(&lesson, sitting);
        self.device = (self.device + 1) % self.devices.len();
    }

    /// The tab is gone without a word.
    pub fn discard(&mut self) {
        if let (Some(sitting), Some(lesson)) = (self.sitting.take(), self.lessons.front().cloned()) {
            self.stand_up(&lesson, sitting);
        }
    }

    fn stand_up(&mut self, lesson: &str, sitting: Sitting) {
        self.sat.push(Sat {
            lesson: lesson.to_owned(),
            heartbeat_ms: sitting.study.heartbeat_ms,
            truth: sitting.truth,
        });
    }

    /// The line is good again: what does the server hold as covered?
    pub async fn covered(&self, lesson: &str) -> Study {
        Study::open(&self.devices[0], lesson).await
    }
}

fn note_beat(sitting: &mut Sitting) {
    let seq = sitting.study.next_seq;
    sitting.study.next_seq += 1;
    sitting.queue.push_back(Beat { seq, spans: std::mem::take(&mut sitting.unsent) });
}

/// The server knows some beats that we did not hear the answers of, or none of them: numbers go on from where it says.
fn resync(sitting: &mut Sitting, next: i64) {
    sitting.queue.retain(|beat| beat.seq >= next);
    for (number, beat) in (next..).zip(sitting.queue.iter_mut()) {
        beat.seq = number;
    }
    sitting.study.next_seq = next + i64::try_from(sitting.queue.len()).expect("a number");
}
