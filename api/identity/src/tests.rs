//! Signing in as people do, on a clock that is moved.

use kernel::{Code, id::PersonId};
use platform::{Outbox, testing::TestBase};
use sea_orm::{ConnectionTrait, Statement};

use crate::{Identity, model::Attempts, rules};

const RIGHT: &str = "right-password";

async fn world(test: &TestBase) -> (Identity, PersonId) {
    let house = Identity::new(test.base.clone());
    let person = test.base.id();
    house.create_account(person, " Anna ", RIGHT, false, true).await.unwrap();
    (house, person)
}

#[test]
fn failures_delay_from_the_fifth_on_twice_as_long_each_time_and_are_forgotten() {
    let cases = [(1, 0), (4, 0), (5, 30_000), (6, 60_000), (9, 480_000), (12, 900_000), (500, 900_000)];
    for (failures, wait) in cases {
        let before = Attempts { failures: failures - 1, blocked_until: 0, last_at: 1_000_000 };
        let after = rules::failed(before, 1_000_001, 5);
        assert_eq!(after.blocked_until, if wait == 0 { 0 } else { 1_000_001 + wait }, "{failures}");
    }
    let old = Attempts { failures: 9, blocked_until: 0, last_at: 0 };
    assert_eq!(rules::failed(old, 3_600_000, 5).failures, 1);
}

#[test]
fn weak_passwords_are_refused() {
    for weak in ["short", "1234567890", "aaaaaaaaaaaa", "anna-anna-anna", "the-current-one"] {
        assert!(rules::check_password(weak, "the-current-one", "anna").is_err(), "{weak}");
    }
    assert!(rules::check_password("一句比较长的中文口令", "x", "anna").is_ok());
}

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_alike() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, person) = world(&test).await;
        assert_eq!(house.check_password("anna", RIGHT, "192.0.2.1").await.unwrap(), person, "{}", test.name);
        let name = house.check_password("nobody", RIGHT, "192.0.2.1").await.unwrap_err();
        let password = house.check_password("ANNA", "wrong", "192.0.2.1").await.unwrap_err();
        assert_eq!(name.refusal(), password.refusal(), "{}", test.name);
        assert_eq!(
            house.create_account(test.base.id(), "ANNA", RIGHT, false, false).await.unwrap_err().code(),
            Some(Code::Conflict)
        );
        test.end().await;
    }
}

#[tokio::test]
async fn the_fifth_wrong_password_delays_and_the_right_one_waits_too() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, _) = world(&test).await;
        for _ in 0..5 {
            assert_eq!(
                house.check_password("anna", "wrong", "a").await.unwrap_err().code(),
                Some(Code::Unauthenticated)
            );
        }
        let told = house.check_password("anna", RIGHT, "b").await.unwrap_err();
        let refusal = told.refusal().unwrap();
        assert_eq!((refusal.code, refusal.retry_after_ms), (Code::RateLimited, Some(30_000)), "{}", test.name);
        assert!(refusal.text.zh.contains("30 秒"));
        test.clock.advance(30_000);
        house.check_password("anna", RIGHT, "b").await.unwrap();
        house.check_password("anna", "wrong", "b").await.unwrap_err();
        house.check_password("anna", RIGHT, "b").await.unwrap();
        test.end().await;
    }
}

#[tokio::test]
async fn students_stay_while_they_come_back_and_staff_for_half_an_idle_hour() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, person) = world(&test).await;
        let day = 24 * 3_600_000;
        let student = house.open_session(person, false).await.unwrap();
        for _ in 0..3 {
            test.clock.advance(29 * day);
            assert!(house.session(&student.token).await.unwrap().is_some(), "{}", test.name);
        }
        let staff = house.open_session(person, true).await.unwrap();
        for _ in 0..23 {
            test.clock.advance(29 * 60_000);
            assert!(house.session(&staff.token).await.unwrap().is_some(), "{}", test.name);
        }
        test.clock.advance(60 * 60_000);
        assert!(house.session(&staff.token).await.unwrap().is_none(), "12 hours are over on {}", test.name);
        let idle = house.open_session(person, true).await.unwrap();
        test.clock.advance(30 * 60_000);
        assert!(house.session(&idle.token).await.unwrap().is_none(), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn signing_out_ends_the_session_and_the_token_is_nowhere_in_the_database() {
    for test in TestBase::each(Outbox::default()).await {
        let (house, person) = world(&test).await;
        let signed = house.open_session(person, false).await.unwrap();
        assert_eq!(house.session(&signed.token).await.unwrap().unwrap().person, person, "{}", test.name);
        let db = test.base.db.read();
        let rows = db
            .query_all_raw(Statement::from_string(db.get_database_backend(), "SELECT token_hash FROM identity_session"))
            .await
            .unwrap();
        assert!(
            rows.iter().all(|row| row.try_get::<String>("", "token_hash").unwrap() != signed.token),
            "{}",
            test.name
        );
        house.sign_out(&signed.token).await.unwrap();
        assert!(house.session(&signed.token).await.unwrap().is_none(), "{}", test.name);
        assert!(house.session("made up").await.unwrap().is_none(), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_changed_password_ends_the_other_sessions_and_is_nobodys_demo() {
    for test in TestBase::each(Outbox::default()).await {
        let house = Identity::new(test.base.clone());
        let person: PersonId = test.base.id();
        house.create_account(person, "anna", RIGHT, true, true).await.unwrap();
        let (here, there) =
            (house.open_session(person, false).await.unwrap(), house.open_session(person, false).await.unwrap());
        assert!(
            house.session(&here.token).await.unwrap().unwrap().one_time && house.demo_password_works().await.unwrap()
        );
        assert_eq!(
            house.change_password(here.session, "wrong", "another-one-1").await.unwrap_err().code(),
            Some(Code::Invalid)
        );
        assert_eq!(house.change_password(here.session, RIGHT, "short").await.unwrap_err().code(), Some(Code::Invalid));
        house.change_password(here.session, RIGHT, "another-one-1").await.unwrap();
        assert!(!house.session(&here.token).await.unwrap().unwrap().one_time, "{}", test.name);
        assert!(house.session(&there.token).await.unwrap().is_none(), "{}", test.name);
        assert!(!house.demo_password_works().await.unwrap(), "{}", test.name);
        house.check_password("anna", RIGHT, "a").await.unwrap_err();
        house.check_password("anna", "another-one-1", "a").await.unwrap();
        test.end().await;
    }
}
