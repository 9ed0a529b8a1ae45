//! Reports of those in charge, and the files that they download. This house listens and keeps its own tables, so that a report over ten
//! thousand students is one statement and burdens no other house; it joins nothing of others.
//!
//! Heard: `PersonChanged` (who is listed), `StudyOpened` and `LessonCompleted` (who studied last when), `CourseCompleted`, `EntryPosted`.
//! Exports are made in the background, of what the asker may see at that moment, and are gone after seven days.

pub mod jobs;
mod model;
mod rules;
mod service;
mod sheet;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::sync::Arc;

use catalogue::Catalogue;
use futures::future::BoxFuture;
use kernel::id::TermId;
use media::Media;
use organisation::Organisation;
use platform::Base;

pub use jobs::handlers;
pub use model::{
    CreditRow, Direction, Export, ExportFile, ExportFormat, ExportKind, Filter, JobStatus, LiteracyLine, LiteracySheet,
    NewExport, SortField, Summary,
};

/// The scores beneath some paths at the end of a term. Scores are made by a house of this floor, so whoever builds the houses passes them in.
pub type LiteracySource =
    Arc<dyn Fn(Vec<String>, Option<TermId>) -> BoxFuture<'static, kernel::Result<LiteracySheet>> + Send + Sync>;

/// The front door.
#[derive(Clone)]
pub struct Reports {
    base: Base,
    organisation: Organisation,
    catalogue: Catalogue,
    media: Media,
    literacy: LiteracySource,
}

impl Reports {
    pub fn new(
        base: Base,
        organisation: Organisation,
        catalogue: Catalogue,
        media: Media,
        literacy: LiteracySource,
    ) -> Self {
        Self { base, organisation, catalogue, media, literacy }
    }
}
