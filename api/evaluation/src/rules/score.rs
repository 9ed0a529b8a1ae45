//! Facts in, score and reasons out. Each result is rounded once, from whole numbers.

use kernel::Amount;

use super::scheme::{ATTENDANCE, BEST, Between, Rule, Scheme, Step};
use crate::model::{Bucket, Evidence, Indicator, Missing, Share};

/// Courses that are told one by one; the rest share a line.
const LINES: usize = 18;
/// Half a point.
const WIDTH: i64 = 500;

/// The score that a table gives for `done` out of `of`; of a count, `of` is 1.
pub fn by_table(rule: &Rule, done: i64, of: i64) -> Amount {
    let of = of.max(1);
    let reached = |step: &Step| i128::from(done) * 1000 >= i128::from(step.at.thousandths()) * i128::from(of);
    let below = rule.table.iter().rev().find(|step| reached(step));
    let above = rule.table.iter().find(|step| !reached(step));
    match (below, above, rule.between) {
        (None, _, _) => Amount::ZERO,
        (Some(low), None, _) | (Some(low), Some(_), Between::Steps) => low.score,
        (Some(low), Some(high), Between::Linear) => {
            let (from, width) = (low.at.thousandths(), high.at.thousandths() - low.at.thousandths());
            low.score + (high.score - low.score).share(done * 1000 - from * of, width * of)
        }
    }
}

/// The mean by weight of the indicators that have a score: leaving one out scales the weights of the others up.
pub fn total(indicators: &[Indicator]) -> Option<Amount> {
    let scored =
        || indicators.iter().filter_map(|i| i.score.map(|score| (i.weight.thousandths(), score.thousandths())));
    let weights: i64 = scored().map(|(weight, _)| weight).sum();
    let product: i64 = scored().map(|(weight, score)| weight * score).sum();
    (weights > 0).then(|| Amount::milli(product).share(1, weights))
}

/// All indicators of the scheme, in its order. Only attendance has a source yet; whatever is not due has no score.
pub fn indicators(scheme: &Scheme, due: &[Share]) -> Vec<Indicator> {
    let one = |rule: &Rule| {
        let evidence = if rule.key == ATTENDANCE { attendance(scheme, rule, due) } else { Vec::new() };
        let score = evidence.first().and_then(|line| line.amount);
        Indicator {
            key: rule.key.clone(),
            name: rule.name.clone(),
            weight: rule.weight,
            score,
            missing: score.is_none().then_some(Missing::NotDue),
            evidence,
        }
    };
    scheme.indicators.iter().map(one).collect()
}

/// The score of [`total`] over [`indicators`] without their sentences.
pub fn quick_total(scheme: &Scheme, due: i64, done: i64) -> Option<Amount> {
    scheme.rule(ATTENDANCE).filter(|_| due > 0).map(|rule| by_table(rule, done, due))
}

/// One line of arithmetic, then a line for each course, the rest in one. Empty while nothing is due.
fn attendance(scheme: &Scheme, rule: &Rule, shares: &[Share]) -> Vec<Evidence> {
    let (due, done) = sum(shares);
    if due == 0 {
        return Vec::new();
    }
    let say = &scheme.sentences;
    let score = by_table(rule, done, due);
    let counts = |due: i64, done: i64| [("due", due.to_string()), ("done", done.to_string())];
    let mut words = counts(due, done).to_vec();
    words.extend([("percent", percent(done, due)), ("score", score.to_string())]);
    let mut lines = vec![Evidence { text: fill(&say.attendance, &words), amount: Some(score), entry: None }];
    let line = |sentence: &str, due: i64, done: i64, word: (&'static str, String)| {
        let mut words = counts(due, done).to_vec();
        words.push(word);
        Evidence { text: fill(sentence, &words), amount: None, entry: None }
    };
    let (told, rest) = shares.split_at(shares.len().min(LINES));
    lines.extend(told.iter().map(|s| line(&say.course, s.due, s.done, ("title", s.title.clone()))));
    if !rest.is_empty() {
        let (due, done) = sum(rest);
        lines.push(line(&say.more, due, done, ("courses", rest.len().to_string())));
    }
    lines
}

pub fn sum(shares: &[Share]) -> (i64, i64) {
    shares.iter().fold((0, 0), |(due, done), share| (due + share.due, done + share.done))
}

/// With at most one place: `66.7`.
fn percent(done: i64, due: i64) -> String {
    Amount::milli(Amount::milli(1000).share(done, due).thousandths() * 100).to_string()
}

/// What was left out, in words; then, always, what the score is not.
pub fn notes(scheme: &Scheme, indicators: &[Indicator]) -> Vec<String> {
    let missing: Vec<&str> = indicators.iter().filter(|i| i.score.is_none()).map(|i| i.name.as_str()).collect();
    let say = &scheme.sentences;
    let sentence = if missing.len() == indicators.len() { &say.nothing_due } else { &say.left_out };
    let told = (!missing.is_empty()).then(|| fill(sentence, &[("names", missing.join("、"))]));
    told.into_iter().chain([say.disclaimer.clone()]).collect()
}

/// What is true of a whole list: an indicator that nobody has was left out for all.
pub fn notes_of_all<'a>(scheme: &Scheme, all: impl Iterator<Item = &'a [Indicator]> + Clone) -> Vec<String> {
    if all.clone().next().is_none() {
        return vec![scheme.sentences.disclaimer.clone()];
    }
    let has = |key: &str| all.clone().flatten().find(|i| i.key == key && i.score.is_some());
    let best = indicators(scheme, &[]).into_iter().map(|empty| has(&empty.key).cloned().unwrap_or(empty));
    notes(scheme, &best.collect::<Vec<_>>())
}

/// Filled from left to right in one pass: a course title with braces stays as it is.
fn fill(sentence: &str, words: &[(&'static str, String)]) -> String {
    let mut text = String::with_capacity(sentence.len() + 32);
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        text.push_str(before);
        let word = after
            .split_once('}')
            .and_then(|(name, tail)| words.iter().find(|(known, _)| *known == name).map(|(_, value)| (value, tail)));
        match word {
            Some((value, tail)) => {
                text.push_str(value);
                rest = tail;
            }
            None => {
                text.push('{');
                rest = after;
            }
        }
    }
    text.push_str(rest);
    text
}

/// Ten buckets of half a point; who has no score is in none.
pub fn distribution(scores: impl Iterator<Item = Amount>) -> Vec<Bucket> {
    let last = BEST.thousandths() / WIDTH - 1;
    let mut buckets: Vec<Bucket> = (0..=last)
        .map(|n| Bucket { from: Amount::milli(n * WIDTH), to: Amount::milli((n + 1) * WIDTH), students: 0 })
        .collect();
    for score in scores {
        let at = usize::try_from((score.thousandths() / WIDTH).clamp(0, last)).unwrap_or(0);
        if let Some(bucket) = buckets.get_mut(at) {
            bucket.students += 1;
        }
    }
    buckets
}
