//! A4 replay, A5 reorder and duplicates: what was said before is said again, in any order, by anybody.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{covered, within};
use crate::{
    dice::{Dice, seeds},
    line::Line,
    spans::Spans,
    study::{BEAT, Study},
    world::World,
};

/// A4: a recorded session is played back a thousand times, by another person, for another video, on the next day.
#[tokio::test]
async fn a4_a_recorded_session_earns_nothing_more() {
    let world = World::clocked().await;
    let (line, other) = (world.sign_in("s1").await, world.sign_in("s2").await);
    let lesson = &world.plan.many[0];
    let mut study = Study::open(&line, lesson).await;
    study.fetch(&line, 0, 100_000).await;
    let mut record = Vec::new();
    for seq in 1..=20_i64 {
        world.server.advance(&line, 5_000).await;
        let spans = json!([{ "start": (seq - 1) * 5_000, "end": seq * 5_000 }]);
        record.push(study.input(seq, &spans));
        let said = line.ask(BEAT, record.last().unwrap().clone()).await;
        assert_eq!(said.data("heartbeat.creditedMs"), 5_000, "{}", said.body);
    }
    study.next_seq = 21;
    let last = line.ask(BEAT, record[19].clone()).await.body;
    for number in 0..1_000_usize {
        let said = line.ask(BEAT, record[number % 20].clone()).await;
        match number % 20 {
            19 => assert_eq!(said.body, last, "the last beat is told the same again"),
            _ => assert_eq!((said.code(), said.extension("nextSeq")), (Some("GAP"), &json!(21))),
        }
    }
    // A study of somebody else and none at all are told alike.
    let foreign = other.ask(BEAT, record[19].clone()).await;
    let mut nowhere = record[19].clone();
    let id = nowhere["i"]["studyId"].as_str().unwrap();
    let swapped = if id.ends_with('a') { 'b' } else { 'a' };
    nowhere["i"]["studyId"] = json!(format!("{}{swapped}", &id[..id.len() - 1]));
    let absent = other.ask(BEAT, nowhere).await;
    assert_eq!(foreign.code(), Some("NOT_FOUND"));
    assert_eq!(foreign.body, absent.body, "no oracle: what is somebody else's looks like what does not exist");
    world.server.advance(&line, 86_400_000).await;
    for beat in &record {
        let said = line.ask(BEAT, beat.clone()).await;
        assert!(said.code().is_some() || said.body == last, "{}", said.body);
    }
    assert_eq!(covered(&line, lesson).await, Spans::of([(0, 100_000)]));
    // The same beats for another video: a study of its own, so its own time.
    let mut second = Study::open(&line, &world.plan.many[1]).await;
    let mut credited = 0;
    for seq in 0..20_i64 {
        credited += second.beat(&line, &[(seq * 5_000, (seq + 1) * 5_000)]).await.credited();
    }
    within("A4 replay for another video", 0, credited, second.bound(0));
}

/// A5: two hundred beats in windows of permutations, a third of them twice, eight at a time. What stands equals the oracle's union.
#[tokio::test]
async fn a5_any_order_and_any_duplicates_equal_the_oracle() {
    let world = World::clocked().await;
    for seed in seeds() {
        let (mut dice, line) = (Dice::new(seed), world.sign_in(&format!("s{}", 1 + seed % 100)).await);
        let lesson = &world.plan.many[usize::try_from(seed).unwrap() % 10];
        let study = Study::open(&line, lesson).await;
        study.fetch(&line, 0, 60_000).await;
        world.server.advance(&line, 60_000).await;
        let mut told = BTreeMap::<i64, Value>::new();
        let mut claimed = Vec::new();
        let beats: Vec<(i64, Value)> = (1..=200)
            .map(|seq| {
                let start = dice.between(0, 59_000);
                let span = (start, start + dice.between(0, 1_000));
                claimed.push(span);
                (seq, study.input(seq, &json!([{ "start": span.0, "end": span.1 }])))
            })
            .collect();
        let mut asked = 0;
        for window in beats.chunks(6) {
            while told.len() < usize::try_from(window[window.len() - 1].0).unwrap() {
                asked += wave(&line, window, &mut dice, &mut told).await;
            }
        }
        let union = Spans::of(claimed);
        let credited: i64 = told.values().map(|answer| answer["creditedMs"].as_i64().unwrap()).sum();
        crate::say(&format!("A5 reorder seed {seed}: 200 beats in {asked} requests, {credited} ms"));
        assert_eq!(credited, union.length(), "seed {seed}");
        assert_eq!(covered(&line, lesson).await, union, "seed {seed}");
    }
}

/// One wave of a window, shuffled and with duplicates; answers how many requests it was.
async fn wave(line: &Line, window: &[(i64, Value)], dice: &mut Dice, told: &mut BTreeMap<i64, Value>) -> usize {
    let mut sent: Vec<&(i64, Value)> = window.iter().collect();
    sent.extend(window.iter().filter(|_| dice.percent(30)));
    dice.shuffle(&mut sent);
    for eight in sent.chunks(8) {
        let all = eight.iter().map(|(_, input)| line.ask(BEAT, input.clone()));
        for ((seq, _), said) in eight.iter().zip(futures::future::join_all(all).await) {
            match said.code() {
                Some(code) => assert_eq!(code, "GAP", "{}", said.body),
                None => {
                    let answer = said.data("heartbeat");
                    let first = told.entry(*seq).or_insert_with(|| answer.clone());
                    assert_eq!(*first, answer, "beat {seq} is always told the same");
                }
            }
        }
    }
    sent.len()
}
