//! Rule packs: figures as versioned data, read strictly, with the place of whatever is wrong.

use kernel::{Amount, Day, event::Measure};
use serde::{Deserialize, Deserializer, de};
use toml::Spanned;

use crate::model::RuleRef;

/// Every pack, by name. To add one: a new file in `packs/` and a line here.
pub const PACKS: [(&str, &str); 1] = [("packs/demo.toml", include_str!("../../packs/demo.toml"))];

/// The rules that are in force from a day on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pack {
    pub version: String,
    pub effective: Day,
    pub basis: String,
    pub day: DayCap,
    pub rules: Vec<Rule>,
}

/// What all rules together pay in points on one day.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DayCap {
    pub cap: Option<Figure>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    key: Spanned<String>,
    pub title: String,
    pub on: Occasion,
    #[serde(deserialize_with = "measure")]
    pub measure: Measure,
    /// None: what the course names.
    pub amount: Option<Figure>,
    pub daily_cap: Option<Figure>,
}

/// A figure and what it rests on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    #[serde(deserialize_with = "positive")]
    pub value: Amount,
    #[serde(deserialize_with = "said")]
    pub basis: String,
}

/// What a rule pays for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Occasion {
    Minute,
    Reading,
    Course,
}

impl Rule {
    pub fn key(&self) -> &str {
        self.key.get_ref()
    }
    pub fn told(&self) -> RuleRef {
        RuleRef { key: self.key().to_owned(), title: self.title.clone() }
    }
    fn fault(&self) -> Option<&'static str> {
        // A colon parts a reason key.
        let plain = |c: char| c.is_ascii_lowercase() || c == '.' || c == '_';
        match (self.on, self.measure, &self.amount) {
            _ if self.key().is_empty() || !self.key().chars().all(plain) => Some("has a key of other than a-z . _"),
            _ if self.title.trim().is_empty() => Some("has no title"),
            (Occasion::Course, Measure::Hours | Measure::Credits, _) | (_, _, Some(_)) => None,
            (_, _, None) => Some("needs an amount: only hours and credits of a course are named elsewhere"),
        }
    }
}

impl Pack {
    /// Reads and checks a pack; what is wrong is told with its line and column.
    pub fn try_new(name: &str, text: &str) -> Result<Self, String> {
        let pack: Self = toml::from_str(text).map_err(|e| format!("{name}: {e}"))?;
        if pack.version.trim().is_empty() || pack.basis.trim().is_empty() {
            return Err(format!("{name}, line 1, column 1: the pack has no version or no basis"));
        }
        for (n, rule) in pack.rules.iter().enumerate() {
            let twice = pack.rules.iter().take(n).any(|other| other.key() == rule.key());
            if let Some(fault) = rule.fault().or(twice.then_some("is there twice")) {
                let (line, column) = place(text, rule.key.span().start);
                return Err(format!("{name}, line {line}, column {column}: the rule \"{}\" {fault}", rule.key()));
            }
        }
        Ok(pack)
    }
    pub(crate) fn cap(&self) -> Option<Amount> {
        self.day.cap.as_ref().map(|cap| cap.value)
    }
}

/// All packs, in the order of their coming into force.
#[derive(Debug, Clone)]
pub struct Packs(Vec<Pack>);

impl Packs {
    /// From names and texts; no two of one version or one day.
    pub fn try_new(texts: &[(&str, &str)]) -> Result<Self, String> {
        let mut packs = texts.iter().map(|(name, text)| Pack::try_new(name, text)).collect::<Result<Vec<_>, _>>()?;
        packs.sort_by_key(|pack| pack.effective);
        for (n, pack) in packs.iter().enumerate() {
            let before = packs.iter().take(n);
            if let Some(other) = before.into_iter().find(|o| o.version == pack.version || o.effective == pack.effective)
            {
                return Err(format!(
                    "rule packs {} and {} share a version or a day of coming into force",
                    other.version, pack.version
                ));
            }
        }
        Ok(Self(packs))
    }
    /// The pack in force on the day.
    pub fn on(&self, day: Day) -> Option<&Pack> {
        self.0.iter().rev().find(|pack| pack.effective <= day)
    }
    /// Each rule once, titled as in the newest pack that has it.
    pub fn titles(&self) -> Vec<RuleRef> {
        let mut all: Vec<RuleRef> = Vec::new();
        for rule in self.0.iter().rev().flat_map(|pack| &pack.rules) {
            if !all.iter().any(|known| known.key == rule.key()) {
                all.push(rule.told());
            }
        }
        all
    }
    /// The rule as the pack of that version titles it; a rule that no pack knows any more is called by its key.
    pub(crate) fn rule(&self, version: &str, key: &str) -> RuleRef {
        let own = self.0.iter().filter(|pack| pack.version == version).flat_map(|pack| &pack.rules);
        let any = self.0.iter().rev().flat_map(|pack| &pack.rules);
        let found = own.chain(any).find(|rule| rule.key() == key).map(Rule::told);
        found.unwrap_or_else(|| RuleRef { key: key.to_owned(), title: key.to_owned() })
    }
}

/// Line and column of a byte, both from one, columns in characters.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}

fn positive<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Amount, D::Error> {
    let text = String::deserialize(deserializer)?;
    let read = text.parse().ok().filter(|amount| *amount > Amount::ZERO);
    read.ok_or_else(|| de::Error::custom(format!("\"{text}\" is not a positive decimal of at most three places")))
}

fn said<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    let text = String::deserialize(deserializer)?;
    if text.trim().is_empty() { Err(de::Error::custom("a figure needs its basis")) } else { Ok(text) }
}

fn measure<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Measure, D::Error> {
    match String::deserialize(deserializer)?.as_str() {
        "points" => Ok(Measure::Points),
        "hours" => Ok(Measure::Hours),
        "credits" => Ok(Measure::Credits),
        other => Err(de::Error::custom(format!("\"{other}\" is none of points, hours, credits"))),
    }
}
