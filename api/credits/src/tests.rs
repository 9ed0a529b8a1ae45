//! Packs and rules as tables; the ledger as stories through the front door, against an oracle, and under attack.

mod adjusting;
mod book;
mod console;
mod facts;
mod hands;
mod language;
mod oracle;
mod packs;
mod proof;
mod rules;
mod stories;
mod tamper;
mod world;
