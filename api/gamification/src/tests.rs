//! Rhythm, level and boards as tables; then as stories through the front door.

mod rules;
mod stories;
mod world;
