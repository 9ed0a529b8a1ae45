//! What the roof, the media gate and the houses above ask about studying. Unguarded: whoever asks has looked at who may see whom.

use std::collections::{HashMap, HashSet};

use catalogue::{Lesson, Outline, Status};
use kernel::{
    Connection, Day, Page, Refusal, Result, Viewer,
    id::{CourseId, FlagId, LessonId, PersonId, StudyId},
};
use platform::audit::{self, Act};

use crate::{
    Learning,
    model::{CourseProgress, Extent, Flag, Pending, Progress, Recent, Record, Statistics, StudyInfo, WatchMap},
    rules, store,
};

/// So many begun lessons are looked through for such whose course is still published.
const BEGUN: u64 = 50;
/// People with something pending that are told at once.
const PENDING: u64 = 1_000;
/// A study that beat or was opened so lately is alive, whatever has changed since.
const FRESH_MS: i64 = 5 * 60_000;
/// Of one that was not it is looked up this often.
const ASKED_MS: i64 = 2_000;

pub async fn progress(house: &Learning, person: PersonId, lessons: &[LessonId]) -> Result<HashMap<LessonId, Progress>> {
    let held = store::progress(house.base.db.read(), person, lessons).await?;
    // Whether a content stands is only asked where the answer depends on it.
    let open: Vec<LessonId> = held.iter().filter(|(_, held)| !held.progress.completed).map(|(id, _)| *id).collect();
    let known = if open.is_empty() { HashMap::new() } else { house.catalogue.lessons(&open).await? };
    Ok(held
        .into_iter()
        .map(|(id, held)| (id, rules::progress_now(held.progress, &held.version, held.size, known.get(&id))))
        .collect())
}

pub async fn course_progress(
    house: &Learning,
    person: PersonId,
    courses: &[CourseId],
) -> Result<HashMap<CourseId, CourseProgress>> {
    let outlines = house.catalogue.outlines(courses).await?;
    let lessons: HashMap<CourseId, Vec<LessonId>> =
        outlines.iter().map(|(course, outline)| (*course, lessons(outline))).collect();
    let all: Vec<LessonId> = lessons.values().flatten().copied().collect();
    let known: HashMap<LessonId, &Lesson> =
        outlines.values().flat_map(Outline::lessons).map(|lesson| (lesson.id, lesson)).collect();
    let held = store::progress(house.base.db.read(), person, &all).await?;
    let now = |(id, held): (LessonId, store::Held)| {
        (id, rules::progress_now(held.progress, &held.version, held.size, known.get(&id).copied()))
    };
    let progress: HashMap<LessonId, Progress> = held.into_iter().map(now).collect();
    Ok(lessons.iter().map(|(course, lessons)| (*course, rules::course_progress(lessons, &progress))).collect())
}

pub async fn recent(house: &Learning, person: PersonId, first: usize) -> Result<Vec<Recent>> {
    let mut begun = store::recent(house.base.db.read(), person, BEGUN).await?;
    let mut ids: Vec<CourseId> = begun.iter().map(|one| one.course).collect();
    ids.sort_unstable();
    ids.dedup();
    let courses = house.catalogue.courses_by_id(&ids).await?;
    begun.retain(|one| courses.get(&one.course).is_some_and(|course| course.status == Status::Published));
    let ids: Vec<LessonId> = begun.iter().map(|one| one.lesson).collect();
    let lessons = house.catalogue.lessons(&ids).await?;
    // What was taken out of its course is not gone on with.
    begun.retain(|one| lessons.get(&one.lesson).is_some_and(|lesson| !lesson.removed));
    begun.truncate(first);
    Ok(begun)
}

pub async fn statistics(house: &Learning, course: CourseId) -> Result<Statistics> {
    let lessons = lessons_of(house, course).await?;
    let sums = store::coverages(house.base.db.read(), course, &lessons).await?;
    Ok(Statistics {
        started: u64::try_from(sums.len()).unwrap_or(u64::MAX),
        completed: store::count_completed(house.base.db.read(), course).await?,
        median_coverage: rules::median(sums.into_iter().map(|sum| rules::mean(sum, lessons.len())).collect()),
    })
}

