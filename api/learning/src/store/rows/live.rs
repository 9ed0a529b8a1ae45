//! The person's own row: who holds the lease, and what their running study knows that the rows of study and record do not yet.

use kernel::{Result, id::LessonId};
use serde::{Deserialize, Serialize};

use super::answer::Brief;
use crate::{
    model::{Checks, Evidence, Habits, Holding, Record, Seat, Sitting},
    rules::{Bucket, Spans},
    tables::lease,
};

/// What a study that holds the lease is kept as in its person's row.
#[derive(Serialize, Deserialize)]
struct Live {
    #[serde(rename = "n")]
    next_seq: i64,
    #[serde(rename = "h", default, skip_serializing_if = "Option::is_none")]
    last: Option<(String, Brief)>,
    #[serde(rename = "e", default, skip_serializing_if = "Option::is_none")]
    entries_seen: Option<i64>,
    #[serde(rename = "v", default)]
    evidence: Evidence,
    #[serde(rename = "y", default)]
    habits: Habits,
    #[serde(rename = "r", default, skip_serializing_if = "Option::is_none")]
    ahead: Option<Ahead>,
}

/// What of a record is newer than its own row.
#[derive(Serialize, Deserialize)]
pub struct Ahead {
    #[serde(rename = "l")]
    pub lesson: LessonId,
    #[serde(rename = "c")]
    covered: Spans,
    #[serde(rename = "m")]
    covered_ms: i64,
    /// The bits of the coverage.
    #[serde(rename = "g")]
    coverage: u64,
    #[serde(rename = "p")]
    pub resume_at: i64,
    #[serde(rename = "u")]
    pub updated_at: i64,
    #[serde(rename = "k", default, skip_serializing_if = "Checks::is_default")]
    checks: Checks,
}

impl Ahead {
    pub const fn coverage(&self) -> f64 {
        f64::from_bits(self.coverage)
    }
    /// Puts the record where it is.
    pub fn lay_over(self, record: &mut Record) {
        record.coverage = self.coverage();
        record.covered = self.covered;
        record.covered_ms = self.covered_ms;
        record.resume_at = self.resume_at;
        record.updated_at = self.updated_at;
        record.checks = self.checks;
    }
}

/// What the person's row knows of a record, which its own row does not yet.
pub fn ahead(live: &str) -> Result<Option<Ahead>> {
    if live.is_empty() {
        return Ok(None);
    }
    Ok(serde_json::from_str::<Live>(live)?.ahead)
}

pub fn lease_row(seat: &Seat) -> Result<lease::Model> {
    let live = seat.sitting.as_ref().map(|sitting| live_text(seat, sitting)).transpose()?;
    Ok(lease::Model {
        person: seat.person.uuid(),
        epoch: seat.holding.epoch,
        study: seat.holding.study.uuid(),
        allowance_ms: seat.holding.bucket.allowance_ms,
        counted_at: seat.holding.bucket.counted_at,
        version: seat.version,
        beaten_at: seat.sitting.as_ref().map_or(0, |sitting| sitting.info.beaten_at),
        live: live.unwrap_or_default(),
    })
}

fn live_text(seat: &Seat, sitting: &Sitting) -> Result<String> {
    // By reference: this is written with every beat.
    #[derive(Serialize)]
    struct Lively<'a> {
        n: i64,
        #[serde(skip_serializing_if = "Option::is_none")]
        h: Option<(&'a str, Brief)>,
        #[serde(skip_serializing_if = "Option::is_none")]
        e: Option<i64>,
        v: &'a Evidence,
        y: Habits,
        #[serde(skip_serializing_if = "Option::is_none")]
        r: Option<Further<'a>>,
    }
    #[derive(Serialize)]
    struct Further<'a> {
        l: LessonId,
        c: &'a Spans,
        m: i64,
        g: u64,
        p: i64,
        u: i64,
        #[serde(skip_serializing_if = "is_default")]
        k: &'a Checks,
    }
    let ahead = seat.record.as_ref().filter(|_| seat.ahead);
    let lively = Lively {
        n: sitting.next_seq,
        h: sitting.last.as_ref().map(|(hash, answer)| (hash.as_str(), Brief::from(answer))),
        e: sitting.entries_seen,
        v: &sitting.evidence,
        y: sitting.habits,
        r: ahead.map(|record| Further {
            l: sitting.info.lesson,
            c: &record.covered,
            m: record.covered_ms,
            g: record.coverage.to_bits(),
            p: record.resume_at,
            u: record.updated_at,
            k: &record.checks,
        }),
    };
    Ok(serde_json::to_string(&lively)?)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands over a reference to what is a reference already")]
fn is_default(checks: &&Checks) -> bool {
    checks.is_default()
}

/// The seat without its study.
pub fn empty_seat(row: &lease::Model) -> Seat {
    let bucket = Bucket { allowance_ms: row.allowance_ms, counted_at: row.counted_at };
    let holding = Holding { epoch: row.epoch, study: row.study.into(), bucket };
    Seat {
        person: row.person.into(),
        version: row.version,
        holding,
        sitting: None,
        record: None,
        stored_ms: None,
        ahead: false,
        day_noted: None,
    }
}

/// What the person's row knows of the study and of the record, which their own rows do not yet.
pub fn read_live(sitting: &mut Sitting, row: &lease::Model) -> Result<Option<Ahead>> {
    if row.live.is_empty() {
        return Ok(None);
    }
    let live: Live = serde_json::from_str(&row.live)?;
    sitting.next_seq = live.next_seq;
    sitting.last = live.last.map(|(hash, brief)| (hash, brief.into()));
    sitting.entries_seen = live.entries_seen;
    sitting.evidence = live.evidence;
    sitting.habits = live.habits;
    sitting.info.beaten_at = sitting.info.beaten_at.max(row.beaten_at);
    Ok(live.ahead)
}
