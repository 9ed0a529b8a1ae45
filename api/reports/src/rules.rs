//! What a filter may say, how it reads in words, and what a cell of a CSV file may not begin with. Pure.

use kernel::{Day, Refusal, Result};

use organisation::{Person, Stage};

use crate::model::{CreditRow, Filter, Shown, SortField};

/// Longer than any name or number.
const QUERY: usize = 64;

/// Refuses days the wrong way round and endless queries; `at` is where the filter stands in the input. Blank queries are none.
pub fn check(filter: &Filter, at: &str) -> Result<Filter> {
    if let (Some(from), Some(to)) = (filter.from, filter.to)
        && from > to
    {
        let path = format!("{at}.from");
        return Err(Refusal::invalid(path, "开始日期晚于结束日期。", "`from` is later than `to`.").into());
    }
    let query = filter.query.as_deref().map(str::trim).filter(|query| !query.is_empty()).map(str::to_lowercase);
    if query.as_ref().is_some_and(|query| query.chars().count() > QUERY) {
        let (zh, en) = ("搜索内容过长，最多 64 个字。", "The query is longer than 64 characters.");
        return Err(Refusal::invalid(format!("{at}.query"), zh, en).into());
    }
    Ok(Filter { query, ..filter.clone() })
}

/// The order of rows tells what their figures would: nothing is sorted by an amount that is not shown.
pub fn may_sort(field: SortField, shown: Shown) -> Result<()> {
    let hidden = match field {
        SortField::Points => !shown.points,
        SortField::Credits => !shown.credits,
        SortField::Name | SortField::Number | SortField::Hours | SortField::LastStudiedAt => false,
    };
    if hidden {
        let (zh, en) =
            ("学校未开放此项，不能按它排序。", "The school does not show this amount; it cannot be sorted by.");
        return Err(Refusal::invalid("orderBy.field", zh, en).into());
    }
    Ok(())
}

/// Matches a part, with the pattern's own signs taken literally; escaped by `\`.
pub fn like(part: &str) -> String {
    let escaped = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    format!("%{escaped}%")
}

/// The filter as the file's reader sees it; titles are looked up by the caller.
pub fn in_words(filter: &Filter, unit: Option<&str>, course: Option<&str>) -> String {
    let mut words = vec![format!("范围：{}", unit.unwrap_or("本人负责的全部单位"))];
    if let Some(stage) = filter.stage {
        words.push(format!("阶段：{}", stage_in_words(stage)));
    }
    if let Some(course) = course {
        words.push(format!("课程：《{course}》"));
    }
    if let Some(days) = days_in_words(filter.from, filter.to) {
        words.push(days);
    }
    if let Some(query) = &filter.query {
        words.push(format!("姓名或学号包含：{query}"));
    }
    words.join("；")
}

fn days_in_words(from: Option<Day>, to: Option<Day>) -> Option<String> {
    match (from, to) {
        (Some(from), Some(to)) => Some(format!("日期：{from} 至 {to}")),
        (Some(from), None) => Some(format!("日期：{from} 起")),
        (None, Some(to)) => Some(format!("日期：截至 {to}")),
        (None, None) => None,
    }
}

pub const fn stage_in_words(stage: Stage) -> &'static str {
    match stage {
        Stage::None => "未申请",
        Stage::Applicant => "申请人",
        Stage::Activist => "积极分子",
        Stage::Candidate => "发展对象",
        Stage::Probationary => "预备党员",
        Stage::Member => "正式党员",
    }
}

/// One cell of a CSV file (RFC 4180). A cell that a spreadsheet would read as a formula is told by an apostrophe to be text.
pub fn csv_cell(text: &str) -> String {
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']);
    let told = if formula { format!("'{text}") } else { text.to_owned() };
    if told.contains(['"', ',', '\n', '\r']) { format!("\"{}\"", told.replace('"', "\"\"")) } else { told }
}

/// Takes away what the school does not show.
pub fn masked(row: CreditRow, shown: Shown) -> CreditRow {
    CreditRow { points: row.points.filter(|_| shown.points), credits: row.credits.filter(|_| shown.credits), ..row }
}

/// Whether one of two units lies within the other.
pub fn related(one: &str, other: &str) -> bool {
    one.starts_with(other) || other.starts_with(one)
}

/// Scores are of a whole term and of all courses: a filter that says otherwise would be passed over in silence.
pub fn suits_scores(filter: &Filter) -> Result<()> {
    if filter.course.is_none() && filter.from.is_none() && filter.to.is_none() {
        return Ok(());
    }
    let zh = "政治素养报表按学期给出，不能按课程或日期筛选。";
    let en = "The literacy report is by term; it cannot be narrowed to a course or to days.";
    Err(Refusal::invalid("input.filter", zh, en).into())
}

/// Whether a person is meant by stage and query; the units were seen to before.
pub fn fits(filter: &Filter, person: &Person) -> bool {
    let part = |query: &str| [&person.name, &person.number].iter().any(|text| text.to_lowercase().contains(query));
    filter.stage.is_none_or(|stage| stage == person.stage) && filter.query.as_deref().is_none_or(part)
}
