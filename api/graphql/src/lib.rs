//! The roof: GraphQL types and resolvers over the houses' front doors. A resolver is three lines: viewer, front door, wrap. Edges that cross
//! contexts (course → my progress) live here and nowhere else.

#![expect(clippy::unused_async, reason = "async-graphql asks for async resolvers, also of what is at hand")]

mod appeals;
mod audit_targets;
mod catalogue;
mod context;
mod credits;
mod dry_runs;
mod error;
mod evaluation;
mod flags;
mod gamification;
mod grants;
mod identity;
mod later;
mod learning;
mod ledger;
mod loaders;
mod media;
mod organisation;
mod packs;
mod page;
mod platform;
mod reports;
mod scalar;
mod schema;
mod scrub;
mod search;

pub use context::must_change_password;
pub use context::{Asker, Cookie, Houses, Page, Searching, Verify, network_name};
pub use error::{refusal_error, to_graphql};
pub use schema::{Schema, build, sdl};
