//! Building a course.

use kernel::{
    Event, Refusal, Result, Role, Viewer,
    id::{ChapterId, CourseId, LessonId},
};
use media::Purpose;
use platform::Tx;
use sha2::{Digest, Sha256};

use crate::{
    Catalogue,
    model::{Chapter, Course, Lesson, LessonKind, NewCaptions, NewCourse, NewReadingLesson, NewVideoLesson, Status},
    rules::{self, captions, reading},
    store,
};

impl Catalogue {
    /// For units within the lecturer's own charge; a draft until it is published.
    pub async fn create_course(&self, viewer: &Viewer, new: NewCourse) -> Result<Course> {
        viewer.must(Role::Lecturer)?;
        rules::check_course(&new)?;
        let unit = match new.unit {
            Some(id) => self.0.organisation.unit(id).await?.ok_or_else(Refusal::not_found)?,
            None => self.0.organisation.root().await?,
        };
        if !viewer.covers(Role::Lecturer, &unit.path) {
            return Err(Refusal::forbidden().into());
        }
        let course = Course {
            id: self.base().id(),
            title: new.title.trim().to_owned(),
            summary: new.summary.trim().to_owned(),
            unit: unit.id,
            audience: unit.path,
            required: new.required,
            hours: new.hours,
            credits: new.credits,
            status: Status::Draft,
            lecturers: vec![viewer.person],
            created_at: self.base().now(),
            published_at: None,
        };
        let tx = self.base().db.begin().await?;
        store::insert_course(&tx, &course, viewer.person).await?;
        tx.commit().await?;
        Ok(course)
    }

    pub async fn add_chapter(&self, viewer: &Viewer, course: CourseId, title: String) -> Result<Chapter> {
        let title = rules::title("title", &title)?;
        let tx = self.base().db.begin().await?;
        let course = self.editable(&*tx, viewer, course).await?;
        let position = store::chapters(&*tx, course.id).await?;
        let chapter = Chapter { id: self.base().id(), course: course.id, position, title };
        store::insert_chapter(&tx, &chapter).await?;
        tx.commit().await?;
        Ok(chapter)
    }

    /// The video need not be converted yet; it must be the lecturer's own.
    pub async fn add_video_lesson(&self, viewer: &Viewer, chapter: ChapterId, new: NewVideoLesson) -> Result<Lesson> {
        let title = rules::title("input.title", &new.title)?;
        let asset = self
            .0
            .media
            .find(new.asset)
            .await?
            .filter(|asset| asset.owner == viewer.person)
            .ok_or_else(Refusal::not_found)?;
        if asset.purpose != Purpose::Video {
            return Err(Refusal::invalid("input.assetId", "这不是视频文件。", "This file is not a video.").into());
        }
        let place = Place { chapter, kind: LessonKind::Video, title, required: new.required };
        let made = |lesson: &mut Lesson| {
            (lesson.asset, lesson.duration_ms, lesson.version) =
                (Some(asset.id), asset.duration_ms, asset.id.to_string());
        };
        self.add_lesson(viewer, place, None, made).await
    }

    /// Sanitised on the way in.
    pub async fn add_reading_lesson(
        &self,
        viewer: &Viewer,
        chapter: ChapterId,
        new: NewReadingLesson,
    ) -> Result<Lesson> {
        let title = rules::title("input.title", &new.title)?;
        let body = match (new.body, new.asset) {
            (Some(body), None) => body,
            (None, Some(_)) => {
                let (zh, en) = (
                    "暂不支持上传文档，请粘贴文字内容。",
                    "Documents cannot be uploaded yet; please paste their text.",
                );
                return Err(Refusal::invalid("input.assetId", zh, en).into());
            }
            _ => return Err(Refusal::invalid("input.body", "请填写正文。", "Please give the text.").into()),
        };
        let reading = reading::render(new.format, &body)?;
        let digest = Sha256::digest(reading.html.as_bytes());
        let version: String = digest.iter().take(12).map(|byte| format!("{byte:02x}")).collect();
        let place = Place { chapter, kind: LessonKind::Reading, title, required: new.required };
        let made = |lesson: &mut Lesson| (lesson.characters, lesson.version) = (Some(reading.characters()), version);
        self.add_lesson(viewer, place, Some(&reading), made).await
    }

