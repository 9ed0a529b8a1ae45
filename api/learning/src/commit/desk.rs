//! The desk on which one batch is decided: what was remembered or loaded, changed in memory act by act, and which of it has to be written back.
//! Two acts of one person in a batch are decided one after the other, the second on what the first left.

use std::collections::{BTreeMap, BTreeSet};

use kernel::{
    Day, Event, Millis, Refusal, Result,
    id::{CheckId, LessonId, PersonId, SessionId, StudyId},
};

use super::{Act, Ticket, Verdict};
use crate::{
    Config,
    model::{Answer, CheckAnswer, Lease, Record, Refused, Seat, Served, Sitting},
    rules::{self, At, Chance, Claim, Crowd, Grown, Judged, Noted, Place},
    store::Read,
};

/// When a batch is decided: by the wall clock, which dates facts, and by server time, which fills buckets.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    pub wall: Millis,
    pub server: Millis,
    pub day: Day,
}

/// A seat in hand, and what of it is to be written.
struct Hand {
    seat: Seat,
    changed: bool,
    record_changed: bool,
}

pub struct Desk {
    config: Config,
    at: Moment,
    hands: BTreeMap<PersonId, Result<Hand>>,
    /// Studies that do not hold the lease, and their records.
    sittings: Read<StudyId, Sitting>,
    records: Read<(PersonId, LessonId), Record>,
    changed_sittings: BTreeSet<StudyId>,
    changed_records: BTreeSet<(PersonId, LessonId)>,
    days: Vec<(PersonId, i64)>,
    flags: Vec<(PersonId, StudyId, Noted)>,
    events: Vec<Event>,
}

impl Desk {
    pub fn new(config: Config, at: Moment, remembered: Vec<Seat>, loaded: Read<PersonId, Seat>) -> Self {
        let hand = |seat: Seat| Hand { seat, changed: false, record_changed: false };
        let known = remembered.into_iter().map(|seat| (seat.person, Ok(hand(seat))));
        let read = loaded.into_iter().map(|(person, seat)| (person, seat.map(hand)));
        Self {
            config,
            at,
            hands: known.chain(read).collect(),
            sittings: Read::new(),
            records: Read::new(),
            changed_sittings: BTreeSet::new(),
            changed_records: BTreeSet::new(),
            days: Vec::new(),
            flags: Vec::new(),
            events: Vec::new(),
        }
    }

    /// The studies of a batch that do not hold the lease.
    pub fn others(&self, batch: &[Ticket]) -> Vec<StudyId> {
        let held = |ticket: &Ticket, study: StudyId| match self.hands.get(&ticket.person) {
            Some(Ok(hand)) => hand.seat.holding.study == study,
            Some(Err(_)) | None => true,
        };
        let named = batch.iter().filter_map(|ticket| Some((ticket, ticket.act.study()?)));
        let mut others: Vec<StudyId> =
            named.filter(|(ticket, study)| !held(ticket, *study)).map(|(_, id)| id).collect();
        others.sort_unstable();
        others.dedup();
        others
    }

    /// Whose lessons these are, but for the lesson that its person's lease is about: that one is in hand.
    pub fn other_lessons(&self, sittings: &Read<StudyId, Sitting>) -> Vec<(PersonId, LessonId)> {
        let known = sittings.values().flatten().map(|sitting| (sitting.info.person, sitting.info.lesson));
        let mut lessons: Vec<_> = known.filter(|(person, lesson)| !self.is_in_hand(*person, *lesson)).collect();
        lessons.sort_unstable();
        lessons.dedup();
        lessons
    }

    fn is_in_hand(&self, person: PersonId, lesson: LessonId) -> bool {
        let hand = self.hands.get(&person).and_then(|hand| hand.as_ref().ok());
        hand.and_then(|hand| hand.seat.sitting.as_ref()).is_some_and(|sitting| sitting.info.lesson == lesson)
    }

    pub fn add_others(&mut self, sittings: Read<StudyId, Sitting>, records: Read<(PersonId, LessonId), Record>) {
        (self.sittings, self.records) = (sittings, records);
    }

