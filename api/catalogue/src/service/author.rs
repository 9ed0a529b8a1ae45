//! Writing: a course, its chapters and lessons. Captions have a page of their own.

use kernel::{
    Refusal, Result, Role, Viewer,
    id::{AssetId, ChapterId, CourseId},
};
use media::{Asset, Purpose};
use platform::Tx;

use crate::{
    Catalogue,
    model::{Chapter, Course, Format, Lesson, LessonKind, NewCourse, NewReadingLesson, NewVideoLesson, Source, Status},
    rules::{self, Faults},
    store::{self, content},
};

impl Catalogue {
    /// A draft, for a unit in the scope of the viewer's charge as a lecturer.
    pub async fn create_course(&self, viewer: &Viewer, new: NewCourse) -> Result<Course> {
        viewer.must(Role::Lecturer)?;
        let unit = match new.unit {
            Some(id) => self.organisation().unit(id).await?.ok_or_else(Refusal::not_found)?,
            None => self.organisation().root().await?,
        };
        if !viewer.covers(Role::Lecturer, &unit.path) {
            return Err(Refusal::forbidden().into());
        }
        let mut faults = Faults::default();
        let title = faults.title("input.title", &new.title);
        let summary = faults.summary("input.summary", &new.summary);
        faults.awarded("input.hours", new.hours);
        faults.awarded("input.credits", new.credits);
        faults.done()?;
        let course = Course {
            id: self.base().id(),
            title,
            summary,
            unit: unit.id,
            audience: unit.path,
            required: new.required,
            hours: new.hours,
            credits: new.credits,
            status: Status::Draft,
            lecturers: vec![viewer.person],
            created_at: self.base().now(),
            published_at: None,
            characters_per_minute: crate::CHARACTERS_A_MINUTE,
            draft_of: None,
            source: String::new(),
            edition: String::new(),
            version: 0,
            withdrawn_by: None,
        };
        let tx = self.base().db.begin().await?;
        store::insert(&tx, &course).await?;
        tx.commit().await?;
        Ok(course)
    }

    pub async fn add_chapter(&self, viewer: &Viewer, course: CourseId, title: impl AsRef<str>) -> Result<Chapter> {
        let (tx, course) = self.edit(viewer, course).await?;
        let mut faults = Faults::default();
        let title = faults.title("title", title.as_ref());
        faults.done()?;
        let there = content::chapters(&tx, &[course.id]).await?;
        if there.len() >= rules::MOST_CHAPTERS {
            return Err(full(rules::MOST_CHAPTERS, "章节", "chapters").into());
        }
        let position = there.last().map_or(0, |last| last.position + 1);
        let chapter = Chapter { id: self.base().id(), course: course.id, position, title };
        content::insert_chapter(&tx, &chapter).await?;
        self.changed(tx, &course).await?;
        Ok(chapter)
    }

    /// The video need not be converted yet: its length comes with the conversion.
    pub async fn add_video_lesson(&self, viewer: &Viewer, chapter: ChapterId, new: NewVideoLesson) -> Result<Lesson> {
        let chapter = self.chapter(viewer, chapter).await?;
        let (tx, course) = self.edit(viewer, chapter.course).await?;
        let mut faults = Faults::default();
        let title = faults.title("input.title", &new.title);
        let asset = self.own_video(&mut faults, viewer, &course, new.asset).await?;
        faults.done()?;
        let lesson = Lesson {
            asset: Some(asset.id),
            duration_ms: asset.duration_ms,
            version: asset.id.to_string(),
            ..self.next_lesson(&tx, &chapter, LessonKind::Video, title, new.required).await?
        };
        content::insert_lesson(&tx, &lesson, self.base().now()).await?;
        self.changed(tx, &course).await?;
        self.catch_up(lesson, asset.id).await
    }

    /// A file of theirs that is a video, or may still become one.
    pub(super) async fn own_video(
        &self,
        faults: &mut Faults,
        viewer: &Viewer,
        course: &Course,
        id: AssetId,
    ) -> Result<Asset> {
        let asset = self.own_asset(viewer, course, id).await?;
        if asset.purpose != Purpose::Video {
            faults.add("input.assetId", "该文件不是视频。", "This file is not a video.");
        } else if asset.status == media::Status::Failed {
            let why = asset.failure.clone().unwrap_or_default();
            faults.add("input.assetId", format!("视频无法使用：{why}"), format!("The video cannot be used: {why}"));
        }
        Ok(asset)
    }

    /// Was the video converted while the lesson was being added, its announcement found no lesson: it is looked at once more.
    pub(super) async fn catch_up(&self, lesson: Lesson, asset: AssetId) -> Result<Lesson> {
        if lesson.duration_ms.is_some() {
            return Ok(lesson);
        }
        let Some(duration_ms) = self.media().find(asset).await?.and_then(|asset| asset.duration_ms) else {
            return Ok(lesson);
        };
        let tx = self.base().db.begin().await?;
        self.give_length(&tx, asset, duration_ms).await?;
        tx.commit().await?;
        self.forget();
        Ok(Lesson { duration_ms: Some(duration_ms), ..lesson })
    }

