//! The published scheme: weights, tables and sentences as versioned data, read strictly, with a sentence for whatever is wrong.

use std::collections::HashSet;

use kernel::Amount;
use serde::{Deserialize, Deserializer, de};

/// Every published version and its text. To add one: a new file in `schemes/`, a line here, and `CURRENT`.
pub const SCHEMES: [(&str, &str); 1] = [("2026-1", include_str!("../../schemes/2026-1.toml"))];
/// The version that new scores are made by.
pub const CURRENT: &str = "2026-1";

pub(crate) const ATTENDANCE: &str = "attendance";
/// The five indicators, in the order of a report.
const KEYS: [&str; 5] = [ATTENDANCE, "final_exam", "thought_report", "reflection", "theory_talk"];
const ONE: Amount = Amount::whole(1);
pub(crate) const BEST: Amount = Amount::whole(5);

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scheme {
    pub version: String,
    /// Of the five-dimension total.
    #[serde(deserialize_with = "decimal")]
    pub weight: Amount,
    pub basis: String,
    pub sentences: Sentences,
    pub indicators: Vec<Rule>,
}

/// What people read; `{words}` in braces are filled in.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sentences {
    pub attendance: String,
    pub course: String,
    pub more: String,
    pub left_out: String,
    pub nothing_due: String,
    pub disclaimer: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    pub key: String,
    pub name: String,
    #[serde(deserialize_with = "decimal")]
    pub weight: Amount,
    pub measure: Measure,
    pub between: Between,
    pub basis: String,
    pub table: Vec<Step>,
}

/// What `at` counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Measure {
    Share,
    Count,
}

/// What holds between two rows of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Between {
    Linear,
    Steps,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    #[serde(deserialize_with = "decimal")]
    pub at: Amount,
    #[serde(deserialize_with = "decimal")]
    pub score: Amount,
}

impl Scheme {
    /// Reads and checks a scheme; all faults are told at once.
    pub fn try_new(text: &str) -> Result<Self, String> {
        let scheme: Self = toml::from_str(text).map_err(|e| format!("the scheme cannot be read: {e}"))?;
        let faults = scheme.faults();
        if faults.is_empty() { Ok(scheme) } else { Err(format!("scheme {}: {}", scheme.version, faults.join("; "))) }
    }

    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |good: bool, fault: String| {
            if !good {
                faults.push(fault);
            }
        };
        let weights: Amount = self.indicators.iter().map(|rule| rule.weight).sum();
        check(weights == ONE, format!("the weights of the indicators sum to {weights}, not to 1"));
        check(
            self.weight > Amount::ZERO && self.weight <= ONE,
            format!("weight {} is not between 0 and 1", self.weight),
        );
        let keys: Vec<&str> = self.indicators.iter().map(|rule| rule.key.as_str()).collect();
        let distinct: HashSet<&str> = keys.iter().copied().collect();
        check(distinct.len() == keys.len(), "an indicator is there twice".to_owned());
        for missing in KEYS.iter().filter(|key| !distinct.contains(**key)) {
            check(false, format!("indicator {missing} is missing"));
        }
        for unknown in keys.iter().filter(|key| !KEYS.contains(key)) {
            check(false, format!("indicator {unknown} is unknown"));
        }
        faults.extend(self.sentences.faults());
        faults.extend(self.indicators.iter().flat_map(Rule::faults));
        faults
    }

    pub(crate) fn rule(&self, key: &str) -> Option<&Rule> {
        self.indicators.iter().find(|rule| rule.key == key)
    }
}

impl Sentences {
    fn faults(&self) -> Vec<String> {
        let needs: [(&str, &str, &[&str]); 6] = [
            ("attendance", &self.attendance, &["due", "done", "percent", "score"]),
            ("course", &self.course, &["title", "due", "done"]),
            ("more", &self.more, &["courses", "due", "done"]),
            ("left_out", &self.left_out, &["names"]),
            ("nothing_due", &self.nothing_due, &["names"]),
            ("disclaimer", &self.disclaimer, &[]),
        ];
        let lacks = |(name, sentence, words): (&str, &str, &[&str])| -> Vec<String> {
            let absent = words.iter().filter(|word| !sentence.contains(&format!("{{{word}}}")));
            let mut faults: Vec<String> = absent.map(|word| format!("sentence {name} lacks {{{word}}}")).collect();
            if sentence.trim().is_empty() {
                faults.push(format!("sentence {name} is empty"));
            }
            faults
        };
        needs.into_iter().flat_map(lacks).collect()
    }
}

impl Rule {
    fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        let mut check = |good: bool, fault: &str| {
            if !good {
                faults.push(format!("indicator {}: {fault}", self.key));
            }
        };
        let ends = (self.table.first(), self.table.last());
        let pairs = || self.table.iter().zip(self.table.iter().skip(1));
        check(!self.name.trim().is_empty(), "it has no name");
        check(!self.basis.trim().is_empty(), "it does not say on what basis");
        check(self.weight > Amount::ZERO, "its weight is not positive");
        check(self.table.len() >= 2, "its table has fewer than two rows");
        check(pairs().all(|(a, b)| a.at < b.at), "`at` does not ascend in its table");
        check(pairs().all(|(a, b)| a.score <= b.score), "`score` falls in its table");
        check(ends.0.is_none_or(|first| first.at.is_zero()), "its table does not begin at 0");
        check(self.table.iter().all(|s| s.score >= Amount::ZERO && s.score <= BEST), "a score is not between 0 and 5");
        let whole = self.measure == Measure::Count || ends.1.is_none_or(|last| last.at == ONE);
        check(whole, "its table of shares does not end at 1");
        faults
    }
}

/// Exact decimals are written in quotes: a TOML float is not exact.
fn decimal<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse().map_err(|()| de::Error::custom(format!("{text:?} is not a decimal with at most three places")))
}
