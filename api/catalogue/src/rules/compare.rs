//! How two versions of a course differ: fields, chapters, lessons with their texts, captions, files and questions.

use std::collections::HashMap;

use kernel::{Amount, id::LessonId};

use super::{captions, diff, reading};
use crate::model::{
    Change, ChapterKept, Contents, Differences, FieldChange, LessonDifference, LessonKept, QuestionKept, Run, Snapshot,
};

/// A video of about the same length goes on with what was covered of the one before; in percent, as in learning.
const SAME_LENGTH_PERCENT: i64 = 2;

/// Of a first version everything is new.
pub fn differences(before: Option<&Contents>, after: &Contents) -> Differences {
    let Some(before) = before else { return first(after) };
    let (old, new) = (&before.snapshot, &after.snapshot);
    Differences {
        fields: course_fields(old, new),
        chapters: diff::lists(&titles(old), &titles(new)),
        lessons: lessons(before, after),
    }
}

fn first(after: &Contents) -> Differences {
    let added = after.snapshot.lessons().map(|(chapter, lesson)| whole(chapter, lesson, Change::Added)).collect();
    Differences { fields: Vec::new(), chapters: diff::lists(&[], &titles(&after.snapshot)), lessons: added }
}

fn titles(snapshot: &Snapshot) -> Vec<String> {
    snapshot.chapters.iter().map(|chapter| chapter.title.clone()).collect()
}

fn lessons(before: &Contents, after: &Contents) -> Vec<LessonDifference> {
    let old: HashMap<LessonId, (&ChapterKept, &LessonKept)> =
        before.snapshot.lessons().map(|(chapter, lesson)| (lesson.id, (chapter, lesson))).collect();
    let there: Vec<LessonId> = after.snapshot.lessons().map(|(_, lesson)| lesson.id).collect();
    let moved = moved(&before.snapshot, &after.snapshot);
    let mut all = Vec::new();
    for (chapter, lesson) in after.snapshot.lessons() {
        match old.get(&lesson.id) {
            None => all.push(whole(chapter, lesson, Change::Added)),
            Some((_, earlier)) => all.extend(changed(chapter, (before, earlier), (after, lesson), &moved)),
        }
    }
    let gone = before.snapshot.lessons().filter(|(_, lesson)| !there.contains(&lesson.id));
    all.extend(gone.map(|(chapter, lesson)| whole(chapter, lesson, Change::Removed)));
    all
}

/// Lessons in another chapter than before, or taken out of the order that the others kept.
fn moved(before: &Snapshot, after: &Snapshot) -> Vec<LessonId> {
    let order = |one: &Snapshot, other: &Snapshot| -> Vec<_> {
        let there: Vec<LessonId> = other.lessons().map(|(_, lesson)| lesson.id).collect();
        one.lessons()
            .filter(|(_, lesson)| there.contains(&lesson.id))
            .map(|(chapter, lesson)| (chapter.id, lesson.id))
            .collect()
    };
    let (old, new) = (order(before, after), order(after, before));
    let kept = similar::capture_diff_slices(similar::Algorithm::Myers, &old, &new);
    let out = kept.iter().filter(|op| !matches!(op, similar::DiffOp::Equal { .. }));
    out.flat_map(|op| new.get(op.new_range()).into_iter().flatten().map(|(_, lesson)| *lesson)).collect()
}

fn whole(chapter: &ChapterKept, lesson: &LessonKept, change: Change) -> LessonDifference {
    LessonDifference {
        lesson: lesson.id,
        kind: lesson.kind.clone(),
        title: lesson.title.clone(),
        chapter: chapter.title.clone(),
        change,
        fields: Vec::new(),
        text: Vec::new(),
        captions: Vec::new(),
        questions: Vec::new(),
        begins_anew: false,
    }
}

fn changed(
    chapter: &ChapterKept,
    (before, old): (&Contents, &LessonKept),
    (after, new): (&Contents, &LessonKept),
    moved: &[LessonId],
) -> Option<LessonDifference> {
    let mut fields = Fields::default();
    fields.text("title", &old.title, &new.title);
    fields.flag("required", old.required, new.required);
    if old.asset != new.asset {
        let name = |lesson: &LessonKept| lesson.file_name.clone().unwrap_or_default();
        fields.0.push(FieldChange { field: "video".to_owned(), before: name(old), after: name(new) });
    }
    let text = match (&old.text, &new.text) {
        (Some(earlier), Some(later)) if earlier.html != later.html => {
            diff::texts(&plain(before.text(&earlier.html)), &plain(after.text(&later.html)))
        }
        _ => Vec::new(),
    };
    let (captions, questions) = (captions_of((before, old), (after, new)), asked(&old.questions, &new.questions));
    let same = fields.0.is_empty() && text.is_empty() && captions.is_empty() && questions.is_empty();
    let content = old.version != new.version;
    let change = match (same && !content, moved.contains(&new.id)) {
        (true, false) => return None,
        (true, true) => Change::Moved,
        (false, _) => Change::Changed,
    };
    let begins_anew = content && !about_as_long(old, new);
    let fields = fields.0;
    Some(LessonDifference { fields, text, captions, questions, begins_anew, ..whole(chapter, new, change) })
}

