//! A short run of each kind in real time on the ordinary program: what virtual time shows must not hang on the clock that shows it.

use std::time::{Duration, Instant};

use crate::{
    dice::{Dice, seed},
    player::{Habits, Player},
    proxy::{Fault, Proxy, Weather, drawn},
    spans::Spans,
    study::Study,
    world::{ORDINARY, World},
};

/// Real seconds of each run.
const SECONDS: i64 = 24;

/// An honest student on a bad line: every second is a real one.
#[tokio::test]
async fn an_honest_student_in_real_time() {
    let world = World::start(ORDINARY).await;
    let habits = Habits { rate: 100, ahead: 20_000, thinks: (2, 4), reading: 110, errs: 0, pauses: 0 };
    let mut player = Player::new(&world, "s1", habits, 1, seed()).await;
    let lesson = world.plan.many[0].clone();
    player.will_study([lesson.clone()]);
    let (began, mut ticks) = (Instant::now(), tokio::time::interval(Duration::from_secs(1)));
    let mut fault = |dice: &mut Dice| drawn(dice, 10);
    while began.elapsed().as_secs() < SECONDS.unsigned_abs() {
        ticks.tick().await;
        player.tick(i64::try_from(began.elapsed().as_millis()).unwrap(), &mut fault).await;
    }
    let mut good = |_: &mut Dice| Fault::Pass;
    player.put_down(SECONDS * 1_000, &mut good).await;
    let mut truth = Spans::default();
    player.sat.iter().for_each(|sat| truth.join(&sat.truth));
    let held = player.covered(&lesson).await.covered;
    crate::say(&format!("smoke honest: {} of {} ms counted in real time", held.length(), truth.length()));
    assert!(truth.length() >= (SECONDS - 6) * 1_000, "{truth:?}");
    assert_eq!(truth.without(&held).length(), 0, "all of it was said in the end");
    assert_eq!(held.without(&truth).length(), 0);
}

/// A flood, a shortened timer and thirty studies at once, over a line with delay, jitter and a throttle.
#[tokio::test]
async fn an_adversary_in_real_time() {
    let world = World::start(ORDINARY).await;
    let proxy = Proxy::start(&world.server.url, seed()).await;
    let delay = Duration::from_millis(5);
    proxy.weather(Weather { delay, jitter: delay, throttle: 4_000_000, loss: 0 });
    let line = world.sign_in("s2").await;
    let slow = line.over(&proxy.url);
    let (began, mut credited, mut round) = (Instant::now(), 0, 0_i64);
    let mut study = Study::open(&line, &world.plan.many[0]).await;
    study.fetch(&line, 0, study.end).await;
    let bound = |study: &Study, began: &Instant| study.bound(i64::try_from(began.elapsed().as_millis()).unwrap());
    while began.elapsed().as_secs() < SECONDS.unsigned_abs() {
        let spans = [(round * 7_000 % 80_000, round * 7_000 % 80_000 + 30_000)];
        credited += study.beat(&slow, &spans).await.credited();
        assert!(credited <= bound(&study, &began), "{credited} ms after {} ms", began.elapsed().as_millis());
        if round % 20 == 19 {
            study = Study::open(&slow, &world.plan.many[usize::try_from(round).unwrap() % 10]).await;
            study.fetch(&line, 0, study.end).await;
        }
        round += 1;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    crate::say(&format!("smoke adversary: {credited} ms in {round} beats, bound {} ms", bound(&study, &began)));
    assert!(credited > 0 && credited <= bound(&study, &began));
}
