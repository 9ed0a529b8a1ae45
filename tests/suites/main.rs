//! The suites: adversaries whose gain is bounded, and honest students who lose nothing, against the real server over HTTP. Time is virtual:
//! most cases run on the build whose clock they move (`test-clock`), so that an outage of three minutes takes none of ours. Seeds are
//! printed; `XIANFENG_SEED` plays one again, `XIANFENG_SEEDS` tries more, `XIANFENG_HONEST` is how many honest students there are.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is not as it should be")]

mod attacks;
mod clock;
mod dice;
mod honest;
mod line;
mod offered;
mod player;
mod proxy;
mod school;
mod sdl;
mod smoke;
mod spans;
mod study;
mod uploads;
mod world;

/// Told whether or not the run is watched.
pub fn say(what: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "suites: {what}"));
}

/// What this server does not offer yet is said aloud; where everything must be there (`XIANFENG_SUITES_STRICT=1`) it is a fault.
pub fn absent(what: &str) {
    assert!(std::env::var("XIANFENG_SUITES_STRICT").is_err(), "absent: {what}");
    say(&format!("SKIPPED, the server does not offer it: {what}"));
}
