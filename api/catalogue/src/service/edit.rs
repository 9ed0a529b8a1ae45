//! Changing a draft: titles, order, texts. What is published is withdrawn first; only additions go straight to a published course.

use kernel::{
    Refusal, Result, Viewer,
    id::{ChapterId, CourseId, LessonId},
};
use platform::Tx;

use super::author::written;
use crate::{
    Catalogue,
    model::{Chapter, Course, CourseChange, Lesson, LessonChange, LessonKind, Source},
    rules::{self, Faults},
    store::{self, content, drafts},
};

impl Catalogue {
    pub async fn update_course(&self, viewer: &Viewer, id: CourseId, change: CourseChange) -> Result<Course> {
        let (tx, mut course) = self.edit_draft(viewer, id).await?;
        let mut faults = Faults::default();
        if let Some(title) = change.title {
            course.title = faults.title("input.title", &title);
        }
        if let Some(summary) = change.summary {
            course.summary = faults.summary("input.summary", &summary);
        }
        if let Some(source) = change.source {
            course.source = faults.source("input.source", &source);
        }
        if let Some(edition) = change.edition {
            course.edition = faults.edition("input.edition", &edition);
        }
        course.required = change.required.unwrap_or(course.required);
        course.hours = change.hours.unwrap_or(course.hours);
        course.credits = change.credits.unwrap_or(course.credits);
        course.characters_per_minute = change.characters_per_minute.unwrap_or(course.characters_per_minute);
        faults.pace("input.charactersPerMinute", course.characters_per_minute);
        faults.awarded("input.hours", course.hours);
        faults.awarded("input.credits", course.credits);
        faults.done()?;
        store::update(&tx, &course).await?;
        self.changed(tx, &course).await?;
        Ok(course)
    }

    pub async fn rename_chapter(&self, viewer: &Viewer, id: ChapterId, title: impl AsRef<str>) -> Result<Chapter> {
        let chapter = self.chapter(viewer, id).await?;
        let (tx, course) = self.edit_draft(viewer, chapter.course).await?;
        let mut faults = Faults::default();
        let title = faults.title("title", title.as_ref());
        faults.done()?;
        let there = content::chapter(&tx, id).await?.ok_or_else(Refusal::not_found)?;
        let chapter = Chapter { title, ..there };
        content::update_chapter(&tx, &chapter).await?;
        self.changed(tx, &course).await?;
        Ok(chapter)
    }

    /// To this place among the chapters, counted from nought.
    pub async fn move_chapter(&self, viewer: &Viewer, id: ChapterId, position: usize) -> Result<()> {
        let chapter = self.chapter(viewer, id).await?;
        let (tx, course) = self.edit_draft(viewer, chapter.course).await?;
        let chapters = content::chapters(&tx, &[course.id]).await?;
        let row: Vec<ChapterId> = chapters.iter().map(|chapter| chapter.id).collect();
        for (at, id) in (0..).zip(rules::moved(&row, id, position)) {
            let moved = chapters.iter().find(|chapter| chapter.id == id && chapter.position != at);
            if let Some(chapter) = moved {
                content::update_chapter(&tx, &Chapter { position: at, ..chapter.clone() }).await?;
            }
        }
        self.changed(tx, &course).await
    }

    /// With its lessons.
    pub async fn delete_chapter(&self, viewer: &Viewer, id: ChapterId) -> Result<()> {
        let chapter = self.chapter(viewer, id).await?;
        let (tx, course) = self.edit_draft(viewer, chapter.course).await?;
        for lesson in content::lessons_of(&tx, &[course.id]).await?.iter().filter(|lesson| lesson.chapter == id) {
            self.take_out(&tx, &course, lesson.id).await?;
        }
        if course.version == 0 {
            content::delete_chapter(&tx, id).await?;
        } else {
            drafts::remove_chapter(&tx, id, self.base().now()).await?;
        }
        self.changed(tx, &course).await
    }

