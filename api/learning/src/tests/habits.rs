//! Habits of machines are flagged for human eyes, those of people are not; and nothing is withheld for them.

use kernel::{
    Day, Page,
    id::{Id, Uuid},
};

use super::world::{World, beat};
use crate::{
    Beat, FlagKind,
    model::Habits,
    rules::{Claim, Crowd, answered, beaten},
};

const NOW: i64 = 1_700_000_000_000;

fn claim(start: i64, end: i64) -> Claim {
    Claim::read(&beat(Id::new(Uuid::nil()), 1, [(start, end)])).unwrap()
}

/// Beats whose intervals waver by `jitter`; each plays on, but for a jump every `jump` beats.
fn live(beats: i64, jitter: i64, jump: i64) -> Vec<FlagKind> {
    let mut habits = Habits::default();
    let (mut now, mut at) = (NOW, 0);
    let mut found = Vec::new();
    for n in 0..beats {
        now += 15_000 + (n * 7_919) % (jitter + 1);
        at += if jump > 0 && n % jump == 0 { 60_000 } else { 0 };
        let day = Day::from_number(738_000 + i32::try_from(now / 86_400_000 - NOW / 86_400_000).unwrap()).unwrap();
        found.extend(beaten(&mut habits, &claim(at, at + 15_000), now, day).into_iter().map(|(kind, _)| kind));
        at += 15_000;
    }
    found
}

#[test]
fn only_what_no_person_does_is_flagged() {
    let cases = [
        ("a timer that wavers, with a jump every quarter of an hour", 4_000, 400, 60, vec![]),
        ("as even as a clock", 60, 40, 7, vec![FlagKind::EvenCadence]),
        ("four hours without a pause", 960, 400, 0, vec![FlagKind::Unbroken]),
        ("not yet fifty", 50, 0, 7, vec![]),
        ("seventeen hours of a day", 4_080, 400, 60, vec![]),
    ];
    for (name, beats, jitter, jump, flags) in cases {
        let mut found = live(beats, jitter, jump);
        found.retain(|kind| *kind != FlagKind::LongDay);
        assert_eq!(found, flags, "{name}");
    }
    let long: Vec<_> = live(3 * 5_760, 400, 60).into_iter().filter(|kind| *kind == FlagKind::LongDay).collect();
    assert_eq!(long.len(), 1, "three days through, told once a study");
    let queued: Vec<_> = (0..200)
        .scan(Habits::default(), |habits, n| {
            Some(beaten(habits, &claim(n * 9, n * 9), NOW + n * 20, Day::from_number(738_000).unwrap()))
        })
        .flatten()
        .collect();
    assert_eq!(queued, [], "a queue that is sent after an outage is no cadence");
}

#[test]
fn an_answer_faster_than_reading_is_flagged() {
    let flagged = |took| !answered(&mut Habits::default(), took, 40).is_empty();
    assert!(flagged(500) && flagged(1_999) && !flagged(2_000) && !flagged(60_000));
}

#[test]
fn three_in_one_cadence_are_a_cluster() {
    let even = |least_ms| Habits { beat_at: NOW, even: 30, least_ms, most_ms: least_ms + 4, ..Habits::default() };
    let mut crowd = Crowd::default();
    let mut note = |network: &str, person: u128, mut habits: Habits| {
        !crowd.note(network, Id::new(Uuid::from_u128(person)), &mut habits).is_empty()
    };
    assert!(!note("a", 1, even(15_000)) && !note("a", 2, even(15_003)));
    assert!(!note("b", 3, even(15_000)), "another network");
    assert!(!note("a", 4, even(15_400)), "another cadence");
    assert!(!note("a", 5, Habits { even: 5, ..even(15_000) }), "no cadence at all");
    assert!(!note("a", 2, even(15_003)), "the same person twice");
    assert!(note("a", 6, even(15_001)));
    assert!(!note("a", 7, Habits { beat_at: NOW + 60_000, ..even(15_000) }), "another minute");
}

#[test]
fn who_tells_for_minutes_of_what_another_network_fetched_is_flagged() {
    let wei = Id::new(Uuid::from_u128(1));
    // Which networks fetched before a beat through "home", and for how many beats.
    let watch = |crowd: &mut Crowd, habits: &mut Habits, beats: i64, networks: &[&str]| {
        let mut found = Vec::new();
        for _ in 0..beats {
            networks.iter().for_each(|network| crowd.served(wei, Some(network)));
            habits.beat_at += 15_000;
            found.extend(crowd.fetched("home", wei, habits));
        }
        found
    };
    let (mut crowd, mut habits) = (Crowd::default(), Habits::default());
    assert_eq!(watch(&mut crowd, &mut habits, 100, &["home"]), []);
    assert_eq!(watch(&mut crowd, &mut habits, 39, &["farm"]), [], "out of one network into another");
    assert_eq!(watch(&mut crowd, &mut habits, 100, &[]), [], "all was fetched before");
    assert_eq!(watch(&mut crowd, &mut habits, 100, &["farm", "home"]), [], "two ways out of one house");
    assert_eq!(watch(&mut crowd, &mut habits, 80, &["farm"]), [(FlagKind::OtherNetwork, 39 * 15_000)], "once a study");
    crowd.served(wei, None);
    assert_eq!(crowd.fetched("home", wei, &mut Habits::default()), [], "a page says nothing");
}

/// A15: a farm behind one address. Everybody is bound by time, the cluster is shown, nobody loses anything.
#[tokio::test]
async fn a_farm_is_flagged_and_paid_what_time_pays() {
    for world in World::each().await {
        let lesson = world.video(3_600_000).await;
        let mut farm = Vec::new();
        for _ in 0..4 {
            let viewer = world.student();
            let study = world.open(&viewer, lesson).await.id;
            farm.push((viewer, study));
        }
        for seq in 1..=60 {
            world.wait(15_000);
            for (viewer, study) in &farm {
                let sent =
                    Beat { network: Some("n1".to_owned()), ..beat(*study, seq, [((seq - 1) * 15_000, seq * 15_000)]) };
                assert_eq!(world.learning.heartbeat(viewer, sent).await.unwrap().credited_ms, 15_000);
            }
        }
        let mut page = Page::try_new(3, None).unwrap();
        let mut kinds = Vec::new();
        loop {
            let told = world.learning.flags(None, &page).await.unwrap();
            kinds.extend(told.nodes().map(|flag| (flag.kind, flag.person)));
            let Some((cursor, _)) = told.edges.last().filter(|_| told.has_next) else { break };
            page.after = Some(cursor.clone());
        }
        let of = |kind| kinds.iter().filter(|(one, _)| *one == kind).count();
        assert_eq!((of(FlagKind::EvenCadence), of(FlagKind::Cluster), kinds.len()), (4, 4, 8), "{}", world.test.name);
        world.end().await;
    }
}
