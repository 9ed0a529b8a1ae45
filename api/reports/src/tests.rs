//! Stories through the front door on both databases; tables of cases for the pure rules.

mod exports;
mod report;
mod rules;
mod world;
