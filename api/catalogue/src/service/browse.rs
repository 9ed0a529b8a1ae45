//! Finding courses and reading what is in them.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use kernel::{
    Connection, Error, Page, Refusal, Result, Role, Viewer,
    id::{CaptionsId, CourseId, LessonId},
};
use sea_orm::ConnectionTrait;

use crate::{
    Catalogue,
    model::{Chapter, Course, CourseFilter, Lesson, LessonKind, Material, Outline},
    rules,
    store::{self, Sight, content},
};

impl Catalogue {
    /// NOT_FOUND for what the viewer may not see.
    pub async fn course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let course = store::find(self.base().db.read(), id).await?.filter(|course| course.seen_by(viewer));
        course.ok_or_else(|| Refusal::not_found().into())
    }

    /// Required ones first, then the newest; with the total.
    pub async fn courses(&self, viewer: &Viewer, filter: CourseFilter, page: &Page) -> Result<Connection<Course>> {
        store::list(self.base().db.read(), &sight(viewer, filter.mine), &filter, page).await
    }

    /// Unguarded: for houses above, which know who may see what.
    pub async fn courses_by_id(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Course>> {
        Ok(store::find_many(self.base().db.read(), ids).await?.into_iter().map(|course| (course.id, course)).collect())
    }

    /// Unguarded, like [`Catalogue::courses_by_id`].
    pub async fn outlines(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Outline>> {
        let db = self.base().db.read();
        let courses = store::find_many(db, ids).await?;
        let mut chapters = chapters_of(db, ids).await?;
        let outline = |course: Course| Outline { chapters: chapters.remove(&course.id).unwrap_or_default(), course };
        Ok(courses.into_iter().map(outline).map(|outline| (outline.course.id, outline)).collect())
    }

    /// Unguarded, like [`Catalogue::courses_by_id`].
    pub async fn lessons(&self, ids: &[LessonId]) -> Result<HashMap<LessonId, Lesson>> {
        Ok(content::lessons(self.base().db.read(), ids).await?.into_iter().map(|lesson| (lesson.id, lesson)).collect())
    }

    /// Like [`Catalogue::courses_by_id`], as they were up to [`NAMED`](crate::NAMED) ago: for answers that name the same courses again and again.
    pub async fn kept_courses(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Arc<Course>>> {
        let load = async |ids: &[CourseId]| {
            Ok(self.courses_by_id(ids).await?.into_iter().map(|(id, course)| (id, Arc::new(course))).collect())
        };
        self.0.courses.many(ids, load).await
    }

    /// The same of lessons.
    pub async fn kept_lessons(&self, ids: &[LessonId]) -> Result<HashMap<LessonId, Arc<Lesson>>> {
        let load = async |ids: &[LessonId]| {
            Ok(self.lessons(ids).await?.into_iter().map(|(id, lesson)| (id, Arc::new(lesson))).collect())
        };
        self.0.lessons.many(ids, load).await
    }

    /// What one studies, for whoever sees the course. NOT_FOUND else.
    pub async fn material(&self, viewer: &Viewer, id: LessonId) -> Result<Material> {
        let db = self.base().db.read();
        let lesson = content::lesson(db, id).await?.ok_or_else(Refusal::not_found)?;
        let course = self.course(viewer, lesson.course).await?;
        let (text, captions) = match lesson.kind {
            LessonKind::Reading => (content::reading(db, id).await?, Vec::new()),
            LessonKind::Video => (None, content::captions_of(db, &[id]).await?),
        };
        let (html, blocks) = text.map(|stored| (self.addressed(&stored.html), stored.blocks)).unzip();
        let captions = captions.into_iter().map(|stored| stored.info).collect();
        Ok(Material { lesson, course, html, blocks: blocks.unwrap_or_default(), captions })
    }

    /// The lesson that they belong to and their WebVTT. Unguarded: whoever serves them has opened a study of the lesson.
    pub async fn captions(&self, id: CaptionsId) -> Result<Option<(LessonId, String)>> {
        let found = content::captions(self.base().db.read(), id).await?;
        Ok(found.map(|stored| (stored.lesson, stored.vtt)))
    }

    /// Published required courses for the unit at the path, oldest first, each with its required lessons.
    pub async fn required_for(&self, path: &str) -> Result<Vec<(Course, Vec<Lesson>)>> {
        let load = async {
            let db = self.base().db.read();
            let courses = store::required(db, &rules::covering(path)).await?;
            let ids: Vec<CourseId> = courses.iter().map(|course| course.id).collect();
            let mut chapters = chapters_of(db, &ids).await?;
            let with = |course: Course| {
                let lessons = chapters.remove(&course.id).into_iter().flatten().flat_map(|(_, lessons)| lessons);
                let required = lessons.filter(|lesson| lesson.required).collect();
                (course, required)
            };
            Ok::<_, Error>(Arc::new(courses.into_iter().map(with).collect::<Vec<_>>()))
        };
        let kept = self.0.required_for.try_get_with(path.to_owned(), load).await;
        kept.map(|courses| courses.to_vec()).map_err(|error| (*error).clone())
    }

    /// In their order.
    pub async fn required_lessons(&self, course: CourseId) -> Result<Vec<LessonId>> {
        let load = async {
            let chapters = chapters_of(self.base().db.read(), &[course]).await?.remove(&course);
            let lessons = chapters.into_iter().flatten().flat_map(|(_, lessons)| lessons);
            let required = lessons.filter(|lesson| lesson.required).map(|lesson| lesson.id);
            Ok::<_, Error>(Arc::new(required.collect::<Vec<_>>()))
        };
        let kept = self.0.required_lessons.try_get_with(course, load).await;
        kept.map(|lessons| lessons.to_vec()).map_err(|error| (*error).clone())
    }
}

fn sight(viewer: &Viewer, mine: bool) -> Sight {
    if mine {
        return Sight::Taught(viewer.person);
    }
    let mut beneath = viewer.scope(Role::Admin);
    beneath.extend(viewer.scope(Role::Auditor));
    let above = beneath.iter().flat_map(|path| rules::covering(path));
    let audiences: HashSet<String> = viewer.audiences().into_iter().chain(above).collect();
    let teacher = viewer.has(Role::Lecturer).then_some(viewer.person);
    Sight::Shelf { audiences: audiences.into_iter().collect(), beneath, teacher }
}

pub(super) async fn outline(db: &impl ConnectionTrait, course: &Course) -> Result<Outline> {
    let chapters = chapters_of(db, &[course.id]).await?.remove(&course.id).unwrap_or_default();
    Ok(Outline { course: course.clone(), chapters })
}

type Chapters = Vec<(Chapter, Vec<Lesson>)>;

async fn chapters_of(db: &impl ConnectionTrait, courses: &[CourseId]) -> Result<HashMap<CourseId, Chapters>> {
    let mut lessons: HashMap<_, Vec<Lesson>> = HashMap::new();
    for lesson in content::lessons_of(db, courses).await? {
        lessons.entry(lesson.chapter).or_default().push(lesson);
    }
    let mut found: HashMap<CourseId, Chapters> = HashMap::new();
    for chapter in content::chapters(db, courses).await? {
        let own = lessons.remove(&chapter.id).unwrap_or_default();
        found.entry(chapter.course).or_default().push((chapter, own));
    }
    Ok(found)
}
