//! From an event to entries, in the transaction of the job that heard it.

use kernel::{
    Amount, Error, Event, Result,
    id::{CourseId, EntryId},
};
use platform::Tx;

use crate::{
    Credits,
    model::NewEntry,
    rules::evaluate::{Fact, evaluate, keys},
    store::{self, post},
};

pub async fn award(house: &Credits, tx: &Tx, event: Event) -> Result<()> {
    let figures = match event {
        Event::CourseCompleted { course, .. } => figures(house, course).await?,
        _ => Default::default(),
    };
    let Some(fact) = Fact::of(event, house.base().zone, figures) else { return Ok(()) };
    // Before the first pack came into force there was nothing to earn.
    let Some(pack) = house.packs().on(fact.day) else { return Ok(()) };
    let head = store::lock_head(tx).await?;
    let tally = store::tally(tx, fact.person, fact.day, &keys(pack, &fact)).await?;
    post_all(house, tx, head, &evaluate(pack, &fact, &tally)).await?;
    Ok(())
}

/// Hours and credits that the course names.
async fn figures(house: &Credits, course: CourseId) -> Result<(Amount, Amount)> {
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
