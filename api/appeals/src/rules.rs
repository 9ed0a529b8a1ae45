//! Who may ask, who may answer, and what a request and an answer must be. Pure.

use kernel::{Amount, Refusal, Role, Viewer, refusal::FieldFault, text::Text};
use learning::Span;

use crate::model::{Appeal, Status, Subject, Verdict};

/// Characters of a reason and of an answer.
const SHORTEST: usize = 5;
const LONGEST: usize = 500;
/// Requests of one person that wait at the same time.
pub const MOST_OPEN: u64 = 20;
/// Spans of one request.
const MOST_SPANS: usize = 50;
/// What one correction may change at most; more is an adjustment by two people.
const MOST_CORRECTED: Amount = Amount::whole(100);

/// The cleaned text, or what is wrong with it.
pub fn text(path: &str, text: &str) -> Result<String, Refusal> {
    let clean: String = text.trim().chars().filter(|c| !c.is_control() || *c == '\n').collect();
    if (SHORTEST..=LONGEST).contains(&clean.chars().count()) {
        return Ok(clean);
    }
    let zh = format!("请用 {SHORTEST} 到 {LONGEST} 字说明理由。");
    Err(Refusal::invalid(path, zh, format!("Please give the reason in {SHORTEST} to {LONGEST} characters.")))
}

/// The spans as one union without what counts already; refused where nothing is left or they are none of the lesson's.
pub fn claimable(claimed: &[Span], end: i64, covered: &[Span]) -> Result<Vec<Span>, Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::invalid("spans", zh, en));
    if claimed.is_empty() || claimed.len() > MOST_SPANS {
        return refuse("请选择 1 到 50 个片段。", "Choose 1 to 50 spans.");
    }
    if claimed.iter().any(|span| span.start < 0 || span.start >= span.end || span.end > end) {
        return refuse("片段须在课时之内。", "A span must lie within the lesson.");
    }
    let left = without(merged(claimed), covered);
    if left.is_empty() {
        return refuse("这些片段已经计入，无需复核。", "These spans count already.");
    }
    Ok(left)
}

fn merged(spans: &[Span]) -> Vec<Span> {
    let mut sorted = spans.to_vec();
    sorted.sort_unstable();
    let mut all: Vec<Span> = Vec::with_capacity(sorted.len());
    for span in sorted {
        match all.last_mut() {
            Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
            _ => all.push(span),
        }
    }
    all
}

/// `covered` is disjoint and in order.
fn without(spans: Vec<Span>, covered: &[Span]) -> Vec<Span> {
    let mut left = Vec::new();
    for span in spans {
        let mut at = span.start;
        for seen in covered.iter().filter(|seen| seen.end > span.start && seen.start < span.end) {
            if at < seen.start {
                left.push(Span::new(at, seen.start));
            }
            at = at.max(seen.end);
        }
        if at < span.end {
            left.push(Span::new(at, span.end));
        }
    }
    left
}

/// An admin in charge of the person's unit who is neither that person nor had a hand in the entry.
pub fn may_answer(viewer: &Viewer, appeal: &Appeal, hands: &[kernel::id::PersonId]) -> bool {
    appeal.status == Status::Open
        && viewer.person != appeal.person
        && viewer.covers(Role::Admin, &appeal.path)
        && !hands.contains(&viewer.person)
}

/// Who may read it: whom it concerns, and who has charge of them.
pub fn may_see(viewer: &Viewer, appeal: &Appeal) -> bool {
    viewer.person == appeal.person
        || viewer.covers(Role::Admin, &appeal.path)
        || viewer.covers(Role::Auditor, &appeal.path)
}

pub fn must_be_open(appeal: &Appeal) -> Result<(), Refusal> {
    let (zh, en) = match appeal.status {
        Status::Open => return Ok(()),
        Status::Accepted | Status::Declined => ("该申请已有答复。", "This request has been answered."),
        Status::Withdrawn => ("该申请已撤回。", "This request has been withdrawn."),
    };
    Err(Refusal::conflict(zh, en))
}

/// The amount by which the ledger changes at once: what spans earn follows from the rules.
pub fn corrected(subject: &Subject, verdict: &Verdict) -> Result<Amount, Refusal> {
    let fault = |zh: String, en: String| {
        let fault = FieldFault { path: "input.amount".to_owned(), text: Text::new(zh, en) };
        Err(Refusal::invalid_fields(vec![fault]))
    };
    match (subject, verdict.accept, verdict.amount) {
        (Subject::Entry(_), true, Some(amount)) if !amount.is_zero() && within(amount) => Ok(amount),
        (Subject::Entry(_), true, _) => fault(
            format!("通过时请填写更正的数额，不为零，绝对值不超过 {MOST_CORRECTED}。"),
            format!("Say by how much the entry is corrected: not nought, at most {MOST_CORRECTED} either way."),
        ),
        (_, _, Some(_)) => fault(
            "只有通过对明细的复核时才填写数额。".to_owned(),
            "An amount belongs only to an accepted request about an entry.".to_owned(),
        ),
        (_, _, None) => Ok(Amount::ZERO),
    }
}

fn within(amount: Amount) -> bool {
    amount <= MOST_CORRECTED && amount >= -MOST_CORRECTED
}

/// How the answer reads in the ledger.
pub fn note(subject: &Subject, accept: bool, text: &str) -> String {
    let verdict = if accept { "复核通过" } else { "复核未通过" };
    match subject {
        Subject::Entry(entry) => format!("{verdict}（记录 {entry}）：{text}"),
        Subject::Spans { .. } => format!("{verdict}：{text}"),
    }
}
