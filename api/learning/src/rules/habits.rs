//! Habits that a machine has sooner than a person. Pure figures over a small rolling state; what follows is a flag for human eyes, never a
//! decision: nothing is withheld from anybody for them.

use std::collections::HashMap;

use kernel::{Day, Millis, id::PersonId};

use super::{Claim, bucket::BREAK_MS};
use crate::model::{FlagKind, Habits};

/// Fifty intervals in a row that differ by less than this: timers of browsers and networks waver more.
const EVEN_MS: i64 = 50;
const EVEN_BEATS: i64 = 50;
/// Shorter intervals are a queue that is sent after an outage.
const LEAST_INTERVAL_MS: i64 = 1_000;
const UNBROKEN_MS: i64 = 3 * 3_600_000;
const LONG_DAY_MS: i64 = 16 * 3_600_000;
/// A span that begins so close to the end of the one before goes on with it.
const JOIN_MS: i64 = 1_000;
/// Longer than any interval between two beats; more is not counted as study.
const INTERVAL_MS: i64 = 60_000;
/// Nobody reads twenty characters a second and chooses.
const CHARACTER_MS: i64 = 50;
/// Who shares a cadence with others has kept it for so many beats.
const CLUSTER_BEATS: i64 = 20;
const CLUSTER_MS: i64 = 20;
const CLUSTER: usize = 3;
/// Of one network in one minute so many are compared.
const COMPARED: usize = 64;
/// So many beats in a row told of what another network had fetched: who walks from one network into another is seen once, not for minutes.
const APART_BEATS: i64 = 40;
/// People whose networks are remembered before they are begun anew.
const PEOPLE: usize = 50_000;

/// A flag to note: which, and its figure.
pub type Noted = (FlagKind, i64);

/// A beat of the study that holds the lease.
pub fn beaten(habits: &mut Habits, claim: &Claim, server: Millis, day: Day) -> Vec<Noted> {
    let interval = server - habits.beat_at;
    let known = habits.beat_at > 0 && (0..=BREAK_MS).contains(&interval);
    habits.beat_at = server;
    even(habits, known.then_some(interval));
    unbroken(habits, claim, server, known && interval <= INTERVAL_MS);
    let today = i64::from(day.number());
    if habits.day != today {
        (habits.day, habits.active_ms) = (today, 0);
    }
    if known && !claim.spans.is_empty() {
        habits.active_ms += interval.min(INTERVAL_MS);
    }
    let mut found = Vec::new();
    if habits.even >= EVEN_BEATS {
        flag(habits, &mut found, FlagKind::EvenCadence, habits.most_ms - habits.least_ms);
    }
    if habits.unbroken_since > 0 && server - habits.unbroken_since > UNBROKEN_MS {
        flag(habits, &mut found, FlagKind::Unbroken, server - habits.unbroken_since);
    }
    if habits.active_ms > LONG_DAY_MS {
        flag(habits, &mut found, FlagKind::LongDay, habits.active_ms);
    }
    found
}

fn even(habits: &mut Habits, interval: Option<i64>) {
    let Some(interval) = interval.filter(|ms| *ms >= LEAST_INTERVAL_MS) else {
        habits.even = 0;
        return;
    };
    let (least, most) = (habits.least_ms.min(interval), habits.most_ms.max(interval));
    if habits.even > 0 && most - least < EVEN_MS {
        (habits.even, habits.least_ms, habits.most_ms) = (habits.even + 1, least, most);
    } else {
        (habits.even, habits.least_ms, habits.most_ms) = (1, interval, interval);
    }
}

fn unbroken(habits: &mut Habits, claim: &Claim, server: Millis, soon: bool) {
    let Some((start, end)) = claim.single else {
        habits.unbroken_since = 0;
        return;
    };
    let goes_on = soon && habits.unbroken_since > 0 && (start - habits.end).abs() <= JOIN_MS;
    if !goes_on {
        habits.unbroken_since = server;
    }
    habits.end = end;
}

