//! A school of two colleges, one with a branch; people; an index; a worker.

use std::{collections::HashMap, io::Write, sync::Arc, time::Duration};

use kernel::{
    Amount, Charge, Code, Error, Event, Language, Page, Result, Role, Viewer,
    id::{AssetId, ChapterId, CourseId, PersonId},
};
use media::{Media, Purpose, Recogniser};
use organisation::{NewUnit, Organisation, Play, School, Unit, UnitKind};
use platform::{Handlers, Outbox, Worker, outbox::Listener, testing::TestBase};
use sea_orm::ConnectionTrait;
use search::{Index, Query, Searcher};

use crate::{
    Catalogue, Course, CourseFilter, Format, Lesson, LessonChange, NewCourse, NewReadingLesson, NewVideoLesson, Source,
    jobs,
};

pub struct World {
    pub test: TestBase,
    pub house: Catalogue,
    pub media: Media,
    pub organisation: Organisation,
    pub index: Arc<Index>,
    pub root: Unit,
    /// 文学院, and a branch of it.
    pub arts: Unit,
    pub branch: Unit,
    /// 理学院.
    pub science: Unit,
    worker: Worker,
}

impl World {
    /// One for each kind of database that is at hand.
    pub async fn each() -> Vec<Self> {
        let outbox = Outbox::new(HashMap::from([
            ("CourseChanged", vec![]),
            (
                "AssetReady",
                vec![
                    Listener { kind: "catalogue.asset_ready", outside: false },
                    Listener { kind: "catalogue.document", outside: true },
                ],
            ),
        ]));
        let mut all = Vec::new();
        for test in TestBase::each(outbox).await {
            all.push(Self::on(test, None).await);
        }
        all
    }

    /// The same with a program that recognises speech.
    pub async fn hearing(script: &str) -> Vec<Self> {
        let mut all = Vec::new();
        for test in TestBase::each(Outbox::default()).await {
            let file = test.folder.path().join("recognise.sh");
            std::fs::write(&file, script).unwrap();
            let command = vec!["sh".to_owned(), file.to_str().unwrap().to_owned()];
            let recogniser = Recogniser { command, most: Duration::from_secs(60), memory: None };
            all.push(Self::on(test, Some(recogniser)).await);
        }
        all
    }

    async fn on(test: TestBase, recogniser: Option<Recogniser>) -> Self {
        let organisation = Organisation::new(test.base.clone());
        let school = School { name: "示例大学".to_owned(), play: Play::Private, uses_credits: true, demo: true };
        let root = organisation.found_school(school).await.unwrap();
        let unit = async |parent: &Unit, kind, title: &str| {
            organisation.add_unit(NewUnit { parent: Some(parent.id), kind, title: title.to_owned() }).await.unwrap()
        };
        let arts = unit(&root, UnitKind::College, "文学院").await;
        let science = unit(&root, UnitKind::College, "理学院").await;
        let branch = unit(&arts, UnitKind::Branch, "第一支部").await;
        let work_dir = test.folder.path().join("work");
        let config = media::Config { work_dir, secret: [7; 32], recogniser, ..media::Config::default() };
        let media = Media::open(test.base.clone(), config).await.unwrap();
        let house = Catalogue::new(test.base.clone(), organisation.clone(), media.clone());
        let index = Arc::new(Index::in_memory().unwrap());
        let mut handlers = Handlers::default();
        jobs::handlers(&house, &mut handlers);
        media::jobs::handlers(&media, &mut handlers);
        let worker = Worker::new(test.base.clone(), handlers);
        Self { test, house, media, organisation, index, root, arts, branch, science, worker }
    }

    pub fn person(&self, own: &Unit, charges: &[(Role, &Unit)]) -> Viewer {
        let charge = |(role, unit): &(Role, &Unit)| Charge { role: *role, unit: unit.id, path: unit.path.clone() };
        Viewer {
            person: self.test.base.id(),
            session: self.test.base.id(),
            path: own.path.clone(),
            charges: charges.iter().map(charge).collect(),
            language: Language::Chinese,
        }
    }
    pub fn lecturer(&self) -> Viewer {
        self.person(&self.root, &[(Role::Lecturer, &self.root)])
    }
    pub fn student(&self, unit: &Unit) -> Viewer {
        self.person(unit, &[(Role::Student, unit)])
    }

    /// A draft without content.
    pub async fn course(&self, lecturer: &Viewer, unit: &Unit, title: &str) -> Course {
        self.house.create_course(lecturer, new_course(title, unit)).await.unwrap()
    }
    pub async fn chapter(&self, lecturer: &Viewer, course: CourseId) -> ChapterId {
        self.house.add_chapter(lecturer, course, "第一章").await.unwrap().id
    }
    pub async fn reading(&self, lecturer: &Viewer, chapter: ChapterId, title: &str, body: &str) -> Lesson {
        self.house.add_reading_lesson(lecturer, chapter, reading(title, body)).await.unwrap()
    }
    pub async fn video(&self, lecturer: &Viewer, chapter: ChapterId, title: &str, asset: AssetId) -> Lesson {
        let new = NewVideoLesson { title: title.to_owned(), asset, required: true };
        self.house.add_video_lesson(lecturer, chapter, new).await.unwrap()
    }
    /// With one reading in it.
    pub async fn published(&self, lecturer: &Viewer, unit: &Unit, title: &str, required: bool) -> Course {
        let new = NewCourse { required, ..new_course(title, unit) };
        let course = self.house.create_course(lecturer, new).await.unwrap();
        let chapter = self.chapter(lecturer, course.id).await;
        self.reading(lecturer, chapter, "导读", "先读这一篇。").await;
        self.house.publish_course(lecturer, course.id).await.unwrap()
    }

