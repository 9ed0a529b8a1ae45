//! End to end: the real program on a free port with a demo school, asked over HTTP as its clients do. One binary, one server for all journeys.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends where something is not as it should be")]

mod client;
mod contract;
mod journeys;
mod permissions;
mod refusals;
mod tidy;
mod tus;
mod world;
