//! What a reading shows: a text that was written, with its pictures; a document that was uploaded; the preview of either.

use kernel::{
    Refusal, Result, Viewer,
    id::{AssetId, CourseId, LessonId},
};
use media::{Asset, Purpose};

use crate::{
    Catalogue,
    model::{Course, Format, Lesson, LessonKind, ReadingText, Source},
    rules::{
        self, Faults,
        pictures::{self, Known},
        reading::{self, Reading, Unfit},
    },
    store::content,
};

/// Assets that one text may name.
const MOST_PICTURES: usize = 200;
/// Kept readings that are asked about at once.
const MOST_ASKED: usize = 200;

impl Catalogue {
    /// What students will see of a text. Beside the other tasks: a long one takes a while.
    pub(super) async fn made(&self, viewer: &Viewer, course: &Course, source: &Source) -> Result<Reading> {
        let known = self.pictures(viewer, course, &source.body).await?;
        let (format, body) = (source.format, source.body.clone());
        let made = tokio::task::spawn_blocking(move || reading::reading(format, &body, &known)).await?;
        let (zh, en) = match made {
            Ok(made) => return Ok(made),
            Err(Unfit::Empty) => ("正文不能为空。", "The text is empty."),
            Err(Unfit::TooManyTags) => {
                ("正文中的标记过多，请精简格式后再试。", "The text has too many tags; please simplify it.")
            }
            Err(Unfit::NoPicture) => {
                ("正文中有一张图片找不到，请重新插入。", "A picture in the text is not there; please insert it again.")
            }
        };
        Err(Refusal::invalid("input.body", zh, en).into())
    }

    /// The pictures that a text names; each must be of somebody who teaches the course, and ready.
    async fn pictures(&self, viewer: &Viewer, course: &Course, body: &str) -> Result<Known> {
        let named = pictures::named(body, MOST_PICTURES);
        if named.is_empty() {
            return Ok(Known::new());
        }
        let files = self.media().find_many(&named).await?;
        let mut faults = Faults::default();
        for id in &named {
            let theirs = |asset: &&Asset| asset.owner == viewer.person || course.lecturers.contains(&asset.owner);
            let there = |asset: &&Asset| asset.deleted_at.is_none();
            match files.get(id).filter(theirs).filter(there).map(|asset| (asset.purpose, asset.status, asset)) {
                Some((Purpose::Image | Purpose::Document, media::Status::Ready, _)) => {}
                Some((Purpose::Image | Purpose::Document, media::Status::Failed, asset)) => {
                    let (name, why) = (&asset.file_name, asset.failure.clone().unwrap_or_default());
                    let (zh, en) =
                        (format!("图片 {name} 无法使用：{why}"), format!("The picture {name} cannot be used: {why}"));
                    faults.add("input.body", zh, en);
                }
                Some((Purpose::Image | Purpose::Document, _, asset)) => {
                    let name = &asset.file_name;
                    let (zh, en) = (
                        format!("图片 {name} 尚未处理完，请稍候再保存。"),
                        format!("The picture {name} is not ready yet."),
                    );
                    faults.add("input.body", zh, en);
                }
                Some(_) | None => {
                    let (zh, en) = (
                        "正文中有一张图片找不到，请重新插入。",
                        "A picture in the text is not there; please insert it again.",
                    );
                    faults.add("input.body", zh, en);
                }
            }
        }
        faults.done()?;
        self.media().pictures(&named).await
    }

    /// A file of theirs that is a document, or may still become one.
    pub(super) async fn own_document(&self, viewer: &Viewer, course: &Course, id: AssetId) -> Result<()> {
        let asset = self.own_asset(viewer, course, id).await?;
        let mut faults = Faults::default();
        if asset.purpose != Purpose::Document {
            faults.add("input.assetId", "该文件不是文档。", "This file is not a document.");
        } else if asset.status == media::Status::Failed {
            let why = asset.failure.unwrap_or_default();
            faults.add("input.assetId", format!("文档无法使用：{why}"), format!("The document cannot be used: {why}"));
        }
        Ok(faults.done()?)
    }

    /// Was the document ready before its lesson was there, its announcement found no lesson: it is looked at once more.
    pub(super) async fn read_on(&self, lesson: Lesson, asset: AssetId) -> Result<Lesson> {
        self.read_document(asset).await?;
        let there = content::lesson(self.base().db.read(), lesson.id).await?;
        Ok(there.unwrap_or(lesson))
    }

