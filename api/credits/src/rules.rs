//! What is paid for what: rule packs, what they make of a fact, what reverses an entry. Pure.

pub(crate) mod evaluate;
pub mod pack;
pub(crate) mod reverse;
pub(crate) mod today;
