//! Who studied on which days, and all that was ever finished: for houses above that count and rebuild what they counted.

use std::collections::HashSet;

use kernel::{
    Day, Millis, Result,
    id::{CourseId, LessonId, PersonId},
};

use crate::{Learning, model::Finished, store::finished};

impl Learning {
    /// Which of these people had something credited on one of the days, both included.
    pub async fn studied(&self, people: &[PersonId], from: Day, to: Day) -> Result<HashSet<PersonId>> {
        finished::studied(self.base.db.read(), people, from, to).await
    }

    /// All lessons that were ever finished, in an order of their own, from behind the one given.
    pub async fn finished_lessons(&self, after: Option<(PersonId, LessonId)>, most: u64) -> Result<Vec<Finished>> {
        finished::lessons(self.base.db.read(), after, most).await
    }

    /// All courses that were ever completed, in the same way.
    pub async fn finished_courses(
        &self,
        after: Option<(PersonId, CourseId)>,
        most: u64,
    ) -> Result<Vec<(PersonId, CourseId, Millis)>> {
        finished::courses(self.base.db.read(), after, most).await
    }
}