    pub fn decide(&mut self, ticket: &Ticket, chance: Chance<'_>, crowd: &mut Crowd) -> Result<Verdict> {
        let hand = match self.hands.get_mut(&ticket.person) {
            Some(Ok(hand)) => hand,
            Some(Err(error)) => return Err(error.clone()),
            None => return Err(Refusal::not_found().into()),
        };
        let held = ticket.act.study().is_none_or(|study| hand.seat.holding.study == study);
        match &ticket.act {
            Act::Beat { session, claim, network, .. } if held => {
                let sent = Sent { session: *session, claim, network: network.as_deref() };
                self.beat(ticket.person, sent, chance, crowd).map(Verdict::Beat)
            }
            Act::Beat { study, session, claim, .. } => {
                self.lost(ticket.person, (*study, *session), claim).map(Verdict::Beat)
            }
            Act::Served(served) => {
                if held {
                    hand.serve(served);
                    crowd.served(ticket.person, served.network.as_deref());
                }
                Ok(Verdict::Noted)
            }
            Act::AnswerCheck { session, check, option } => {
                self.answer(ticket.person, (*session, *check), option).map(Verdict::Checked)
            }
            Act::ExtendCheck { session, check } => hand.extend(*session, *check, self.at.server).map(Verdict::Extended),
        }
    }

    /// A beat of the study that holds the lease. One of another sign-in is the same as one that does not exist, to whoever asks.
    fn beat(&mut self, person: PersonId, sent: Sent<'_>, chance: Chance<'_>, crowd: &mut Crowd) -> Result<Answer> {
        let at = At { wall: self.at.wall, server: self.at.server, config: &self.config };
        let Some(Ok(hand)) = self.hands.get_mut(&person) else { return Err(Refusal::not_found().into()) };
        let seat = &mut hand.seat;
        let Some(sitting) = seat.sitting.as_mut().filter(|sitting| sitting.info.session == sent.session) else {
            return Err(Refusal::not_found().into());
        };
        let claim = sent.claim;
        let last = sitting.last.as_ref();
        match (rules::place(claim, sitting.next_seq, last.map(|(hash, _)| hash.as_str()))?, last) {
            (Place::Again, Some((_, answer))) => {
                Ok(with_check(answer.clone(), sitting, seat.record.as_ref(), at.server))
            }
            _ => {
                let before = seat.record.take();
                seat.stored_ms =
                    seat.stored_ms.filter(|_| before.as_ref().is_some_and(|one| rules::goes_on(sitting, one)));
                let record = rules::carried(sitting, before, at.wall);
                let bucket = seat.holding.bucket.filled(at.server, at.config);
                let step = rules::step(sitting, record, bucket, claim, at, chance);
                let due = step.changed && rules::is_due(seat.stored_ms, &step);
                let told = Told {
                    lease: Lease::Held,
                    credited_ms: step.credited_ms,
                    coverage: step.record.coverage,
                    completed: step.record.completed_at.is_some(),
                    refused: step.refused,
                };
                let mut flags = rules::beaten(&mut sitting.habits, claim, at.server, self.at.day);
                if let Some(network) = sent.network {
                    flags.extend(crowd.note(network, person, &mut sitting.habits));
                    flags.extend(crowd.fetched(network, person, &mut sitting.habits));
                }
                self.flags.extend(flags.into_iter().map(|noted| (person, sitting.id, noted)));
                seat.holding.bucket = step.bucket;
                seat.ahead |= step.changed;
                hand.record_changed |= due;
                hand.changed = true;
                if step.credited_ms > 0 && seat.day_noted != Some(self.at.day.number()) {
                    seat.day_noted = Some(self.at.day.number());
                    self.days.push((person, step.credited_ms));
                }
                self.events.extend(step.events);
                let answer = with_check(noted(sitting, claim, told, at.wall), sitting, Some(&step.record), at.server);
                seat.record = Some(step.record);
                Ok(answer)
            }
        }
    }

