//! A course with lessons, people who study, and a clock that tests move.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use catalogue::{Catalogue, Format, NewCourse, NewQuestion, NewReadingLesson, NewVideoLesson};
use futures::{FutureExt, future::join_all};
use kernel::{
    Amount, Charge, Event, Language, Result, Role, Viewer,
    id::{ChapterId, CourseId, LessonId, SessionId, StudyId},
};
use media::Media;
use organisation::{Organisation, School, Unit};
use platform::{Base, Handlers, Outbox, Worker, dialect, outbox::Listener, testing::TestBase};
use sea_orm::{ConnectionTrait, Value};

use crate::{Answer, Beat, COURSE_CHANGED, COURSE_PROGRESS, Config, Learning, Served, Study, handlers};

const NOTE: &str = "test.note";

pub struct World {
    pub test: TestBase,
    pub learning: Learning,
    pub catalogue: Catalogue,
    pub course: CourseId,
    media: Media,
    root: Unit,
    pub lecturer: Viewer,
    chapter: ChapterId,
    heard: Arc<Mutex<Vec<Event>>>,
}

impl World {
    /// One for each kind of database that is at hand.
    pub async fn each() -> Vec<Self> {
        let note = Listener { kind: NOTE, outside: false };
        let own = Listener { kind: COURSE_PROGRESS, outside: false };
        let changed = Listener { kind: COURSE_CHANGED, outside: false };
        let outbox = Outbox::new(HashMap::from([
            ("CourseChanged", vec![changed]),
            ("StudyOpened", vec![note]),
            ("MinutesCovered", vec![note]),
            ("LessonCompleted", vec![note, own]),
            ("CourseCompleted", vec![note]),
            ("CheckPassed", vec![note]),
        ]));
        join_all(TestBase::each(outbox).await.into_iter().map(Self::on)).await
    }

    async fn on(test: TestBase) -> Self {
        let base = test.base.clone();
        let organisation = Organisation::new(base.clone());
        let school =
            School {
                name: "示例大学".to_owned(), play: organisation::Play::Boards, uses_credits: true, demo: true
            };
        let root = organisation.found_school(school).await.unwrap();
        let media = media::testing::media(&base, test.folder.path()).await.unwrap();
        let catalogue = Catalogue::new(base.clone(), organisation, media.clone());
        let lecturer = person(&base, Role::Lecturer, &root);
        let new = NewCourse {
            title: "党章学习".to_owned(),
            summary: String::new(),
            unit: None,
            required: true,
            hours: Amount::whole(2),
            credits: Amount::ZERO,
        };
        let course = catalogue.create_course(&lecturer, new).await.unwrap().id;
        let chapter = catalogue.add_chapter(&lecturer, course, "第一章".to_owned()).await.unwrap().id;
        let learning = Learning::new(base, catalogue.clone(), Config::default());
        Self { test, learning, catalogue, course, media, root, lecturer, chapter, heard: Arc::default() }
    }

