//! Sums over the lessons of a course.

use std::collections::HashMap;

use catalogue::Lesson;
use kernel::id::LessonId;

use super::grow::same_content;
use crate::model::{CourseProgress, Progress};

/// How far somebody is in what a lesson is now. What was covered of an earlier content says nothing about this one; what was completed stays
/// completed, and is told as it was.
pub fn progress_now(held: Progress, version: &str, size: i64, lesson: Option<&Lesson>) -> Progress {
    let stands = lesson.is_none_or(|lesson| same_content((version, size), (&lesson.version, lesson.duration_ms)));
    if stands || held.completed { held } else { Progress { coverage: 0.0, completed: false, resume_at: 0 } }
}

/// The mean coverage of all its lessons, each weighing the same, and how many are completed.
pub fn course_progress(lessons: &[LessonId], progress: &HashMap<LessonId, Progress>) -> CourseProgress {
    let known = || lessons.iter().filter_map(|lesson| progress.get(lesson));
    let done = known().filter(|one| one.completed).count();
    let covered = known().map(|one| one.coverage).sum();
    CourseProgress {
        coverage: mean(covered, lessons.len()),
        lessons_done: u32::try_from(done).unwrap_or(u32::MAX),
        lessons_total: u32::try_from(lessons.len()).unwrap_or(u32::MAX),
    }
}

/// `sum / many`, of nothing nothing.
pub fn mean(sum: f64, many: usize) -> f64 {
    if many == 0 { 0.0 } else { sum / many as f64 }
}

/// The middle value, of an even number the mean of the two in the middle.
pub fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let upper = values.get(values.len() / 2).copied()?;
    let lower = values.get(values.len().saturating_sub(1) / 2).copied()?;
    Some(f64::midpoint(lower, upper))
}