    /// Gives the lessons that wait for a document its text.
    pub(crate) async fn read_document(&self, asset: AssetId) -> Result<()> {
        let db = self.base().db.read();
        let file = self.media().find(asset).await?;
        let ready = file.is_some_and(|file| file.purpose == Purpose::Document && file.status == media::Status::Ready);
        if !ready || content::waiting_for(db, asset).await?.is_empty() {
            return Ok(());
        }
        let (source, made) = self.document_text(asset).await?;
        let tx = self.base().db.begin().await?;
        let mut courses: Vec<CourseId> = Vec::new();
        for lesson in content::waiting_for(&tx, asset).await? {
            let read = Lesson { characters: Some(made.characters), version: made.version.clone(), ..lesson };
            content::update_lesson(&tx, &read).await?;
            content::put_reading(&tx, read.id, &source, &made).await?;
            courses.push(read.course);
        }
        courses.sort();
        courses.dedup();
        for mut course in crate::store::find_many(&tx, &courses).await? {
            self.keep_ready(&tx, &mut course).await?;
            self.announce(&tx, &course).await?;
        }
        tx.commit().await?;
        self.forget();
        Ok(())
    }

    /// What a document that is ready says, and what students will see of it.
    pub(super) async fn document_text(&self, asset: AssetId) -> Result<(Source, Reading)> {
        let known = self.media().pictures(&[asset]).await?;
        let body = self.document_source(asset).await?;
        let text = body.clone();
        let made = tokio::task::spawn_blocking(move || reading::of_document(&text, &known)).await?;
        let made = made.map_err(|unfit| kernel::Error::broken(format!("a document that media took: {unfit:?}")))?;
        Ok((Source { format: Format::Html, body }, made))
    }

    /// As a lesson keeps it.
    pub(super) async fn document_source(&self, asset: AssetId) -> Result<String> {
        Ok(self.media().document(asset).await?.replace("src=\"picture:", &format!("src=\"asset:{asset}/")))
    }

    /// A text as students would see it; nothing is kept.
    pub async fn preview(&self, viewer: &Viewer, course: CourseId, source: Source) -> Result<Reading> {
        let course = self.may_edit(viewer, course).await?;
        let mut faults = Faults::default();
        let body = super::author::written(&mut faults, &source.body);
        faults.done()?;
        let made = self.made(viewer, &course, &Source { body, ..source }).await?;
        Ok(Reading { html: self.addressed(&made.html), ..made })
    }

    /// With the signed addresses of its pictures.
    pub fn addressed(&self, html: &str) -> String {
        pictures::addressed(html, |asset| self.media().picture_path(asset))
    }

    /// The text of a reading, apart from any study: for copies that are kept on a device. Reading it earns nothing. NOT_FOUND for what the
    /// viewer may not see.
    pub async fn reading_text(&self, viewer: &Viewer, id: LessonId) -> Result<ReadingText> {
        let material = self.material(viewer, id).await?;
        let html =
            material.html.filter(|_| material.lesson.kind == LessonKind::Reading).ok_or_else(Refusal::not_found)?;
        Ok(ReadingText { lesson: material.lesson, course: material.course, html })
    }

    /// The readings among these that the viewer may still see; their versions tell whether a kept copy is old.
    pub async fn readings_seen(&self, viewer: &Viewer, ids: &[LessonId]) -> Result<Vec<Lesson>> {
        if ids.len() > MOST_ASKED {
            let (zh, en) = (format!("一次最多 {MOST_ASKED} 篇。"), format!("At most {MOST_ASKED} at once."));
            return Err(Refusal::invalid("lessonIds", zh, en).into());
        }
        let lessons = content::lessons(self.base().db.read(), ids).await?;
        let courses: Vec<CourseId> = lessons.iter().map(|lesson| lesson.course).collect();
        let courses = self.courses_by_id(&courses).await?;
        let seen = |lesson: &Lesson| courses.get(&lesson.course).is_some_and(|course| course.seen_by(viewer));
        let readings =
            lessons.into_iter().filter(|lesson| lesson.kind == LessonKind::Reading && lesson.characters.is_some());
        Ok(readings.filter(seen).collect())
    }

    /// Of readings: how many blocks each has. Unguarded, like [`Catalogue::lessons`].
    pub async fn block_counts(&self, ids: &[LessonId]) -> Result<std::collections::HashMap<LessonId, u32>> {
        content::block_counts(self.base().db.read(), ids).await
    }

    /// Whether a reading is the pages of a PDF: its text follows its pictures and is not written by hand.
    pub fn is_paged(source: &Source) -> bool {
        source.format == Format::Html && source.body.starts_with(rules::pictures::PAGED)
    }
}