    async fn add_lesson(
        &self,
        viewer: &Viewer,
        place: Place,
        reading: Option<&reading::Reading>,
        made: impl FnOnce(&mut Lesson),
    ) -> Result<Lesson> {
        let tx = self.base().db.begin().await?;
        let chapter = store::chapter(&*tx, place.chapter).await?.ok_or_else(Refusal::not_found)?;
        let course = self.editable(&*tx, viewer, chapter.course).await?;
        let mut lesson = Lesson {
            id: self.base().id(),
            course: course.id,
            chapter: chapter.id,
            position: 0,
            kind: place.kind,
            title: place.title,
            required: place.required,
            asset: None,
            duration_ms: None,
            characters: None,
            version: String::new(),
        };
        made(&mut lesson);
        if course.status == Status::Published && lesson.kind == LessonKind::Video && lesson.duration_ms.is_none() {
            let title = &lesson.title;
            let (zh, en) =
                (format!("《{title}》的视频尚未转换完成。"), format!("The video of “{title}” is not ready yet."));
            return Err(Refusal::invalid("input.assetId", zh, en).into());
        }
        lesson.position = store::insert_lesson(&tx, &lesson, reading, self.base().now()).await?;
        self.changed(&tx, &course).await?;
        tx.commit().await?;
        self.0.required.invalidate_all();
        Ok(lesson)
    }

    /// WebVTT, or SRT from an uploaded file; a second text of one language replaces the first.
    pub async fn add_captions(&self, viewer: &Viewer, lesson: LessonId, new: NewCaptions) -> Result<Lesson> {
        let language = new.language.trim();
        if language.is_empty()
            || language.len() > 35
            || !language.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        {
            return Err(Refusal::invalid(
                "input.language",
                "语言须为 BCP 47 代码，例如 zh-CN。",
                "The language is a BCP 47 tag, for example zh-CN.",
            )
            .into());
        }
        let label = rules::title("input.label", &new.label)?;
        let cues = match (new.vtt, new.asset) {
            (Some(vtt), None) => captions::parse("input.vtt", &vtt, false)?,
            (None, Some(id)) => {
                let asset = self
                    .0
                    .media
                    .find(id)
                    .await?
                    .filter(|asset| asset.owner == viewer.person)
                    .ok_or_else(Refusal::not_found)?;
                let bytes = self.0.media.whole(asset.id).await?;
                let unreadable =
                    || Refusal::invalid("input.assetId", "字幕文件须为 UTF-8 编码。", "Captions must be UTF-8.");
                let text = String::from_utf8(bytes.to_vec()).map_err(|_| unreadable())?;
                captions::parse("input.assetId", &text, true)?
            }
            _ => {
                return Err(Refusal::invalid(
                    "input.vtt",
                    "请提供字幕文字或字幕文件之一。",
                    "Give either a text or a file.",
                )
                .into());
            }
        };
        let tx = self.base().db.begin().await?;
        let found = store::lessons(&*tx, &[lesson]).await?.pop().ok_or_else(Refusal::not_found)?;
        let course = self.editable(&*tx, viewer, found.course).await?;
        if found.kind != LessonKind::Video {
            return Err(Refusal::conflict("只有视频课时可以添加字幕。", "Only a video has captions.").into());
        }
        store::put_captions(&tx, self.base().id(), lesson, language, &label, captions::write(&cues)).await?;
        self.changed(&tx, &course).await?;
        tx.commit().await?;
        Ok(found)
    }

    /// Tells listeners of a published course that it changed.
    pub(crate) async fn changed(&self, tx: &Tx, course: &Course) -> Result<()> {
        if course.status == Status::Published {
            let event = Event::CourseChanged { course: course.id };
            self.base().outbox.publish(tx, self.base().now(), &event).await?;
        }
        Ok(())
    }
}

/// Where a lesson goes and what it is called.
struct Place {
    chapter: ChapterId,
    kind: LessonKind,
    title: String,
    required: bool,
}
