//! Wrong, one-time, changed and demo passwords.

use kernel::{Code, Page};
use platform::audit;

use super::{DAY, MINUTE, NETWORK, PASSWORD, World};
use crate::Identity;

#[tokio::test]
async fn a_wrong_name_and_a_wrong_password_are_told_the_same() {
    for world in World::each().await {
        let unknown = world.refused("nobody", PASSWORD, NETWORK).await;
        let wrong = world.refused("lin", "battery stable", NETWORK).await;
        assert_eq!(unknown, wrong, "{}", world.test.name);
        assert_eq!((wrong.0, wrong.2), (Code::Unauthenticated, None));
        for name in ["lin", "LIN", "  Lin\t"] {
            assert_eq!(world.house.check_password(name, PASSWORD, NETWORK).await.unwrap(), world.lin, "{name}");
        }
        world.test.end().await;
    }
}

#[tokio::test]
async fn five_failures_delay_the_name_and_say_how_long_whether_it_exists_or_not() {
    for world in World::each().await {
        for name in ["lin", "nobody"] {
            for _ in 0..5 {
                assert_eq!(world.refused(name, "wrong password", NETWORK).await.0, Code::Unauthenticated);
            }
            let (code, sentence, wait) = world.refused(&name.to_uppercase(), PASSWORD, "198.51.100.1").await;
            assert_eq!((code, wait), (Code::RateLimited, Some(30_000)), "{} {name}", world.test.name);
            assert_eq!(sentence, "Too many wrong passwords for this user name; please try again in 30 seconds.");
        }
        // Another process knows it too; the sixth failure doubles the delay.
        let elsewhere = Identity::new(world.test.base.clone());
        assert!(elsewhere.check_password("lin", PASSWORD, NETWORK).await.is_err());
        world.test.clock.advance(30_000);
        assert_eq!(world.refused("lin", "wrong password", NETWORK).await.0, Code::Unauthenticated);
        assert_eq!(world.refused("lin", PASSWORD, NETWORK).await.2, Some(60_000), "{}", world.test.name);
        // The right one in time clears the name.
        world.test.clock.advance(60_000);
        assert!(world.house.check_password("lin", PASSWORD, NETWORK).await.is_ok(), "{}", world.test.name);
        for _ in 0..4 {
            assert_eq!(world.refused("lin", "wrong password", NETWORK).await.0, Code::Unauthenticated);
        }
        assert!(world.house.check_password("lin", PASSWORD, NETWORK).await.is_ok(), "{}", world.test.name);
        // Quiet forgets.
        world.test.clock.advance(16 * MINUTE);
        for _ in 0..5 {
            assert_eq!(world.refused("nobody", "wrong password", NETWORK).await.0, Code::Unauthenticated);
        }
        world.test.end().await;
    }
}

