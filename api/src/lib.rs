//! The front gate: settings, composition, HTTP, the command line. It knows everything and decides nothing.

pub mod app;
pub mod cli;
pub mod config;
pub mod demo;
pub mod doctor;
mod flows;
pub mod http;
mod literacy;
mod observe;
mod secrets;
mod serve;
