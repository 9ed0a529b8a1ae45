use kernel::{
    Amount, Day,
    id::{TermId, UnitId, Uuid},
};
use organisation::{Play, Term, TermStatus, Unit, UnitKind};

use crate::{
    model::{Board, Period, Scope, Standing},
    rules::{
        board::{board, field, plan, ranked, since},
        calendar::Goals,
        level::{LEVELS, level},
        play::{compared, shown, teamed},
        streak::streak,
    },
};

/// A Saturday.
fn today() -> Day {
    Day::of(2026, 11, 21).unwrap()
}

/// Weeks as pictures of their days, the running one last; the last Monday is 16 November.
fn days(weeks: &[&str]) -> Vec<Day> {
    let first = today().monday().plus(-7 * i64::try_from(weeks.len() - 1).unwrap());
    let marks = weeks.iter().flat_map(|week| week.chars());
    (0..).zip(marks).filter(|(_, mark)| *mark == 'x').map(|(n, _)| first.plus(n)).collect()
}

#[test]
fn a_streak_counts_weeks_of_three_days_and_the_running_week_breaks_nothing() {
    let cases: [(&[&str], u32, u32); 11] = [
        (&["......."], 0, 0),
        (&["xx....."], 0, 0),
        (&["x.x.x.."], 1, 1),
        (&["xxxxxx."], 1, 1),
        (&["x.x...x", "......."], 1, 1),
        (&["x.x...x", "xx....."], 1, 1),
        (&["x.x...x", "xxx...."], 2, 2),
        (&["xxx....", "xx.....", "......."], 0, 1),
        (&["xxx....", "xxx....", "xxx....", "xx.....", "xxx...."], 1, 3),
        (&["xxx....", "......x", "xx....x", ".....xx"], 1, 1),
        // Sunday and Monday are of two weeks.
        (&[".....xx", "x......"], 0, 0),
    ];
    for (weeks, current, best) in cases {
        let told = streak(&days(weeks), today(), &Goals::default(), &[]);
        assert_eq!((told.current, told.best, told.goal), (current, best, 3), "{weeks:?}");
    }
}

#[test]
fn the_running_week_is_shown_day_by_day_without_what_has_not_come_yet() {
    let told = streak(&days(&["xxxxxxx", ".x..xxx"]), today(), &Goals::default(), &[]);
    assert_eq!(told.days, [false, true, false, false, true, true, false]);
    let mut doubled = days(&["xxx...."]);
    doubled.extend(days(&["xx....."]));
    assert_eq!(streak(&doubled, today(), &Goals::default(), &[]).current, 1);
}

#[test]
fn a_streak_runs_over_the_end_of_a_year() {
    let monday = Day::of(2026, 12, 28).unwrap();
    let studied: Vec<Day> = [0, 2, 4, 7, 8, 9].map(|n| monday.plus(n)).to_vec();
    assert_eq!(streak(&studied, Day::of(2027, 1, 6).unwrap(), &Goals::default(), &[]).current, 2);
}

#[test]
fn levels_ascend_from_one_to_ten() {
    assert!(LEVELS.is_sorted_by(|a, b| a < b));
    let cases = [(0, 1, Some(1)), (1, 2, Some(3)), (2, 2, Some(3)), (3, 3, Some(6)), (99, 9, Some(100))];
    for (finished, rank, next_at) in cases {
        let told = level(finished);
        assert_eq!((told.rank, told.next_at), (rank, next_at), "{finished}");
    }
    assert_eq!(level(0).title, "勤学 1 级");
    for finished in [100, 101, u32::MAX] {
        assert_eq!((level(finished).rank, level(finished).next_at), (10, None));
    }
}

#[test]
fn the_switch_shows_and_compares() {
    let told: Vec<_> = Play::ALL.iter().map(|play| (shown(*play), teamed(*play), compared(*play))).collect();
    assert_eq!(told, [(false, false, false), (true, false, false), (true, true, false), (true, true, true)]);
}