    /// Another study has taken the lease: nothing counts, what was claimed is kept beside the study, and the row of numbers goes on.
    fn lost(&mut self, person: PersonId, of: (StudyId, SessionId), claim: &Claim) -> Result<Answer> {
        let sitting = match self.sittings.get_mut(&of.0) {
            Some(Ok(sitting)) if sitting.info.person == person && sitting.info.session == of.1 => sitting,
            Some(Err(error)) => return Err(error.clone()),
            _ => return Err(Refusal::not_found().into()),
        };
        let last = sitting.last.as_ref();
        if let (Place::Again, Some((_, answer))) =
            (rules::place(claim, sitting.next_seq, last.map(|(hash, _)| hash.as_str()))?, last)
        {
            return Ok(answer.clone());
        }
        let key = (person, sitting.info.lesson);
        let Some(Ok(hand)) = self.hands.get_mut(&person) else { return Err(Refusal::not_found().into()) };
        let same = hand.seat.sitting.as_ref().is_some_and(|held| held.info.lesson == key.1);
        let before = if same { hand.seat.record.clone() } else { self.records.get(&key).cloned().transpose()? };
        // What stands may be of another content since: then nothing of it is this study's to change.
        let goes_on = before.as_ref().is_some_and(|record| rules::goes_on(sitting, record));
        let record = rules::carried(sitting, before, self.at.wall);
        let (refused, map) = rules::lost(sitting, claim, &record);
        rules::contest(&mut sitting.evidence, &claim.spans.cut(sitting.script.extent.end()));
        let told = Told {
            lease: Lease::Lost,
            credited_ms: 0,
            coverage: record.coverage,
            completed: record.completed_at.is_some(),
            refused,
        };
        let answer = noted(sitting, claim, told, self.at.wall);
        self.changed_sittings.insert(sitting.id);
        // Raises the version: another process must not go on with an older row of this person.
        hand.changed = true;
        if goes_on && map != record.refused {
            let record = Record { refused: map, ..record };
            if same {
                hand.seat.record = Some(record);
                hand.record_changed = true;
            } else {
                self.records.insert(key, Ok(record));
                self.changed_records.insert(key);
            }
        }
        Ok(answer)
    }

    fn answer(&mut self, person: PersonId, of: (SessionId, CheckId), option: &str) -> Result<CheckAnswer> {
        let (wall, server) = (self.at.wall, self.at.server);
        let Some(Ok(hand)) = self.hands.get_mut(&person) else { return Err(Refusal::not_found().into()) };
        let seat = &mut hand.seat;
        let Some(sitting) = seat.sitting.as_mut().filter(|sitting| sitting.info.session == of.0) else {
            return Err(Refusal::not_found().into());
        };
        let Some(record) = seat.record.as_mut() else { return Err(Refusal::not_found().into()) };
        let (took_ms, characters) = match rules::judge(&mut record.checks, &sitting.script, of.1, option, server)? {
            Judged::Again(told) => return Ok(told),
            Judged::Late(told) | Judged::Wrong(told) => {
                (hand.changed, hand.record_changed) = (true, true);
                return Ok(told);
            }
            Judged::Right { took_ms, characters } => (took_ms, characters),
        };
        let Some(record) = seat.record.take() else { return Err(Refusal::not_found().into()) };
        let Grown { mut record, credited_ms, events } = rules::passed(sitting, record, wall);
        let told = CheckAnswer { passed: true, released_ms: credited_ms, again_from: None };
        rules::close(&mut record.checks, of.1, option, told);
        let (course, lesson) = (sitting.info.course, sitting.info.lesson);
        self.events.push(Event::CheckPassed { person, course, lesson, check: of.1, at: wall });
        self.events.extend(events);
        let flags = rules::answered(&mut sitting.habits, took_ms, characters);
        self.flags.extend(flags.into_iter().map(|noted| (person, sitting.id, noted)));
        if credited_ms > 0 && seat.day_noted != Some(self.at.day.number()) {
            seat.day_noted = Some(self.at.day.number());
            self.days.push((person, credited_ms));
        }
        seat.record = Some(record);
        (hand.changed, hand.record_changed) = (true, true);
        Ok(told)
    }

