//! From an event to entries, in the transaction of the job that heard it.

use kernel::{
    Amount, Day, Error, Event, Result,
    id::{CourseId, EntryId},
};
use platform::Tx;

use crate::{
    Credits,
    model::NewEntry,
    rules::{
        evaluate::{Decision, approve, evaluate, needs},
        event,
        fact::Fact,
        force::Packs,
        pack::{Pack, Rule},
        tally::{Needs, Tally},
    },
    store::{self, facts, post, tally, waiting},
};

pub async fn award(house: &Credits, tx: &Tx, event: Event) -> Result<()> {
    let Some(mut fact) = Fact::of(event, house.base().zone) else { return Ok(()) };
    if fact.what.name == event::COURSE {
        fact.what.named = Some(figures(house, fact.what.course).await?);
    }
    let person = house.0.organisation.person(fact.person).await?;
    fact.what.stage = person.as_ref().map(|person| person.stage.name().to_owned());
    let path = person.map(|person| person.path).unwrap_or_default();
    pay(house, tx, &fact, &path).await
}

/// Keeps the fact, and pays for it by the pack of its day. `path`: of the person's unit.
pub async fn pay(house: &Credits, tx: &Tx, fact: &Fact, path: &str) -> Result<()> {
    let head = store::lock_head(tx).await?;
    facts::keep(tx, fact).await?;
    let packs = house.packs_in(tx, head).await?;
    let pack = packs.on(fact.day).ok_or_else(|| Error::broken("the rule pack in force is not known"))?;
    let tally = ask(house, tx, &packs, pack, fact).await?;
    let Decision { entries, waiting, .. } = evaluate(pack, fact, &tally);
    let now = house.base().now();
    for entry in &waiting {
        waiting::add(tx, house.base().id(), entry, fact, path, now).await?;
    }
    tally::note_pace(tx, pack, &entries, fact.at).await?;
    post_all(house, tx, head, &entries).await?;
    Ok(())
}

/// Pays what was held, known by its pack, rule and key, as far as the caps of its day still allow.
pub async fn pay_approved(
    house: &Credits,
    tx: &Tx,
    (version, rule, key): (&str, &str, &str),
    fact: &Fact,
) -> Result<Vec<EntryId>> {
    let head = store::lock_head(tx).await?;
    let packs = house.packs_in(tx, head).await?;
    let known = packs.find(version).map(|known| known.pack.as_ref());
    let found: Option<(&Pack, &Rule)> = known.and_then(|pack| Some((pack, pack.rule(rule)?)));
    let (pack, rule) = found.ok_or_else(|| Error::broken("a proposal of a rule that is not known"))?;
    let tally = ask(house, tx, &packs, pack, fact).await?;
    let entries = approve(pack, rule, key, fact, &tally).entries;
    tally::note_pace(tx, pack, &entries, fact.at).await?;
    post_all(house, tx, head, &entries).await
}

/// What was paid before, as far as the pack asks.
async fn ask(house: &Credits, tx: &Tx, packs: &Packs, pack: &Pack, fact: &Fact) -> Result<Tally> {
    let needs = needs(pack, fact);
    let spans = spans(house, fact.day, &needs).await?;
    tally::tally(tx, packs, pack, fact, &needs, spans, house.base().zone).await
}

async fn spans(house: &Credits, day: Day, needs: &Needs) -> Result<tally::Spans> {
    let all = tally::Spans { term: None, week: None, day };
    if !needs.week && !needs.term {
        return Ok(all);
    }
    let spans = house.spans(day).await?;
    Ok(tally::Spans { week: spans.week.filter(|_| needs.week), term: spans.term.filter(|_| needs.term), ..all })
}

/// Hours and credits that the course names.
async fn figures(house: &Credits, course: Option<CourseId>) -> Result<(Amount, Amount)> {
    let Some(course) = course else { return Ok(Default::default()) };
    let found = house.0.catalogue.courses_by_id(&[course]).await?.remove(&course);
    let course = found.ok_or_else(|| Error::broken(format!("a completed course that does not exist: {course}")))?;
    Ok((course.hours, course.credits))
}

/// Writes the entries behind the locked head, adds them to the caches and announces them.
pub async fn post_all(house: &Credits, tx: &Tx, head: i64, entries: &[NewEntry]) -> Result<Vec<EntryId>> {
    let now = house.base().now();
    let ids = post::append(tx, head, entries, now).await?;
    let told = |(entry, new): (&EntryId, &NewEntry)| Event::EntryPosted {
        entry: *entry,
        person: new.person,
        measure: new.measure,
        amount: new.amount,
        course: new.course,
        lesson: new.lesson,
        at: now,
    };
    let events: Vec<Event> = ids.iter().zip(entries).map(told).collect();
    house.base().outbox.publish_all(tx, now, &events).await?;
    Ok(ids)
}
