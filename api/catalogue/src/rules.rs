//! Decisions about what is written: fields, readings, captions, what may be published. Pure.

pub mod captions;
pub mod compare;
pub mod diff;
pub mod filing;
mod html;
pub mod library;
pub mod pictures;
pub mod question;
pub mod reading;
pub mod review;
pub mod snapshot;

use kernel::{Amount, Refusal, refusal::FieldFault, text::Text};

use crate::model::{Lesson, LessonKind, Outline};

pub const LONGEST_TITLE: usize = 120;
pub const LONGEST_SUMMARY: usize = 2_000;
pub const LONGEST_LABEL: usize = 40;
/// Characters of a reading as it is written.
pub const LONGEST_BODY: usize = 200_000;
/// Bytes of captions.
pub const LARGEST_CAPTIONS: usize = 200 * 1024;
const MOST_AWARDED: Amount = Amount::whole(1_000);
/// Characters a minute that a course may ask for: from spelling out to skimming.
pub const PACE: std::ops::RangeInclusive<u32> = 100..=2_000;
/// An outline is told whole, so it has an end.
pub const MOST_CHAPTERS: usize = 100;
pub const MOST_LESSONS: usize = 500;

/// The faults of one input, told all at once.
#[derive(Default)]
pub struct Faults(Vec<FieldFault>);

impl Faults {
    pub fn add(&mut self, path: &str, zh: impl Into<String>, en: impl Into<String>) {
        self.0.push(FieldFault { path: path.to_owned(), text: Text::new(zh, en) });
    }
    pub fn done(self) -> Result<(), Refusal> {
        if self.0.is_empty() { Ok(()) } else { Err(Refusal::invalid_fields(self.0)) }
    }
    /// The cleaned title.
    pub fn title(&mut self, path: &str, title: &str) -> String {
        let title = one_line(title);
        if title.is_empty() || title.chars().count() > LONGEST_TITLE {
            self.add(
                path,
                format!("标题须为 1 到 {LONGEST_TITLE} 字。"),
                format!("A title has 1 to {LONGEST_TITLE} characters."),
            );
        }
        title
    }
    pub fn summary(&mut self, path: &str, summary: &str) -> String {
        let summary = storable(summary).trim().to_owned();
        if summary.chars().count() > LONGEST_SUMMARY {
            let (zh, en) = (
                format!("简介最多 {LONGEST_SUMMARY} 字。"),
                format!("A summary has at most {LONGEST_SUMMARY} characters."),
            );
            self.add(path, zh, en);
        }
        summary
    }
    /// 出处.
    pub fn source(&mut self, path: &str, source: &str) -> String {
        self.at_most(path, source, review::LONGEST_SOURCE)
    }
    /// 版次.
    pub fn edition(&mut self, path: &str, edition: &str) -> String {
        self.at_most(path, edition, review::LONGEST_EDITION)
    }
    /// One line, which may be empty.
    fn at_most(&mut self, path: &str, text: &str, most: usize) -> String {
        let text = one_line(text);
        if text.chars().count() > most {
            self.add(path, format!("最多 {most} 字。"), format!("This has at most {most} characters."));
        }
        text
    }
    /// Hours or credits.
    pub fn awarded(&mut self, path: &str, amount: Amount) {
        if amount < Amount::ZERO || amount > MOST_AWARDED {
            self.add(
                path,
                format!("须在 0 到 {MOST_AWARDED} 之间。"),
                format!("This must be between 0 and {MOST_AWARDED}."),
            );
        }
    }
    /// Characters a minute.
    pub fn pace(&mut self, path: &str, characters: u32) {
        if !PACE.contains(&characters) {
            let (least, most) = (PACE.start(), PACE.end());
            let (zh, en) =
                (format!("须在 {least} 到 {most} 之间。"), format!("This must be between {least} and {most}."));
            self.add(path, zh, en);
        }
    }
    /// The language tag in its usual case.
    pub fn language(&mut self, path: &str, tag: &str) -> String {
        let tag = usual_case(tag.trim());
        let mut parts = tag.split('-');
        let first =
            parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()));
        let rest = parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
        if !first || !rest || tag.len() > 35 {
            self.add(path, "语言须为语言标签，例如 zh-CN。", "The language must be a language tag such as zh-CN.");
        }
        tag
    }
    pub fn label(&mut self, path: &str, label: &str) -> String {
        let label = one_line(label);
        if label.is_empty() || label.chars().count() > LONGEST_LABEL {
            self.add(
                path,
                format!("名称须为 1 到 {LONGEST_LABEL} 字。"),
                format!("A label has 1 to {LONGEST_LABEL} characters."),
            );
        }
        label
    }
}