/// A right answer, so long after it was asked.
pub fn answered(habits: &mut Habits, took_ms: i64, characters: i64) -> Vec<Noted> {
    let mut found = Vec::new();
    if took_ms < characters.saturating_mul(CHARACTER_MS) {
        flag(habits, &mut found, FlagKind::FastAnswer, took_ms);
    }
    found
}

/// Each once a study.
fn flag(habits: &mut Habits, found: &mut Vec<Noted>, kind: FlagKind, figure: i64) {
    if habits.flagged & bit(kind) == 0 {
        habits.flagged |= bit(kind);
        found.push((kind, figure));
    }
}

const fn bit(kind: FlagKind) -> i64 {
    match kind {
        FlagKind::EvenCadence => 1,
        FlagKind::Unbroken => 2,
        FlagKind::LongDay => 4,
        FlagKind::FastAnswer => 8,
        FlagKind::Cluster => 16,
        FlagKind::OtherNetwork => 32,
    }
}

/// What the next study goes on with: the day is the person's, the rest was the study's.
pub fn kept(before: &Habits) -> Habits {
    Habits { day: before.day, active_ms: before.active_ms, ..Habits::default() }
}

/// Who beats in whose cadence: the people of each network in the current minute. Forgotten with the process, for it is about now.
#[derive(Debug, Default)]
pub struct Crowd {
    minute: i64,
    seen: HashMap<String, Vec<(PersonId, i64)>>,
    fetchers: HashMap<PersonId, Fetcher>,
}

/// Through which networks somebody's pieces went since their last beat, and for how many beats none of them was that of the beats.
#[derive(Debug, Default)]
struct Fetcher {
    networks: Vec<String>,
    beats: i64,
    since: Millis,
}

impl Crowd {
    /// Flags who is at least the third of a network to beat in the same even interval.
    pub fn note(&mut self, network: &str, person: PersonId, habits: &mut Habits) -> Vec<Noted> {
        let mut found = Vec::new();
        if habits.even < CLUSTER_BEATS {
            return found;
        }
        if self.minute != habits.beat_at / 60_000 {
            self.minute = habits.beat_at / 60_000;
            self.seen.clear();
        }
        let interval = i64::midpoint(habits.least_ms, habits.most_ms);
        let others = self.seen.entry(network.to_owned()).or_default();
        if others.len() < COMPARED && others.iter().all(|(other, _)| *other != person) {
            others.push((person, interval));
        }
        let alike = others.iter().filter(|(other, theirs)| *other != person && (theirs - interval).abs() <= CLUSTER_MS);
        if alike.count() + 1 >= CLUSTER {
            flag(habits, &mut found, FlagKind::Cluster, habits.most_ms - habits.least_ms);
        }
        found
    }

    /// A piece went to this person through this network.
    pub fn served(&mut self, person: PersonId, network: Option<&str>) {
        let Some(network) = network else { return };
        if self.fetchers.len() >= PEOPLE && !self.fetchers.contains_key(&person) {
            self.fetchers.clear();
        }
        let networks = &mut self.fetchers.entry(person).or_default().networks;
        if networks.len() < CLUSTER && networks.iter().all(|other| other != network) {
            networks.push(network.to_owned());
        }
    }

    /// Flags who tells for minutes of what only other networks fetched. Beats without any piece between them say nothing.
    pub fn fetched(&mut self, network: &str, person: PersonId, habits: &mut Habits) -> Vec<Noted> {
        let mut found = Vec::new();
        let Some(fetcher) = self.fetchers.get_mut(&person) else { return found };
        let networks = std::mem::take(&mut fetcher.networks);
        if networks.is_empty() {
            return found;
        }
        if networks.iter().any(|other| other == network) {
            fetcher.beats = 0;
            return found;
        }
        if fetcher.beats == 0 {
            fetcher.since = habits.beat_at;
        }
        fetcher.beats += 1;
        if fetcher.beats >= APART_BEATS {
            flag(habits, &mut found, FlagKind::OtherNetwork, habits.beat_at - fetcher.since);
        }
        found
    }
}
