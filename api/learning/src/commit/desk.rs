//! The desk on which one batch is decided: what was loaded, changed in memory beat by beat, and which of it has to be written back.
//! Two beats of one person in a batch are decided one after the other, the second on what the first left.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kernel::{
    Day, Event, Millis, Refusal, Result,
    id::{LessonId, PersonId, StudyId},
};

use super::Ticket;
use crate::{
    Config,
    model::{Answer, Holding, Lease, Reason, Record, Sitting},
    rules::{self, Place, Step},
    store::Read,
};

/// When a batch is decided: by the wall clock, which dates facts, and by server time, which fills buckets.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub wall: Millis,
    pub server: Millis,
    pub day: Day,
}

pub struct Desk {
    config: Config,
    at: Moment,
    holdings: HashMap<PersonId, Holding>,
    sittings: Read<StudyId, Sitting>,
    records: Read<(PersonId, LessonId), Record>,
    changed_sittings: BTreeSet<StudyId>,
    changed_holdings: BTreeSet<PersonId>,
    changed_records: BTreeSet<(PersonId, LessonId)>,
    credited: BTreeMap<PersonId, i64>,
    events: Vec<Event>,
}

impl Desk {
    pub fn new(
        config: Config,
        at: Moment,
        holdings: HashMap<PersonId, Holding>,
        sittings: Read<StudyId, Sitting>,
        records: Read<(PersonId, LessonId), Record>,
    ) -> Self {
        Self {
            config,
            at,
            holdings,
            sittings,
            records,
            changed_sittings: BTreeSet::new(),
            changed_holdings: BTreeSet::new(),
            changed_records: BTreeSet::new(),
            credited: BTreeMap::new(),
            events: Vec::new(),
        }
    }

    /// Another person's study, one of another sign-in and one that does not exist are the same to whoever asks.
    pub fn decide(&mut self, ticket: &Ticket) -> Result<Answer> {
        let sitting = match self.sittings.get(&ticket.study) {
            Some(Ok(s)) if s.info.person == ticket.person && s.info.session == ticket.session => s.clone(),
            Some(Err(error)) => return Err(error.clone()),
            _ => return Err(Refusal::not_found().into()),
        };
        let last = sitting.last.as_ref();
        match (rules::place(&ticket.claim, sitting.next_seq, last.map(|(hash, _)| hash.as_str()))?, last) {
            (Place::Again, Some((_, answer))) => Ok(answer.clone()),
            _ => self.count(ticket, sitting),
        }
    }

    /// The next beat of its study.
    fn count(&mut self, ticket: &Ticket, sitting: Sitting) -> Result<Answer> {
        let stored = self.records.get(&(ticket.person, sitting.info.lesson)).cloned().transpose()?;
        let record = rules::carried(&sitting, stored.as_ref(), self.at.wall);
        let held = self.holdings.get(&ticket.person).filter(|holding| holding.epoch == sitting.epoch).copied();
        let told = match held {
            Some(holding) => self.credit(ticket, &sitting, holding, record),
            None => lost(ticket, &sitting, &record),
        };
        Ok(self.note(ticket, sitting, told))
    }

    fn credit(&mut self, ticket: &Ticket, sitting: &Sitting, holding: Holding, record: Record) -> Told {
        let bucket = holding.bucket.filled(self.at.server, &self.config);
        let Step { record, bucket, credited_ms, refused, events } =
            rules::step(sitting, record, bucket, &ticket.claim, self.at.wall, &self.config);
        let told = Told {
            lease: Lease::Held,
            credited_ms,
            coverage: record.coverage,
            completed: record.completed_at.is_some(),
            refused,
        };
        self.holdings.insert(ticket.person, Holding { bucket, ..holding });
        self.changed_holdings.insert(ticket.person);
        // A mere sign of life leaves the record as it is.
        if ticket.claim.ended_at.is_some() || !events.is_empty() {
            let key = (ticket.person, sitting.info.lesson);
            self.records.insert(key, Ok(record));
            self.changed_records.insert(key);
        }
        *self.credited.entry(ticket.person).or_default() += credited_ms;
        self.events.extend(events);
        told
    }

    /// Writes the answer down with its study.
    fn note(&mut self, ticket: &Ticket, mut sitting: Sitting, told: Told) -> Answer {
        let known = ticket.claim.ledger_head;
        let entries_after = sitting.entries_seen.unwrap_or(known);
        let answer = Answer {
            next_seq: sitting.next_seq + 1,
            lease: told.lease,
            credited_ms: told.credited_ms,
            coverage: told.coverage,
            completed: told.completed,
            refused: told.refused,
            entries_after,
            entries_upto: known.max(entries_after),
        };
        sitting.next_seq = answer.next_seq;
        sitting.entries_seen = Some(answer.entries_upto);
        sitting.info.beaten_at = self.at.wall;
        sitting.last = Some((ticket.claim.hash.clone(), answer.clone()));
        self.changed_sittings.insert(sitting.id);
        self.sittings.insert(sitting.id, Ok(sitting));
        answer
    }

    /// Whether there is nothing to write.
    pub fn is_clean(&self) -> bool {
        self.changed_sittings.is_empty()
    }
    pub fn changed_sittings(&self) -> Vec<&Sitting> {
        self.changed_sittings.iter().filter_map(|id| self.sittings.get(id)?.as_ref().ok()).collect()
    }
    pub fn changed_holdings(&self) -> impl Iterator<Item = (PersonId, Holding)> {
        self.changed_holdings.iter().filter_map(|person| Some((*person, *self.holdings.get(person)?)))
    }
    pub fn changed_records(&self) -> Vec<(PersonId, LessonId, &Record)> {
        let changed = self.changed_records.iter();
        changed.filter_map(|key| Some((key.0, key.1, self.records.get(key)?.as_ref().ok()?))).collect()
    }
    pub fn days(&self) -> impl Iterator<Item = (PersonId, Day, i64)> {
        self.credited.iter().filter(|(_, ms)| **ms > 0).map(|(person, ms)| (*person, self.at.day, *ms))
    }
    pub fn events(&self) -> &[Event] {
        &self.events
    }
}

/// The part of an answer that differs between a lease held and one lost.
struct Told {
    lease: Lease,
    credited_ms: i64,
    coverage: f64,
    completed: bool,
    refused: Vec<crate::model::Refused>,
}

/// Another study has taken the lease: nothing counts, and the row of numbers goes on.
fn lost(ticket: &Ticket, sitting: &Sitting, record: &Record) -> Told {
    let claimed = ticket.claim.spans.cut(sitting.extent.end());
    Told {
        lease: Lease::Lost,
        credited_ms: 0,
        coverage: record.coverage,
        completed: record.completed_at.is_some(),
        refused: rules::refuse(claimed.iter(), Reason::LeaseLost),
    }
}