#[tokio::test]
async fn one_network_guessing_many_names_is_delayed_and_its_neighbours_are_not() {
    for world in World::each().await {
        for n in 0..50 {
            let guess = world.refused(&format!("s{n}"), "wrong password", NETWORK).await;
            assert_eq!(guess.0, Code::Unauthenticated, "{n}");
        }
        let (code, sentence, wait) = world.refused("lin", PASSWORD, NETWORK).await;
        assert_eq!((code, wait), (Code::RateLimited, Some(30_000)), "{}", world.test.name);
        assert!(sentence.contains("from this network"), "{sentence}");
        assert!(world.house.check_password("lin", PASSWORD, "198.51.100.1").await.is_ok(), "{}", world.test.name);
        world.test.clock.advance(30_000);
        assert!(world.house.check_password("lin", PASSWORD, NETWORK).await.is_ok(), "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn guesses_side_by_side_tell_no_more_than_one_by_one() {
    for world in World::each().await {
        let mut guesses = tokio::task::JoinSet::new();
        for _ in 0..24 {
            let house = world.house.clone();
            guesses
                .spawn(async move { house.check_password("lin", "wrong password", NETWORK).await.unwrap_err().code() });
        }
        let codes = guesses.join_all().await;
        let told = codes.iter().filter(|code| **code == Some(Code::Unauthenticated)).count();
        assert_eq!(told, 5, "{}: {codes:?}", world.test.name);
        assert_eq!(world.refused("lin", PASSWORD, NETWORK).await.2, Some(30_000), "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_changed_password_ends_all_other_sessions() {
    for world in World::each().await {
        let (here, there, staff) = (world.sign_in(false).await, world.sign_in(false).await, world.sign_in(true).await);
        for signed in [&here, &there, &staff] {
            assert!(world.lives(&signed.token).await);
        }
        let change =
            async |current: &str, new: &str| world.house.change_password(here.session, current, new, "/school/").await;
        let wrong = change("battery stable", "correct horse").await.unwrap_err();
        let fault = &wrong.refusal().unwrap().fields[0];
        assert_eq!((wrong.code(), fault.path.as_str()), (Some(Code::Invalid), "current"), "{}", world.test.name);
        let short = change(PASSWORD, "short").await.unwrap_err();
        assert_eq!(short.refusal().unwrap().fields[0].path, "new", "{}", world.test.name);
        assert!(world.lives(&there.token).await, "{}: nothing changed yet", world.test.name);

        change(PASSWORD, "correct horse").await.unwrap();
        assert!(world.lives(&here.token).await, "{}", world.test.name);
        assert!(!world.lives(&there.token).await && !world.lives(&staff.token).await, "{}", world.test.name);
        assert_eq!(world.refused("lin", PASSWORD, NETWORK).await.0, Code::Unauthenticated);
        assert!(world.house.check_password("lin", "correct horse", NETWORK).await.is_ok(), "{}", world.test.name);
        let page = Page::try_new(10, None).unwrap();
        let reading = world.test.base.db.read();
        let acts = audit::list(reading, &[String::new()], &audit::Filter::default(), &page).await.unwrap();
        let told: Vec<_> = acts.nodes().map(|act| (act.actor, act.action.as_str(), act.target.clone())).collect();
        assert_eq!(told, [(Some(world.lin), "password.change", world.lin.to_string())], "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_stolen_session_does_not_guess_the_password() {
    for world in World::each().await {
        let stolen = world.sign_in(false).await;
        for n in 0..5 {
            let guess =
                world.house.change_password(stolen.session, "wrong password", "correct horse", "/school/").await;
            assert_eq!(guess.unwrap_err().code(), Some(Code::Invalid), "{n}");
        }
        let late =
            world.house.change_password(stolen.session, PASSWORD, "correct horse", "/school/").await.unwrap_err();
        assert_eq!(late.code(), Some(Code::RateLimited), "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_one_time_password_is_told_until_it_is_changed() {
    for world in World::each().await {
        let su = world.test.base.id();
        world.house.create_account(su, "su", "one time only", true, false).await.unwrap();
        world.house.check_password("su", "one time only", NETWORK).await.unwrap();
        let signed = world.house.open_session(su, false).await.unwrap();
        assert!(signed.one_time && world.house.session(&signed.token).await.unwrap().unwrap().one_time);
        world.house.change_password(signed.session, "one time only", "correct horse", "/school/").await.unwrap();
        assert!(!world.house.session(&signed.token).await.unwrap().unwrap().one_time, "{}", world.test.name);

        // Lost again: an administrator sets another, which ends what was open.
        world.house.reset(Some(world.lin), su, "another one", "/school/").await.unwrap();
        assert!(!world.lives(&signed.token).await, "{}", world.test.name);
        assert_eq!(world.refused("su", "correct horse", NETWORK).await.0, Code::Unauthenticated);
        assert!(world.house.check_password("su", "another one", NETWORK).await.is_ok());
        assert!(world.house.open_session(su, false).await.unwrap().one_time, "{}", world.test.name);
        let nobody = world.house.reset(None, world.test.base.id(), "another one", "/school/").await.unwrap_err();
        assert_eq!(nobody.code(), Some(Code::NotFound));
        world.test.end().await;
    }
}

#[tokio::test]
async fn the_demo_password_works_until_each_is_changed() {
    for world in World::each().await {
        assert!(!world.house.demo_password_works().await.unwrap(), "{}", world.test.name);
        let demo = world.test.base.id();
        world.house.create_account(demo, "student", "demo-xianfeng", false, true).await.unwrap();
        assert!(world.house.demo_password_works().await.unwrap(), "{}", world.test.name);
        let signed = world.house.open_session(demo, false).await.unwrap();
        world.test.clock.advance(DAY);
        world.house.change_password(signed.session, "demo-xianfeng", "correct horse", "/school/").await.unwrap();
        assert!(!world.house.demo_password_works().await.unwrap(), "{}", world.test.name);
        world.test.end().await;
    }
}

#[tokio::test]
async fn a_name_is_one_persons_and_a_person_has_one_name() {
    for world in World::each().await {
        let another = world.test.base.id();
        let cases = [
            (another, "LIN", Code::Conflict, "is taken"),
            (world.lin, "lin2", Code::Conflict, "has an account"),
            (another, "  ", Code::Invalid, "1 to 64"),
            (another, "li n", Code::Invalid, "no blanks"),
        ];
        for (person, name, code, words) in cases {
            let error = world.house.create_account(person, name, PASSWORD, true, false).await.unwrap_err();
            let said = &error.refusal().expect("a refusal").text.en;
            assert_eq!(error.code(), Some(code), "{} {name}", world.test.name);
            assert!(said.contains(words), "{}: {said}", world.test.name);
        }
        let nobody = world.house.open_session(another, false).await.unwrap_err();
        assert_eq!(nobody.code(), Some(Code::Unauthenticated));
        world.test.end().await;
    }
}
