//! Facts made by hand, and a person whose facts are told one after the other.

use kernel::{
    Amount, Day, Millis, Zone,
    event::Measure,
    id::{CourseId, LessonId, PersonId, Uuid},
};

use crate::{
    model::NewEntry,
    rules::{
        evaluate::Decision,
        fact::{Fact, What},
        pack::Pack,
        replay::Replay,
    },
};

pub const SATURDAY: &str = "2026-11-21";

/// A fact on that Saturday at ten.
pub fn fact(what: What) -> Fact {
    at(what, SATURDAY.parse().unwrap(), 600)
}

/// `minute`: of the day.
pub fn at(what: What, day: Day, minute: i64) -> Fact {
    let at: Millis = Zone::default().start(day) + minute * 60_000;
    Fact { person: PersonId::new(Uuid::from_u128(1)), day, at, what }
}

fn lesson(name: &str, content: &str) -> What {
    let (course, lesson) = (Some(CourseId::new(Uuid::from_u128(2))), Some(LessonId::new(Uuid::from_u128(3))));
    let content = Some(content.to_owned());
    What { name: name.to_owned(), told: "t".to_owned(), course, lesson, content, ..What::default() }
}
pub fn minutes(content: &str, from: u32, to: u32) -> What {
    What { progress: Some((from, to)), ..lesson("minute", content) }
}
pub fn finished(content: &str, number: u32, millis: u32) -> What {
    let whole = (i64::from(number) - 1).max(0) * 60_000 + i64::from(millis);
    What { last: Some((number, millis)), millis: Some(whole), ..lesson("video", content) }
}
pub fn reading(content: &str) -> What {
    lesson("reading", content)
}
pub fn course(hours: &str, credits: &str) -> What {
    let named = Some((hours.parse().unwrap(), credits.parse().unwrap()));
    What { lesson: None, named, content: Some("c".to_owned()), ..lesson("course", "") }
}
/// A fact of an event that a pack names itself; `told` parts it from others.
pub fn event(name: &str, told: &str) -> What {
    What { name: name.to_owned(), told: told.to_owned(), ..What::default() }
}
pub fn watched(name: &str, content: &str, minutes: i64) -> What {
    let (told, millis) = (format!("{content}-{minutes}"), Some(minutes * 60_000));
    What { content: Some(content.to_owned()), millis, ..event(name, &told) }
}

/// Tells facts to one pack.
pub struct Told {
    pub pack: Pack,
    pub replay: Replay,
    pub entries: Vec<NewEntry>,
}

impl Told {
    pub fn new(pack: &str) -> Self {
        let pack = Pack::try_new(pack).unwrap_or_else(|faults| panic!("{faults:#?}"));
        Self { pack, replay: Replay::default(), entries: Vec::new() }
    }
    pub fn tell(&mut self, fact: &Fact) -> Decision {
        let decision = self.replay.tell(&self.pack, fact, &[]);
        self.entries.extend(decision.entries.iter().cloned());
        decision
    }
    /// What the fact earned in all, as a decimal.
    pub fn earns(&mut self, fact: &Fact) -> String {
        self.tell(fact).entries.iter().map(|entry| entry.amount).sum::<Amount>().to_string()
    }
    pub fn notes(&mut self, fact: &Fact) -> Vec<String> {
        self.tell(fact).entries.iter().map(|e| format!("{} {} {}", e.rule, e.amount, e.note)).collect()
    }
    pub fn total(&self, measure: Measure) -> String {
        self.replay.total(measure).to_string()
    }
}
