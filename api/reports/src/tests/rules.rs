//! Tables of cases.

use kernel::{Code, Day};
use organisation::Stage;

use crate::{
    model::{Filter, Shown, SortField},
    rules::{check, csv_cell, in_words, like, may_sort, related, suits_scores},
};

fn day(text: &str) -> Option<Day> {
    text.parse().ok()
}

#[test]
fn a_cell_that_looks_like_a_formula_is_told_to_be_text() {
    let cases = [
        ("林晚晴", "林晚晴"),
        ("=1+1", "'=1+1"),
        ("+8613800000000", "'+8613800000000"),
        ("-2", "'-2"),
        ("@sum", "'@sum"),
        ("\tx", "'\tx"),
        ("\rx", "\"'\rx\""),
        ("a,b", "\"a,b\""),
        ("say \"hi\"", "\"say \"\"hi\"\"\""),
        ("=\"a\",1", "\"'=\"\"a\"\",1\""),
        ("two\nlines", "\"two\nlines\""),
        ("", ""),
    ];
    for (text, cell) in cases {
        assert_eq!(csv_cell(text), cell, "{text:?}");
    }
}

#[test]
fn a_pattern_takes_its_own_signs_literally() {
    for (part, pattern) in [("林", "%林%"), ("50%", "%50\\%%"), ("a_b", "%a\\_b%"), ("c\\d", "%c\\\\d%")] {
        assert_eq!(like(part), pattern);
    }
}

#[test]
fn a_filter_is_checked_where_it_stands() {
    let wrong = Filter { from: day("2026-11-02"), to: day("2026-11-01"), ..Filter::default() };
    let refused = check(&wrong, "input.filter").unwrap_err();
    let refusal = refused.refusal().unwrap();
    assert_eq!((refusal.code, refusal.fields[0].path.as_str()), (Code::Invalid, "input.filter.from"));
    let same = Filter { from: day("2026-11-01"), to: day("2026-11-01"), ..Filter::default() };
    assert!(check(&same, "filter").is_ok());
    let asked = |query: &str| check(&Filter { query: Some(query.to_owned()), ..Filter::default() }, "filter");
    assert_eq!(asked("  ").unwrap().query, None);
    assert_eq!(asked(" AbC ").unwrap().query.as_deref(), Some("abc"));
    assert!(asked(&"长".repeat(64)).is_ok());
    assert_eq!(asked(&"长".repeat(65)).unwrap_err().code(), Some(Code::Invalid));
}

#[test]
fn a_filter_reads_as_a_sentence() {
    let all = Filter {
        stage: Some(Stage::Activist),
        from: day("2026-09-01"),
        to: day("2026-11-21"),
        query: Some("林".to_owned()),
        ..Filter::default()
    };
    let cases = [
        (Filter::default(), None, None, "范围：本人负责的全部单位"),
        (
            all,
            Some("文学院"),
            Some("党章学习"),
            "范围：文学院；阶段：积极分子；课程：《党章学习》；日期：2026-09-01 至 2026-11-21；姓名或学号包含：林",
        ),
        (
            Filter { from: day("2026-09-01"), ..Filter::default() },
            Some("文学院"),
            None,
            "范围：文学院；日期：2026-09-01 起",
        ),
        (
            Filter { to: day("2026-09-01"), ..Filter::default() },
            None,
            None,
            "范围：本人负责的全部单位；日期：截至 2026-09-01",
        ),
    ];
    for (filter, unit, course, words) in cases {
        assert_eq!(in_words(&filter, unit, course), words);
    }
}

#[test]
fn nothing_is_sorted_by_what_is_not_shown() {
    let cases = [
        (SortField::Points, false, true, false),
        (SortField::Points, true, false, true),
        (SortField::Credits, true, false, false),
        (SortField::Credits, false, true, true),
        (SortField::Hours, false, false, true),
        (SortField::Name, false, false, true),
    ];
    for (field, points, credits, may) in cases {
        assert_eq!(may_sort(field, Shown { points, credits }).is_ok(), may, "{field:?} {points} {credits}");
    }
}

#[test]
fn scores_know_no_days_and_no_courses() {
    assert!(suits_scores(&Filter { stage: Some(Stage::Activist), ..Filter::default() }).is_ok());
    assert!(suits_scores(&Filter { from: day("2026-09-01"), ..Filter::default() }).is_err());
}

#[test]
fn units_are_related_by_their_paths() {
    for (one, other, are) in
        [("1.", "1.3.", true), ("1.3.4.", "1.3.", true), ("1.3.", "1.30.", false), ("1.2.", "1.3.", false)]
    {
        assert_eq!(related(one, other), are, "{one} {other}");
    }
}
