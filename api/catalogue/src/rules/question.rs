//! What a question on a stretch must be.

use std::collections::HashSet;

use kernel::{
    Result,
    id::{LessonId, QuestionId},
};

use super::{Faults, one_line};
use crate::model::{NewQuestion, Question};

pub const MOST: usize = 100;
const LONGEST_PROMPT: usize = 200;
const LONGEST_OPTION: usize = 100;
const FEWEST_OPTIONS: usize = 2;
const MOST_OPTIONS: usize = 6;

/// `end` is where the lesson ends, where that is known.
pub fn checked(id: QuestionId, lesson: LessonId, new: NewQuestion, end: Option<i64>) -> Result<Question> {
    let mut faults = Faults::default();
    if new.start < 0 || new.end <= new.start {
        faults.add("input.end", "结束须在开始之后。", "The end must lie behind the start.");
    } else if end.is_some_and(|end| new.end > end) {
        faults.add("input.end", "结束超出了课时的长度。", "The end lies beyond the end of the lesson.");
    }
    let prompt = one_line(&new.prompt);
    if !(2..=LONGEST_PROMPT).contains(&prompt.chars().count()) {
        let (zh, en) = (
            format!("题目须为 2 到 {LONGEST_PROMPT} 字。"),
            format!("A question has 2 to {LONGEST_PROMPT} characters."),
        );
        faults.add("input.prompt", zh, en);
    }
    let options: Vec<String> = new.options.iter().map(|option| one_line(option)).collect();
    if !(FEWEST_OPTIONS..=MOST_OPTIONS).contains(&options.len()) {
        let (zh, en) = (
            format!("须有 {FEWEST_OPTIONS} 到 {MOST_OPTIONS} 个选项。"),
            format!("A question has {FEWEST_OPTIONS} to {MOST_OPTIONS} options."),
        );
        faults.add("input.options", zh, en);
    }
    if options.iter().any(|option| option.is_empty() || option.chars().count() > LONGEST_OPTION) {
        let (zh, en) = (
            format!("每个选项须为 1 到 {LONGEST_OPTION} 字。"),
            format!("An option has 1 to {LONGEST_OPTION} characters."),
        );
        faults.add("input.options", zh, en);
    }
    if options.iter().collect::<HashSet<_>>().len() < options.len() {
        faults.add("input.options", "选项不能相同。", "No two options may be the same.");
    }
    if new.right >= options.len() {
        faults.add("input.right", "请指明正确的选项。", "Say which option is right.");
    }
    faults.done()?;
    Ok(Question { id, lesson, start: new.start, end: new.end, prompt, options, right: new.right })
}
