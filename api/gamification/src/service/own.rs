//! One's own: tasks, level, badges, topics.

use std::collections::HashMap;

use kernel::{
    Result, Viewer,
    id::{CourseId, PersonId},
};

use super::rhythm::YEARS;
use crate::{
    Gamification,
    model::{Badge, DeedKind, Level, Task, Topic},
    rules::{badge, calendar::is_frozen, level, task, topic},
    store::deeds,
};

impl Gamification {
    /// Of the running day and the running week.
    pub async fn tasks(&self, person: PersonId) -> Result<Vec<Task>> {
        let (today, zone) = (self.base().today(), self.base().zone);
        let monday = today.monday();
        let week = zone.span(monday, monday.plus(6));
        let studied = self.0.learning.days_studied(person, monday, today).await?;
        let days: Vec<_> = studied.into_iter().map(|day| (day, zone.start(day))).collect();
        let days_goal = self.goals_of(person).await?.of(monday);
        let freezes = self.freezes_of(person).await?;
        let db = self.base().db.read();
        Ok(task::tasks(&task::Known {
            day: zone.span(today, today),
            week,
            deeds: &deeds::of_person(db, person, Some(week)).await?,
            days: &days,
            days_goal,
            frozen: is_frozen(monday, days_goal, &freezes),
            asked: deeds::asked(db).await?,
        }))
    }

    /// By the lessons that the person has finished and the checks that they have passed.
    pub async fn level(&self, person: PersonId) -> Result<Level> {
        Ok(level::level(deeds::count(self.base().db.read(), person).await?))
    }

    /// The newest first; each with when and why.
    pub async fn badges(&self, person: PersonId) -> Result<Vec<Badge>> {
        let today = self.base().today();
        let done = deeds::of_person(self.base().db.read(), person, None).await?;
        let courses: Vec<CourseId> =
            done.iter().filter(|deed| deed.kind == DeedKind::Course).map(|deed| deed.course).collect();
        let found = self.0.catalogue.courses_by_id(&courses).await?;
        let titles: HashMap<CourseId, String> = found.into_iter().map(|(id, course)| (id, course.title)).collect();
        let days = self.0.learning.days_studied(person, today.plus(-YEARS * 366), today).await?;
        Ok(badge::badges(&done, &days, &titles, self.base().zone))
    }

    /// Those that the viewer has begun, with what is missing for the next level.
    pub async fn topics(&self, viewer: &Viewer) -> Result<Vec<Topic>> {
        let deeds = deeds::of_person(self.base().db.read(), viewer.person, None).await?;
        let completed = deeds.iter().filter(|deed| deed.kind == DeedKind::Course);
        let completed: Vec<CourseId> = completed.map(|deed| deed.course).collect();
        let filings = self.0.catalogue.filings(&completed).await?;
        let shelf = self.0.catalogue.filed(viewer).await?;
        Ok(topic::topics(&topic::Known { deeds: &deeds, filings: &filings, shelf: &shelf }))
    }
}
