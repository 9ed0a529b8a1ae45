//! What people find and study.

use std::{collections::HashMap, sync::Arc};

use kernel::{
    Connection, Error, Page, Refusal, Result, Role, Viewer,
    id::{CaptionsId, CourseId, LessonId},
};

use crate::{
    Catalogue,
    model::{Block, Course, CourseFilter, Lesson, Material, Outline, Status},
    store::{self, Sight},
};

pub fn sight(viewer: &Viewer) -> Sight {
    let mut charges = viewer.scope(Role::Admin);
    charges.extend(viewer.scope(Role::Auditor));
    Sight { audiences: viewer.audiences(), charges, person: viewer.person }
}

impl Catalogue {
    /// Published for the viewer's audiences, in the viewer's charge, or taught by the viewer; else NOT_FOUND.
    pub async fn course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let found = store::visible(self.base().db.read(), &sight(viewer), id).await?;
        Ok(found.ok_or_else(Refusal::not_found)?)
    }

    /// Required first, then the newest. The total is exact to 10 000.
    pub async fn courses(&self, viewer: &Viewer, filter: CourseFilter, page: &Page) -> Result<Connection<Course>> {
        let (rows, total) = store::list(self.base().db.read(), &sight(viewer), &filter, page).await?;
        Ok(Connection::new(page, rows, store::course_key).with_total(total))
    }

    /// Unguarded, for houses above and edges of the roof.
    pub async fn courses_by_id(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Course>> {
        Ok(store::courses_by_id(self.base().db.read(), ids)
            .await?
            .into_iter()
            .map(|course| (course.id, course))
            .collect())
    }

    /// Unguarded.
    pub async fn outlines(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Outline>> {
        store::outlines(self.base().db.read(), ids).await
    }

    /// Unguarded.
    pub async fn lessons(&self, ids: &[LessonId]) -> Result<HashMap<LessonId, Lesson>> {
        Ok(store::lessons(self.base().db.read(), ids).await?.into_iter().map(|lesson| (lesson.id, lesson)).collect())
    }

    /// What a study of this lesson is made of, for whoever sees its course.
    pub async fn material(&self, viewer: &Viewer, id: LessonId) -> Result<Material> {
        let db = self.base().db.read();
        let lesson = store::lessons(db, &[id]).await?.pop().ok_or_else(Refusal::not_found)?;
        let course = self.course(viewer, lesson.course).await?;
        let (html, blocks) = store::text(db, id).await?;
        let blocks: Vec<Block> = blocks.map(|json| serde_json::from_str(&json)).transpose()?.unwrap_or_default();
        let captions = store::captions_of(db, id).await?.into_iter().map(|(info, _)| info).collect();
        Ok(Material { lesson, course, html, blocks, captions })
    }

    /// The lesson that captions belong to, and their WebVTT text.
    pub async fn captions(&self, id: CaptionsId) -> Result<Option<(LessonId, String)>> {
        store::captions(self.base().db.read(), id).await
    }

    /// Published required courses whose audience covers the unit at `path`, with their required lessons. Kept for some seconds.
    pub async fn required_for(&self, path: &str) -> Result<Vec<(Course, Vec<Lesson>)>> {
        let load = async {
            let audiences: Vec<String> =
                path.match_indices('.').filter_map(|(at, _)| path.get(..=at)).map(str::to_owned).collect();
            let db = self.base().db.read();
            let courses = store::required_courses(db, &audiences).await?;
            let ids: Vec<CourseId> = courses.iter().map(|course| course.id).collect();
            let mut outlines = store::outlines(db, &ids).await?;
            let required = |id| outlines.remove(id).map(required).unwrap_or_default();
            let lessons: Vec<Vec<Lesson>> = ids.iter().map(required).collect();
            Ok::<_, Error>(Arc::new(courses.into_iter().zip(lessons).collect::<Vec<_>>()))
        };
        let found = self.0.required.try_get_with(path.to_owned(), load).await.map_err(|e| (*e).clone())?;
        Ok((*found).clone())
    }

    /// Those whose completion completes the course.
    pub async fn required_lessons(&self, id: CourseId) -> Result<Vec<LessonId>> {
        let outline = self.outlines(&[id]).await?.remove(&id);
        Ok(outline.map(required).unwrap_or_default().into_iter().map(|lesson| lesson.id).collect())
    }

    /// Unguarded: every published course, for the index.
    pub(crate) async fn published(&self) -> Result<Vec<CourseId>> {
        store::published(self.base().db.read()).await
    }

    pub(crate) async fn is_published(&self, id: CourseId) -> Result<bool> {
        Ok(self.courses_by_id(&[id]).await?.get(&id).is_some_and(|course| course.status == Status::Published))
    }
}

fn required(outline: Outline) -> Vec<Lesson> {
    outline.chapters.into_iter().flat_map(|(_, lessons)| lessons).filter(|lesson| lesson.required).collect()
}
