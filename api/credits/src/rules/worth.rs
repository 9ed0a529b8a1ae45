//! What a quantity is worth: functions that only ever grow, in integers. What is told bit by bit is paid by differences, so that the parts
//! always add up to what the whole would have earned at once.

use kernel::Amount;

use super::pack::{Number, Of, Pays, Quantity, Round, Tier};

impl Quantity {
    /// The part that counts, in raw units.
    pub fn counted(&self, raw: i64) -> i64 {
        let most = self.most.as_ref().map_or(i64::MAX, |most| most.raw(self.of));
        let skip = self.skip.as_ref().map_or(0, |skip| skip.raw(self.of));
        raw.min(most).saturating_sub(skip).max(0)
    }
}

/// Of `raw` units from the beginning; at the `end` also what of a share is left over.
pub fn worth(pays: &Pays, raw: i64, end: bool) -> Amount {
    match pays {
        Pays::Each { of, each, amount, rest } => {
            let (counted, each) = (of.counted(raw), each.raw(of.of).max(1));
            let paid = counted / each * each;
            amount.value.share(if *rest && end { counted } else { paid }, each)
        }
        Pays::Hours { of, hour, step, round } => hours(of.counted(raw), hour, step, *round),
        Pays::Tiers { of, tiers } => {
            let counted = of.counted(raw);
            let reached = tiers.iter().rev().find(|tier| reaches(tier, of.of, counted));
            reached.map(|tier| tier.amount.value).unwrap_or_default()
        }
        Pays::Amount(_) | Pays::Named | Pays::Results(_) => Amount::ZERO,
    }
}

fn reaches(tier: &Tier, of: Of, counted: i64) -> bool {
    let at = tier.at.as_ref().map_or(1, |at| at.raw(of));
    if tier.above { counted > at } else { counted >= at }
}

/// Hours in thousandths are `millis × 1000 / hour`; the steps in them are counted and rounded exactly.
fn hours(millis: i64, hour: &Number, step: &Number, round: Round) -> Amount {
    let part = i128::from(millis) * 1000;
    let whole = i128::from(hour.raw(Of::Minutes).max(1)) * i128::from(step.value.thousandths());
    let steps = match round {
        Round::Down => part / whole,
        Round::Up => (part + whole - 1) / whole,
        Round::Nearest => (part * 2 + whole) / (whole * 2),
    };
    Amount::milli(i64::try_from(steps * i128::from(step.value.thousandths())).unwrap_or(i64::MAX))
}
