//! Stories through the front door, and tables for what is written.

mod browsing;
mod captions;
mod questions;
mod readings;
mod world;
mod writing;
