//! One heartbeat decided: what of the claim is new and was served, what the bucket pays, what waits for a question, what that makes of the record.

use kernel::Event;

use super::{
    At, Bucket, Chance, Claim, FRAGMENTS, LAG_MS, SEAM_MS, Spans, check,
    grow::{Grown, Whose, grown, is_complete, resume_at},
    map::{noted, refuse},
    pay::pay,
};
use crate::model::{Extent, Reason, Record, Refused, Sitting};

/// What came of a beat of the study that holds the lease.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    pub record: Record,
    pub bucket: Bucket,
    pub credited_ms: i64,
    pub refused: Vec<Refused>,
    pub events: Vec<Event>,
    /// Whether the record is to be written: a mere sign of life leaves it as it is.
    pub changed: bool,
    /// Whether more than the union changed: what waits, what was refused, which question is open.
    pub aside: bool,
}

/// Whether the record's own row is to be written: at once where others look at more than how much it is, else once a minute's worth is new.
/// Until then the person's row has it.
pub fn is_due(stored_ms: Option<i64>, step: &Step) -> bool {
    let lags = |stored: i64| step.record.covered_ms - stored >= LAG_MS;
    step.aside || !step.events.is_empty() || stored_ms.is_none_or(lags)
}

/// Decides a claim. `record` is what [`super::carried`] gave, `bucket` is filled up to now.
pub fn step(
    sitting: &Sitting,
    mut record: Record,
    bucket: Bucket,
    claim: &Claim,
    at: At<'_>,
    chance: Chance<'_>,
) -> Step {
    let script = &*sitting.script;
    let claimed = claim.spans.cut(script.extent.end());
    let asks = !script.questions.is_empty();
    let had_open = record.checks.open.clone();
    if asks {
        check::lapse(&mut record.checks, at.server);
    }
    let Sorted { fresh, mut refused } = sort(sitting, &record, claim, &claimed, at);
    let waiting = if record.checks.open.is_some() { fresh.intersect(&record.checks.pending) } else { Spans::default() };
    let mut paid = pay(&script.extent, bucket, &fresh.without(&waiting), at.config);
    if is_torn(&record, &paid.spans) {
        refused.extend(refuse(fresh.iter(), Reason::TooFast));
        (paid.spans, paid.bucket, paid.refused) = (Spans::default(), bucket, Vec::new());
    }
    refused.append(&mut paid.refused);
    let step = Decided { sitting, claim, at, refused, bucket: paid.bucket };
    let held = asks && record.checks.open.is_none() && completes(&script.extent, &record, &paid.spans) && {
        check::hold(&mut record.checks, script, &paid.spans, at, chance)
    };
    let mut step = if held || record.checks.open.is_some() {
        step.pend(record, &paid.spans, &waiting, &claimed, chance)
    } else {
        step.credit(record, &paid.spans, chance)
    };
    if asks && !claim.spans.is_empty() {
        step.record.checks.seen_at = at.server;
    }
    step.changed = claim.ended_at.is_some() || step.record.checks.open != had_open;
    step.refused.sort_unstable_by_key(|one| one.span);
    step.aside |= step.record.checks.open != had_open;
    if step.record.refused.is_empty() && step.refused.is_empty() {
        return step;
    }
    let settled = step.record.covered.union(&step.record.pending);
    let map = noted(step.record.refused.clone(), &step.refused, &settled);
    step.aside |= map != step.record.refused;
    step.record.refused = map;
    step
}

/// A beat of a study that lost the lease: nothing counts, and the map says so. Answers what is refused, and the record if that changes it.
pub fn lost(sitting: &Sitting, claim: &Claim, record: &Record) -> (Vec<Refused>, Vec<Refused>) {
    let claimed = claim.spans.cut(sitting.script.extent.end());
    let refused = refuse(claimed.iter(), Reason::LeaseLost);
    let settled = record.covered.union(&record.pending);
    let map = noted(record.refused.clone(), &refused, &settled);
    (refused, map)
}

/// Whether the union would have more pieces than any honest one, and more than before.
fn is_torn(record: &Record, paid: &Spans) -> bool {
    if record.covered.count() + record.pending.count() + paid.count() <= FRAGMENTS {
        return false;
    }
    let before = record.covered.union(&record.pending);
    before.union(paid).count() > FRAGMENTS.max(before.count())
}

