//! Table tests of the shared words.

use crate::{
    Amount, Clock, Day, Ids, Language, Page, Role, Viewer, Zone,
    clock::{SetClock, parse_rfc3339, rfc3339},
    id::{CourseId, EntryId, Id, LessonId, RandomIds, SeededIds, SessionId, UnitId},
    page::Connection,
    viewer::Charge,
};

#[test]
fn ids_read_back_and_refuse_other_kinds_and_spellings() {
    let clock = SetClock::at(1_700_000_000_000);
    let id: CourseId = (&RandomIds as &dyn Ids).next(&clock);
    assert_eq!(id.to_string().parse::<CourseId>().unwrap(), id);
    assert!(id.to_string().parse::<LessonId>().is_err());
    for wrong in ["", "crs_", "crs_zz", &id.to_string().to_uppercase(), "crs_00000000-0000-0000-0000-000000000000"] {
        assert!(wrong.parse::<CourseId>().is_err(), "{wrong}");
    }
    assert!(
        "ent_0".parse::<EntryId>().is_err()
            && "ent_07".parse::<EntryId>().is_err()
            && "ent_7".parse::<EntryId>().is_ok()
    );
}

#[test]
fn ids_sort_by_time_and_repeat_for_a_seed() {
    let clock = SetClock::at(1_700_000_000_000);
    let (a, b) = (SeededIds::new(7), SeededIds::new(7));
    let first: LessonId = (&a as &dyn Ids).next(&clock);
    assert_eq!(first, (&b as &dyn Ids).next(&clock));
    assert_eq!(first.uuid().get_version_num(), 7);
    clock.advance(1);
    let second: LessonId = (&a as &dyn Ids).next(&clock);
    assert!(second > first);
}

#[test]
fn amounts_are_written_exactly_and_read_strictly() {
    let cases = [(0, "0"), (12_000, "12"), (667, "0.667"), (-3_500, "-3.5"), (10, "0.01"), (-1, "-0.001")];
    for (milli, text) in cases {
        assert_eq!(Amount::milli(milli).to_string(), text);
        assert_eq!(text.parse::<Amount>(), Ok(Amount::milli(milli)));
    }
    for wrong in ["", "-", ".5", "1.", "1e3", "+1", " 1", "1.2345", "1234567890123", "０"] {
        assert!(wrong.parse::<Amount>().is_err(), "{wrong}");
    }
}

#[test]
fn a_share_rounds_half_away_from_zero() {
    assert_eq!(Amount::whole(1).share(40_000, 60_000), Amount::milli(667));
    assert_eq!(Amount::milli(1).share(1, 2), Amount::milli(1));
    assert_eq!(Amount::milli(-1).share(1, 2), Amount::milli(-1));
    assert_eq!(Amount::whole(1).share(1, 0), Amount::ZERO);
}

#[test]
fn a_day_is_the_schools_not_the_hosts() {
    let zone = Zone::default();
    let late = parse_rfc3339("2026-11-20T16:00:00.000Z").unwrap();
    assert_eq!(zone.day(late).to_string(), "2026-11-21");
    assert_eq!(zone.day(late - 1).to_string(), "2026-11-20");
    assert_eq!(zone.minute(late - 1), "2026-11-20 23:59");
    let day: Day = "2026-11-21".parse().unwrap();
    assert_eq!(zone.start(day), late);
    assert_eq!((day.weekday(), day.monday().to_string()), (5, "2026-11-16".to_owned()));
    assert_eq!(Day::from_number(day.number()), Some(day));
    assert!("2026-2-1".parse::<Day>().is_err() && "2026-02-30".parse::<Day>().is_err());
}

#[test]
fn instants_carry_milliseconds() {
    assert_eq!(rfc3339(1_700_000_000_001), "2023-11-14T22:13:20.001Z");
    assert_eq!(parse_rfc3339("2023-11-15T06:13:20.001+08:00"), Some(1_700_000_000_001));
    assert_eq!(SetClock::at(5).now(), 5);
}

#[test]
fn the_language_is_the_heavier_of_the_two() {
    let cases = [
        ("", Language::Chinese),
        ("en", Language::English),
        ("zh-CN,en;q=0.9", Language::Chinese),
        ("fr, en-GB;q=0.4", Language::English),
    ];
    for (header, language) in cases {
        assert_eq!(Language::accepted(header), language, "{header}");
    }
}

#[test]
fn a_page_knows_its_bounds_and_reads_only_its_own_cursors() {
    for first in [0, -1, 101, i32::MAX] {
        assert!(Page::try_new(first, None).is_err());
    }
    let page = Page::try_new(2, None).unwrap();
    let connection = Connection::new(&page, vec![1, 2, 3], |n| *n);
    assert!(connection.has_next && !connection.has_previous);
    let cursor = connection.edges.last().unwrap().0.clone();
    assert_eq!(Page::try_new(2, Some(cursor)).unwrap().after::<i32>().unwrap(), Some(2));
    for wrong in ["", "x", "zz", "ff", "中文"] {
        assert!(Page::try_new(2, Some(wrong.to_owned())).unwrap().after::<i32>().is_err(), "{wrong}");
    }
}

#[test]
fn a_charge_covers_what_lies_beneath_and_nothing_beside() {
    let charge = |role, path: &str| Charge {
        role,
        unit: UnitId::new(Id::<()>::new(uuid::Uuid::nil()).uuid()),
        path: path.to_owned(),
    };
    let viewer = Viewer {
        person: Id::new(uuid::Uuid::nil()),
        session: SessionId::new(uuid::Uuid::nil()),
        path: "1.3.12.".to_owned(),
        charges: vec![charge(Role::Admin, "1.3."), charge(Role::Admin, "1.3.4."), charge(Role::Student, "1.3.12.")],
        language: Language::Chinese,
    };
    assert!(
        viewer.covers(Role::Admin, "1.3.4.")
            && !viewer.covers(Role::Admin, "1.30.")
            && !viewer.covers(Role::Auditor, "1.3.")
    );
    assert_eq!(viewer.scope(Role::Admin), ["1.3."]);
    assert_eq!(viewer.audiences(), ["1.", "1.3.", "1.3.12."]);
    assert!(viewer.must(Role::Lecturer).is_err());
}
