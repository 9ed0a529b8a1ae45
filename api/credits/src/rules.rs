//! What is paid for what: rule packs, what they make of a fact, what reverses an entry. Pure.

pub(crate) mod account;
pub(crate) mod adjust;
pub(crate) mod checkpoint;
pub(crate) mod derive;
pub(crate) mod evaluate;
pub mod event;
pub(crate) mod explain;
pub mod fact;
pub mod faults;
pub mod force;
pub(crate) mod grammar;
pub(crate) mod merkle;
pub mod pack;
mod pays;
pub(crate) mod replay;
pub(crate) mod reverse;
pub(crate) mod tally;
pub(crate) mod today;
pub(crate) mod view;
pub(crate) mod why;
mod words;
mod worth;
