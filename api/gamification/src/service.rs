//! Use cases. Whoever asks for a person has settled that they may, and that play is shown.

pub mod boards;
mod feed;
mod goals;
mod leaderboard;
pub mod members;
mod own;
mod rebuild;
mod rhythm;
