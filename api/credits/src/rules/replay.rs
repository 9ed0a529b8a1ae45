//! What a person's facts would earn from nothing, in memory: for the dry run. The same decisions as in the ledger, the tally kept here.

use std::collections::{BTreeMap, HashMap};

use kernel::{Amount, Day, Millis, event::Measure, id::LessonId};

use super::{
    evaluate::{Decision, evaluate, needs},
    fact::Fact,
    pack::Pack,
    tally::{Pace, Sums, Tally, term_of},
};
use crate::model::NewEntry;

#[derive(Debug, Default)]
pub struct Replay {
    rules: HashMap<String, BTreeMap<Day, Amount>>,
    measures: HashMap<Measure, BTreeMap<Day, Amount>>,
    /// Of each payment of a rule.
    times: HashMap<String, Vec<(Day, Millis)>>,
    taken: HashMap<String, Option<LessonId>>,
}

impl Replay {
    /// Decides the fact and counts what it earns; what would wait for approval counts as approved.
    pub fn tell(&mut self, pack: &Pack, fact: &Fact, terms: &[Day]) -> Decision {
        let decision = evaluate(pack, fact, &self.tally(pack, fact, terms));
        for entry in decision.entries.iter().chain(&decision.waiting) {
            self.post(entry, fact.at);
        }
        decision
    }

    /// Of all facts so far.
    pub fn total(&self, measure: Measure) -> Amount {
        self.measures.get(&measure).into_iter().flat_map(BTreeMap::values).copied().sum()
    }

    fn tally(&self, pack: &Pack, fact: &Fact, terms: &[Day]) -> Tally {
        let needs = needs(pack, fact);
        let monday = fact.day.monday();
        let week = needs.week.then(|| (monday, monday.plus(6)));
        let spans = [Some((fact.day, fact.day)), week, needs.term.then(|| term_of(fact.day, terms))];
        let sums = |days: &BTreeMap<Day, Amount>| {
            let sum = |(from, to): (Day, Day)| days.range(from..=to).map(|(_, amount)| *amount).sum();
            let [day, week, term] = spans.map(|span| span.map(sum).unwrap_or_default());
            Sums { day, week, term }
        };
        let pace = |rule: &String| (rule.clone(), self.pace(rule, fact));
        let taken = needs.keys.iter().filter_map(|key| self.taken.get_key_value(key));
        Tally {
            rules: self.rules.iter().map(|(rule, days)| (rule.clone(), sums(days))).collect(),
            all: self.measures.iter().map(|(measure, days)| (*measure, sums(days))).collect(),
            pace: needs.paced.iter().map(pace).collect(),
            taken: taken.map(|(key, lesson)| (key.clone(), *lesson)).collect(),
        }
    }

    fn pace(&self, rule: &str, fact: &Fact) -> Pace {
        let times = self.times.get(rule).map(Vec::as_slice).unwrap_or_default();
        let payments = times.iter().filter(|(day, _)| *day == fact.day).count();
        let all = times.iter().map(|(_, at)| *at);
        Pace {
            payments: u32::try_from(payments).unwrap_or(u32::MAX),
            before: all.clone().filter(|at| *at <= fact.at).max(),
            after: all.filter(|at| *at > fact.at).min(),
        }
    }

    fn post(&mut self, entry: &NewEntry, at: Millis) {
        self.taken.insert(entry.reason_key.clone(), entry.lesson);
        if entry.amount.is_zero() {
            return;
        }
        *self.rules.entry(entry.rule.clone()).or_default().entry(entry.day).or_default() += entry.amount;
        *self.measures.entry(entry.measure).or_default().entry(entry.day).or_default() += entry.amount;
        self.times.entry(entry.rule.clone()).or_default().push((entry.day, at));
    }
}