/// Without the control characters that a database or a page stumbles over; line ends are `\n`.
pub fn storable(text: &str) -> String {
    let lines = text.replace("\r\n", "\n").replace('\r', "\n");
    lines.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect()
}

fn one_line(text: &str) -> String {
    storable(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// BCP 47: language in lower case, region in capitals, script with one capital.
fn usual_case(tag: &str) -> String {
    let case = |(n, part): (usize, &str)| match part.len() {
        _ if n == 0 => part.to_ascii_lowercase(),
        2 => part.to_ascii_uppercase(),
        4 => part
            .chars()
            .enumerate()
            .map(|(at, c)| if at == 0 { c.to_ascii_uppercase() } else { c.to_ascii_lowercase() })
            .collect(),
        _ => part.to_ascii_lowercase(),
    };
    tag.split('-').enumerate().map(case).collect::<Vec<_>>().join("-")
}

/// What a query is compared with and how it is asked for: any case, every character meant as it stands. Escaped by `\`.
pub fn like_pattern(query: &str) -> String {
    let escaped = |c: char| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] };
    let inner: String = title_key(&one_line(query)).chars().flat_map(escaped).collect();
    format!("%{inner}%")
}

pub fn title_key(title: &str) -> String {
    title.to_lowercase()
}

/// The unit at the path and all above it, outermost first.
pub fn covering(path: &str) -> Vec<String> {
    path.match_indices('.').filter_map(|(at, _)| path.get(..=at)).map(str::to_owned).collect()
}

/// Takes `one` out of the row and puts it at `position` (counted from nought; beyond the end means the end).
pub fn moved<T: Copy + PartialEq>(row: &[T], one: T, position: usize) -> Vec<T> {
    let mut row: Vec<T> = row.iter().copied().filter(|other| *other != one).collect();
    row.insert(position.min(row.len()), one);
    row
}

/// How far a video's file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Readiness {
    Ready,
    Converting,
    Failed,
}

/// Refused with everything that is missing, each lesson by name.
pub fn publishable(outline: &Outline, readiness: impl Fn(&Lesson) -> Readiness) -> Result<(), Refusal> {
    let mut faults = Faults::default();
    if outline.chapters.is_empty() {
        faults.add(
            "id",
            "课程还没有内容，请先添加章节和课时。",
            "The course is empty; add chapters and lessons first.",
        );
    }
    for (chapter, _) in outline.chapters.iter().filter(|(_, lessons)| lessons.is_empty()) {
        let title = &chapter.title;
        faults.add("id", format!("章节《{title}》还没有课时。"), format!("The chapter “{title}” has no lessons."));
    }
    for lesson in outline.lessons() {
        let title = &lesson.title;
        match readiness(lesson) {
            Readiness::Ready => {}
            Readiness::Converting if lesson.kind == LessonKind::Reading => faults.add(
                "id",
                format!("《{title}》的文档尚未处理完成。"),
                format!("The document of “{title}” is not read yet."),
            ),
            Readiness::Failed if lesson.kind == LessonKind::Reading => faults.add(
                "id",
                format!("《{title}》的文档无法使用，请更换文件。"),
                format!("The document of “{title}” cannot be used; replace its file."),
            ),
            Readiness::Converting => faults.add(
                "id",
                format!("《{title}》的视频尚未转换完成。"),
                format!("The video of “{title}” is not converted yet."),
            ),
            Readiness::Failed => faults.add(
                "id",
                format!("《{title}》的视频无法使用，请更换文件。"),
                format!("The video of “{title}” cannot be used; replace its file."),
            ),
        }
    }
    faults.done().map_err(all_named)
}

/// The sentence of a refusal is its first fault's; here all are said.
fn all_named(mut refusal: Refusal) -> Refusal {
    let texts = || refusal.fields.iter().map(|fault| &fault.text);
    let zh: String = texts().map(|text| text.zh.as_str()).collect();
    let en = texts().map(|text| text.en.as_str()).collect::<Vec<_>>().join(" ");
    refusal.text = Text::new(zh, en);
    refusal
}
