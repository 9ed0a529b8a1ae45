//! Catalogue: courses of chapters of lessons, readings as sanitised numbered blocks, captions, publishing, and what search is told of them.
//! Seen is what is published for one's own unit or a unit above it, what one teaches, and what lies in one's charge.

pub mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use media::Media;
use moka::future::Cache;
use organisation::Organisation;
use platform::Base;

pub use model::{
    Block, CaptionsInfo, Chapter, Course, CourseFilter, Format, Lesson, LessonKind, Material, NewCaptions, NewCourse,
    NewReadingLesson, NewVideoLesson, Outline, Status,
};

/// Characters of a reading that a minute of study is counted for, in every course until courses set their own (domain.md 2.4).
pub const CHARACTERS_A_MINUTE: u32 = 600;

/// The front door.
#[derive(Clone)]
pub struct Catalogue(pub(crate) Arc<Inner>);

type Required = Arc<Vec<(Course, Vec<Lesson>)>>;

pub(crate) struct Inner {
    base: Base,
    organisation: Organisation,
    media: Media,
    /// Required lessons by unit path: asked for each score.
    required: Cache<String, Required>,
}

impl Catalogue {
    pub fn new(base: Base, organisation: Organisation, media: Media) -> Self {
        let required = Cache::builder().max_capacity(2_000).time_to_live(Duration::from_secs(5)).build();
        Self(Arc::new(Inner { base, organisation, media, required }))
    }
    pub(crate) fn base(&self) -> &Base {
        &self.0.base
    }
}