    /// The lessons of a video learn its length; published courses among theirs are announced.
    pub(crate) async fn give_length(&self, tx: &Tx, asset: AssetId, duration_ms: i64) -> Result<()> {
        let courses = content::set_duration(tx, asset, duration_ms).await?;
        for course in store::find_many(tx, &courses).await? {
            self.announce(tx, &course).await?;
        }
        Ok(())
    }

    pub async fn add_reading_lesson(
        &self,
        viewer: &Viewer,
        chapter: ChapterId,
        new: NewReadingLesson,
    ) -> Result<Lesson> {
        let chapter = self.chapter(viewer, chapter).await?;
        let course = self.may_edit(viewer, chapter.course).await?;
        let mut faults = Faults::default();
        let title = faults.title("input.title", &new.title);
        let sent = sent(&mut faults, new.format, new.body, new.asset);
        faults.done()?;
        let written = match sent {
            Sent::Text(source) => Some((self.made(viewer, &course, &source).await?, source)),
            Sent::Document(asset) => {
                self.own_document(viewer, &course, asset).await?;
                None
            }
        };
        let (tx, course) = self.edit(viewer, chapter.course).await?;
        let lesson = Lesson {
            asset: new.asset,
            ..self.next_lesson(&tx, &chapter, LessonKind::Reading, title, new.required).await?
        };
        let lesson = match &written {
            Some((made, _)) => Lesson { characters: Some(made.characters), version: made.version.clone(), ..lesson },
            None => lesson,
        };
        content::insert_lesson(&tx, &lesson, self.base().now()).await?;
        if let Some((made, source)) = &written {
            content::put_reading(&tx, lesson.id, source, made).await?;
        }
        self.changed(tx, &course).await?;
        match new.asset {
            Some(asset) => self.read_on(lesson, asset).await,
            None => Ok(lesson),
        }
    }

    /// At the end of the chapter, still without what it teaches.
    async fn next_lesson(
        &self,
        tx: &Tx,
        chapter: &Chapter,
        kind: LessonKind,
        title: String,
        required: bool,
    ) -> Result<Lesson> {
        let there = content::lessons_of(tx, &[chapter.course]).await?;
        if there.len() >= rules::MOST_LESSONS {
            return Err(full(rules::MOST_LESSONS, "课时", "lessons").into());
        }
        // A chapter that was deleted meanwhile takes none.
        let chapter = content::chapter(tx, chapter.id).await?.ok_or_else(Refusal::not_found)?;
        let beside = there.iter().filter(|lesson| lesson.chapter == chapter.id);
        Ok(Lesson {
            id: self.base().id(),
            course: chapter.course,
            chapter: chapter.id,
            position: beside.map(|lesson| lesson.position + 1).max().unwrap_or(0),
            kind,
            title,
            required,
            asset: None,
            duration_ms: None,
            characters: None,
            version: String::new(),
            removed: false,
        })
    }

    /// A file of the viewer's or of somebody who teaches the course with them; any other is NOT_FOUND.
    pub(super) async fn own_asset(&self, viewer: &Viewer, course: &Course, id: AssetId) -> Result<Asset> {
        let found = self.media().find(id).await?;
        let theirs = |asset: &Asset| asset.owner == viewer.person || course.lecturers.contains(&asset.owner);
        found.filter(|asset| asset.deleted_at.is_none()).filter(theirs).ok_or_else(|| Refusal::not_found().into())
    }
}

fn full(most: usize, zh: &str, en: &str) -> Refusal {
    Refusal::conflict(format!("一门课程最多 {most} 个{zh}。"), format!("A course has at most {most} {en}."))
}

/// What a reading is made from.
enum Sent {
    Text(Source),
    Document(AssetId),
}

fn sent(faults: &mut Faults, format: Format, body: Option<String>, asset: Option<AssetId>) -> Sent {
    match (body, asset) {
        (Some(body), None) => Sent::Text(Source { format, body: written(faults, &body) }),
        (None, Some(asset)) => Sent::Document(asset),
        (Some(_), Some(_)) | (None, None) => {
            faults.add("input.body", "请填写正文或选择文档，二者取一。", "Give either a text or a document.");
            Sent::Text(Source { format, body: String::new() })
        }
    }
}

/// A text that is not too long.
pub(super) fn written(faults: &mut Faults, body: &str) -> String {
    if body.chars().count() > rules::LONGEST_BODY {
        let most = rules::LONGEST_BODY;
        faults.add("input.body", format!("正文最多 {most} 字。"), format!("A text has at most {most} characters."));
    }
    rules::storable(body)
}
