//! What is shown to whom, and how rhythm, tasks, level, badges, topics and rank come about. Pure.

pub(crate) mod badge;
pub(crate) mod board;
pub(crate) mod calendar;
pub(crate) mod goal;
pub(crate) mod level;
pub(crate) mod neighbours;
pub(crate) mod play;
pub(crate) mod streak;
pub(crate) mod tableau;
pub(crate) mod task;
pub(crate) mod topic;
