//! A server whose time a test moves: `POST /test-clock {"advanceMs": 180000}` lets three minutes pass at once, `{"wallStepMs": -172800000}`
//! sets the wall clock two days back. Behind the build feature `test-clock`, which no released program has: with it anybody on this machine
//! could make leases, sessions and credits grow. Therefore it is said aloud at the start, and only loopback may ask or be listened on.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Json, Router,
    extract::{ConnectInfo, State},
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use kernel::{
    Clock, Ids, Millis,
    clock::SystemClock,
    id::{RandomIds, SeededIds},
};
use platform::Db;
use serde::{Deserialize, Serialize};

use crate::config::Config;

/// Stands until it is moved. It begins at the machine's time, or where `XIANFENG_TEST_CLOCK` says (milliseconds since 1970).
pub struct TestClock(Mutex<Time>);

#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
struct Time {
    wall_ms: Millis,
    monotonic_ms: Millis,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Move {
    /// Time that passes: both clocks go on, never back.
    #[serde(default)]
    advance_ms: u32,
    /// Somebody sets the wall clock: the monotonic one takes no notice.
    #[serde(default)]
    wall_step_ms: Millis,
}

impl TestClock {
    fn begin() -> Self {
        let told = std::env::var("XIANFENG_TEST_CLOCK").ok().and_then(|text| text.parse().ok());
        let wall_ms = told.unwrap_or_else(|| SystemClock::new().now());
        Self(Mutex::new(Time { wall_ms, monotonic_ms: 0 }))
    }
    fn time(&self) -> Time {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
    fn go(&self, by: &Move) -> Time {
        let mut time = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let passed = Millis::from(by.advance_ms);
        time.monotonic_ms = time.monotonic_ms.saturating_add(passed);
        time.wall_ms = time.wall_ms.saturating_add(passed).saturating_add(by.wall_step_ms);
        *time
    }
}

impl Clock for TestClock {
    fn now(&self) -> Millis {
        self.time().wall_ms
    }
    fn monotonic(&self) -> Millis {
        self.time().monotonic_ms
    }
}

/// The clock of this server. Says aloud what this program is, and refuses an address that others could reach.
pub fn begin(config: &Config) -> Result<Arc<TestClock>, String> {
    if !config.address().ip().is_loopback() {
        return Err(format!(
            "{}: 带 test-clock 的测试程序只能监听 127.0.0.1。A test-clock build may listen on loopback addresses only.",
            config.listen
        ));
    }
    eprintln!("test-clock：测试专用程序，任何人都能拨动它的时钟，切勿用于真实学校。");
    eprintln!("test-clock: a program for tests only; anybody can move its clock. Never run a school on it.");
    Ok(Arc::new(TestClock::begin()))
}

/// The chance of this server: drawn, or the same again for the same `XIANFENG_TEST_SEED`.
pub fn ids() -> Arc<dyn Ids> {
    match std::env::var("XIANFENG_TEST_SEED").ok().and_then(|text| text.parse::<u64>().ok()) {
        // The demo school was made of a small seed; what comes after it must not repeat its ids.
        Some(seed) => Arc::new(SeededIds::new(!seed)),
        None => Arc::new(RandomIds),
    }
}

#[derive(Clone)]
struct Hand {
    clock: Arc<TestClock>,
    db: Db,
}

/// The one route that moves it; whatever waits for a time looks again once it is moved.
pub fn router(clock: Arc<TestClock>, db: Db) -> Router {
    Router::new().route("/test-clock", post(turn)).with_state(Hand { clock, db })
}

async fn turn(State(hand): State<Hand>, ConnectInfo(peer): ConnectInfo<SocketAddr>, Json(by): Json<Move>) -> Response {
    if !peer.ip().to_canonical().is_loopback() {
        return StatusCode::FORBIDDEN.into_response();
    }
    let time = hand.clock.go(&by);
    hand.db.wake();
    Json(time).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn setting_the_wall_clock_lets_no_time_pass() {
        let clock = TestClock::begin();
        let before = clock.now();
        clock.go(&Move { advance_ms: 1_500, wall_step_ms: -172_800_000 });
        assert_eq!((clock.now() - before, clock.monotonic()), (1_500 - 172_800_000, 1_500));
        clock.go(&Move { advance_ms: 0, wall_step_ms: 172_800_000 });
        assert_eq!((clock.now() - before, clock.monotonic()), (1_500, 1_500));
    }
}
