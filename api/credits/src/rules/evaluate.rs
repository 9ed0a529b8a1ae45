//! From a fact to what it earns. What was paid before and what the day's caps leave are arguments; whatever is not paid for a cap or for
//! being the same content again leaves an explanation, once.

use std::collections::HashMap;

use kernel::{
    Amount, Day, Event, Zone,
    event::{Measure, Medium},
    id::{CourseId, LessonId, PersonId},
};

use super::pack::{Occasion, Pack, Rule};
use crate::model::NewEntry;

const MINUTE_MS: i64 = 60_000;

/// Something that may earn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    pub person: PersonId,
    pub course: CourseId,
    pub lesson: Option<LessonId>,
    pub day: Day,
    pub what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// Whole minutes `from + 1 ..= to` of what is covered of a video.
    Minutes {
        version: String,
        from: u32,
        to: u32,
    },
    /// The last minute of a completed video: its number, and how much of it there is.
    LastMinute {
        version: String,
        number: u32,
        millis: u32,
    },
    Reading {
        version: String,
    },
    /// All required lessons; what the course names is looked up later.
    Course {
        hours: Amount,
        credits: Amount,
    },
}

/// What was paid before: today by each rule and in points together, and which of the reasons asked about are taken, for which lesson.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    pub by_rule: HashMap<String, Amount>,
    pub points: Amount,
    pub taken: HashMap<String, Option<LessonId>>,
}

/// One reason to pay.
struct Reason {
    key: String,
    amount: Amount,
    note: String,
}

impl Fact {
    /// What the event tells; of a course the figures come with it. `None`: nothing that could earn.
    pub fn of(event: Event, zone: Zone, (hours, credits): (Amount, Amount)) -> Option<Self> {
        match event {
            Event::MinutesCovered { person, course, lesson, version, from, to, at } => {
                let what = What::Minutes { version, from, to };
                Some(Self { person, course, lesson: Some(lesson), day: zone.day(at), what })
            }
            Event::LessonCompleted { person, course, lesson, version, medium, last_minute, at } => {
                let what = match (medium, last_minute) {
                    (Medium::Reading, _) => What::Reading { version },
                    (Medium::Video, Some((number, millis))) => What::LastMinute { version, number, millis },
                    (Medium::Video, None) => return None,
                };
                Some(Self { person, course, lesson: Some(lesson), day: zone.day(at), what })
            }
            Event::CourseCompleted { person, course, at } => {
                let what = What::Course { hours, credits };
                Some(Self { person, course, lesson: None, day: zone.day(at), what })
            }
            Event::PersonChanged { .. }
            | Event::CourseChanged { .. }
            | Event::AssetReady { .. }
            | Event::StudyOpened { .. }
            | Event::CheckPassed { .. }
            | Event::EntryPosted { .. } => None,
        }
    }
}

/// Every reason key that [`evaluate`] may ask about.
pub fn keys(pack: &Pack, fact: &Fact) -> Vec<String> {
    let of = |rule: &Rule| {
        let mut keys: Vec<String> = reasons(rule, fact).into_iter().map(|reason| reason.key).collect();
        if !keys.is_empty() {
            keys.extend([cap_key(rule, fact), same_key(rule, fact)]);
        }
        keys
    };
    pack.rules.iter().flat_map(of).collect()
}

/// The entries to post, in order.
pub fn evaluate(pack: &Pack, fact: &Fact, tally: &Tally) -> Vec<NewEntry> {
    let mut tally = tally.clone();
    let mut entries = Vec::new();
    for rule in &pack.rules {
        for reason in reasons(rule, fact) {
            let Some(entry) = decide(pack, rule, fact, reason, &tally) else { continue };
            tally.add(&entry);
            entries.push(entry);
        }
    }
    entries
}

fn decide(pack: &Pack, rule: &Rule, fact: &Fact, reason: Reason, tally: &Tally) -> Option<NewEntry> {
    match tally.taken.get(&reason.key) {
        Some(lesson) if *lesson == fact.lesson => return None,
        Some(_) => {
            let note = "与另一节的内容相同，不重复计分";
            return tally.explain(pack, rule, fact, same_key(rule, fact), note);
        }
        None => {}
    }
    let room = tally.room(pack, rule);
    if room.rule.is_some_and(|left| left <= Amount::ZERO) {
        return tally.explain(pack, rule, fact, cap_key(rule, fact), "今日该项积分已达上限");
    }
    if room.day.is_some_and(|left| left <= Amount::ZERO) {
        return tally.explain(pack, rule, fact, cap_key(rule, fact), "今日积分已达每日总上限");
    }
    let left = [room.rule, room.day].into_iter().flatten().min().unwrap_or(reason.amount);
    let amount = reason.amount.min(left);
    let note = if amount < reason.amount {
        format!("{}（应计 {}，今日上限内只余 {amount}）", reason.note, reason.amount)
    } else {
        reason.note
    };
    Some(entry(pack, rule, fact, reason.key, amount, note))
}

