//! Lists load through these: one statement for each kind of thing, however long the list.

use std::collections::HashMap;

use ::appeals::Appeal;
use ::catalogue::{Course, Labels, Lesson, Outline, Submission};
use ::credits::Entry;
use ::learning::{CourseProgress, Progress};
use ::media::Asset;
use ::organisation::{Person, Unit};
use async_graphql::dataloader::Loader;
use kernel::{
    Error,
    id::{AssetId, CourseId, EntryId, LessonId, PersonId, UnitId},
};

use crate::context::Houses;

pub struct Loaders {
    pub houses: Houses,
    /// Whose progress is asked for.
    pub person: Option<PersonId>,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct OutlineOf(pub CourseId);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ProgressOf(pub LessonId);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlocksOf(pub LessonId);
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct CourseProgressOf(pub CourseId);

/// The draft of a published course.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct DraftOf(pub CourseId);

impl Loader<DraftOf> for Loaders {
    type Value = Course;
    type Error = Error;
    async fn load(&self, keys: &[DraftOf]) -> Result<HashMap<DraftOf, Course>, Error> {
        let ids: Vec<CourseId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.catalogue.drafts(&ids).await?;
        Ok(found.into_iter().map(|(id, draft)| (DraftOf(id), draft)).collect())
    }
}

/// The newest handing in of a course.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct SubmissionOf(pub CourseId);

impl Loader<SubmissionOf> for Loaders {
    type Value = Submission;
    type Error = Error;
    async fn load(&self, keys: &[SubmissionOf]) -> Result<HashMap<SubmissionOf, Submission>, Error> {
        let ids: Vec<CourseId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.catalogue.last_submissions(&ids).await?;
        Ok(found.into_iter().map(|(id, submission)| (SubmissionOf(id), submission)).collect())
    }
}

/// The person's newest appeal about an entry.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct AppealOf(pub EntryId);

/// What a course is filed under.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct LabelsOf(pub CourseId);

impl Loader<LabelsOf> for Loaders {
    type Value = Labels;
    type Error = Error;
    async fn load(&self, keys: &[LabelsOf]) -> Result<HashMap<LabelsOf, Labels>, Error> {
        let ids: Vec<CourseId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.catalogue.labels(&ids).await?;
        Ok(found.into_iter().map(|(id, labels)| (LabelsOf(id), labels)).collect())
    }
}
impl Loader<AppealOf> for Loaders {
    type Value = Appeal;
    type Error = Error;
    async fn load(&self, keys: &[AppealOf]) -> Result<HashMap<AppealOf, Appeal>, Error> {
        let Some(person) = self.person else { return Ok(HashMap::new()) };
        let ids: Vec<EntryId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.appeals.about(person, &ids).await?;
        Ok(found.into_iter().map(|(id, appeal)| (AppealOf(id), appeal)).collect())
    }
}
impl Loader<PersonId> for Loaders {
    type Value = Person;
    type Error = Error;
    async fn load(&self, keys: &[PersonId]) -> Result<HashMap<PersonId, Person>, Error> {
        self.houses.organisation.people(keys).await
    }
}
impl Loader<UnitId> for Loaders {
    type Value = Unit;
    type Error = Error;
    async fn load(&self, keys: &[UnitId]) -> Result<HashMap<UnitId, Unit>, Error> {
        self.houses.organisation.units(keys).await
    }
}
impl Loader<CourseId> for Loaders {
    type Value = Course;
    type Error = Error;
    async fn load(&self, keys: &[CourseId]) -> Result<HashMap<CourseId, Course>, Error> {
        self.houses.catalogue.courses_by_id(keys).await
    }
}
impl Loader<OutlineOf> for Loaders {
    type Value = Outline;
    type Error = Error;
    async fn load(&self, keys: &[OutlineOf]) -> Result<HashMap<OutlineOf, Outline>, Error> {
        let ids: Vec<CourseId> = keys.iter().map(|key| key.0).collect();
        Ok(self
            .houses
            .catalogue
            .outlines(&ids)
            .await?
            .into_iter()
            .map(|(id, outline)| (OutlineOf(id), outline))
            .collect())
    }
}
impl Loader<LessonId> for Loaders {
    type Value = Lesson;
    type Error = Error;
    async fn load(&self, keys: &[LessonId]) -> Result<HashMap<LessonId, Lesson>, Error> {
        self.houses.catalogue.lessons(keys).await
    }
}
impl Loader<BlocksOf> for Loaders {
    type Value = u32;
    type Error = Error;
    async fn load(&self, keys: &[BlocksOf]) -> Result<HashMap<BlocksOf, u32>, Error> {
        let ids: Vec<LessonId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.catalogue.block_counts(&ids).await?;
        Ok(found.into_iter().map(|(id, count)| (BlocksOf(id), count)).collect())
    }
}
impl Loader<ProgressOf> for Loaders {
    type Value = Progress;
    type Error = Error;
    async fn load(&self, keys: &[ProgressOf]) -> Result<HashMap<ProgressOf, Progress>, Error> {
        let Some(person) = self.person else { return Ok(HashMap::new()) };
        let ids: Vec<LessonId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.learning.progress(person, &ids).await?;
        Ok(found.into_iter().map(|(id, progress)| (ProgressOf(id), progress)).collect())
    }
}
impl Loader<CourseProgressOf> for Loaders {
    type Value = CourseProgress;
    type Error = Error;
    async fn load(&self, keys: &[CourseProgressOf]) -> Result<HashMap<CourseProgressOf, CourseProgress>, Error> {
        let Some(person) = self.person else { return Ok(HashMap::new()) };
        let ids: Vec<CourseId> = keys.iter().map(|key| key.0).collect();
        let found = self.houses.learning.course_progress(person, &ids).await?;
        Ok(found.into_iter().map(|(id, progress)| (CourseProgressOf(id), progress)).collect())
    }
}
impl Loader<AssetId> for Loaders {
    type Value = Asset;
    type Error = Error;
    async fn load(&self, keys: &[AssetId]) -> Result<HashMap<AssetId, Asset>, Error> {
        self.houses.media.find_many(keys).await
    }
}
impl Loader<EntryId> for Loaders {
    type Value = Entry;
    type Error = Error;
    async fn load(&self, keys: &[EntryId]) -> Result<HashMap<EntryId, Entry>, Error> {
        self.houses.credits.entries_by_id(keys).await
    }
}