    /// Another text is another version: nobody has covered it yet. So is another video; one of about the same length goes on with what was covered.
    pub async fn update_lesson(&self, viewer: &Viewer, id: LessonId, change: LessonChange) -> Result<Lesson> {
        let lesson = self.lesson(viewer, id).await?;
        let course = self.may_edit(viewer, lesson.course).await?;
        course.must_be_draft()?;
        let mut faults = Faults::default();
        let title = change.title.map(|title| faults.title("input.title", &title));
        let source = change.source.map(|s| Source { format: s.format, body: written(&mut faults, &s.body) });
        if source.is_some() && change.asset.is_some() {
            faults.add("input.body", "请填写正文或选择文档，二者取一。", "Give either a text or a document.");
        }
        if source.is_some() && lesson.kind != LessonKind::Reading {
            faults.add("input.body", "视频课时没有正文。", "A video lesson has no text.");
        }
        let document = change.asset.filter(|_| lesson.kind == LessonKind::Reading);
        if let Some(asset) = document {
            self.own_document(viewer, &course, asset).await?;
        }
        let video = match change.asset.filter(|_| lesson.kind == LessonKind::Video) {
            Some(asset) => Some(self.own_video(&mut faults, viewer, &course, asset).await?),
            None => None,
        };
        faults.done()?;
        let text = match source {
            Some(source) => Some((self.made(viewer, &course, &source).await?, source)),
            None => None,
        };
        let (tx, course) = self.edit_draft(viewer, lesson.course).await?;
        let mut lesson = content::lesson(&tx, id).await?.ok_or_else(Refusal::not_found)?;
        lesson.title = title.unwrap_or(lesson.title);
        lesson.required = change.required.unwrap_or(lesson.required);
        if let Some(asset) = document {
            (lesson.asset, lesson.characters, lesson.version) = (Some(asset), None, String::new());
            content::delete_reading(&tx, id).await?;
        }
        if let Some((made, source)) = text {
            (lesson.characters, lesson.version) = (Some(made.characters), made.version.clone());
            content::put_reading(&tx, id, &source, &made).await?;
        }
        if let Some(video) = &video {
            (lesson.asset, lesson.duration_ms) = (Some(video.id), video.duration_ms);
            lesson.version = video.id.to_string();
        }
        content::update_lesson(&tx, &lesson).await?;
        self.changed(tx, &course).await?;
        match (video, document) {
            (Some(video), _) => self.catch_up(lesson, video.id).await,
            (None, Some(asset)) => self.read_on(lesson, asset).await,
            (None, None) => Ok(lesson),
        }
    }

    /// To this place in a chapter of the same course, counted from nought.
    pub async fn move_lesson(&self, viewer: &Viewer, id: LessonId, chapter: ChapterId, position: usize) -> Result<()> {
        let course = self.lesson(viewer, id).await?.course;
        let (tx, course) = self.edit_draft(viewer, course).await?;
        let chapters = content::chapters(&tx, &[course.id]).await?;
        let lessons = content::lessons_of(&tx, &[course.id]).await?;
        if !chapters.iter().any(|one| one.id == chapter) || !lessons.iter().any(|lesson| lesson.id == id) {
            return Err(Refusal::not_found().into());
        }
        let row: Vec<LessonId> = lessons.iter().filter(|one| one.chapter == chapter).map(|one| one.id).collect();
        put_in_order(&tx, &lessons, chapter, &rules::moved(&row, id, position)).await?;
        self.changed(tx, &course).await
    }

    pub async fn delete_lesson(&self, viewer: &Viewer, id: LessonId) -> Result<()> {
        let lesson = self.lesson(viewer, id).await?;
        let (tx, course) = self.edit_draft(viewer, lesson.course).await?;
        self.take_out(&tx, &course, id).await?;
        self.changed(tx, &course).await
    }

    /// A lesson that students have known leaves the outline and stays for their ledgers.
    async fn take_out(&self, tx: &Tx, course: &Course, lesson: LessonId) -> Result<()> {
        if course.version == 0 {
            return content::delete_lesson(tx, lesson).await;
        }
        drafts::remove_lesson(tx, lesson, self.base().now()).await
    }

    /// What a reading was written as; none for a video.
    pub async fn source(&self, viewer: &Viewer, lesson: LessonId) -> Result<Option<Source>> {
        let lesson = self.lesson(viewer, lesson).await?;
        self.may_edit(viewer, lesson.course).await?;
        content::source(self.base().db.read(), lesson.id).await
    }
}

async fn put_in_order(tx: &Tx, lessons: &[Lesson], chapter: ChapterId, row: &[LessonId]) -> Result<()> {
    for (at, id) in (0..).zip(row) {
        let elsewhere = |lesson: &&Lesson| lesson.id == *id && (lesson.position, lesson.chapter) != (at, chapter);
        if let Some(lesson) = lessons.iter().find(elsewhere) {
            content::update_lesson(tx, &Lesson { position: at, chapter, ..lesson.clone() }).await?;
        }
    }
    Ok(())
}