fn about_as_long(old: &LessonKept, new: &LessonKept) -> bool {
    let (Some(before), Some(after)) = (old.duration_ms, new.duration_ms) else { return false };
    (after - before).abs() * 100 <= before * SAME_LENGTH_PERCENT
}

/// A paragraph a line.
pub fn plain(html: &str) -> String {
    reading::block_texts(html).into_iter().map(|(_, text)| text + "\n").collect()
}

/// A cue a line, with when it begins.
pub fn spoken(vtt: &str) -> String {
    let cues = captions::parse_vtt(vtt).unwrap_or_default();
    let line = |cue: captions::Cue| format!("{} {}\n", clock(cue.start_ms), cue.text.replace('\n', " "));
    cues.into_iter().map(line).collect()
}

fn clock(ms: u64) -> String {
    let seconds = ms / 1_000;
    format!("{:02}:{:02}", seconds / 60, seconds % 60)
}

fn captions_of(
    (before, old): (&Contents, &LessonKept),
    (after, new): (&Contents, &LessonKept),
) -> Vec<(String, Vec<Run>)> {
    let mut languages: Vec<&str> =
        old.captions.iter().chain(&new.captions).map(|captions| captions.language.as_str()).collect();
    languages.sort_unstable();
    languages.dedup();
    let said = |contents: &Contents, lesson: &LessonKept, language: &str| {
        let found = lesson.captions.iter().find(|captions| captions.language == language);
        found.map(|captions| spoken(contents.text(&captions.vtt))).unwrap_or_default()
    };
    let runs = |language: &str| {
        let runs = diff::texts(&said(before, old, language), &said(after, new, language));
        (!runs.is_empty()).then(|| (language.to_owned(), runs))
    };
    languages.into_iter().filter_map(runs).collect()
}

fn asked(before: &[QuestionKept], after: &[QuestionKept]) -> Vec<Run> {
    let line = |question: &QuestionKept| {
        let right = question.options.get(question.right).map(String::as_str).unwrap_or_default();
        format!("{} [{}] → {right}", question.prompt, question.options.join(" / "))
    };
    let lines = |questions: &[QuestionKept]| questions.iter().map(line).collect::<Vec<_>>();
    diff::lists(&lines(before), &lines(after))
}

fn course_fields(old: &Snapshot, new: &Snapshot) -> Vec<FieldChange> {
    let mut fields = Fields::default();
    fields.text("title", &old.title, &new.title);
    fields.text("summary", &old.summary, &new.summary);
    fields.text("source", &old.source, &new.source);
    fields.text("edition", &old.edition, &new.edition);
    let tags = |snapshot: &Snapshot| {
        let mut tags = snapshot.tags.clone();
        tags.sort_unstable();
        tags.join("、")
    };
    fields.text("tags", &tags(old), &tags(new));
    fields.text("stages", &old.stages.join(" "), &new.stages.join(" "));
    fields.flag("required", old.required, new.required);
    fields.text("hours", &Amount::milli(old.hours).to_string(), &Amount::milli(new.hours).to_string());
    fields.text("credits", &Amount::milli(old.credits).to_string(), &Amount::milli(new.credits).to_string());
    let pace = |snapshot: &Snapshot| snapshot.characters_per_minute.to_string();
    fields.text("charactersPerMinute", &pace(old), &pace(new));
    fields.0
}

#[derive(Default)]
struct Fields(Vec<FieldChange>);

impl Fields {
    fn text(&mut self, field: &str, before: &str, after: &str) {
        if before != after {
            let (before, after) = (before.to_owned(), after.to_owned());
            self.0.push(FieldChange { field: field.to_owned(), before, after });
        }
    }
    fn flag(&mut self, field: &str, before: bool, after: bool) {
        self.text(field, &before.to_string(), &after.to_string());
    }
}