fn unit(no: u128, kind: UnitKind, path: &str) -> Unit {
    Unit {
        id: UnitId::new(Uuid::from_u128(no)), kind, title: format!("单位{no}"), path: path.to_owned(), parent: None
    }
}
#[test]
fn each_scope_compares_the_right_units() {
    let root = unit(1, UnitKind::School, "1.");
    let colleges = [unit(2, UnitKind::College, "1.2."), unit(20, UnitKind::College, "1.20.")];
    let cases = [
        (Scope::School, "1.2.3.", Some((UnitKind::College, "1."))),
        (Scope::School, "", Some((UnitKind::College, "1."))),
        (Scope::College, "1.2.3.", Some((UnitKind::Branch, "1.2."))),
        (Scope::College, "1.20.", Some((UnitKind::Branch, "1.20."))),
        // A branch directly under the school, the school itself, nowhere.
        (Scope::College, "1.5.", None),
        (Scope::College, "1.", None),
        (Scope::College, "", None),
        (Scope::Branch, "1.2.3.", None),
    ];
    for (scope, path, wanted) in cases {
        let told = field(scope, &root, &colleges, path);
        assert_eq!(told.as_ref().map(|f| (f.kind, f.path.as_str())), wanted, "{scope:?} {path}");
    }
}

#[test]
fn each_period_begins_on_its_day() {
    let term = Term {
        id: TermId::new(Uuid::nil()),
        name: String::new(),
        starts: Day::of(2026, 9, 1).unwrap(),
        ends: Day::of(2027, 1, 17).unwrap(),
        status: TermStatus::Provisional,
    };
    let told = |period, term| since(period, today(), term).map(|day| day.map(|day| day.to_string()));
    assert_eq!(told(Period::Week, None), Some(Some("2026-11-16".to_owned())));
    assert_eq!(told(Period::Month, None), Some(Some("2026-11-01".to_owned())));
    assert_eq!(told(Period::Term, Some(&term)), Some(Some("2026-09-01".to_owned())));
    assert_eq!(told(Period::Term, None), None);
    assert_eq!(told(Period::All, None), Some(None));
    let days: Vec<_> = plan(today(), Some(&term)).into_iter().map(|day| day.map(|day| day.to_string())).collect();
    let wanted = [None, Some("2026-09-01".into()), Some("2026-11-01".into()), Some("2026-11-16".into())];
    assert_eq!((days.as_slice(), plan(today(), None).len()), (wanted.as_slice(), 3));
}

#[test]
fn units_rank_by_the_mean_of_their_students_and_equals_share_a_rank() {
    let units = [2, 3, 20, 4, 5].map(|no| unit(no, UnitKind::College, &format!("1.{no}.")));
    let counted = [(20, 2), (10, 3), (10, 1), (0, 4), (0, 0)];
    let places = ranked(units.iter().zip(counted).map(|(unit, (total, many))| (unit, Amount::whole(total), many)));
    let told: Vec<String> = places.iter().map(|p| format!("{} {} {}", p.row.rank, p.row.name, p.row.points)).collect();
    assert_eq!(told, ["1 单位2 10", "1 单位20 10", "3 单位3 3.333", "4 单位4 0"]);

    let cut = board(&places, "1.3.9.", 2);
    assert_eq!((cut.rows.len(), cut.me), (2, Some(Standing { rank: 3, points: Amount::milli(3_333) })));
    assert_eq!(board(&places, "1.20.", 9).me.map(|me| me.rank), Some(1));
    for nowhere in ["", "1.", "1.9."] {
        assert_eq!(board(&places, nowhere, 9).me, None);
    }
    assert_eq!(board(&[], "1.2.", 9), Board::default());
    // The first two are equal: one of them is mine.
    let mine: Vec<bool> = board(&places, "1.20.", 9).rows.iter().map(|row| row.me).collect();
    assert_eq!(mine, [false, true, false, false]);
}
