//! Rows and nouns, one made from the other. What is written with each beat is short text: no names, no zeros, nothing that is empty.

use std::sync::Arc;

use kernel::{
    Error, Result,
    id::{LessonId, PersonId},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    commit::Scripts,
    model::{
        Answer, Checks, Evidence, Extent, Flag, FlagKind, Habits, Holding, Lease, Reason, Record, Refused, Script,
        Seat, Sitting, Span, StudyInfo,
    },
    rules::{Bucket, Spans},
    tables::{flag, lease, progress, study},
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

/// An answer without names: next seq, lease held, credited, the bits of the coverage, completed, refused, entries after and up to.
#[derive(Serialize, Deserialize)]
struct Brief(i64, bool, i64, u64, bool, Vec<(i64, i64, u8)>, i64, i64);

impl From<&Answer> for Brief {
    fn from(of: &Answer) -> Self {
        // A share is kept by its bits: a repeat is told exactly the same.
        let (held, bits) = (of.lease == Lease::Held, of.coverage.to_bits());
        Self(
            of.next_seq,
            held,
            of.credited_ms,
            bits,
            of.completed,
            briefs(&of.refused),
            of.entries_after,
            of.entries_upto,
        )
    }
}

impl From<Brief> for Answer {
    fn from(of: Brief) -> Self {
        let Brief(next_seq, held, credited_ms, bits, completed, refused, entries_after, entries_upto) = of;
        Self {
            next_seq,
            lease: if held { Lease::Held } else { Lease::Lost },
            credited_ms,
            coverage: f64::from_bits(bits),
            completed,
            refused: refused.into_iter().filter_map(refused_of).collect(),
            entries_after,
            entries_upto,
            check: None,
            again: None,
        }
    }
}

/// As rows of step one have it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Told {
    Brief(Brief),
    Named(Answer),
}

fn briefs(refused: &[Refused]) -> Vec<(i64, i64, u8)> {
    refused.iter().map(|one| (one.span.start, one.span.end, number(one.reason))).collect()
}

fn refused_of((start, end, reason): (i64, i64, u8)) -> Option<Refused> {
    const ALL: [Reason; 6] = [
        Reason::TooFast,
        Reason::CountedBefore,
        Reason::LeaseLost,
        Reason::NotServed,
        Reason::CheckPending,
        Reason::Hidden,
    ];
    let reason = ALL.into_iter().find(|one| number(*one) == reason)?;
    Some(Refused { span: Span::new(start, end), reason })
}

