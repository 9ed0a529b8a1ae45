//! Changing a published course without disturbing who studies it: a draft is a course of its own that stands for the published one. When it
//! is published its parts come in the place of those that they stand for, under the ids that ledgers and progress know.

use std::collections::HashMap;

use kernel::{
    Refusal, Result, Viewer,
    id::{ChapterId, CourseId, LessonId},
};
use platform::{
    Tx,
    audit::{self, Act},
};

use crate::{
    Catalogue,
    model::{Chapter, Course, Lesson, Status},
    store::{self, content, drafts, labels, reviews},
};

impl Catalogue {
    /// Where the course is changed: its draft, made now if there is none. A course that is not published is its own.
    pub async fn draft_course(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let (tx, mut course) = self.hold(viewer, id).await?;
        if course.status != Status::Published {
            return Ok(course);
        }
        if let Some(draft) = drafts::draft_of(&tx, id).await? {
            return store::find(&tx, draft).await?.ok_or_else(|| Refusal::not_found().into());
        }
        self.keep_first(&tx, &mut course).await?;
        let draft = self.make_draft(&tx, &course).await?;
        tx.commit().await?;
        Ok(draft)
    }

    /// The published course stays as it is.
    pub async fn discard_draft(&self, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let (tx, draft) = self.hold(viewer, id).await?;
        let Some(original) = draft.draft_of else {
            return Err(Refusal::conflict("这不是修改稿。", "This is not a draft of a published course.").into());
        };
        draft.must_not_be_in_review()?;
        drafts::delete(&tx, id).await?;
        let target = original.to_string();
        let act = Act {
            actor: Some(viewer.person),
            action: "course.discard_draft",
            target,
            reason: None,
            path: &draft.audience,
        };
        audit::record(self.base(), &tx, act).await?;
        let course = store::find(&tx, original).await?.ok_or_else(Refusal::not_found)?;
        tx.commit().await?;
        Ok(course)
    }

    /// The drafts of these courses. Unguarded: whoever asks shows them to who manages the course.
    pub async fn drafts(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Course>> {
        let db = self.base().db.read();
        let found = drafts::drafts_of(db, ids).await?;
        let drafts: Vec<CourseId> = found.values().copied().collect();
        let courses = store::find_many(db, &drafts).await?;
        Ok(courses.into_iter().filter_map(|draft| Some((draft.draft_of?, draft))).collect())
    }

    /// The newest handing in of each of these. Unguarded, like [`Catalogue::drafts`].
    pub async fn last_submissions(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, crate::model::Submission>> {
        reviews::latest(self.base().db.read(), ids).await
    }

    pub(super) async fn make_draft(&self, tx: &Tx, course: &Course) -> Result<Course> {
        let base = self.base();
        let draft = Course {
            id: base.id(),
            draft_of: Some(course.id),
            status: Status::Draft,
            created_at: base.now(),
            published_at: None,
            version: 0,
            withdrawn_by: None,
            ..course.clone()
        };
        store::insert(tx, &draft).await?;
        labels::copy(tx, course.id, draft.id).await?;
        let mut copies: HashMap<ChapterId, ChapterId> = HashMap::new();
        for chapter in content::chapters(tx, &[course.id]).await? {
            let copy = Chapter { id: base.id(), course: draft.id, ..chapter.clone() };
            content::insert_chapter(tx, &copy).await?;
            drafts::chapter_stands_for(tx, copy.id, chapter.id).await?;
            copies.insert(chapter.id, copy.id);
        }
        for lesson in content::lessons_of(tx, &[course.id]).await? {
            let Some(chapter) = copies.get(&lesson.chapter).copied() else { continue };
            let copy = Lesson { id: base.id(), course: draft.id, chapter, ..lesson.clone() };
            content::insert_lesson(tx, &copy, base.now()).await?;
            drafts::lesson_stands_for(tx, copy.id, lesson.id).await?;
            drafts::copy_content(tx, lesson.id, copy.id, &|| base.id::<()>().uuid()).await?;
        }
        Ok(draft)
    }

    /// The published course with everything that its draft is; the draft is gone.
    pub(super) async fn merge(&self, tx: &Tx, original: Course, draft: Course) -> Result<Course> {
        let origins = drafts::origins(tx, draft.id).await?;
        let homes = self.merge_chapters(tx, &original, &draft, &origins).await?;
        let lessons = content::lessons_of(tx, &[draft.id]).await?;
        let kept: Vec<LessonId> =
            lessons.iter().filter_map(|lesson| origins.lessons.get(&lesson.id)).copied().collect();
        for lesson in content::lessons_of(tx, &[original.id]).await? {
            if !kept.contains(&lesson.id) {
                drafts::remove_lesson(tx, lesson.id, self.base().now()).await?;
            }
        }
        for lesson in lessons {
            let chapter = homes.get(&lesson.chapter).copied().unwrap_or(lesson.chapter);
            let id = origins.lessons.get(&lesson.id).copied().unwrap_or(lesson.id);
            content::update_lesson(tx, &Lesson { id, course: original.id, chapter, ..lesson.clone() }).await?;
            if id != lesson.id {
                drafts::move_content(tx, lesson.id, id).await?;
                content::delete_lesson(tx, lesson.id).await?;
            }
        }
        labels::copy(tx, draft.id, original.id).await?;
        drafts::delete(tx, draft.id).await?;
        Ok(Course {
            id: original.id,
            draft_of: None,
            status: original.status,
            created_at: original.created_at,
            published_at: original.published_at,
            version: original.version,
            withdrawn_by: original.withdrawn_by,
            lecturers: original.lecturers,
            ..draft
        })
    }

    /// Where the chapters of the draft went.
    async fn merge_chapters(
        &self,
        tx: &Tx,
        original: &Course,
        draft: &Course,
        origins: &drafts::Origins,
    ) -> Result<HashMap<ChapterId, ChapterId>> {
        let mut homes = HashMap::new();
        for chapter in content::chapters(tx, &[draft.id]).await? {
            let id = origins.chapters.get(&chapter.id).copied().unwrap_or(chapter.id);
            homes.insert(chapter.id, id);
            content::update_chapter(tx, &Chapter { id, course: original.id, ..chapter }).await?;
        }
        let there: Vec<ChapterId> = homes.values().copied().collect();
        for chapter in content::chapters(tx, &[original.id]).await? {
            if !there.contains(&chapter.id) {
                drafts::remove_chapter(tx, chapter.id, self.base().now()).await?;
            }
        }
        Ok(homes)
    }
}
