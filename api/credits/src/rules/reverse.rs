//! A correction: an entry of its own that takes back what another gave.

use kernel::Refusal;

use super::account;
use crate::model::{Entry, NewEntry};

const LONGEST: usize = 200;

/// Exists once for each entry, so that nothing is taken back twice.
pub fn key(entry: &Entry) -> String {
    format!("reverse:{}", entry.id)
}

/// What reverses the entry. The day is that of the entry: its earnings are corrected, and with them what its caps left.
pub fn reversal(entry: &Entry, reason: &str) -> Result<NewEntry, Refusal> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > LONGEST {
        let (zh, en) = ("请填写 1 到 200 字的更正原因。", "Please give a reason of 1 to 200 characters.");
        return Err(Refusal::invalid("input.reason", zh, en));
    }
    if account::is_manual(&entry.rule.key) {
        let (zh, en) = (
            "人工调整和复核更正不能由一人撤销，请提出一项相反的人工调整，由另一位管理员审批。",
            "What was adjusted by hand or corrected on review is not undone by one person: propose the opposite adjustment, which another approves.",
        );
        return Err(Refusal::conflict(zh, en));
    }
    if entry.amount.is_zero() {
        let (zh, en) = ("该记录没有计分，无需更正。", "This entry paid nothing; there is nothing to correct.");
        return Err(Refusal::conflict(zh, en));
    }
    Ok(NewEntry {
        person: entry.person,
        measure: entry.measure,
        amount: -entry.amount,
        reason_key: key(entry),
        rule: entry.rule.key.clone(),
        pack: entry.pack.clone(),
        course: entry.course,
        lesson: entry.lesson,
        note: format!("更正：{reason}"),
        reverses: Some(entry.id),
        day: entry.day,
    })
}

/// The refusal of a second reversal.
pub fn already() -> Refusal {
    Refusal::conflict("该记录已经更正过。", "This entry has been corrected already.")
}
