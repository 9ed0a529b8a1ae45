//! A7 rate, A10 clock: numbers and times that no player sends. Each is refused or clipped, none is a fault of ours, and none earns anything.

use serde_json::{Value, json};

use super::{covered, within};
use crate::{
    study::{BEAT, Study},
    world::World,
};

/// Rates as they stand in the request's own text.
const RATES: [&str; 12] =
    ["16", "1e308", "-1", "1e400", "NaN", "\"16\"", "\"fast\"", "null", "[]", "true", "{}", "-0.0"];

#[tokio::test]
async fn a7_no_rate_is_a_fault_and_none_earns_more_than_the_cap() {
    let world = World::clocked().await;
    let line = world.sign_in("s1").await;
    let mut study = Study::open(&line, &world.plan.long).await;
    study.fetch(&line, 0, study.end).await;
    let (mut credited, mut refused) = (0, 0);
    for rate in RATES {
        world.server.advance(&line, 1_000).await;
        let body = json!({ "query": BEAT, "variables": study.input(study.next_seq, &json!([{ "start": 0, "end": 700_000 }])) });
        let body = body.to_string().replace("\"rate\":1.0", &format!("\"rate\":{rate}"));
        let said = line.try_body(body).await.unwrap();
        assert!(said.is_sound(), "rate {rate}: {} {}", said.status, said.body);
        match said.body["data"]["heartbeat"]["creditedMs"].as_i64() {
            Some(amount) => {
                credited += amount;
                study.next_seq += 1;
            }
            None => refused += 1,
        }
    }
    assert!(refused >= 6, "{refused} of {} rates were refused", RATES.len());
    within("A7 rate", 0, credited, study.bound(1_000 * i64::try_from(RATES.len()).unwrap()));
    let after = covered(&line, &world.plan.long).await.length();
    assert_eq!(after, credited, "what is stored is what was told");
}

/// A10: what the client says of its clock changes nothing, and no number overflows.
#[tokio::test]
async fn a10_the_clients_clock_and_wild_numbers_have_no_effect() {
    let world = World::clocked().await;
    let (line, control) = (world.sign_in("s1").await, world.sign_in("s2").await);
    let lesson = &world.plan.many[0];
    let (mut study, mut plain) = (Study::open(&line, lesson).await, Study::open(&control, lesson).await);
    study.fetch(&line, 0, 60_000).await;
    plain.fetch(&control, 0, 60_000).await;
    let times = ["1970-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
    for (at, time) in (0_i64..).zip(times) {
        world.server.advance(&line, 5_000).await;
        let mut input = study.input(study.next_seq, &json!([{ "start": at * 5_000, "end": at * 5_000 + 20_000 }]));
        input["i"]["clientTime"] = json!(time);
        let said = line.ask(BEAT, input).await;
        study.next_seq += 1;
        let honest = plain.beat(&control, &[(at * 5_000, at * 5_000 + 20_000)]).await;
        assert_eq!(said.data("heartbeat.creditedMs"), honest.credited(), "{time}: {}", said.body);
    }
    let wild: [Value; 10] = [
        json!([{ "start": -1, "end": 5_000 }]),
        json!([{ "start": 5_000, "end": 4_000 }]),
        json!([{ "start": i32::MIN, "end": i32::MAX }]),
        json!([{ "start": 0, "end": 2_147_483_648_i64 }]),
        json!([{ "start": 0, "end": 9_223_372_036_854_775_807_i64 }]),
        json!([{ "start": 0, "end": 18_446_744_073_709_551_615_u64 }]),
        json!([{ "start": 0.5, "end": 1e300 }]),
        json!([{ "start": "0", "end": "1" }]),
        json!("all"),
        Value::Array(vec![json!({ "start": 0, "end": 1 }); 201]),
    ];
    let before = json!(study.next_seq);
    for spans in wild {
        let said = line.ask(BEAT, study.input(study.next_seq, &spans)).await;
        assert!(said.is_sound() && said.body.get("errors").is_some(), "{spans}: {} {}", said.status, said.body);
    }
    for seq in [0, -1, i64::from(i32::MAX), i64::from(i32::MIN), 9_223_372_036_854_775_807] {
        let said = line.ask(BEAT, study.input(seq, &json!([]))).await;
        assert!(said.is_sound() && said.body.get("errors").is_some(), "seq {seq}: {}", said.body);
    }
    let said = line.ask(BEAT, study.input(study.next_seq, &json!([]))).await;
    assert_eq!((before, said.data("heartbeat.creditedMs")), (json!(study.next_seq), json!(0)), "no number was used up");
    assert_eq!(covered(&line, lesson).await, covered(&control, lesson).await);
}