const fn number(reason: Reason) -> u8 {
    match reason {
        Reason::TooFast => 0,
        Reason::CountedBefore => 1,
        Reason::LeaseLost => 2,
        Reason::NotServed => 3,
        Reason::CheckPending => 4,
        Reason::Hidden => 5,
    }
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

pub fn study_row(sitting: &Sitting) -> Result<study::Model> {
    let (info, last) = (&sitting.info, sitting.last.as_ref());
    let evidence = &sitting.evidence;
    Ok(study::Model {
        id: sitting.id.uuid(),
        person: info.person.uuid(),
        session: info.session.uuid(),
        course: info.course.uuid(),
        lesson: info.lesson.uuid(),
        asset: info.asset.map(Uuid::from),
        version: sitting.version.clone(),
        extent: String::new(),
        epoch: sitting.epoch,
        opened_at: info.opened_at,
        beaten_at: info.beaten_at,
        next_seq: sitting.next_seq,
        last_hash: last.map(|(hash, _)| hash.clone()),
        last_answer: last.map(|(_, answer)| serde_json::to_string(&Brief::from(answer))).transpose()?,
        entries_seen: sitting.entries_seen,
        script: sitting.script_id,
        evidence: if *evidence == Evidence::default() { String::new() } else { serde_json::to_string(evidence)? },
    })
}

pub fn study_info(row: &study::Model) -> StudyInfo {
    StudyInfo {
        person: row.person.into(),
        session: row.session.into(),
        course: row.course.into(),
        lesson: row.lesson.into(),
        asset: row.asset.map(Into::into),
        opened_at: row.opened_at,
        beaten_at: row.beaten_at,
    }
}

pub fn sitting(row: study::Model, scripts: &Scripts) -> Result<Sitting> {
    let info = study_info(&row);
    let script = match row.script {
        Some(id) => scripts.get(id).ok_or_else(|| Error::broken("a study's script is missing"))?,
        // Opened before scripts were kept: there were no questions.
        None => Arc::new(Script { extent: serde_json::from_str::<Extent>(&row.extent)?, questions: Vec::new() }),
    };
    let answer: Option<Told> = row.last_answer.as_deref().map(serde_json::from_str).transpose()?;
    let answer = answer.map(|told| match told {
        Told::Brief(brief) => brief.into(),
        Told::Named(answer) => answer,
    });
    Ok(Sitting {
        id: row.id.into(),
        info,
        version: row.version,
        script_id: row.script,
        script,
        epoch: row.epoch,
        next_seq: row.next_seq,
        last: row.last_hash.zip(answer),
        entries_seen: row.entries_seen,
        evidence: parsed(&row.evidence)?.unwrap_or_default(),
        habits: Habits::default(),
    })
}

fn parsed<T: for<'de> Deserialize<'de>>(text: &str) -> Result<Option<T>> {
    if text.is_empty() { Ok(None) } else { Ok(Some(serde_json::from_str(text)?)) }
}

pub fn progress_row((person, lesson, record): (PersonId, LessonId, &Record)) -> Result<progress::Model> {
    let text = |empty: bool, text: fn(&Record) -> serde_json::Result<String>| {
        if empty { Ok(String::new()) } else { text(record) }
    };
    Ok(progress::Model {
        person: person.uuid(),
        lesson: lesson.uuid(),
        course: record.course.uuid(),
        version: record.version.clone(),
        size: record.size,
        covered: serde_json::to_string(&record.covered)?,
        covered_ms: record.covered_ms,
        coverage: record.coverage,
        resume_at: record.resume_at,
        completed_at: record.completed_at,
        updated_at: record.updated_at,
        script: record.script_id,
        pending: text(record.pending.is_empty(), |record| serde_json::to_string(&record.pending))?,
        refused: text(record.refused.is_empty(), |record| serde_json::to_string(&briefs(&record.refused)))?,
        checks: text(record.checks.is_default(), |record| serde_json::to_string(&record.checks))?,
    })
}

impl TryFrom<progress::Model> for Record {
    type Error = Error;
    fn try_from(row: progress::Model) -> Result<Self> {
        let covered: Spans = serde_json::from_str(&row.covered)?;
        let refused: Option<Vec<(i64, i64, u8)>> = parsed(&row.refused)?;
        Ok(Self {
            course: row.course.into(),
            version: row.version,
            size: row.size,
            script_id: row.script,
            covered,
            covered_ms: row.covered_ms,
            coverage: row.coverage,
            resume_at: row.resume_at,
            completed_at: row.completed_at,
            updated_at: row.updated_at,
            pending: parsed(&row.pending)?.unwrap_or_default(),
            refused: refused.unwrap_or_default().into_iter().filter_map(refused_of).collect(),
            checks: parsed(&row.checks)?.unwrap_or_default(),
        })
    }
}

pub const fn flag_name(kind: FlagKind) -> &'static str {
    match kind {
        FlagKind::EvenCadence => "EVEN_CADENCE",
        FlagKind::Unbroken => "UNBROKEN",
        FlagKind::LongDay => "LONG_DAY",
        FlagKind::FastAnswer => "FAST_ANSWER",
        FlagKind::Cluster => "CLUSTER",
        FlagKind::OtherNetwork => "OTHER_NETWORK",
    }
}

impl TryFrom<flag::Model> for Flag {
    type Error = Error;
    fn try_from(row: flag::Model) -> Result<Self> {
        const ALL: [FlagKind; 6] = [
            FlagKind::EvenCadence,
            FlagKind::Unbroken,
            FlagKind::LongDay,
            FlagKind::FastAnswer,
            FlagKind::Cluster,
            FlagKind::OtherNetwork,
        ];
        let kind = ALL.into_iter().find(|kind| flag_name(*kind) == row.kind);
        Ok(Self {
            id: row.id,
            person: row.person.into(),
            study: row.study.into(),
            kind: kind.ok_or_else(|| Error::broken("a flag of an unknown kind"))?,
            figure_ms: row.figure_ms,
            noted_at: row.noted_at,
            reviewed: match (row.reviewed_by, row.reviewed_at, row.note) {
                (Some(by), Some(at), Some(note)) => Some((by.into(), at, note)),
                _ => None,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Brief, Lease, Reason, Refused, Span, Told};

    #[test]
    fn an_answer_is_kept_to_the_last_bit() {
        for part in 1..2_000 {
            let answer = Answer {
                next_seq: 2,
                lease: Lease::Held,
                credited_ms: 0,
                coverage: f64::from(part) / 2_003.0,
                completed: false,
                refused: vec![Refused { span: Span::new(1, 2), reason: Reason::NotServed }],
                entries_after: 0,
                entries_upto: 0,
                check: None,
                again: None,
            };
            let back = |text: &str| match serde_json::from_str(text).unwrap() {
                Told::Brief(brief) => Answer::from(brief),
                Told::Named(answer) => answer,
            };
            assert_eq!(back(&serde_json::to_string(&Brief::from(&answer)).unwrap()), answer);
            assert_eq!(back(&serde_json::to_string(&answer).unwrap()), answer, "as step one kept it");
        }
    }
}
