//! Rules as tables and against oracles; the protocol as stories through the front door, honest people first, then those who are not.

mod attacks;
mod checks;
mod evidence;
mod habits;
mod honest;
mod map;
mod protocol;
mod rules;
mod versions;
mod world;

/// How many steps property tests take together; `XIANFENG_STEPS` for more. A failing seed is printed by proptest and replayed by it.
fn steps() -> u32 {
    std::env::var("XIANFENG_STEPS").ok().and_then(|steps| steps.parse().ok()).unwrap_or(100_000)
}