    /// Whether there is nothing to write.
    pub fn is_clean(&self) -> bool {
        self.hands.values().flatten().all(|hand| !hand.changed)
    }
    /// In the order of people, each with the version that it is written with.
    pub fn changed_seats(&mut self) -> Vec<&Seat> {
        let changed = self.hands.values_mut().flatten().filter(|hand| hand.changed);
        changed
            .map(|hand| {
                hand.seat.version += 1;
                if hand.record_changed {
                    hand.seat.ahead = false;
                    hand.seat.stored_ms = hand.seat.record.as_ref().map(|record| record.covered_ms);
                }
                &hand.seat
            })
            .collect()
    }
    pub fn changed_records(&self) -> Vec<(PersonId, LessonId, &Record)> {
        let held = self.hands.iter().filter_map(|(person, hand)| {
            let hand = hand.as_ref().ok().filter(|hand| hand.record_changed)?;
            Some((*person, hand.seat.sitting.as_ref()?.info.lesson, hand.seat.record.as_ref()?))
        });
        let others = self.changed_records.iter();
        let others = others.filter_map(|key| Some((key.0, key.1, self.records.get(key)?.as_ref().ok()?)));
        held.chain(others).collect()
    }
    pub fn changed_sittings(&self) -> Vec<&Sitting> {
        self.changed_sittings.iter().filter_map(|id| self.sittings.get(id)?.as_ref().ok()).collect()
    }
    /// People for whom this day is not yet noted, and what was credited to them first.
    pub fn days(&self) -> &[(PersonId, i64)] {
        &self.days
    }
    pub fn flags(&self) -> &[(PersonId, StudyId, Noted)] {
        &self.flags
    }
    pub fn events(&self) -> &[Event] {
        &self.events
    }
    pub fn into_seats(self) -> impl Iterator<Item = Seat> {
        self.hands.into_values().flatten().map(|hand| hand.seat)
    }
}

/// A beat as it was sent.
#[derive(Clone, Copy)]
struct Sent<'a> {
    session: SessionId,
    claim: &'a Claim,
    network: Option<&'a str>,
}

impl Hand {
    fn serve(&mut self, served: &Served) {
        if let Some(sitting) = self.seat.sitting.as_mut() {
            self.changed |= rules::note(&mut sitting.evidence, &sitting.script.extent, served);
        }
    }

    fn extend(&mut self, session: SessionId, check: CheckId, server: Millis) -> Result<i64> {
        let sitting = self.seat.sitting.as_ref().filter(|sitting| sitting.info.session == session);
        let (Some(sitting), Some(record)) = (sitting, self.seat.record.as_mut()) else {
            return Err(Refusal::not_found().into());
        };
        let left = rules::extend(&mut record.checks, &sitting.script, check, server)?;
        (self.changed, self.record_changed) = (true, true);
        Ok(left)
    }
}

/// The part of an answer that differs between a lease held and one lost.
struct Told {
    lease: Lease,
    credited_ms: i64,
    coverage: f64,
    completed: bool,
    refused: Vec<Refused>,
}

/// Writes the answer down with its study.
fn noted(sitting: &mut Sitting, claim: &Claim, told: Told, wall: Millis) -> Answer {
    let known = claim.ledger_head;
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
        check: None,
        again: None,
    };
    sitting.next_seq = answer.next_seq;
    sitting.entries_seen = Some(answer.entries_upto);
    sitting.info.beaten_at = wall;
    sitting.last = Some((claim.hash.clone(), answer.clone()));
    answer
}

/// The question as it stands now: with the time that is left, and none where it was answered in the meantime.
fn with_check(answer: Answer, sitting: &Sitting, record: Option<&Record>, server: Millis) -> Answer {
    let (check, again) = record.map(|record| rules::told(&record.checks, &sitting.script, server)).unwrap_or_default();
    Answer { check, again, ..answer }
}
