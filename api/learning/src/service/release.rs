//! A person decided that something counts: a lecturer about what is pending, an appeal about anything.

use kernel::{
    Refusal, Result, Viewer,
    id::{LessonId, PersonId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Learning,
    model::{Record, Seat, Span},
    rules::{self, Grown, Spans, Whose},
    store,
};

/// In the caller's transaction: the decision and its effect stand or fall together. The person's row is locked, and its version tells whoever
/// remembers that person to look again. Whoever releases for several people in one transaction takes them in the order of their ids.
/// `version` is the content that the spans are of, where that is known: the same numbers are other words in another text.
pub async fn release(
    house: &Learning,
    tx: &Tx,
    (person, lesson): (PersonId, LessonId),
    version: Option<&str>,
    spans: &[Span],
) -> Result<i64> {
    let standing = standing(tx, person, lesson).await?;
    if version.is_some_and(|version| version != standing.record.version) {
        return Err(Refusal::conflict(
            "这一课的内容在申请之后已经更换，所申请的段落不再对应现在的内容。",
            "The lesson's content has changed since; these spans are not of the content that stands now.",
        )
        .into());
    }
    count(house, tx, (person, lesson), standing, &Spans::of(spans.iter().copied())).await
}

/// A person's row, locked, and their record of the lesson.
struct Standing {
    seat: Seat,
    record: Record,
}

async fn standing(tx: &Tx, person: PersonId, lesson: LessonId) -> Result<Standing> {
    let Some(seat) = store::find_seat(tx, person).await? else { return Err(Refusal::not_found().into()) };
    // The seat's own record is put down with it; its person's row is not ahead of it any more.
    let Some(record) = store::record(tx, person, lesson).await? else {
        return Err(Refusal::not_found().into());
    };
    Ok(Standing { seat, record })
}

async fn count(
    house: &Learning,
    tx: &Tx,
    (person, lesson): (PersonId, LessonId),
    Standing { mut seat, record }: Standing,
    spans: &Spans,
) -> Result<i64> {
    let Some(script) = store::script(tx, &record).await? else {
        return Err(Refusal::conflict(
            "请让学员先重新打开这一课，再作认定。",
            "The lesson has to be opened again before its spans can be released.",
        )
        .into());
    };
    let now = house.base.now();
    let whose = Whose { person, course: record.course, lesson };
    let Grown { record, credited_ms, events } = rules::released(whose, &script.extent, record, spans, now);
    seat.version += 1;
    seat.ahead &= seat.sitting.as_ref().is_some_and(|sitting| sitting.info.lesson != lesson);
    store::save_records(tx, vec![(person, lesson, &record)]).await?;
    store::save_seats(tx, vec![&seat]).await?;
    house.base.outbox.publish_all(tx, now, &events).await?;
    Ok(credited_ms)
}

/// By a lecturer: all that waits of the person in the lesson.
pub async fn release_pending(house: &Learning, viewer: &Viewer, lesson: LessonId, person: PersonId) -> Result<i64> {
    if viewer.person == person {
        return Err(Refusal::forbidden().into());
    }
    let tx = house.base.db.begin().await?;
    let standing = standing(&tx, person, lesson).await?;
    let waiting = standing.record.pending.without(&standing.record.covered);
    if waiting.is_empty() {
        return Err(Refusal::not_found().into());
    }
    let released = count(house, &tx, (person, lesson), standing, &waiting).await?;
    let act = Act {
        actor: Some(viewer.person),
        action: "study.release_pending",
        target: format!("{lesson} {person}"),
        reason: None,
        path: &viewer.path,
    };
    audit::record(&house.base, &tx, act).await?;
    tx.commit().await?;
    Ok(released)
}
