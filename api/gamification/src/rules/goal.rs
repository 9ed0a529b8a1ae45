//! What a team's goal may be, and which days it looks at.

use kernel::{Day, Refusal};
use organisation::UnitKind;

use super::calendar::check_title;
use crate::model::NewGoal;

const MOST: u32 = 1_000_000;
const LONGEST: i64 = 366;

pub fn check(new: &NewGoal, kind: UnitKind) -> Result<(), Refusal> {
    check_title("input.title", &new.title)?;
    if !matches!(kind, UnitKind::College | UnitKind::Branch) {
        let (zh, en) = ("目标只能为学院或党支部设置。", "A goal is a college's or a branch's.");
        return Err(Refusal::invalid("input.unitId", zh, en));
    }
    if !(1..=MOST).contains(&new.target) {
        let (zh, en) = ("目标须为 1 到 1000000。", "The target is 1 to 1000000.");
        return Err(Refusal::invalid("input.target", zh, en));
    }
    if new.to < new.from {
        return Err(Refusal::invalid("input.to", "结束日期早于开始日期。", "It ends before it starts."));
    }
    if new.from.plus(LONGEST) < new.to {
        return Err(Refusal::invalid("input.to", "目标最长一年。", "A goal lasts a year at most."));
    }
    Ok(())
}

/// Of who studies in a week: the running one within the goal's days; after its end the last, before its beginning none.
pub fn week(from: Day, to: Day, today: Day) -> Option<(Day, Day)> {
    let day = today.min(to);
    let (first, last) = (day.monday().max(from), day.monday().plus(6).min(to));
    (first <= last).then_some((first, last))
}
