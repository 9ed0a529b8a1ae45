//! The media library: what is looked for, where a file is used, what becomes of it.

use kernel::{Millis, id::LessonId};
use media::{Asset, Purpose, Status};

use super::Course;

#[derive(Debug, Clone, Default)]
pub struct LibraryFilter {
    /// Part of the file's name, in any case.
    pub query: Option<String>,
    pub purpose: Option<Purpose>,
    pub statuses: Vec<Status>,
    /// Own files only.
    pub mine: bool,
    /// Named by no lesson and no kept version.
    pub unused: bool,
    /// Those that were thrown away and may still be taken back.
    pub deleted: bool,
}

/// A place in which a file is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Use {
    pub course: Course,
    /// With its title; none of an earlier version.
    pub lesson: Option<(LessonId, String)>,
    /// The number of an earlier version that keeps it.
    pub version: Option<u32>,
}

/// A file that was thrown away, and until when it may be taken back.
#[derive(Debug, Clone, PartialEq)]
pub struct Thrown {
    pub asset: Asset,
    pub until: Millis,
}

/// A file that takes the place of another.
#[derive(Debug, Clone, PartialEq)]
pub struct Replaced {
    pub asset: Asset,
    /// The courses that have it now; a draft where it still goes through review.
    pub courses: Vec<Course>,
    /// It will, as soon as it is converted.
    pub waits: bool,
}
