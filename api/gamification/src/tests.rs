//! Rhythm, tasks, level, badges, topics and boards as tables and against oracles; then as stories through the front door.

mod boards;
mod own;
mod rules;
mod shared;
mod speed;
mod tableau;
mod teams;
mod topics;
mod trouble;
mod world;

/// Steps of a random test: 100 000, or as many as the environment says.
fn steps() -> u32 {
    std::env::var("XIANFENG_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(100_000)
}
