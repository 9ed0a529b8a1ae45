//! Rule packs: what earns what, as data with a version. A pack is read strictly from TOML by [`super::grammar`] and never changes afterwards.

use std::sync::Arc;

use kernel::{Amount, Day, event::Measure};

use super::{event::EventKind, faults::Fault, grammar};
use crate::model::RuleRef;

/// Milliseconds of a minute: durations are counted in them, numbers of a pack say minutes.
pub const MINUTE_MS: i64 = 60_000;

#[derive(Debug, Clone)]
pub struct Pack {
    pub version: String,
    pub title: String,
    pub summary: String,
    /// Events that this pack names beside the built-in ones.
    pub events: Vec<EventKind>,
    /// What all rules of a measure together pay at most.
    pub caps: Vec<(Measure, Caps)>,
    pub rules: Vec<Rule>,
    /// What is asked of a class; explained to people, paid by nothing.
    pub targets: Vec<Target>,
}

/// Where a number comes from. Without `checked` it is 「依据待学校核对」 until an admin confirms it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Basis {
    pub document: String,
    pub edition: String,
    pub article: String,
    /// By whom, and on which day.
    pub checked: Option<(String, Day)>,
}

/// A number of a pack: positive, at most three places.
#[derive(Debug, Clone)]
pub struct Number {
    pub value: Amount,
    /// Names the number within its pack: `video.minute:cap.day`.
    pub path: String,
    pub basis: Arc<Basis>,
    pub note: Option<String>,
}

#[derive(Debug, Clone, Default)]
pub struct Caps {
    pub day: Option<Number>,
    /// Monday to Sunday.
    pub week: Option<Number>,
    pub term: Option<Number>,
}

#[derive(Debug, Clone)]
pub struct Rule {
    pub key: String,
    pub title: String,
    /// Name of the event that it pays for.
    pub event: String,
    pub measure: Measure,
    pub pays: Pays,
    pub when: When,
    pub once: Once,
    pub caps: Caps,
    /// At most so many payments a day.
    pub first: Option<Number>,
    /// Minutes between two payments.
    pub interval: Option<Number>,
    /// What it pays is held until a person in charge approves it.
    pub approval: bool,
    /// Whether a reversal gives its amount back to the caps.
    pub frees: bool,
}

/// Conditions; an empty list asks nothing.
#[derive(Debug, Clone, Default)]
pub struct When {
    /// 0 is Monday.
    pub weekdays: Vec<u32>,
    /// Names of stages of membership.
    pub stages: Vec<String>,
    pub results: Vec<String>,
}

#[derive(Debug, Clone)]
pub enum Pays {
    /// The same for each fact.
    Amount(Number),
    /// Hours or credits that the course names.
    Named,
    Results(Vec<Outcome>),
    /// `amount` for each whole `each`; with `rest` the remainder by its share, at the end.
    Each {
        of: Quantity,
        each: Number,
        amount: Number,
        rest: bool,
    },
    /// Minutes turned into hours of `hour` minutes, rounded to `step`.
    Hours {
        of: Quantity,
        hour: Number,
        step: Number,
        round: Round,
    },
    /// The highest tier that is reached.
    Tiers {
        of: Quantity,
        tiers: Vec<Tier>,
    },
}

#[derive(Debug, Clone)]
pub struct Outcome {
    pub result: String,
    pub title: String,
    pub amount: Number,
}

#[derive(Debug, Clone)]
pub struct Tier {
    /// None: from the beginning.
    pub at: Option<Number>,
    /// More than `at`, not just as much.
    pub above: bool,
    pub amount: Number,
}

/// What is measured of a fact, and which part of it counts.
#[derive(Debug, Clone)]
pub struct Quantity {
    pub of: Of,
    /// So much at the beginning does not count.
    pub skip: Option<Number>,
    /// What goes beyond does not count.
    pub most: Option<Number>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Minutes,
    Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    Down,
    Up,
    Nearest,
}

/// How often the same thing is paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Once {
    /// Each telling.
    Fact,
    /// Each content version (each course, each minute of a video).
    Content,
    ContentDay,
    /// Of one content on one day only the longest.
    LongestOfDay,
    Day,
    Ever,
}

#[derive(Debug, Clone)]
pub struct Target {
    pub key: String,
    pub title: String,
    pub stages: Vec<String>,
    pub measure: Measure,
    pub total: Number,
}

