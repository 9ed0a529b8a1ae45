//! The outside machine: what a file holds, what is made of it, and how a program of foreign bytes is kept on a short lead.

pub mod boxes;
pub mod fit;
pub mod ladder;
pub mod lifeline;
pub mod probe;
pub mod run;
pub mod sandbox;
pub mod stills;
