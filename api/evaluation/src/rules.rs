//! What a score is made of: the published scheme, and how it is applied. Pure.

pub mod scheme;
pub(crate) mod score;
