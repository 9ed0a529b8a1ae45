//! A school of two colleges with their admins, a student, a video to watch, and a ledger.

use std::collections::HashMap;

use catalogue::{Catalogue, NewCourse, NewVideoLesson};
use credits::{Adjustment, Credits};
use kernel::{
    Amount, Language, Page, Result, Role, Viewer,
    event::Measure,
    id::{EntryId, LessonId},
};
use learning::{Beat, Learning};
use organisation::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind};
use platform::{Handlers, Outbox, Worker, dialect, outbox::Listener, testing::TestBase};
use sea_orm::ConnectionTrait;

use crate::{Appeals, jobs};

pub struct World {
    pub test: TestBase,
    pub appeals: Appeals,
    pub organisation: Organisation,
    pub credits: Credits,
    pub learning: Learning,
    catalogue: Catalogue,
    media: media::Media,
    pub root: Unit,
    pub arts: Unit,
    pub science: Unit,
}

impl World {
    /// One for each kind of database that is at hand.
    pub async fn each() -> Vec<Self> {
        let listener = |kind| Listener { kind, outside: false };
        let outbox = Outbox::new(HashMap::from([
            ("PersonChanged", vec![listener(jobs::PERSON)]),
            ("MinutesCovered", vec![listener(credits::jobs::AWARD)]),
        ]));
        let mut worlds = Vec::new();
        for test in TestBase::each(outbox).await {
            worlds.push(Self::on(test).await);
        }
        worlds
    }

    async fn on(test: TestBase) -> Self {
        let base = test.base.clone();
        let organisation = Organisation::new(base.clone());
        let media = media::testing::media(&base, test.folder.path()).await.unwrap();
        let catalogue = Catalogue::new(base.clone(), organisation.clone(), media.clone());
        let learning = Learning::new(base.clone(), catalogue.clone(), learning::Config::default());
        let credits = Credits::new(base.clone(), catalogue.clone()).unwrap();
        let appeals = Appeals::new(base, organisation.clone(), catalogue.clone(), learning.clone(), credits.clone());
        let school = School { name: "示例大学".to_owned(), play: Play::Private, uses_credits: true, demo: true };
        let root = organisation.found_school(school).await.unwrap();
        let college = async |title: &str| {
            let new = NewUnit { parent: Some(root.id), kind: UnitKind::College, title: title.to_owned() };
            organisation.add_unit(new).await.unwrap()
        };
        let (arts, science) = (college("文学院").await, college("理学院").await);
        Self { test, appeals, organisation, credits, learning, catalogue, media, root, arts, science }
    }

    pub async fn person(&self, number: &str, role: Role, unit: &Unit) -> Viewer {
        let (number, name) = (number.to_owned(), "林晚晴".to_owned());
        let new = NewPerson { number, name, sort_key: None, stage: Stage::Activist, unit: Some(unit.id) };
        let person = self.organisation.add_person(new).await.unwrap();
        self.organisation.grant(person.id, role, unit.id).await.unwrap();
        self.viewer(&person).await
    }
    async fn viewer(&self, person: &Person) -> Viewer {
        Viewer {
            person: person.id,
            session: self.test.base.id(),
            path: person.path.clone(),
            charges: self.organisation.charges(person.id).await.unwrap(),
            language: Language::Chinese,
        }
    }

    /// An entry by two admins.
    pub async fn entry(&self, student: &Viewer, (one, other): (&Viewer, &Viewer), points: i64) -> EntryId {
        let (measure, amount) = (Measure::Points, Amount::whole(points));
        let reason = "补记线下学习";
        let proposed: Adjustment =
            self.credits.propose_adjustment(one, student.person, measure, amount, reason).await.unwrap();
        self.credits.approve_adjustment(other, proposed.id).await.unwrap().entry.unwrap()
    }

    /// A video of four minutes.
    pub async fn video(&self) -> LessonId {
        let lecturer = self.person("T01", Role::Lecturer, &self.root).await;
        let new = NewCourse {
            title: "党章学习".to_owned(),
            summary: String::new(),
            unit: None,
            required: true,
            hours: Amount::ZERO,
            credits: Amount::ZERO,
        };
        let course = self.catalogue.create_course(&lecturer, new).await.unwrap();
        let chapter = self.catalogue.add_chapter(&lecturer, course.id, "第一章").await.unwrap();
        let asset = media::testing::ready_video(&self.media, lecturer.person, 240_000).await.unwrap();
        let new = NewVideoLesson { title: "第一节".to_owned(), asset, required: true };
        let lesson = self.catalogue.add_video_lesson(&lecturer, chapter.id, new).await.unwrap();
        self.catalogue.publish_course(&lecturer, course.id).await.unwrap();
        lesson.id
    }

    /// Straight into the catalogue's table: another content of that length in its place.
    pub async fn replace(&self, lesson: LessonId, duration_ms: i64) {
        let tx = self.test.base.db.begin().await.unwrap();
        let sql = "UPDATE catalogue_lesson SET version = 'another', duration_ms = ? WHERE id = ?";
        let values = vec![duration_ms.into(), lesson.uuid().into()];
        tx.execute_raw(dialect::statement(&tx, sql, values)).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// Two minutes that no server handed out: none of them counts.
    pub async fn watches_unserved(&self, student: &Viewer, lesson: LessonId) {
        let study = self.learning.open_study(student, lesson).await.unwrap();
        self.test.clock.advance(120_000);
        let beat = Beat {
            study: study.id,
            seq: study.next_seq,
            spans: vec![(0, 120_000)],
            rate: Some(1.0),
            visible: Some(true),
            client_time: None,
            ledger_head: 0,
            network: None,
        };
        assert_eq!(self.learning.heartbeat(student, beat).await.unwrap().credited_ms, 0, "{}", self.test.name);
    }

    pub async fn work(&self) {
        let mut handlers = Handlers::default();
        jobs::handlers(&self.appeals, &mut handlers);
        credits::jobs::handlers(&self.credits, &mut handlers);
        Worker::new(self.test.base.clone(), handlers).run_until_idle().await.unwrap();
    }

    /// Points, and the notes of the ledger, newest first.
    pub async fn ledger(&self, student: &Viewer) -> (Amount, Vec<String>) {
        let page = Page::try_new(50, None).unwrap();
        let entries = self.credits.entries(student.person, None, &page).await.unwrap();
        let notes = entries.nodes().map(|entry| entry.note.clone().unwrap_or_default()).collect();
        (self.credits.balance(student.person).await.unwrap().points, notes)
    }

    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}

pub fn page() -> Page {
    Page::try_new(20, None).unwrap()
}

/// The code of a refusal.
pub fn code<T>(answer: Result<T>) -> Option<kernel::Code> {
    answer.err().and_then(|error| error.code())
}