fn completes(extent: &Extent, record: &Record, paid: &Spans) -> bool {
    record.completed_at.is_none() && is_complete(extent, &record.covered.union(paid).cut(extent.end()))
}

/// What of a claim may count, and what may not whatever the bucket holds.
struct Sorted {
    fresh: Spans,
    refused: Vec<Refused>,
}

fn sort(sitting: &Sitting, record: &Record, claim: &Claim, claimed: &Spans, at: At<'_>) -> Sorted {
    let extent = &sitting.script.extent;
    let least = match extent {
        Extent::Video { .. } => SEAM_MS,
        Extent::Reading { .. } => 1,
    };
    let seen = claimed.intersect(&record.covered);
    let mut refused = refuse(seen.iter().filter(|span| span.length() >= least), Reason::CountedBefore);
    let fresh = claimed.without(&record.covered);
    if claim.hidden && !at.config.hidden_counts {
        refused.extend(refuse(fresh.iter(), Reason::Hidden));
        return Sorted { fresh: Spans::default(), refused };
    }
    if !at.config.evidence {
        return Sorted { fresh, refused };
    }
    let served = fresh.intersect(&sitting.evidence.served);
    let missing = fresh.without(&served);
    refused.extend(refuse(missing.iter().filter(|span| span.length() >= least), Reason::NotServed));
    Sorted { fresh: served, refused }
}

struct Decided<'a> {
    sitting: &'a Sitting,
    claim: &'a Claim,
    at: At<'a>,
    refused: Vec<Refused>,
    bucket: Bucket,
}

impl Decided<'_> {
    /// Nothing is asked: what is paid counts at once.
    fn credit(self, record: Record, paid: &Spans, chance: Chance<'_>) -> Step {
        let (sitting, at) = (self.sitting, self.at);
        let script = &*sitting.script;
        let waited = !record.pending.is_empty();
        let grown = grown(Whose::of(sitting), &script.extent, record, paid, self.claim.ended_at, at.wall);
        let Grown { mut record, credited_ms, events } = grown;
        check::count(&mut record.checks, script, (paid, credited_ms), at, chance);
        let (bucket, refused) = (self.bucket, self.refused);
        Step { record, bucket, credited_ms, refused, events, changed: true, aside: waited }
    }

    /// A question is open: what is paid waits for it, and what is shown of its stretch brings the next attempt nearer.
    fn pend(mut self, mut record: Record, paid: &Spans, waiting: &Spans, claimed: &Spans, chance: Chance<'_>) -> Step {
        let (sitting, at) = (self.sitting, self.at);
        let script = &*sitting.script;
        if let Some(missing) = check::to_show_again(&record.checks, script) {
            let seen = paid.union(&self.shown_again(claimed, paid, &missing));
            check::ask_again(&mut record.checks, script, &seen, at, chance);
        }
        self.refused.extend(refuse(paid.union(waiting).iter(), Reason::CheckPending));
        record.pending = record.pending.union(paid);
        record.checks.pending = record.checks.pending.union(paid);
        if let Some(end) = self.claim.ended_at {
            record.resume_at = resume_at(&script.extent, end, record.completed_at.is_some());
        }
        record.updated_at = at.wall;
        let (bucket, refused, events) = (self.bucket, self.refused, Vec::new());
        Step { record, bucket, credited_ms: 0, refused, events, changed: true, aside: true }
    }

    /// What was counted before counts as shown again, but not faster than anything else: the bucket bounds the pace. What stays on screen is
    /// claimed with each beat and bought once, or the rest of the stretch would never have its turn.
    fn shown_again(&mut self, claimed: &Spans, paid: &Spans, missing: &Spans) -> Spans {
        let mut old = claimed.intersect(missing).without(paid);
        if self.at.config.evidence {
            old = old.intersect(&self.sitting.evidence.served);
        }
        if self.claim.hidden && !self.at.config.hidden_counts {
            return Spans::default();
        }
        let bought = pay(&self.sitting.script.extent, self.bucket, &old, self.at.config);
        self.bucket = bought.bucket;
        bought.spans
    }
}
