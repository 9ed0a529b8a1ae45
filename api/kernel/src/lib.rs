//! The words that every house shares: ids, time, amounts, pages, refusals, the viewer and the public events.
//! Pure: no database, no network, no ambient clock. Whoever needs time or chance takes [`clock::Clock`] and [`id::Ids`].

pub mod amount;
pub mod clock;
pub mod day;
pub mod entry;
pub mod event;
pub mod id;
pub mod page;
pub mod refusal;
pub mod text;
pub mod viewer;

pub use amount::Amount;
pub use clock::{Clock, Millis};
pub use day::{Day, Zone};
pub use event::Event;
pub use id::Ids;
pub use page::{Connection, Page};
pub use refusal::{Code, Error, Refusal, Result};
pub use text::Language;
pub use viewer::{Charge, Role, Viewer};

#[cfg(test)]
mod tests;
