//! What a union becomes when something is added to it, and which facts follow.

use kernel::{
    Event, Millis,
    id::{CourseId, LessonId, PersonId},
};

use super::{
    NEAR_END_MS, SAME_LENGTH_PERCENT, Spans, VIDEO_COMPLETE, map,
    pay::{block_ms, characters_of},
};
use crate::model::{Checks, Extent, Record, Sitting};

/// Who covers what: named in the facts that follow.
#[derive(Debug, Clone, Copy)]
pub struct Whose {
    pub person: PersonId,
    pub course: CourseId,
    pub lesson: LessonId,
}

impl Whose {
    pub const fn of(sitting: &Sitting) -> Self {
        Self { person: sitting.info.person, course: sitting.info.course, lesson: sitting.info.lesson }
    }
}

/// A grown record, how much of it is new, and the facts.
#[derive(Debug, Clone, PartialEq)]
pub struct Grown {
    pub record: Record,
    pub credited_ms: i64,
    pub events: Vec<Event>,
}

/// The record with which a study goes on: the stored one where it is of the same version, or of a video of about the same length; else a new
/// union begins. What was completed stays completed, and is not announced again.
pub fn carried(sitting: &Sitting, stored: Option<Record>, now: Millis) -> Record {
    let completed_at = stored.as_ref().and_then(|record| record.completed_at);
    match stored.filter(|record| goes_on(sitting, record)) {
        Some(record) => Record { script_id: sitting.script_id.or(record.script_id), ..record },
        None => Record {
            course: sitting.info.course,
            version: sitting.version.clone(),
            size: sitting.script.extent.size(),
            script_id: sitting.script_id,
            covered: Spans::default(),
            covered_ms: 0,
            coverage: 0.0,
            resume_at: 0,
            completed_at,
            updated_at: now,
            pending: Spans::default(),
            refused: Vec::new(),
            checks: Checks::default(),
        },
    }
}

/// Whether the union that was begun before is of the same medium.
pub fn goes_on(sitting: &Sitting, record: &Record) -> bool {
    let duration = match sitting.script.extent {
        Extent::Video { duration_ms } => Some(duration_ms),
        Extent::Reading { .. } => None,
    };
    same_content((&record.version, record.size), (&sitting.version, duration))
}

/// A content by its version and size, and another by its version and, if it is a video, its length.
pub fn same_content((version, size): (&str, i64), (other, duration): (&str, Option<i64>)) -> bool {
    let about_as_long = |duration: i64| (duration - size).abs() * 100 <= size * SAME_LENGTH_PERCENT;
    version == other || duration.is_some_and(about_as_long)
}

/// Adds `credited` to the union. `ended_at` is where the person is, if that is known.
pub fn grown(
    whose: Whose,
    extent: &Extent,
    record: Record,
    credited: &Spans,
    ended_at: Option<i64>,
    now: Millis,
) -> Grown {
    let covered = record.covered.union(credited);
    // A kept union of a longer version is not shortened, but what lies beyond the end counts for nothing.
    let within = covered.cut(extent.end());
    let completed_at = record.completed_at.or_else(|| is_complete(extent, &within).then_some(now));
    let before = (record.covered_ms, record.completed_at);
    let after = Record {
        covered_ms: covered_ms(extent, &within),
        coverage: coverage(extent, &within),
        resume_at: ended_at.map_or(record.resume_at, |end| resume_at(extent, end, completed_at.is_some())),
        pending: if record.pending.is_empty() { Spans::default() } else { record.pending.without(credited) },
        covered,
        completed_at,
        updated_at: now,
        ..record
    };
    let events = facts(whose, extent, before, &after, now);
    Grown { credited_ms: covered_ms(extent, credited), record: after, events }
}

/// A passed check: all that was paid in this sitting while it was open counts from now on.
pub fn passed(sitting: &Sitting, record: Record, now: Millis) -> Grown {
    let waiting = record.checks.pending.intersect(&record.pending).without(&record.covered);
    let mut grown = grown(Whose::of(sitting), &sitting.script.extent, record, &waiting, None, now);
    let checks = &mut grown.record.checks;
    checks.pending = Spans::default();
    checks.fresh = checks.fresh.union(&waiting);
    grown
}

/// A person decided that these spans count, whatever the protocol said.
pub fn released(whose: Whose, extent: &Extent, record: Record, spans: &Spans, now: Millis) -> Grown {
    let new = spans.cut(extent.end()).without(&record.covered);
    let mut grown = grown(whose, extent, record, &new, None, now);
    let record = &mut grown.record;
    record.refused = map::noted(std::mem::take(&mut record.refused), &[], &record.covered);
    record.checks.pending = record.checks.pending.without(&new);
    grown
}

/// Of a video its length, of a reading the time that its blocks take.
pub fn covered_ms(extent: &Extent, covered: &Spans) -> i64 {
    match extent {
        Extent::Video { .. } => covered.length(),
        Extent::Reading { .. } => covered.positions().map(|at| block_ms(extent, at)).sum(),
    }
}

/// A share of the whole; a text without characters (pictures, say) is counted in blocks. Of nothing, nothing is covered.
fn coverage(extent: &Extent, covered: &Spans) -> f64 {
    let (part, whole) = match extent {
        Extent::Reading { characters, .. } if extent.size() > 0 => {
            (covered.positions().map(|at| characters_of(characters, at)).sum(), extent.size())
        }
        _ => (covered.length(), extent.end()),
    };
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

pub fn is_complete(extent: &Extent, covered: &Spans) -> bool {
    match extent {
        Extent::Video { .. } => coverage(extent, covered) >= VIDEO_COMPLETE,
        Extent::Reading { .. } => !covered.is_empty() && covered.length() == extent.end(),
    }
}

/// Where to go on: where the last span ended, in a reading the block it ended with; at the start again when a completed one was left at its end.
pub fn resume_at(extent: &Extent, ended_at: i64, completed: bool) -> i64 {
    let end = extent.end();
    let (at, near) = match extent {
        Extent::Video { .. } => (ended_at.min(end), end - NEAR_END_MS),
        Extent::Reading { .. } => (ended_at.min(end) - 1, end - 1),
    };
    if completed && at >= near { 0 } else { at.max(0) }
}

/// What others care about: further whole minutes of a video, and the first completion.
fn facts(whose: Whose, extent: &Extent, before: (i64, Option<Millis>), after: &Record, at: Millis) -> Vec<Event> {
    let Whose { person, course, lesson } = whose;
    let (from, to) = (minutes(before.0), minutes(after.covered_ms));
    let mut all = Vec::new();
    // The union's own version: minutes that were paid before a re-encoding are not paid again under another name.
    if matches!(extent, Extent::Video { .. }) && to > from {
        let version = after.version.clone();
        all.push(Event::MinutesCovered { person, course, lesson, version, from, to, at });
    }
    if before.1.is_none() && after.completed_at.is_some() {
        let (medium, last_minute, version) = (extent.medium(), last_minute(extent), after.version.clone());
        all.push(Event::LessonCompleted { person, course, lesson, version, medium, last_minute, at });
    }
    all
}

fn minutes(millis: i64) -> u32 {
    u32::try_from(millis / 60_000).unwrap_or(0)
}

/// The number of a video's last minute, and how many milliseconds that one has.
fn last_minute(extent: &Extent) -> Option<(u32, u32)> {
    let Extent::Video { duration_ms } = extent else { return None };
    let number = (duration_ms + 59_999) / 60_000;
    let rest = duration_ms - (number - 1).max(0) * 60_000;
    Some((u32::try_from(number).ok()?, u32::try_from(rest).ok()?))
}
