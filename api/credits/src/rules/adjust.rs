//! Adjustments by two people: who may propose and decide, what becomes an entry.

use kernel::{Amount, Day, Refusal, Viewer, event::Measure};

use super::account::{ADJUST, CORRECT, NO_PACK};
use crate::model::{Adjustment, AdjustmentStatus, NewCorrection, NewEntry};

const SHORTEST: usize = 2;
const LONGEST: usize = 500;

/// What one adjustment may move at most.
const fn most(measure: Measure) -> Amount {
    match measure {
        Measure::Points => Amount::whole(10_000),
        Measure::Hours => Amount::whole(1_000),
        Measure::Credits => Amount::whole(100),
    }
}

/// The reason without blanks around it.
pub fn reason<'a>(path: &str, text: &'a str) -> Result<&'a str, Refusal> {
    let text = text.trim();
    if (SHORTEST..=LONGEST).contains(&text.chars().count()) {
        return Ok(text);
    }
    Err(Refusal::invalid(path, "请填写 2 到 500 字的原因。", "Please give a reason of 2 to 500 characters."))
}

pub fn amount(measure: Measure, amount: Amount) -> Result<(), Refusal> {
    let most = most(measure);
    if !amount.is_zero() && amount <= most && amount >= -most {
        return Ok(());
    }
    let (zh, en) = (
        format!("数额不能为 0，且不超过正负 {most}。"),
        format!("The amount is neither 0 nor beyond plus or minus {most}."),
    );
    Err(Refusal::invalid("input.amount", zh, en))
}

/// What the decision leaves to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Write,
    /// The same person said the same before: a lost reply.
    AlreadyDone,
}

/// Neither who proposed it nor whom it concerns decides; what is decided stays.
pub fn decide(found: &Adjustment, viewer: &Viewer, wanted: AdjustmentStatus) -> Result<Step, Refusal> {
    if viewer.person == found.proposed_by || viewer.person == found.person {
        let (zh, en) = (
            "须由提出人和当事人以外的另一位管理员决定。",
            "Another admin decides: neither who proposed it nor whom it concerns.",
        );
        return Err(Refusal::new(kernel::Code::Forbidden, zh, en));
    }
    if found.status == AdjustmentStatus::Proposed {
        return Ok(Step::Write);
    }
    if found.status == wanted && found.decided_by == Some(viewer.person) {
        return Ok(Step::AlreadyDone);
    }
    Err(Refusal::conflict("这项调整已有决定。", "This adjustment has been decided already."))
}

/// What an approved adjustment becomes.
pub fn entry(found: &Adjustment, today: Day) -> NewEntry {
    NewEntry {
        person: found.person,
        measure: found.measure,
        amount: found.amount,
        reason_key: format!("adjust:{}", found.id),
        rule: ADJUST.to_owned(),
        pack: NO_PACK.to_owned(),
        course: None,
        lesson: None,
        note: format!("人工调整：{}", found.reason),
        reverses: None,
        day: today,
    }
}

/// Exists once for each case.
pub fn case_key(case: &str) -> String {
    format!("correct:{case}")
}

/// What an appeal becomes. What takes an entry back is of that entry's rule and day, whose earnings it corrects.
pub fn correction(new: &NewCorrection, reversed: Option<&NewEntry>, today: Day) -> Result<NewEntry, Refusal> {
    match reversed {
        // Nought only tells the answer.
        None if new.amount.is_zero() => {}
        None => amount(new.measure, new.amount)?,
        Some(old) => matches(new, old)?,
    }
    Ok(NewEntry {
        person: new.person,
        measure: new.measure,
        amount: new.amount,
        reason_key: case_key(&new.case),
        rule: reversed.map_or_else(|| CORRECT.to_owned(), |old| old.rule.clone()),
        pack: reversed.map_or_else(|| NO_PACK.to_owned(), |old| old.pack.clone()),
        course: reversed.map_or(new.lesson.map(|(course, _)| course), |old| old.course),
        lesson: reversed.map_or(new.lesson.map(|(_, lesson)| lesson), |old| old.lesson),
        note: new.reason.trim().to_owned(),
        reverses: new.reverses,
        day: reversed.map_or(today, |old| old.day),
    })
}

fn matches(new: &NewCorrection, old: &NewEntry) -> Result<(), Refusal> {
    let own = (new.person, new.measure) == (old.person, old.measure);
    if own && new.amount == -old.amount && !new.amount.is_zero() {
        return Ok(());
    }
    let (zh, en) = (
        "更正须与原记录同人、同类、数额相反。",
        "What takes an entry back is of its person and measure, and its opposite.",
    );
    Err(Refusal::invalid("input.amount", zh, en))
}
