//! What the roof, the media gate and the houses above ask about studying. Unguarded: whoever asks has looked at who may see whom.

use std::collections::{HashMap, HashSet};

use catalogue::{Outline, Status};
use kernel::{
    Day, Result,
    id::{CourseId, LessonId, PersonId, StudyId},
};

use crate::{
    Learning,
    model::{CourseProgress, Progress, Recent, Statistics, StudyInfo},
    rules, store,
};

/// So many begun lessons are looked through for such whose course is still published.
const BEGUN: u64 = 50;

pub async fn progress(house: &Learning, person: PersonId, lessons: &[LessonId]) -> Result<HashMap<LessonId, Progress>> {
    store::progress(house.base.db.read(), person, lessons).await
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
    let progress = store::progress(house.base.db.read(), person, &all).await?;
    Ok(lessons.iter().map(|(course, lessons)| (*course, rules::course_progress(lessons, &progress))).collect())
}

pub async fn recent(house: &Learning, person: PersonId, first: usize) -> Result<Vec<Recent>> {
    let mut begun = store::recent(house.base.db.read(), person, BEGUN).await?;
    let mut ids: Vec<CourseId> = begun.iter().map(|one| one.course).collect();
    ids.sort_unstable();
    ids.dedup();
    let courses = house.catalogue.courses_by_id(&ids).await?;
    begun.retain(|one| courses.get(&one.course).is_some_and(|course| course.status == Status::Published));
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

/// Remembered for two seconds: a player asks for a segment every few, and ten minutes without a beat are what ends a study.
pub async fn study(house: &Learning, id: StudyId) -> Result<Option<StudyInfo>> {
    if let Some(info) = house.studies.get(&id).await {
        return Ok(Some(info));
    }
    let Some(sitting) = store::sittings(house.base.db.read(), &[id]).await?.remove(&id).transpose()? else {
        return Ok(None);
    };
    house.studies.insert(id, sitting.info.clone()).await;
    Ok(Some(sitting.info))
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
