//! Levels by finished lessons and passed checks: slow enough to mean something, never taken back. The titles say how far, not how good.

use crate::model::Level;

/// Finished lessons and passed checks at which each level begins, the first at none.
pub const LEVELS: [u32; 10] = [0, 1, 3, 6, 10, 16, 25, 40, 65, 100];

pub fn level(finished: u32) -> Level {
    let reached = LEVELS.iter().take_while(|from| **from <= finished).count();
    let rank = u32::try_from(reached).unwrap_or(u32::MAX);
    Level { rank, title: format!("勤学 {rank} 级"), next_at: LEVELS.get(reached).copied() }
}
