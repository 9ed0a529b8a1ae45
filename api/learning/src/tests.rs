//! Rules as tables and against oracles; the protocol as stories through the front door, honest people first, then those who are not.

mod attacks;
mod honest;
mod rules;
mod world;
