//! Tables of the decisions.

use super::{DAY, HOUR, MINUTE};
use crate::rules::{Attempts, NAME, NETWORK, QUIET, check_new_password, check_username, end, latest_end, noted_every};

#[test]
fn the_delay_doubles_to_a_quarter_of_an_hour() {
    let (mut now, mut known, mut waits) = (0, Attempts::default(), Vec::new());
    for _ in 0..13 {
        known = NAME.count(known, now);
        let wait = known.wait(now).unwrap_or(0);
        waits.push(wait / 1000);
        now += wait;
    }
    assert_eq!(waits, [0, 0, 0, 0, 30, 60, 120, 240, 480, 900, 900, 900, 900]);
    assert_eq!(NAME.count(known, now + QUIET - 1).failures, 14);
    assert_eq!(NAME.count(known, now + QUIET).failures, 1);
}

#[test]
fn failures_of_a_network_fade_one_by_one_and_never_by_being_frequent() {
    let count = |every: i64, times: i64| {
        (0..times).fold(Attempts::default(), |known, n| NETWORK.count(known, QUIET * 10 + n * every))
    };
    assert_eq!(count(1, 50).failures, 50);
    // One a minute: a campus that mistypes now and then is never delayed.
    assert_eq!(count(MINUTE, 1000).failures, 1);
    // One in ten seconds fades slower than it grows.
    assert!(count(10_000, 200).failures >= 50);
    assert_eq!(count(9_000, 40).failures, 21);
}

#[test]
fn the_waiting_time_is_told_in_words() {
    let cases = [(1, "1 秒"), (30_000, "30 秒"), (60_000, "60 秒"), (60_001, "2 分钟"), (900_000, "15 分钟")];
    for (wait, words) in cases {
        let refusal = NAME.refuse(wait);
        assert_eq!(refusal.text.zh, format!("该用户名密码输错次数过多，请在 {words}后再试。"));
        assert_eq!(refusal.retry_after_ms, Some(wait));
    }
}

#[test]
fn a_session_ends_idle_or_late() {
    assert_eq!(end(0, 30 * MINUTE, latest_end(true, 0)), 30 * MINUTE);
    assert_eq!(end(12 * HOUR - 1, 30 * MINUTE, latest_end(true, 0)), 12 * HOUR);
    assert_eq!(end(400 * DAY, 30 * DAY, latest_end(false, 0)), 430 * DAY);
    assert_eq!((noted_every(30 * MINUTE), noted_every(30 * DAY)), (MINUTE, HOUR));
}

#[test]
fn a_new_password_is_long_new_and_uncommon() {
    let cases = [
        ("correct horse", ""),
        ("先锋学堂的新密码十个字", ""),
        ("ninechars", "at least 10"),
        ("九个字的密码不够长", "at least 10"),
        ("battery staple", "is the current one"),
        ("202401010001", "may not be the user name"),
        ("1234567890", "too common"),
        ("Password123", "too common"),
        ("aaaaaaaaaaaa", "too common"),
        ("121212121212", "too common"),
        ("demo-xianfeng", "too common"),
    ];
    for (new, why) in cases {
        match check_new_password("202401010001", "battery staple", new) {
            Ok(()) => assert_eq!(why, "", "{new}"),
            Err(refusal) => assert!(!why.is_empty() && refusal.text.en.contains(why), "{new}: {}", refusal.text.en),
        }
    }
    assert!(check_new_password("lin", "battery staple", &"long".repeat(33)).is_err());
}

#[test]
fn a_name_has_no_blanks() {
    for (name, good) in [("lin", true), ("林", true), ("", false), ("a b", false), ("a\u{7}", false)] {
        assert_eq!(check_username(name).is_ok(), good, "{name}");
    }
    assert!(check_username(&"x".repeat(64)).is_ok() && check_username(&"x".repeat(65)).is_err());
}
