//! How long one stays signed in.

use kernel::id::SessionId;
use sea_orm::ConnectionTrait;

use super::{DAY, HOUR, MINUTE, World};
use crate::{Identity, KEPT};

#[tokio::test]
async fn a_student_stays_for_thirty_days_of_use() {
    for world in World::each().await {
        let signed = world.sign_in(false).await;
        let begun = world.test.base.now();
        assert_eq!((signed.person, signed.one_time, signed.expires_at), (world.lin, false, begun + 30 * DAY));
        for _ in 0..3 {
            world.test.clock.advance(29 * DAY);
            let session = world.house.session(&signed.token).await.unwrap().unwrap();
            assert_eq!((session.id, session.person), (signed.session, world.lin), "{}", world.test.name);
            assert!(session.renewed && session.expires_at == world.test.base.now() + 30 * DAY, "{}", world.test.name);
        }
        world.test.clock.advance(30 * DAY);
        assert!(!world.lives(&signed.token).await, "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn staff_go_after_thirty_idle_minutes_and_after_twelve_hours() {
    for world in World::each().await {
        let idle = world.sign_in(true).await;
        world.test.clock.advance(30 * MINUTE - 1);
        assert!(world.lives(&idle.token).await, "{}", world.test.name);
        world.test.clock.advance(30 * MINUTE);
        assert!(!world.lives(&idle.token).await, "{}", world.test.name);

        let busy = world.sign_in(true).await;
        for _ in 0..35 {
            world.test.clock.advance(20 * MINUTE);
            assert!(world.lives(&busy.token).await, "{}", world.test.name);
        }
        world.test.clock.advance(20 * MINUTE);
        assert!(!world.lives(&busy.token).await, "{}: twelve hours", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_use_is_written_once_a_minute_at_most() {
    for world in World::each().await {
        let signed = world.sign_in(true).await;
        let mut written = 0;
        for _ in 0..24 {
            world.test.clock.advance(10_000);
            written += i32::from(world.house.session(&signed.token).await.unwrap().unwrap().renewed);
        }
        assert_eq!(written, 4, "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_sign_out_ends_the_session_here_at_once_and_elsewhere_within_a_second() {
    for world in World::each().await {
        let elsewhere = Identity::new(world.test.base.clone());
        let (one, other) = (world.sign_in(false).await, world.sign_in(false).await);
        for house in [&world.house, &elsewhere] {
            assert!(house.session(&one.token).await.unwrap().is_some());
            assert!(house.session(&other.token).await.unwrap().is_some());
        }
        world.house.sign_out(&one.token).await.unwrap();
        assert!(!world.lives(&one.token).await, "{}", world.test.name);
        tokio::time::sleep(KEPT + std::time::Duration::from_millis(100)).await;
        assert!(elsewhere.session(&one.token).await.unwrap().is_none(), "{}", world.test.name);
        assert!(world.lives(&other.token).await, "{}: only the one", world.test.name);
        // Once more, and with something that never was a token.
        world.house.sign_out(&one.token).await.unwrap();
        assert!(!world.lives("").await && !world.lives(&one.token.to_uppercase()).await);
        world.test.end().await;
    }
}

#[tokio::test]
async fn the_token_stands_nowhere_in_the_database() {
    for world in World::each().await {
        let (first, second) = (world.sign_in(false).await, world.sign_in(false).await);
        assert_eq!(first.token.len(), 43, "256 bits");
        assert_ne!(first.token, second.token);
        assert!(!format!("{first:?}").contains(&first.token));
        let stored = sea_orm::Statement::from_string(
            world.test.base.db.read().get_database_backend(),
            "SELECT token_hash FROM identity_session ORDER BY created_at, id",
        );
        let rows = world.test.base.db.read().query_all_raw(stored).await.unwrap();
        let stored: Vec<String> = rows.iter().map(|row| row.try_get("", "token_hash").unwrap()).collect();
        assert_eq!(stored.len(), 2);
        assert!(stored.contains(&crate::rules::digest(&first.token)) && !stored.contains(&first.token));
        assert!(!world.lives(&stored[0]).await, "{}: a stolen row opens nothing", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn ended_sessions_and_forgotten_failures_are_swept() {
    for world in World::each().await {
        let (staff, student) = (world.sign_in(true).await, world.sign_in(false).await);
        world.refused("nobody", "wrong password", "198.51.100.1").await;
        world.test.clock.advance(HOUR);
        world.house.sweep().await.unwrap();
        let count = |table: &str| {
            let backend = world.test.base.db.read().get_database_backend();
            sea_orm::Statement::from_string(backend, format!("SELECT COUNT(*) AS n FROM {table}"))
        };
        for (table, left) in [("identity_session", 1), ("identity_attempt", 0)] {
            let row = world.test.base.db.read().query_one_raw(count(table)).await.unwrap().unwrap();
            assert_eq!(row.try_get::<i64>("", "n").unwrap(), left, "{}: {table}", world.test.name);
        }
        assert!(!world.lives(&staff.token).await && world.lives(&student.token).await, "{}", world.test.name);
        let nobody = SessionId::new(world.test.base.ids.secret());
        let refused = world.house.change_password(nobody, "a", "b", "/school/").await.unwrap_err();
        assert_eq!(refused.code(), Some(kernel::Code::Unauthenticated));
        world.test.end().await;
    }
}
