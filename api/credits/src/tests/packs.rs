use kernel::{Amount, Day};

use crate::rules::pack::{PACKS, Pack, Packs};

fn demo() -> &'static str {
    PACKS[0].1
}

#[test]
fn the_shipped_packs_are_sound_and_every_figure_has_its_basis() {
    let packs = Packs::try_new(&PACKS).unwrap();
    let pack = packs.on(Day::of(2026, 11, 21).unwrap()).unwrap();
    assert_eq!(pack.version, "demo-1");
    for figure in pack.rules.iter().flat_map(|rule| rule.amount.iter().chain(&rule.daily_cap)) {
        assert!(figure.value > Amount::ZERO && !figure.basis.is_empty());
    }
    let titles: Vec<String> = packs.titles().into_iter().map(|rule| format!("{} {}", rule.key, rule.title)).collect();
    assert_eq!(
        titles,
        ["video.minute 视频学习", "reading.done 阅读完成", "course.hours 课程学时", "course.credits 党课学分"]
    );
}

#[test]
fn a_faulty_pack_is_told_with_its_line_and_column() {
    // What stands right, what is put in its place, the words at which the fault is told, and what is told.
    let cases = [
        ("\"1\"", "\"1.2345\"", "\"1\"", "not a positive decimal"),
        ("\"30\"", "\"-30\"", "\"30\"", "not a positive decimal"),
        ("\"5\"", "5", "\"5\"", "expected a string"),
        ("\"reading\"", "\"read\"", "\"reading\"", "unknown variant"),
        ("\"hours\"", "\"days\"", "\"hours\"", "none of points, hours, credits"),
        ("\"hours\"", "\"points\"", "\"course.hours\"", "needs an amount"),
        ("\"reading.done\"", "\"video.minute\"", "\"reading.done\"", "is there twice"),
        ("\"course.hours\"", "\"course:hours\"", "\"course.hours\"", "other than a-z"),
        ("\"阅读完成\"", "\" \"", "\"reading.done\"", "has no title"),
        ("\"示例值：每日四篇。\"", "\"\"", "\"示例值：每日四篇。\"", "needs its basis"),
        ("\"2020-01-01\"", "\"2020-02-30\"", "\"2020-01-01\"", "out of range"),
        ("cap = {", "limit = {", "cap = {", "unknown field"),
    ];
    // The first that is no comment.
    let body = demo().find("\nversion").unwrap();
    for (right, wrong, at, fault) in cases {
        let (comments, rules) = demo().split_at(body);
        let told = Pack::try_new("demo.toml", &format!("{comments}{}", rules.replacen(right, wrong, 1))).unwrap_err();
        let before = &demo()[..body + rules.find(at).unwrap()];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap().chars().count() + 1;
        let place = format!("line {line}, column {column}");
        assert!(told.starts_with("demo.toml") && told.contains(&place) && told.contains(fault), "{place}: {told}");
    }
}

#[test]
fn a_day_has_the_pack_that_is_in_force_on_it() {
    let later = demo().replace("demo-1", "demo-2").replace("2020-01-01", "2026-09-01").replace("视频学习", "看视频");
    let packs = Packs::try_new(&[("b", &later), ("a", demo())]).unwrap();
    let version = |y, m, d| packs.on(Day::of(y, m, d).unwrap()).map(|pack| pack.version.as_str());
    assert_eq!(version(2019, 12, 31), None);
    assert_eq!(version(2026, 8, 31), Some("demo-1"));
    assert_eq!(version(2026, 9, 1), Some("demo-2"));
    let title = |version, key| packs.rule(version, key).title;
    assert_eq!(title("demo-1", "video.minute"), "视频学习");
    assert_eq!(title("demo-2", "video.minute"), "看视频");
    assert_eq!(title("demo-2", "gone"), "gone");
    assert!(Packs::try_new(&[("a", demo()), ("b", demo())]).is_err());
}
