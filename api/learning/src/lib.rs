//! Studying: who studies what, how much of it counts, and when it is done. The heart is the study protocol: one lease and one bucket a person,
//! the union of what was covered counted on the server, nothing faster than real time times the rate cap, everything acknowledged after
//! its commit. A client can report what was played; it can never report that something is complete.
//!
//! *Lease*: opening a study takes it from every other study of the person. *Bucket*: how many milliseconds may still be credited; it
//! belongs to the person, so ten videos on three devices earn no more than one. *Union*: what has been covered, as disjoint spans; it only grows.

mod commit;
mod jobs;
mod model;
mod rules;
mod service;
mod store;
mod tables;

#[cfg(test)]
mod tests;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use catalogue::Catalogue;
use kernel::{
    Day, Result, Viewer,
    id::{CourseId, LessonId, PersonId, StudyId},
};
use moka::future::Cache;
use platform::Base;

use commit::Committer;
pub use jobs::{COURSE_PROGRESS, handlers};
pub use model::{
    Answer, Beat, CourseProgress, Lease, Progress, Reason, Recent, Refused, Span, Statistics, Study, StudyInfo,
};

/// What a school may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How often clients are asked to beat.
    pub heartbeat_ms: i64,
    /// How many milliseconds of a medium a hundred milliseconds of real time pay for: 200 is a rate of 2.
    pub max_rate_percent: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self { heartbeat_ms: 15_000, max_rate_percent: 200 }
    }
}

impl Config {
    pub fn max_rate(&self) -> f64 {
        self.max_rate_percent as f64 / 100.0
    }
}

/// How long the media gate may be told of a study what was true before.
const REMEMBERED: Duration = Duration::from_secs(2);

/// The front door. Cheap to clone; all clones share one committer.
#[derive(Clone)]
pub struct Learning {
    base: Base,
    catalogue: Catalogue,
    config: Config,
    committer: Arc<Committer>,
    studies: Cache<StudyId, StudyInfo>,
}

impl Learning {
    pub fn new(base: Base, catalogue: Catalogue, config: Config) -> Self {
        let committer = Arc::new(Committer::new(base.clone(), config));
        let studies = Cache::builder().max_capacity(50_000).time_to_live(REMEMBERED).build();
        Self { base, catalogue, config, committer, studies }
    }

    /// Starts committing heartbeats; the first one does it otherwise.
    pub fn start(&self) {
        drop(self.committer.start());
    }

    /// Takes no more heartbeats, and returns when those that wait are committed and answered.
    pub async fn stop(&self) {
        self.committer.stop().await;
    }

    /// Takes the one lease that a person has: any other open study of theirs loses it.
    pub async fn open_study(&self, viewer: &Viewer, lesson: LessonId) -> Result<Study> {
        service::open_study(self, viewer, lesson).await
    }

    /// Answered only when it is on disk. Of another person, or of another sign-in of the same person, a study is not found.
    pub async fn heartbeat(&self, viewer: &Viewer, beat: Beat) -> Result<Answer> {
        service::heartbeat(self, viewer, &beat).await
    }

    /// Lessons that were never studied are absent.
    pub async fn progress(&self, person: PersonId, lessons: &[LessonId]) -> Result<HashMap<LessonId, Progress>> {
        service::progress(self, person, lessons).await
    }

    /// Of every course that exists, also where nothing was studied.
    pub async fn course_progress(
        &self,
        person: PersonId,
        courses: &[CourseId],
    ) -> Result<HashMap<CourseId, CourseProgress>> {
        service::course_progress(self, person, courses).await
    }

    /// Lessons of published courses, begun and not completed, newest first.
    pub async fn recent(&self, person: PersonId, first: usize) -> Result<Vec<Recent>> {
        service::recent(self, person, first).await
    }

    pub async fn statistics(&self, course: CourseId) -> Result<Statistics> {
        service::statistics(self, course).await
    }

    /// May lag two seconds behind.
    pub async fn study(&self, id: StudyId) -> Result<Option<StudyInfo>> {
        service::study(self, id).await
    }

    /// Which of these lessons each of these people has completed; who has none of them is absent.
    pub async fn completed(
        &self,
        people: &[PersonId],
        lessons: &[LessonId],
    ) -> Result<HashMap<PersonId, HashSet<LessonId>>> {
        service::completed(self, people, lessons).await
    }

    /// The days between the two, both included, on which something was credited; in order.
    pub async fn days_studied(&self, person: PersonId, from: Day, to: Day) -> Result<Vec<Day>> {
        service::days_studied(self, person, from, to).await
    }
}
