//! Stories through the front door, and tables of what may be asked and answered.

mod rules;
mod stories;
mod world;
