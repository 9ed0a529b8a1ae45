//! Stories through the front door, and tables for what is written.

mod browsing;
mod captions;
mod desk;
mod filing;
mod following;
mod library;
mod pictures;
mod questions;
mod readings;
mod replacing;
mod review;
mod sanitising;
mod versions;
mod world;
mod writing;
