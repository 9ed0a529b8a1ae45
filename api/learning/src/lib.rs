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
    Connection, Day, Millis, Page, Result, Viewer,
    id::{CheckId, CourseId, FlagId, LessonId, PersonId, StudyId},
};
use moka::future::Cache;
use platform::{Base, Tx};

use commit::Committer;
pub use jobs::{COURSE_CHANGED, COURSE_PROGRESS, handlers};
pub use model::{
    Answer, Beat, Check, CheckAnswer, CourseProgress, Finished, Flag, FlagKind, Lease, Pending, Progress, Reason,
    Recent, Refused, Served, Span, Statistics, Study, StudyInfo, WatchMap,
};

/// What a school may set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Config {
    /// How often clients are asked to beat.
    pub heartbeat_ms: i64,
    /// How many milliseconds of a medium a hundred milliseconds of real time pay for: 200 is a rate of 2.
    pub max_rate_percent: i64,
    /// Whether only what was served counts. Off where nothing is served: in tests of other houses.
    pub evidence: bool,
    /// Whether what is played in a tab that nobody sees counts. What a client says of that is a courtesy: a lie costs it nothing but the checks.
    pub hidden_counts: bool,
    /// Studies that were silent for longer are removed with their evidence; what they covered stays.
    pub kept_days: i64,
}

impl Default for Config {
    fn default() -> Self {
        Self { heartbeat_ms: 15_000, max_rate_percent: 200, evidence: true, hidden_counts: true, kept_days: 90 }
    }
}

impl Config {
    pub fn max_rate(&self) -> f64 {
        self.max_rate_percent as f64 / 100.0
    }
}

/// How long the media gate may be told of a study what was true before. What it asks never changes but for the last beat; where that is long ago
/// it is looked up again, see [`service::study`].
const REMEMBERED: Duration = Duration::from_secs(300);

/// The front door. Cheap to clone; all clones share one committer.
#[derive(Clone)]
pub struct Learning {
    base: Base,
    catalogue: Catalogue,
    config: Config,
    committer: Arc<Committer>,
    /// With when it was looked up.
    studies: Cache<StudyId, (Millis, StudyInfo)>,
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
        service::heartbeat(self, viewer, beat).await
    }

    /// Bytes of a study's material were handed to the socket; answered when that is on disk. What is handed in before a beat is decided before it.
    pub async fn served(&self, served: Served) -> Result<()> {
        service::served(self, served).await
    }

    /// The same for whoever knows whose study it is: it has its place before any later beat when this returns, and the future, which owns all it
    /// needs, only tells when it is on disk.
    pub fn served_to(&self, person: PersonId, served: Served) -> impl Future<Output = Result<()>> + Send + use<> {
        service::served_to(self, person, served)
    }

    /// One attempt a check: the same answer again is told the same, another one is CONFLICT, a check of anybody else NOT_FOUND.
    pub async fn answer_check(&self, viewer: &Viewer, check: CheckId, option: &str) -> Result<CheckAnswer> {
        service::answer_check(self, viewer, check, option).await
    }

    /// The same time again for an answer, up to ten times; answers how many milliseconds are left.
    pub async fn extend_check(&self, viewer: &Viewer, check: CheckId) -> Result<i64> {
        service::extend_check(self, viewer, check).await
    }

    /// Which parts of a lesson count for a person, which wait, and which do not and why.
    pub async fn watch_map(&self, person: PersonId, lesson: LessonId) -> Result<WatchMap> {
        service::watch_map(self, person, lesson).await
    }

    /// A person decided that these spans count. Publishes what a beat would; answers how many milliseconds count from now on that did not before.
    /// CONFLICT where they are of another content, see [`WatchMap::version`], than the one that stands.
    pub async fn release(
        &self,
        tx: &Tx,
        of: (PersonId, LessonId),
        version: Option<&str>,
        spans: &[Span],
    ) -> Result<i64> {
        service::release(self, tx, of, version, spans).await
    }

    /// All that waits of a person in a lesson counts from now on; never of the viewer's own. Whoever asks has settled that the viewer teaches it.
    pub async fn release_pending(&self, viewer: &Viewer, lesson: LessonId, person: PersonId) -> Result<i64> {
        service::release_pending(self, viewer, lesson, person).await
    }

    /// What waits in this lesson for a question to be answered or for a lecturer, of up to a thousand people.
    pub async fn pending_of(&self, lesson: LessonId) -> Result<Vec<Pending>> {
        service::pending_of(self, lesson).await
    }

    /// Habits for a person to look at, newest first. Nothing is ever withheld for them.
    pub async fn flags(&self, reviewed: Option<bool>, page: &Page) -> Result<Connection<Flag>> {
        service::flags(self, reviewed, page).await
    }

    /// Whom these flags are about. Unguarded: whoever asks knows who may see what.
    pub async fn flagged(&self, flags: &[FlagId]) -> Result<HashMap<FlagId, PersonId>> {
        store::flagged(self.base.db.read(), flags).await
    }

    /// What a person found when they looked at it; never about themselves. Whoever asks has settled that the viewer may.
    pub async fn review_flag(&self, viewer: &Viewer, flag: FlagId, note: &str) -> Result<Flag> {
        service::review_flag(self, viewer, flag, note).await
    }

    /// Removes studies that have long been silent; answers how many. To be called now and then.
    pub async fn sweep(&self) -> Result<u64> {
        service::sweep(self).await
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

    /// Cheap: remembered. Its last beat may be told up to five minutes too early, never so that a live study looks silent.
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
