//! Which weeks do not count, and how many days a week were asked for when. A change holds from the coming Monday on: nobody's past is judged
//! by a goal that was set later.

use kernel::{Day, Refusal};

use crate::model::{Freeze, Rhythm};

/// Days of a week on which something must have counted, unless the school says otherwise.
pub const GOAL: u32 = 3;
const WEEK: i64 = 7;
/// From so many frozen days on, a week is frozen whatever the goal.
const MOST_OF_A_WEEK: u32 = 4;
/// The longest holiday, and no whole year by mistake.
const LONGEST: i64 = 183;

/// Goals by the Monday from which they hold, oldest first; zero of a person's own means: the school's again.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Goals {
    pub school: Vec<(Day, u32)>,
    pub own: Vec<(Day, u32)>,
}

fn standing(goals: &[(Day, u32)], monday: Day) -> Option<u32> {
    goals.iter().take_while(|(from, _)| *from <= monday).last().map(|(_, days)| *days).filter(|days| *days > 0)
}

impl Goals {
    pub fn of(&self, monday: Day) -> u32 {
        standing(&self.own, monday).or_else(|| standing(&self.school, monday)).unwrap_or(GOAL)
    }
    pub fn rhythm(&self, today: Day) -> Rhythm {
        let monday = today.monday();
        Rhythm {
            school: standing(&self.school, monday).unwrap_or(GOAL),
            own: standing(&self.own, monday),
            next: self.of(monday.plus(WEEK)),
        }
    }
}

/// A week is frozen when most of its days are, or when fewer are left than the goal asks for: nobody has to study in a holiday to keep a run.
pub fn is_frozen(monday: Day, goal: u32, freezes: &[Freeze]) -> bool {
    let frozen = |day: &Day| freezes.iter().any(|freeze| freeze.from <= *day && *day <= freeze.to);
    let days = (0..WEEK).map(|n| monday.plus(n)).filter(frozen).count();
    let days = u32::try_from(days).unwrap_or(0);
    days >= MOST_OF_A_WEEK || (days > 0 && 7 - days < goal)
}

pub fn check_days(path: &str, days: u32) -> Result<(), Refusal> {
    if (1..=7).contains(&days) {
        return Ok(());
    }
    Err(Refusal::invalid(path, "每周学习天数须为 1 到 7 天。", "The goal is 1 to 7 days a week."))
}

pub fn check_title(path: &str, title: &str) -> Result<(), Refusal> {
    if (1..=40).contains(&title.chars().count()) && !title.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Refusal::invalid(path, "标题须为 1 到 40 字。", "The title takes 1 to 40 characters."))
}

pub fn check_freeze(title: &str, from: Day, to: Day) -> Result<(), Refusal> {
    check_title("title", title)?;
    if to < from {
        return Err(Refusal::invalid("to", "结束日期早于开始日期。", "It ends before it starts."));
    }
    if from.plus(LONGEST) < to {
        return Err(Refusal::invalid("to", "一次最多设置半年。", "At most half a year at once."));
    }
    Ok(())
}
