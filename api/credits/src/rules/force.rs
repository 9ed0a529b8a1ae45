//! Which pack is in force on which day, and what is known of each.

use std::{collections::HashMap, sync::Arc};

use kernel::{Day, Millis, id::PersonId};

use super::{faults::Fault, pack::Pack};
use crate::model::RuleRef;

/// The packs that come with the platform, by file. To add one: a new file in `packs/` and a line here; one that was used never changes.
pub const PACKS: [(&str, &str); 3] = [
    ("packs/college.toml", include_str!("../../packs/college.toml")),
    ("packs/classes.toml", include_str!("../../packs/classes.toml")),
    (DEMO_FILE, include_str!("../../packs/demo.toml")),
];
const DEMO_FILE: &str = "packs/demo.toml";
/// In force where nothing else was ever activated: in a school, in the demo school.
pub const COLLEGE: &str = "college-1";
pub const DEMO: &str = "demo-1";

/// A pack and its text.
#[derive(Debug, Clone)]
pub struct Known {
    pub pack: Arc<Pack>,
    pub text: String,
    pub shipped: bool,
}

/// Who settled a number, when, and in which words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirmed {
    pub by: PersonId,
    pub at: Millis,
    pub note: String,
}

/// All packs at one moment.
#[derive(Debug, Clone)]
pub struct Packs {
    /// Grows with every change; says whether a kept copy is still the newest.
    pub counter: i64,
    /// In the order of their names.
    pub known: Vec<Known>,
    /// First days and versions, by day; of one day the one set last.
    pub force: Vec<(Day, String)>,
    /// In force before the first of `force`.
    pub default: String,
    /// By version and path of the number.
    pub confirmed: HashMap<(String, String), Confirmed>,
}

/// The shipped packs; whoever edits one is told what is wrong with it.
pub fn shipped() -> Result<Vec<Known>, String> {
    let told = |file: &str, faults: Vec<Fault>| {
        let each: Vec<String> = faults.iter().map(|fault| format!("{file}, {fault}")).collect();
        each.join("\n")
    };
    let read = |(file, text): (&str, &str)| {
        let pack = Arc::new(Pack::try_new(text).map_err(|faults| told(file, faults))?);
        Ok(Known { pack, text: text.to_owned(), shipped: true })
    };
    PACKS.into_iter().map(read).collect()
}

impl Packs {
    pub fn find(&self, version: &str) -> Option<&Known> {
        self.known.iter().find(|known| known.pack.version == version)
    }
    /// Version of the pack in force on the day.
    pub fn version_on(&self, day: Day) -> &str {
        self.force.iter().rev().find(|(from, _)| *from <= day).map_or(&self.default, |(_, version)| version)
    }
    pub fn on(&self, day: Day) -> Option<&Pack> {
        self.find(self.version_on(day)).map(|known| known.pack.as_ref())
    }
    /// Whether it is or was to be in force on any day.
    pub fn is_used(&self, version: &str) -> bool {
        self.default == version || self.force.iter().any(|(_, one)| one == version)
    }
    /// The days from which it is in force and up to which, last first; no first day: ever since; no last day: until further notice.
    pub fn spans(&self, version: &str) -> Vec<(Option<Day>, Option<Day>)> {
        let starts = std::iter::once((None, self.default.as_str()));
        let all: Vec<(Option<Day>, &str)> =
            starts.chain(self.force.iter().map(|(from, one)| (Some(*from), one.as_str()))).collect();
        let ends = all.iter().skip(1).map(|(from, _)| from.map(|day| day.plus(-1))).chain([None]);
        let mut spans: Vec<_> = all.iter().zip(ends).filter(|((_, one), _)| *one == version).collect();
        spans.reverse();
        spans.into_iter().map(|((from, _), to)| (*from, to)).collect()
    }
    /// Each rule once, titled as in the pack in force on the day, else as in the last pack that has it.
    pub fn titles(&self, day: Day) -> Vec<RuleRef> {
        let mut all: Vec<RuleRef> = Vec::new();
        let others = self.known.iter().rev().map(|known| known.pack.as_ref());
        for rule in self.on(day).into_iter().chain(others).flat_map(|pack| &pack.rules) {
            if !all.iter().any(|known| known.key == rule.key) {
                all.push(rule.told());
            }
        }
        all
    }
    /// Whether any pack has a rule of that key; other keys of the ledger are not pay.
    pub fn has_rule(&self, key: &str) -> bool {
        self.known.iter().any(|known| known.pack.rule(key).is_some())
    }
    /// The rule as the pack of that version titles it; a rule that no pack knows is called by its key.
    pub fn rule(&self, version: &str, key: &str) -> RuleRef {
        let own = self.find(version).and_then(|known| known.pack.rule(key));
        let found = own.or_else(|| self.known.iter().rev().find_map(|known| known.pack.rule(key)));
        found.map_or_else(|| RuleRef { key: key.to_owned(), title: key.to_owned() }, |rule| rule.told())
    }
}
