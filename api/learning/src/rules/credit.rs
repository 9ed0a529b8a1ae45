//! One heartbeat decided: what of the claim is new, what the bucket pays, what that makes of the record, and which facts follow.

use kernel::{Event, Millis};

use super::{
    Bucket, CHARACTERS_PER_MINUTE, Claim, FRAGMENTS, NEAR_END_MS, SAME_LENGTH_PERCENT, SEAM_MS, Spans, VIDEO_COMPLETE,
};
use crate::{
    Config,
    model::{Extent, Reason, Record, Refused, Sitting, Span},
};

/// What came of a beat of the study that holds the lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub record: Record,
    pub bucket: Bucket,
    pub credited_ms: i64,
    pub refused: Vec<Refused>,
    pub events: Vec<Event>,
}

/// The record with which a study goes on: the stored one where it is of the same version, or of a video of about the same length; else a new
/// union begins. What was completed stays completed, and is not announced again.
pub fn carried(sitting: &Sitting, stored: Option<&Record>, now: Millis) -> Record {
    match stored {
        Some(record) if same_medium(sitting, record) => record.clone(),
        _ => Record {
            course: sitting.info.course,
            version: sitting.version.clone(),
            size: sitting.extent.size(),
            covered: Spans::default(),
            covered_ms: 0,
            coverage: 0.0,
            resume_at: 0,
            completed_at: stored.and_then(|record| record.completed_at),
            updated_at: now,
        },
    }
}

fn same_medium(sitting: &Sitting, record: &Record) -> bool {
    let about_as_long = match sitting.extent {
        Extent::Video { duration_ms } => (duration_ms - record.size).abs() * 100 <= record.size * SAME_LENGTH_PERCENT,
        Extent::Reading { .. } => false,
    };
    record.version == sitting.version || about_as_long
}

/// Decides a claim. `record` is what [`carried`] gave, `bucket` is filled up to now.
pub fn step(sitting: &Sitting, record: Record, bucket: Bucket, claim: &Claim, now: Millis, config: &Config) -> Step {
    let extent = &sitting.extent;
    let claimed = claim.spans.cut(extent.end());
    let mut paid = Paid { bucket, credited: Vec::new(), refused: counted_before(extent, &claimed, &record.covered) };
    let fresh = claimed.without(&record.covered);
    match extent {
        Extent::Video { .. } => paid.play(&fresh),
        Extent::Reading { characters } => paid.read(&fresh, characters, config),
    }
    let mut credited = Spans::of(paid.credited);
    if record.covered.union(&credited).count() > FRAGMENTS.max(record.covered.count()) {
        credited = Spans::default();
        paid.bucket = bucket;
        paid.refused = counted_before(extent, &claimed, &record.covered);
        paid.refused.extend(refuse(fresh.iter(), Reason::TooFast));
    }
    paid.refused.sort_unstable_by_key(|refused| refused.span);
    let grown = grow(sitting, &record, &credited, claim.ended_at, now);
    let events = facts(sitting, &record, &grown, now);
    let credited_ms = covered_ms(extent, &credited);
    Step { record: grown, bucket: paid.bucket, credited_ms, refused: paid.refused, events }
}

/// All that is claimed, refused for one reason.
pub fn refuse(spans: impl Iterator<Item = Span>, reason: Reason) -> Vec<Refused> {
    spans.map(|span| Refused { span, reason }).collect()
}

fn counted_before(extent: &Extent, claimed: &Spans, covered: &Spans) -> Vec<Refused> {
    let least = match extent {
        Extent::Video { .. } => SEAM_MS,
        Extent::Reading { .. } => 1,
    };
    let seen = claimed.intersect(covered);
    refuse(seen.iter().filter(|span| span.length() >= least), Reason::CountedBefore)
}

/// What the bucket has paid so far.
struct Paid {
    bucket: Bucket,
    credited: Vec<Span>,
    refused: Vec<Refused>,
}

impl Paid {
    /// A video costs its own length, in order, while the bucket lasts.
    fn play(&mut self, fresh: &Spans) {
        for span in fresh.iter() {
            let middle = span.start + self.bucket.pay_part(span.length());
            self.credited.push(Span::new(span.start, middle));
            self.too_fast(Span::new(middle, span.end));
        }
    }