    pub async fn video(&self, duration_ms: i64) -> LessonId {
        self.add_video(duration_ms, true).await
    }
    pub async fn optional(&self, duration_ms: i64) -> LessonId {
        self.add_video(duration_ms, false).await
    }
    async fn add_video(&self, duration_ms: i64, required: bool) -> LessonId {
        let asset = media::testing::ready_video(&self.media, self.lecturer.person, duration_ms).await.unwrap();
        let new = NewVideoLesson { title: "视频".to_owned(), asset, required };
        let lesson = self.catalogue.add_video_lesson(&self.lecturer, self.chapter, new).await.unwrap();
        self.catalogue.publish_course(&self.lecturer, self.course).await.unwrap();
        lesson.id
    }
    /// A text whose blocks have so many characters.
    pub async fn reading(&self, characters: &[usize]) -> LessonId {
        let body = characters.iter().map(|count| "学".repeat(*count)).collect::<Vec<_>>().join("\n\n");
        let (title, format) = ("阅读".to_owned(), Format::Markdown);
        let new = NewReadingLesson { title, format, body: Some(body), asset: None, required: true };
        let lesson = self.catalogue.add_reading_lesson(&self.lecturer, self.chapter, new).await.unwrap();
        self.catalogue.publish_course(&self.lecturer, self.course).await.unwrap();
        lesson.id
    }
    /// A question on a stretch; the right option is the first.
    pub async fn ask(&self, lesson: LessonId, start: i64, end: i64, prompt: &str) {
        let options = ["对".to_owned(), "错".to_owned(), "都不是".to_owned()].into();
        let new = NewQuestion { start, end, prompt: prompt.to_owned(), options, right: 0 };
        self.catalogue.add_question(&self.lecturer, lesson, new).await.unwrap();
    }
    pub async fn version(&self, lesson: LessonId) -> String {
        self.catalogue.lessons(&[lesson]).await.unwrap()[&lesson].version.clone()
    }
    /// Another video in its place; answers the new content's version.
    pub async fn replace(&self, lesson: LessonId, duration_ms: i64) -> String {
        let old = self.catalogue.lessons(&[lesson]).await.unwrap()[&lesson].asset.unwrap();
        let new = media::testing::ready_video(&self.media, self.lecturer.person, duration_ms).await.unwrap();
        self.catalogue.replace_asset(&self.lecturer, old, new).await.unwrap();
        self.version(lesson).await
    }
    /// Straight into the catalogue's table: the same lesson with any content.
    pub async fn reencode(&self, lesson: LessonId, version: &str, duration_ms: Option<i64>) {
        let values = vec![version.into(), duration_ms.into(), lesson.uuid().into()];
        self.put("UPDATE catalogue_lesson SET version = ?, duration_ms = ? WHERE id = ?", values).await;
    }
    /// Runs one statement in a transaction of its own.
    pub async fn put(&self, sql: &str, values: Vec<Value>) {
        let tx = self.test.base.db.begin().await.unwrap();
        tx.execute_raw(dialect::statement(&tx, sql, values)).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub fn student(&self) -> Viewer {
        self.person(Role::Student)
    }
    pub fn person(&self, role: Role) -> Viewer {
        person(self.base(), role, &self.root)
    }
    /// The same person, signed in once more.
    pub fn elsewhere(&self, viewer: &Viewer) -> Viewer {
        Viewer { session: SessionId::new(self.test.base.ids.secret()), ..viewer.clone() }
    }

    /// Opened, and all of its material handed over.
    pub async fn open(&self, viewer: &Viewer, lesson: LessonId) -> Study {
        let study = self.open_only(viewer, lesson).await;
        self.serve(study.id, 0, i64::MAX).await;
        study
    }
    pub async fn open_only(&self, viewer: &Viewer, lesson: LessonId) -> Study {
        self.learning.open_study(viewer, lesson).await.unwrap()
    }
    /// A whole piece that shows this.
    pub async fn serve(&self, study: StudyId, start: i64, end: i64) {
        self.learning.served(whole(study, start, end)).await.unwrap();
    }
    pub async fn beat(
        &self,
        viewer: &Viewer,
        study: StudyId,
        seq: i64,
        spans: impl IntoIterator<Item = (i64, i64)>,
    ) -> Result<Answer> {
        self.learning.heartbeat(viewer, beat(study, seq, spans)).await
    }
    /// Opens the lesson and watches it in real time from its start, a beat every fifteen seconds.
    pub async fn watch(&self, viewer: &Viewer, lesson: LessonId, duration_ms: i64) -> Answer {
        let study = self.open(viewer, lesson).await;
        let mut told = None;
        for (seq, start) in (1..).zip((0..duration_ms).step_by(15_000)) {
            let end = (start + 15_000).min(duration_ms);
            self.wait(end - start);
            told = Some(self.beat(viewer, study.id, seq, [(start, end)]).await.unwrap());
        }
        told.unwrap()
    }
    pub fn wait(&self, millis: i64) {
        self.test.clock.advance(millis);
    }

    /// Runs the jobs; answers what was announced since the last time.
    pub async fn heard(&self) -> Vec<Event> {
        let mut all = Handlers::default();
        handlers(&self.learning, &mut all);
        let heard = self.heard.clone();
        all.inside(NOTE, move |_, job| {
            let heard = heard.clone();
            async move {
                heard.lock().unwrap().push(job.payload()?);
                Ok(())
            }
            .boxed()
        });
        Worker::new(self.base().clone(), all).run_until_idle().await.unwrap();
        std::mem::take(&mut *self.heard.lock().unwrap())
    }
    pub async fn heard_names(&self) -> Vec<&'static str> {
        self.heard().await.iter().map(Event::name).collect()
    }

    /// The process ends and another begins on the same database.
    pub async fn restart(&mut self) {
        self.learning.stop().await;
        self.learning = Learning::new(self.base().clone(), self.catalogue.clone(), Config::default());
    }

    pub fn base(&self) -> &Base {
        &self.test.base
    }
    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}

pub fn beat(study: StudyId, seq: i64, spans: impl IntoIterator<Item = (i64, i64)>) -> Beat {
    Beat {
        study,
        seq,
        spans: spans.into_iter().collect(),
        rate: Some(1.0),
        visible: Some(true),
        client_time: None,
        ledger_head: 0,
        network: None,
    }
}

pub fn whole(study: StudyId, start: i64, end: i64) -> Served {
    Served { study, span: (start, end), piece: format!("360p/{start}.m4s"), bytes: (0, 900), size: 900 }
}

fn person(base: &Base, role: Role, unit: &Unit) -> Viewer {
    Viewer {
        person: base.id(),
        session: base.id(),
        path: unit.path.clone(),
        charges: vec![Charge { role, unit: unit.id, path: unit.path.clone() }],
        language: Language::Chinese,
    }
}
