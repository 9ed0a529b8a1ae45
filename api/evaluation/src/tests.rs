//! Stories through the front door on both databases; tables of cases for the scheme and the score.

mod rules;
mod stories;
mod world;
