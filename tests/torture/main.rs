//! Torture: the real program under load is killed, or its disk is cut off, at moments drawn by chance; then everything that it had acknowledged
//! must be there, and nothing twice. `make test` does a little of it, `make torture` a lot; a seed that failed is given back by XIANFENG_SEED.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is not as it should be")]

mod ask;
mod chance;
mod check;
mod cuts;
mod kills;
mod load;
mod oracle;
mod player;
mod server;
mod staff;

/// Said past the test harness, which keeps what a passing test prints to itself.
pub fn say(text: &str) {
    use std::io::Write;
    drop(writeln!(std::io::stderr(), "{text}"));
}

/// A number from the environment.
pub fn number(name: &str, default: u64) -> u64 {
    std::env::var(name).ok().map_or(default, |text| text.parse().unwrap_or_else(|_| panic!("{name}: a number")))
}
