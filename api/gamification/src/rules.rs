//! What is shown to whom, and how rhythm, level and rank come about. Pure.

pub(crate) mod board;
pub(crate) mod level;
pub(crate) mod play;
pub(crate) mod streak;