/// What the caps leave; `None` is no limit.
struct Room {
    rule: Option<Amount>,
    day: Option<Amount>,
}

impl Tally {
    fn room(&self, pack: &Pack, rule: &Rule) -> Room {
        let earned = self.by_rule.get(rule.key()).copied().unwrap_or_default();
        let day = pack.cap().filter(|_| rule.measure == Measure::Points);
        Room { rule: rule.daily_cap.as_ref().map(|cap| cap.value - earned), day: day.map(|cap| cap - self.points) }
    }
    fn explain(&self, pack: &Pack, rule: &Rule, fact: &Fact, key: String, note: &str) -> Option<NewEntry> {
        let first = !self.taken.contains_key(&key);
        first.then(|| entry(pack, rule, fact, key, Amount::ZERO, note.to_owned()))
    }
    fn add(&mut self, entry: &NewEntry) {
        *self.by_rule.entry(entry.rule.clone()).or_default() += entry.amount;
        if entry.measure == Measure::Points {
            self.points += entry.amount;
        }
        self.taken.insert(entry.reason_key.clone(), entry.lesson);
    }
}

fn entry(pack: &Pack, rule: &Rule, fact: &Fact, reason_key: String, amount: Amount, note: String) -> NewEntry {
    NewEntry {
        person: fact.person,
        measure: rule.measure,
        amount,
        reason_key,
        rule: rule.key().to_owned(),
        pack: pack.version.clone(),
        course: Some(fact.course),
        lesson: fact.lesson,
        note,
        reverses: None,
        day: fact.day,
    }
}

fn cap_key(rule: &Rule, fact: &Fact) -> String {
    format!("cap:{}:{}:{}", rule.key(), fact.person, fact.day)
}

fn same_key(rule: &Rule, fact: &Fact) -> String {
    let lesson = fact.lesson.map(|lesson| lesson.to_string()).unwrap_or_default();
    format!("same:{}:{}:{lesson}", rule.key(), fact.person)
}

/// The reasons that the rule finds in the fact; none that would pay nothing.
fn reasons(rule: &Rule, fact: &Fact) -> Vec<Reason> {
    let (key, person, course) = (rule.key(), fact.person, fact.course);
    let paid = rule.amount.as_ref().map(|figure| figure.value).unwrap_or_default();
    let found = match (rule.on, &fact.what) {
        (Occasion::Minute, What::Minutes { version, from, to }) => {
            let minute = |n| Reason {
                key: format!("{key}:{version}:{person}:{n}"),
                amount: paid,
                note: format!("累计第 {n} 分钟"),
            };
            (from.saturating_add(1)..=*to).map(minute).collect()
        }
        (Occasion::Minute, What::LastMinute { version, number, millis }) => vec![Reason {
            key: format!("{key}:{version}:{person}:{number}"),
            amount: paid.share(i64::from(*millis), MINUTE_MS),
            note: format!("学完，最后 {} 秒", Amount::milli(i64::from(*millis))),
        }],
        (Occasion::Reading, What::Reading { version }) => {
            vec![Reason { key: format!("{key}:{version}:{person}"), amount: paid, note: "读完全文".to_owned() }]
        }
        (Occasion::Course, What::Course { hours, credits }) => {
            let named = match rule.measure {
                Measure::Points => Amount::ZERO,
                Measure::Hours => *hours,
                Measure::Credits => *credits,
            };
            let amount = if rule.amount.is_some() { paid } else { named };
            vec![Reason {
                key: format!("{key}:{course}:{person}"), amount, note: "完成全部必修内容".to_owned()
            }]
        }
        (Occasion::Minute | Occasion::Reading | Occasion::Course, _) => Vec::new(),
    };
    found.into_iter().filter(|reason| reason.amount > Amount::ZERO).collect()
}