    pub async fn ready(&self, owner: &Viewer, duration_ms: i64) -> AssetId {
        media::testing::ready_video(&self.media, owner.person, duration_ms).await.unwrap()
    }
    /// A video that is still being uploaded.
    pub async fn waiting(&self, owner: &Viewer) -> AssetId {
        self.media.create_upload(owner, "讲座.mp4", Purpose::Video).await.unwrap().id
    }
    /// As the conversion ends.
    pub async fn convert(&self, asset: AssetId, duration_ms: i64) {
        let base = &self.test.base;
        let tx = base.db.begin().await.unwrap();
        let hex = asset.uuid().simple().to_string();
        // The key is a blob on SQLite and a uuid on PostgreSQL.
        let key = if self.test.name == "sqlite" { format!("X'{hex}'") } else { format!("'{hex}'") };
        let sql = format!("UPDATE media_asset SET status = 'READY', duration_ms = {duration_ms} WHERE id = {key}");
        tx.execute_unprepared(&sql).await.unwrap();
        base.outbox.publish(&tx, base.now(), &Event::AssetReady { asset }).await.unwrap();
        tx.commit().await.unwrap();
        self.run().await;
    }
    /// As a school that was brought up to date has its courses.
    pub async fn forget_versions(&self) {
        let tx = self.test.base.db.begin().await.unwrap();
        for sql in ["DELETE FROM catalogue_version", "UPDATE catalogue_course SET version = 0"] {
            tx.execute_unprepared(sql).await.unwrap();
        }
        tx.commit().await.unwrap();
    }
    pub async fn uploaded_captions(&self, owner: PersonId, name: &str, text: &str) -> AssetId {
        let mut file = tempfile(&self.test);
        file.0.write_all(text.as_bytes()).unwrap();
        let asset = self.media.import(owner, name, Purpose::Captions, &file.1).await.unwrap();
        self.run().await;
        asset.id
    }

    /// A file whose intake is still to come.
    pub async fn importing(&self, owner: PersonId, name: &str, purpose: Purpose, bytes: &[u8]) -> AssetId {
        let mut file = tempfile(&self.test);
        file.0.write_all(bytes).unwrap();
        self.media.import(owner, name, purpose, &file.1).await.unwrap().id
    }
    pub async fn uploaded(&self, owner: PersonId, name: &str, purpose: Purpose, bytes: &[u8]) -> AssetId {
        let asset = self.importing(owner, name, purpose, bytes).await;
        self.run().await;
        asset
    }

    pub async fn run(&self) {
        self.worker.run_until_idle().await.unwrap();
        crate::Follower::new(self.house.clone(), self.index.clone()).catch_up().await.unwrap();
    }
    /// Titles found, for somebody of these audiences.
    pub fn found(&self, audiences: Vec<String>, text: &str) -> Vec<search::Hit> {
        let query = Query { text: text.to_owned(), first: 50, ..Query::default() };
        self.index.search(&Searcher { audiences }, &query).unwrap().hits
    }
    pub async fn titles(&self, viewer: &Viewer, filter: CourseFilter) -> Vec<String> {
        let page = Page::try_new(100, None).unwrap();
        let found = self.house.courses(viewer, filter, &page).await.unwrap();
        assert_eq!(found.total, Some(found.edges.len() as u64), "{}", self.test.name);
        let mut titles: Vec<String> = found.nodes().map(|course| course.title.clone()).collect();
        titles.sort();
        titles
    }
    pub fn tick(&self) {
        self.test.clock.advance(1000);
    }
    pub async fn end(self) {
        self.test.end().await;
    }
}

fn tempfile(test: &TestBase) -> (std::fs::File, std::path::PathBuf) {
    let path = test.folder.path().join(format!("file-{}", test.base.id::<()>().uuid()));
    (std::fs::File::create(&path).unwrap(), path)
}

pub fn new_course(title: &str, unit: &Unit) -> NewCourse {
    NewCourse {
        title: title.to_owned(),
        summary: "简介".to_owned(),
        unit: Some(unit.id),
        required: false,
        hours: Amount::whole(2),
        credits: Amount::milli(500),
    }
}

pub fn reading(title: &str, body: &str) -> NewReadingLesson {
    let (title, body) = (title.to_owned(), Some(body.to_owned()));
    NewReadingLesson { title, format: Format::Markdown, body, asset: None, required: true }
}

/// The code of a refusal.
pub fn code<T>(answer: Result<T>) -> Option<Code> {
    answer.err().and_then(|error| error.code())
}

/// Paths of the faulty fields and the whole sentence.
pub fn faults<T>(answer: Result<T>) -> (Vec<String>, String) {
    match answer.err() {
        Some(Error::Refusal(refusal)) => {
            assert_eq!(refusal.code, Code::Invalid);
            (refusal.fields.into_iter().map(|field| field.path).collect(), refusal.text.zh)
        }
        other => panic!("no refusal: {other:?}"),
    }
}

/// What a refusal says.
pub fn sentence<T>(answer: Result<T>) -> String {
    match answer.err() {
        Some(Error::Refusal(refusal)) => refusal.text.zh,
        other => panic!("no refusal: {other:?}"),
    }
}

/// Another text for a reading.
pub fn text(body: &str) -> LessonChange {
    LessonChange { source: Some(Source { format: Format::Markdown, body: body.to_owned() }), ..LessonChange::default() }
}