    /// A block's length is real time, which no rate shortens, so it costs what the bucket gains in that time. It counts whole or not yet, in the
    /// order of the text: behind the first that cannot be paid nothing is.
    fn read(&mut self, fresh: &Spans, characters: &[u32], config: &Config) {
        let mut positions = fresh.positions();
        for at in positions.by_ref() {
            let cost = config.at_max_rate(block_ms(characters, at));
            let block = Span::new(at, at + 1);
            if !self.bucket.pay(cost, config) {
                self.too_fast(block);
                break;
            }
            self.credited.push(block);
        }
        positions.for_each(|at| self.too_fast(Span::new(at, at + 1)));
    }

    /// Notes a span that may be claimed again; neighbours become one.
    fn too_fast(&mut self, span: Span) {
        if span.length() == 0 {
            return;
        }
        match self.refused.last_mut() {
            Some(Refused { span: last, reason: Reason::TooFast }) if last.end == span.start => last.end = span.end,
            _ => self.refused.push(Refused { span, reason: Reason::TooFast }),
        }
    }
}

fn grow(sitting: &Sitting, record: &Record, credited: &Spans, ended_at: Option<i64>, now: Millis) -> Record {
    let extent = &sitting.extent;
    let covered = record.covered.union(credited);
    // A kept union of a longer version is not shortened, but what lies beyond the end counts for nothing.
    let within = covered.cut(extent.end());
    let completed_at = record.completed_at.or_else(|| is_complete(extent, &within).then_some(now));
    Record {
        covered_ms: covered_ms(extent, &within),
        coverage: coverage(extent, &within),
        resume_at: ended_at.map_or(record.resume_at, |end| resume_at(extent, end, completed_at.is_some())),
        covered,
        completed_at,
        updated_at: now,
        ..record.clone()
    }
}

fn covered_ms(extent: &Extent, covered: &Spans) -> i64 {
    match extent {
        Extent::Video { .. } => covered.length(),
        Extent::Reading { characters } => covered.positions().map(|at| block_ms(characters, at)).sum(),
    }
}

fn block_ms(characters: &[u32], at: i64) -> i64 {
    characters_of(characters, at) * 60_000 / CHARACTERS_PER_MINUTE
}

fn characters_of(characters: &[u32], at: i64) -> i64 {
    usize::try_from(at).ok().and_then(|at| characters.get(at)).copied().map_or(0, i64::from)
}

/// A share of the whole; a text without characters (pictures, say) is counted in blocks. Of nothing, nothing is covered.
fn coverage(extent: &Extent, covered: &Spans) -> f64 {
    let (part, whole) = match extent {
        Extent::Reading { characters } if extent.size() > 0 => {
            (covered.positions().map(|at| characters_of(characters, at)).sum(), extent.size())
        }
        _ => (covered.length(), extent.end()),
    };
    if whole > 0 { part as f64 / whole as f64 } else { 0.0 }
}

fn is_complete(extent: &Extent, covered: &Spans) -> bool {
    match extent {
        Extent::Video { .. } => coverage(extent, covered) >= VIDEO_COMPLETE,
        Extent::Reading { .. } => !covered.is_empty() && covered.length() == extent.end(),
    }
}

/// Where to go on: where the last span ended, in a reading the block it ended with; at the start again when a completed one was left at its end.
fn resume_at(extent: &Extent, ended_at: i64, completed: bool) -> i64 {
    let end = extent.end();
    let (at, near) = match extent {
        Extent::Video { .. } => (ended_at.min(end), end - NEAR_END_MS),
        Extent::Reading { .. } => (ended_at.min(end) - 1, end - 1),
    };
    if completed && at >= near { 0 } else { at.max(0) }
}

/// What others care about: further whole minutes of a video, and the first completion.
fn facts(sitting: &Sitting, before: &Record, after: &Record, at: Millis) -> Vec<Event> {
    let (person, lesson, course) = (sitting.info.person, sitting.info.lesson, sitting.info.course);
    // The union's own version: minutes that were paid before a re-encoding are not paid again under another name.
    let version = after.version.clone();
    let (from, to) = (minutes(before.covered_ms), minutes(after.covered_ms));
    let video = matches!(sitting.extent, Extent::Video { .. });
    let covered = Event::MinutesCovered { person, course, lesson, version: version.clone(), from, to, at };
    let (medium, last_minute) = (sitting.extent.medium(), last_minute(&sitting.extent));
    let completed = Event::LessonCompleted { person, course, lesson, version, medium, last_minute, at };
    let first = before.completed_at.is_none() && after.completed_at.is_some();
    [(video && to > from).then_some(covered), first.then_some(completed)].into_iter().flatten().collect()
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
