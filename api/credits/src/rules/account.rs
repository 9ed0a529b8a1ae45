//! Double entry: what a person gets, an account on the other side gives. One rule pays from one account, so the other side is told by the
//! rule alone, and what takes an entry back, having its rule, gives to the account that paid.

use kernel::Amount;

use crate::model::{NewEntry, RuleRef};

/// The rule of an adjustment by two people, and the account that pays it. No pack may have a rule of this key, nor of the next.
pub const ADJUST: &str = "adjust";
/// The rule and the account of what an appeal corrected.
pub const CORRECT: &str = "correct";
/// The `pack` of entries that no pack made.
pub const NO_PACK: &str = "";

/// No single entry moves more; what would is a slip of the keyboard or worse.
const LARGEST: Amount = Amount::whole(1_000_000);

/// The account on the other side.
pub fn contra(rule: &str) -> String {
    if is_manual(rule) { rule.to_owned() } else { format!("issue:{rule}") }
}

/// Whether people decided it, not a pack: such entries stand outside the caps of the day.
pub fn is_manual(rule: &str) -> bool {
    rule == ADJUST || rule == CORRECT
}

/// How the rules are called that no pack has.
pub fn title(rule: &str) -> Option<RuleRef> {
    let title = match rule {
        ADJUST => "人工调整",
        CORRECT => "复核更正",
        _ => return None,
    };
    Some(RuleRef { key: rule.to_owned(), title: title.to_owned() })
}

/// What the entry says must hold whoever made it; `reversed` is what it takes back. Points, hours and credits never turn into one another: an
/// entry has one measure, on both of its sides, and what takes another back has the measure of that one. A fault, because it is ours.
pub fn sound(new: &NewEntry, reversed: Option<&NewEntry>) -> Result<(), String> {
    let key = &new.reason_key;
    if new.amount > LARGEST || new.amount < -LARGEST {
        return Err(format!("{key}: an amount beyond all bounds: {}", new.amount));
    }
    match (new.reverses, reversed) {
        (None, _) => Ok(()),
        (Some(id), None) => Err(format!("{key}: takes back {id}, which does not exist")),
        (Some(id), Some(old)) => {
            let same = (new.person, new.measure, &new.rule) == (old.person, old.measure, &old.rule);
            let opposite = new.amount == -old.amount && !new.amount.is_zero();
            if same && opposite { Ok(()) } else { Err(format!("{key}: is not the opposite of {id}")) }
        }
    }
}