/// What a cap counts over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    Day,
    Week,
    Term,
}

impl Of {
    /// How many raw units (milliseconds, pieces) one unit of a number is.
    pub const fn unit(self) -> i64 {
        match self {
            Self::Minutes => MINUTE_MS,
            Self::Count => 1,
        }
    }
}

impl Number {
    /// In raw units; a count is whole, as the grammar asks.
    pub fn raw(&self, of: Of) -> i64 {
        self.value.thousandths().saturating_mul(of.unit()) / 1000
    }
    pub fn whole(&self) -> u32 {
        u32::try_from(self.value.thousandths() / 1000).unwrap_or(u32::MAX)
    }
}

impl Caps {
    pub fn each(&self) -> impl Iterator<Item = (Scope, &Number)> {
        let scopes = [(Scope::Day, &self.day), (Scope::Week, &self.week), (Scope::Term, &self.term)];
        scopes.into_iter().filter_map(|(scope, cap)| Some((scope, cap.as_ref()?)))
    }
}

impl Pays {
    pub const fn quantity(&self) -> Option<&Quantity> {
        match self {
            Self::Each { of, .. } | Self::Hours { of, .. } | Self::Tiers { of, .. } => Some(of),
            Self::Amount(_) | Self::Named | Self::Results(_) => None,
        }
    }
    fn numbers(&self) -> Vec<&Number> {
        let mut all = match self {
            Self::Amount(amount) => vec![amount],
            Self::Named => Vec::new(),
            Self::Results(outcomes) => outcomes.iter().map(|outcome| &outcome.amount).collect(),
            Self::Each { each, amount, .. } => vec![each, amount],
            Self::Hours { hour, step, .. } => vec![hour, step],
            Self::Tiers { tiers, .. } => tiers.iter().flat_map(|tier| tier.at.iter().chain([&tier.amount])).collect(),
        };
        all.extend(self.quantity().into_iter().flat_map(|of| of.skip.iter().chain(&of.most)));
        all
    }
}

impl Rule {
    pub fn told(&self) -> RuleRef {
        RuleRef { key: self.key.clone(), title: self.title.clone() }
    }
    pub fn numbers(&self) -> Vec<&Number> {
        let mut all = self.pays.numbers();
        all.extend(self.caps.each().map(|(_, cap)| cap));
        all.extend(self.first.iter().chain(&self.interval));
        all
    }
    /// Whether its payments are counted by their number and their time.
    pub const fn paced(&self) -> bool {
        self.first.is_some() || self.interval.is_some()
    }
    /// Whether it may pay to a person of the stage at all.
    pub fn is_for(&self, stage: Option<&str>) -> bool {
        self.when.stages.is_empty() || stage.is_some_and(|stage| self.when.stages.iter().any(|one| one == stage))
    }
    pub fn on_weekday(&self, day: Day) -> bool {
        self.when.weekdays.is_empty() || self.when.weekdays.contains(&day.weekday())
    }
}

impl Pack {
    /// Reads and checks a pack; every fault is told, with its place.
    pub fn try_new(text: &str) -> Result<Self, Vec<Fault>> {
        grammar::read(text)
    }
    pub fn rule(&self, key: &str) -> Option<&Rule> {
        self.rules.iter().find(|rule| rule.key == key)
    }
    pub fn caps_of(&self, measure: Measure) -> Option<&Caps> {
        self.caps.iter().find(|(of, _)| *of == measure).map(|(_, caps)| caps)
    }
    /// What all point rules together pay on one day.
    pub fn day_cap(&self) -> Option<Amount> {
        Some(self.caps_of(Measure::Points)?.day.as_ref()?.value)
    }
    pub fn numbers(&self) -> Vec<&Number> {
        let caps = self.caps.iter().flat_map(|(_, caps)| caps.each().map(|(_, cap)| cap));
        let rules = self.rules.iter().flat_map(Rule::numbers);
        caps.chain(rules).chain(self.targets.iter().map(|target| &target.total)).collect()
    }
    /// The event of that name, built in or of this pack.
    pub fn event(&self, name: &str) -> Option<EventKind> {
        EventKind::built_in(name).or_else(|| self.events.iter().find(|event| event.name == name).cloned())
    }
}