/// A player asks for a segment every few seconds. What never changes is remembered; the last beat is looked up again once it seems long ago,
/// at most every two seconds.
pub async fn study(house: &Learning, id: StudyId) -> Result<Option<StudyInfo>> {
    let now = house.base.now();
    if let Some((asked_at, info)) = house.studies.get(&id).await
        && (now - info.opened_at.max(info.beaten_at) < FRESH_MS || (0..ASKED_MS).contains(&(now - asked_at)))
    {
        return Ok(Some(info));
    }
    let Some(info) = store::info(house.base.db.read(), id).await? else { return Ok(None) };
    house.studies.insert(id, (now, info.clone())).await;
    Ok(Some(info))
}

pub async fn watch_map(house: &Learning, person: PersonId, lesson: LessonId) -> Result<WatchMap> {
    let read = house.base.db.read();
    let Some(about) = house.catalogue.lessons(&[lesson]).await?.remove(&lesson) else {
        return Err(Refusal::not_found().into());
    };
    let Some(record) = store::record(read, person, lesson).await? else {
        let end = about.duration_ms.unwrap_or_default();
        return Ok(WatchMap { end, covered: Vec::new(), pending: Vec::new(), refused: Vec::new() });
    };
    let map = match store::script(read, &record).await? {
        Some(script) => rules::watched(&script.extent, &record),
        None => rules::watched(&before_scripts(about.duration_ms.is_some(), &record), &record),
    };
    Ok(map)
}

/// A record that was last written before scripts were kept: of a text all that is known is how far it was read.
fn before_scripts(video: bool, record: &Record) -> Extent {
    if video {
        return Extent::Video { duration_ms: record.size };
    }
    let blocks = record.covered.iter().last().and_then(|last| usize::try_from(last.end).ok()).unwrap_or(0);
    Extent::Reading { characters: vec![0; blocks], per_minute: catalogue::CHARACTERS_A_MINUTE }
}

pub async fn pending_of(house: &Learning, lesson: LessonId) -> Result<Vec<Pending>> {
    let read = house.base.db.read();
    let mut all = Vec::new();
    for (person, record) in store::pending_of(read, lesson, PENDING).await? {
        let spans = record.pending.without(&record.covered);
        if let Some(script) = store::script(read, &record).await?.filter(|_| !spans.is_empty()) {
            let pending_ms = rules::covered_ms(&script.extent, &spans);
            all.push(Pending { person, spans: spans.to_vec(), pending_ms, updated_at: record.updated_at });
        }
    }
    Ok(all)
}

pub async fn flags(house: &Learning, reviewed: Option<bool>, page: &Page) -> Result<Connection<Flag>> {
    store::flags(house.base.db.read(), reviewed, page).await
}

pub async fn review_flag(house: &Learning, viewer: &Viewer, id: FlagId, note: &str) -> Result<Flag> {
    let note = note.trim();
    if !(2..=500).contains(&note.chars().count()) {
        return Err(Refusal::invalid(
            "note",
            "请用 2 到 500 字写明核查结果。",
            "Say in 2 to 500 characters what you found.",
        )
        .into());
    }
    let tx = house.base.db.begin().await?;
    let found = store::flag(&tx, id.uuid()).await?.ok_or_else(Refusal::not_found)?;
    if found.person == viewer.person {
        return Err(Refusal::forbidden().into());
    }
    let reviewed = (viewer.person, house.base.now(), note.to_owned());
    store::review_flag(&tx, id.uuid(), &reviewed).await?;
    let act = Act {
        actor: Some(viewer.person),
        action: "study.review_flag",
        target: id.to_string(),
        reason: Some(note.to_owned()),
        path: &viewer.path,
    };
    audit::record(&house.base, &tx, act).await?;
    tx.commit().await?;
    Ok(Flag { reviewed: Some(reviewed), ..found })
}

pub async fn completed(
    house: &Learning,
    people: &[PersonId],
    lessons: &[LessonId],
) -> Result<HashMap<PersonId, HashSet<LessonId>>> {
    store::completed(house.base.db.read(), people, lessons).await
}

pub async fn days_studied(house: &Learning, person: PersonId, from: Day, to: Day) -> Result<Vec<Day>> {
    store::days(house.base.db.read(), person, from, to).await
}

/// All lessons of a course, in order; none of one that does not exist.
pub async fn lessons_of(house: &Learning, course: CourseId) -> Result<Vec<LessonId>> {
    let outlines = house.catalogue.outlines(&[course]).await?;
    Ok(outlines.get(&course).map(lessons).unwrap_or_default())
}

fn lessons(outline: &Outline) -> Vec<LessonId> {
    outline.chapters.iter().flat_map(|(_, lessons)| lessons).map(|lesson| lesson.id).collect()
}
