//! Three weeks of study: each student's sittings are drawn, then all of them are lived through in the order of time, heartbeat by heartbeat.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use catalogue::LessonKind;
use kernel::{Day, Millis, Result, Viewer, clock::SetClock, id::StudyId};
use learning::{Beat, Served};

use super::{DAYS, Dice, content::Lesson, people::People};
use crate::app::App;

const HEARTBEAT_MS: i64 = 15_000;
/// So many students study; a larger roster is for measuring, and its rest has not begun.
const ACTIVE: usize = 400;
/// Jobs are run at least this often on the demo's clock, so that entries follow their beats.
const JOBS_MS: i64 = 60_000;

/// One sitting at one lesson, from and to a place in thousandths of it.
#[derive(Debug, Clone, Copy)]
struct Sitting {
    start: Millis,
    student: usize,
    lesson: usize,
    from: i64,
    to: i64,
}

/// A sitting under way.
struct Open {
    study: StudyId,
    seq: i64,
    /// Milliseconds of the lesson.
    at: i64,
    end: i64,
}

/// Answers how many heartbeats were acknowledged.
pub async fn live(
    app: &App,
    clock: &SetClock,
    people: &People,
    lessons: &[Lesson],
    seed: u64,
    today: Day,
) -> Result<u64> {
    let sittings = draw(app, people.students.len(), lessons, seed, today);
    let mut queue: BinaryHeap<Reverse<(Millis, usize)>> = BinaryHeap::new();
    queue.extend(sittings.iter().enumerate().map(|(n, sitting)| Reverse((sitting.start, n))));
    let mut open: HashMap<usize, Open> = HashMap::new();
    let (mut beats, mut jobs_at) = (0, 0);
    while let Some(Reverse((now, n))) = queue.pop() {
        clock.set(now);
        let Some(sitting) = sittings.get(n) else { continue };
        let (Some(viewer), Some(lesson)) = (people.students.get(sitting.student), lessons.get(sitting.lesson)) else {
            continue;
        };
        let next = match open.remove(&n) {
            None => Some(begin(app, viewer, lesson, sitting).await?),
            Some(current) => {
                beats += 1;
                beat(app, viewer, lesson, current).await?
            }
        };
        if let Some(next) = next {
            let wait = (next.end - next.at).clamp(1_000, HEARTBEAT_MS);
            open.insert(n, next);
            queue.push(Reverse((now + wait, n)));
        }
        if now - jobs_at >= JOBS_MS {
            jobs_at = now;
            app.worker.run_until_idle().await?;
        }
    }
    app.worker.run_until_idle().await?;
    Ok(beats)
}

async fn begin(app: &App, viewer: &Viewer, lesson: &Lesson, sitting: &Sitting) -> Result<Open> {
    let study = app.houses.learning.open_study(viewer, lesson.id).await?;
    // As a player that fetches the lesson: only what was served counts.
    let end = if lesson.kind == LessonKind::Video { lesson.length_ms } else { i64::try_from(lesson.blocks.len())? };
    let whole =
        Served { study: study.id, span: (0, end), piece: "lesson".to_owned(), bytes: (0, 1), size: 1, network: None };
    app.houses.learning.served(whole).await?;
    let place = |thousandths: i64| lesson.length_ms * thousandths / 1000;
    Ok(Open { study: study.id, seq: study.next_seq, at: place(sitting.from), end: place(sitting.to) })
}

/// Reports what was played or read since the beat before; `None` when the sitting is over.
async fn beat(app: &App, viewer: &Viewer, lesson: &Lesson, current: Open) -> Result<Option<Open>> {
    let to = (current.at + HEARTBEAT_MS).min(current.end);
    let beat = Beat {
        study: current.study,
        seq: current.seq,
        spans: spans(lesson, current.at, to),
        rate: Some(1.0),
        visible: Some(true),
        client_time: None,
        network: None,
        ledger_head: app.houses.credits.head().await?,
    };
    let answer = app.houses.learning.heartbeat(viewer, beat).await?;
    let next = Open { study: current.study, seq: answer.next_seq, at: to, end: current.end };
    Ok((to < current.end).then_some(next))
}

/// Of a video what was played; of a reading the blocks whose end was reached.
fn spans(lesson: &Lesson, from: i64, to: i64) -> Vec<(i64, i64)> {
    if lesson.kind == LessonKind::Video {
        return vec![(from, to)];
    }
    let mut end = 0;
    let mut read = Vec::new();
    for (index, length) in (0_i64..).zip(&lesson.blocks) {
        end += length;
        if end > from && end <= to {
            read.push((index, index + 1));
        }
    }
    read
}

fn draw(app: &App, students: usize, lessons: &[Lesson], seed: u64, today: Day) -> Vec<Sitting> {
    let zone = app.houses.base.zone;
    let mut all = the_student(lessons, |back| zone.start(today.plus(-back)));
    for student in 1..students.min(ACTIVE) {
        let dice = Dice::new(seed.wrapping_mul(1_000_003).wrapping_add(u64::try_from(student).unwrap_or(0)));
        // From hardly begun to two days of five; a few are through, most are on the way.
        let diligence = dice.between(1, 40);
        let (mut lesson, mut from) = (0, 0);
        for back in (1..=DAYS).rev() {
            if lesson >= lessons.len() || !dice.percent(diligence) {
                continue;
            }
            let mut start = zone.start(today.plus(-back)) + dice.between(7 * 3600, 22 * 3600) * 1000;
            let mut budget = dice.between(40, 260) * 1000;
            while let Some(current) = lessons.get(lesson).filter(|_| budget > 20_000) {
                let left = current.length_ms * (1000 - from) / 1000;
                let to = if left <= budget { 1000 } else { from + budget * 1000 / current.length_ms.max(1) };
                all.push(Sitting { start, student, lesson, from, to });
                let took = current.length_ms * (to - from) / 1000;
                start += took + dice.between(5, 40) * 1000 + HEARTBEAT_MS;
                budget -= took;
                (lesson, from) = if to == 1000 { (lesson + 1, 0) } else { (lesson, to) };
            }
        }
    }
    all.sort_by_key(|sitting| (sitting.start, sitting.student));
    all
}

/// The demo's own student: every second day for three weeks; one video seen, one half seen, two not begun, and readings on the way.
fn the_student(lessons: &[Lesson], midnight: impl Fn(i64) -> Millis) -> Vec<Sitting> {
    let of = |kind: LessonKind| {
        lessons.iter().enumerate().filter(move |(_, l)| l.kind == kind).map(|(n, _)| n).collect::<Vec<_>>()
    };
    let (videos, readings) = (of(LessonKind::Video), of(LessonKind::Reading));
    let plan = [
        (20, videos.first(), 0, 450),
        (18, videos.first(), 450, 1000),
        (16, readings.first(), 0, 500),
        (14, readings.first(), 500, 1000),
        (12, readings.get(1), 0, 480),
        (10, readings.get(1), 480, 1000),
        (8, readings.get(2), 0, 520),
        (6, readings.get(2), 520, 1000),
        (4, videos.get(1), 0, 260),
        (2, videos.get(1), 260, 520),
    ];
    let sitting = |(back, lesson, from, to): (i64, Option<&usize>, i64, i64)| {
        let start = midnight(back) + (19 * 60 + back * 2) * 60_000;
        lesson.map(|lesson| Sitting { start, student: 0, lesson: *lesson, from, to })
    };
    plan.into_iter().filter_map(sitting).collect()
}
