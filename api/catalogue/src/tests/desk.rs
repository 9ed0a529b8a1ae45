//! A lecturer at work on a course: what the stories of files begin with.

use kernel::{
    Viewer,
    id::{AssetId, ChapterId, CourseId, LessonId},
};
use media::{Purpose, testing::files};

use super::world::{World, reading, sentence, text};
use crate::{Course, LibraryFilter, NewReadingLesson, Replaced};

pub struct Desk<'a> {
    world: &'a World,
    /// Of 文学院.
    pub lecturer: Viewer,
    /// 《讲座》, with one chapter.
    pub course: CourseId,
    pub chapter: ChapterId,
}

impl World {
    pub async fn desk(&self) -> Desk<'_> {
        let lecturer = self.teacher(&self.arts, "T1").await;
        let course = self.course(&lecturer, &self.arts, "讲座").await.id;
        let chapter = self.chapter(&lecturer, course).await;
        Desk { world: self, lecturer, course, chapter }
    }
    /// Which file stands in a lesson.
    pub async fn file_of(&self, lesson: LessonId) -> Option<AssetId> {
        self.house.lessons(&[lesson]).await.unwrap()[&lesson].asset
    }
}

impl Desk<'_> {
    /// A video that can be played.
    pub async fn ready(&self, duration_ms: i64) -> AssetId {
        self.world.ready(&self.lecturer, duration_ms).await
    }
    /// A video that is still on its way.
    pub async fn waiting(&self) -> AssetId {
        self.world.waiting(&self.lecturer).await
    }
    pub async fn picture(&self) -> AssetId {
        self.world.uploaded(self.lecturer.person, "图.png", Purpose::Image, &files::png(30, 20)).await
    }
    /// 《第一讲》.
    pub async fn lecture(&self, video: AssetId) -> LessonId {
        self.world.video(&self.lecturer, self.chapter, "第一讲", video).await.id
    }
    /// A PDF of these pages, as it was read.
    pub async fn document(&self, pages: &[&str]) -> AssetId {
        self.world.uploaded(self.lecturer.person, "原文.pdf", Purpose::Document, &files::pdf(pages)).await
    }
    /// 《原文》.
    pub async fn imported(&self, document: AssetId) -> LessonId {
        let new = NewReadingLesson { asset: Some(document), body: None, ..reading("原文", "") };
        self.world.house.add_reading_lesson(&self.lecturer, self.chapter, new).await.unwrap().id
    }
    /// 《读》.
    pub async fn reading(&self, body: &str) -> LessonId {
        self.world.reading(&self.lecturer, self.chapter, "读", body).await.id
    }
    pub async fn write(&self, lesson: LessonId, body: &str) {
        self.world.house.update_lesson(&self.lecturer, lesson, text(body)).await.unwrap();
    }
    pub async fn publish(&self) -> Course {
        self.world.house.publish_course(&self.lecturer, self.course).await.unwrap()
    }
    pub async fn replace(&self, old: AssetId, new: AssetId) -> Replaced {
        self.world.house.replace_asset(&self.lecturer, old, new).await.unwrap()
    }
    /// What waits for its conversion to take the place of this.
    pub async fn coming(&self, old: AssetId) -> Option<AssetId> {
        self.world.house.waiting_replacements(&[old]).await.unwrap().remove(&old)
    }
    pub async fn throw_away(&self, asset: AssetId) {
        self.world.house.throw_away(&self.lecturer, asset, false).await.unwrap();
    }
    /// Why it is not thrown away.
    pub async fn held(&self, asset: AssetId) -> String {
        sentence(self.world.house.throw_away(&self.lecturer, asset, false).await)
    }
    pub async fn unused(&self) -> Vec<AssetId> {
        self.world.shelf(&self.lecturer, LibraryFilter { unused: true, ..LibraryFilter::default() }).await
    }
}
