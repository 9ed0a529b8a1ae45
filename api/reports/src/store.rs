//! Every SQL statement of this house.

pub mod export;
pub mod project;
pub mod report;
