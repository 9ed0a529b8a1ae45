//! Badges: a course completed, and a few firsts of one's own. They are made each time of what is never taken back (completed courses, finished
//! lessons, days of study), so they are never taken back either, and there is nothing to keep. A course whose lessons change later keeps its badge.

use std::collections::{BTreeSet, HashMap};

use kernel::{Day, Millis, Zone, id::CourseId, text::Text};

use super::streak::weeks;
use crate::model::{Badge, BadgeKind, Deed, DeedKind};

/// So many days of one week.
const FULL_WEEK: u32 = 5;
/// So many weeks in all, not in a row, with so many days each.
const STEADY_WEEKS: usize = 10;
const STEADY_DAYS: u32 = 3;

/// The newest first.
pub fn badges(deeds: &[Deed], days: &[Day], titles: &HashMap<CourseId, String>, zone: Zone) -> Vec<Badge> {
    let known: BTreeSet<Day> = days.iter().copied().collect();
    let mut all: Vec<Badge> = deeds.iter().filter_map(|deed| course(deed, titles)).collect();
    all.extend(first(deeds));
    all.extend(full_week(&known, zone));
    all.extend(steady(&known, zone));
    all.sort_by(|a, b| b.at.cmp(&a.at).then_with(|| a.key.cmp(&b.key)));
    all
}

fn course(deed: &Deed, titles: &HashMap<CourseId, String>) -> Option<Badge> {
    let title = titles.get(&deed.course).filter(|_| deed.kind == DeedKind::Course)?;
    Some(Badge {
        key: format!("course.{}", deed.course),
        kind: BadgeKind::Course,
        title: Text::new(title, title),
        why: Text::new(
            format!("学完了课程“{title}”要求的全部小节。"),
            format!("Finished all that the course {title} requires."),
        ),
        course: Some(deed.course),
        at: deed.at,
    })
}

fn best(key: &str, title: (&str, &str), why: (&str, &str), at: Millis) -> Badge {
    let (title, why) = (Text::new(title.0, title.1), Text::new(why.0, why.1));
    Badge { key: key.to_owned(), kind: BadgeKind::Best, title, why, course: None, at }
}

fn first(deeds: &[Deed]) -> Option<Badge> {
    let at = deeds.iter().filter(|deed| deed.kind.is_lesson()).map(|deed| deed.at).min()?;
    Some(best("best.first", ("启程", "Set out"), ("学完了第一节。", "Finished the first lesson."), at))
}

fn full_week(days: &BTreeSet<Day>, zone: Zone) -> Option<Badge> {
    let monday = *weeks(days).iter().find(|(_, many)| **many >= FULL_WEEK)?.0;
    let at = nth_of_week(days, monday, FULL_WEEK)?;
    let why = ("一周里有五天在学习。", "Studied on five days of one week.");
    Some(best("best.week", ("充实的一周", "A full week"), why, zone.start(at)))
}

fn steady(days: &BTreeSet<Day>, zone: Zone) -> Option<Badge> {
    let weeks = weeks(days);
    let monday = *weeks.iter().filter(|(_, many)| **many >= STEADY_DAYS).nth(STEADY_WEEKS - 1)?.0;
    let at = nth_of_week(days, monday, STEADY_DAYS)?;
    let why = ("累计十周，每周学习三天以上；不必连续。", "Ten weeks of three days or more, not in a row.");
    Some(best("best.steady", ("细水长流", "Steady"), why, zone.start(at)))
}

fn nth_of_week(days: &BTreeSet<Day>, monday: Day, n: u32) -> Option<Day> {
    days.range(monday..monday.plus(7)).nth(usize::try_from(n).ok()?.checked_sub(1)?).copied()
}
