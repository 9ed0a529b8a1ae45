//! Facts of entries that are older than the keeping of facts. An entry tells what was paid; what the caps of its day left unpaid left no
//! trace but one sentence, so a looser cap cannot be tried on those days.

use std::collections::HashMap;

use kernel::{Amount, event::Measure};

use super::{
    event::{COURSE, MINUTE, READING, VIDEO},
    fact::{Fact, What},
    force::Packs,
    pack::{MINUTE_MS, Pays, Rule},
};
use crate::model::Entry;

/// `entries` of one person with their reason keys, oldest first.
pub fn facts(entries: &[(Entry, String)], packs: &Packs) -> Vec<Fact> {
    let mut found: Vec<Fact> = Vec::new();
    let mut courses: HashMap<String, usize> = HashMap::new();
    for (entry, key) in entries.iter().filter(|(entry, _)| entry.amount > Amount::ZERO && entry.reverses.is_none()) {
        let pack = packs.find(&entry.pack).map(|known| &known.pack);
        let Some(rule) = pack.and_then(|pack| pack.rule(&entry.rule.key)) else { continue };
        let Some(fact) = fact(entry, key, rule) else { continue };
        // Hours and credits of one course are two entries of one fact.
        if let Some(known) = courses.get(&fact.reason()).and_then(|n| found.get_mut(*n)) {
            merge(known, &fact);
            continue;
        }
        if fact.what.name == COURSE {
            courses.insert(fact.reason(), found.len());
        }
        found.push(fact);
    }
    found
}

fn fact(entry: &Entry, key: &str, rule: &Rule) -> Option<Fact> {
    let rest = key.strip_prefix(rule.key.as_str())?.strip_prefix(':')?;
    let (content, tail) = rest.split_once(&format!(":{}", entry.person))?;
    let (course, lesson, content) = (entry.course, entry.lesson, Some(content.to_owned()));
    let told = content.clone()?;
    let what = What { course, lesson, content, ..What::default() };
    let what = match rule.event.as_str() {
        MINUTE => minute(entry, rule, tail.strip_prefix(':')?.parse().ok()?, what)?,
        READING => What { name: READING.to_owned(), told: lesson?.to_string(), ..what },
        COURSE => {
            let (mut hours, mut credits) = (Amount::ZERO, Amount::ZERO);
            match entry.measure {
                Measure::Hours => hours = entry.amount,
                Measure::Credits => credits = entry.amount,
                Measure::Points => {}
            }
            What { name: COURSE.to_owned(), told, named: Some((hours, credits)), ..what }
        }
        _ => return None,
    };
    Some(Fact { person: entry.person, day: entry.day, at: entry.posted_at, what })
}

/// A whole minute, or the last one, whose length its share tells.
fn minute(entry: &Entry, rule: &Rule, number: u32, what: What) -> Option<What> {
    let Pays::Each { amount, .. } = &rule.pays else { return None };
    if !entry.note.as_deref().is_some_and(|note| note.starts_with("学完")) {
        let told = format!("{}:{}-{number}", what.content.as_deref()?, number.saturating_sub(1));
        let progress = Some((number.saturating_sub(1), number));
        return Some(What { name: MINUTE.to_owned(), told, progress, ..what });
    }
    let millis = MINUTE_MS * entry.amount.thousandths() / amount.value.thousandths().max(1);
    let length = (i64::from(number) - 1).max(0) * MINUTE_MS + millis;
    let last = Some((number, u32::try_from(millis).ok()?));
    Some(What { name: VIDEO.to_owned(), told: what.lesson?.to_string(), last, millis: Some(length), ..what })
}

fn merge(known: &mut Fact, other: &Fact) {
    if let (Some((hours, credits)), Some((more, others))) = (known.what.named.as_mut(), other.what.named) {
        *hours += more;
        *credits += others;
    }
}
