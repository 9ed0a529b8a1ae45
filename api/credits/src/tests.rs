//! Packs and rules as tables; the ledger as stories through the front door.

mod packs;
mod rules;
mod stories;
mod world;
