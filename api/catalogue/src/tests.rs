//! Stories through the front door, and tables for what is written.

mod browsing;
mod captions;
mod filing;
mod following;
mod library;
mod questions;
mod readings;
mod review;
mod versions;
mod world;
mod writing;
