//! What may be written and when it may be published. Pure; readings and captions have a room each.

pub mod captions;
pub mod reading;

use kernel::{Amount, Refusal, refusal::FieldFault, text::Text};

use crate::model::{LessonKind, NewCourse, Outline};

const TITLE: usize = 120;
const SUMMARY: usize = 2_000;
/// Hours or credits of one course.
const MOST: Amount = Amount::whole(1_000);

fn fault(path: &str, zh: impl Into<String>, en: impl Into<String>) -> FieldFault {
    FieldFault { path: path.to_owned(), text: Text::new(zh, en) }
}

fn title_fault(path: &str, title: &str) -> Option<FieldFault> {
    let length = title.trim().chars().count();
    let control = title.chars().any(char::is_control);
    (length == 0 || length > TITLE || control)
        .then(|| fault(path, format!("标题须为 1 到 {TITLE} 字。"), format!("A title has 1 to {TITLE} characters.")))
}

/// A title as it is kept, or the refusal.
pub fn title(path: &str, title: &str) -> Result<String, Refusal> {
    match title_fault(path, title) {
        Some(fault) => Err(Refusal::invalid_fields(vec![fault])),
        None => Ok(title.trim().to_owned()),
    }
}

/// All faults of a new course at once.
pub fn check_course(new: &NewCourse) -> Result<(), Refusal> {
    let mut faults: Vec<FieldFault> = title_fault("input.title", &new.title).into_iter().collect();
    if new.summary.chars().count() > SUMMARY {
        faults.push(fault(
            "input.summary",
            format!("简介最多 {SUMMARY} 字。"),
            format!("A summary has at most {SUMMARY} characters."),
        ));
    }
    for (path, amount) in [("input.hours", new.hours), ("input.credits", new.credits)] {
        if amount < Amount::ZERO || amount > MOST {
            faults.push(fault(path, "须在 0 到 1000 之间。", "Must be between 0 and 1000."));
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid_fields(faults)) }
}

/// INVALID naming each lesson that is not ready, each chapter without lessons, or that there are none at all.
pub fn check_publishable(outline: &Outline) -> Result<(), Refusal> {
    let mut faults = Vec::new();
    if outline.lessons().next().is_none() {
        faults.push(fault("id", "课程还没有任何内容，不能发布。", "The course is empty and cannot be published."));
    }
    for (chapter, _) in outline.chapters.iter().filter(|(_, lessons)| lessons.is_empty()) {
        let title = &chapter.title;
        faults.push(fault("id", format!("章「{title}」还没有内容。"), format!("Chapter “{title}” has no lessons.")));
    }
    for lesson in outline.lessons().filter(|l| l.kind == LessonKind::Video && l.duration_ms.is_none()) {
        let title = &lesson.title;
        faults.push(fault(
            &lesson.id.to_string(),
            format!("《{title}》的视频尚未转换完成。"),
            format!("The video of “{title}” is not ready yet."),
        ));
    }
    if faults.is_empty() { Ok(()) } else { Err(Refusal::invalid_fields(faults)) }
}
