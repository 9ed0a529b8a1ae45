//! A school of two colleges, a course of readings, people who study, and a ledger that listens.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use catalogue::{Catalogue, Format, NewCourse, NewReadingLesson};
use futures::FutureExt;
use kernel::{
    Amount, Charge, Event, Language, Page, Role, Viewer,
    event::Medium,
    id::{CourseId, LessonId, PersonId},
};
use learning::{Beat, COURSE_PROGRESS, Learning};
use organisation::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind};
use platform::{Handlers, Outbox, Worker, outbox::Listener, testing::TestBase};

use crate::{Credits, Entry, jobs};

const NOTE: &str = "test.note";

pub struct World {
    pub test: TestBase,
    pub credits: Credits,
    pub organisation: Organisation,
    pub catalogue: Catalogue,
    pub learning: Learning,
    pub letters: Unit,
    pub physics: Unit,
    heard: Arc<Mutex<Vec<Event>>>,
}

impl World {
    pub async fn each() -> Vec<Self> {
        let listener = |kind| Listener { kind, outside: false };
        let outbox = Outbox::new(HashMap::from([
            ("MinutesCovered", vec![listener(jobs::AWARD)]),
            ("LessonCompleted", vec![listener(jobs::AWARD), listener(COURSE_PROGRESS)]),
            ("CourseCompleted", vec![listener(jobs::AWARD)]),
            ("EntryPosted", vec![listener(NOTE)]),
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
        let catalogue = Catalogue::new(base.clone(), organisation.clone(), media);
        let learning = Learning::new(
            base.clone(),
            catalogue.clone(),
            learning::Config { evidence: false, ..learning::Config::default() },
        );
        let credits = Credits::new(base.clone(), catalogue.clone()).unwrap();
        let school = School { name: "示例大学".to_owned(), play: Play::Boards, uses_credits: true, demo: true };
        organisation.found_school(school).await.unwrap();
        let college = |title: &str| NewUnit { parent: None, kind: UnitKind::College, title: title.to_owned() };
        let letters = organisation.add_unit(college("文学院")).await.unwrap();
        let physics = organisation.add_unit(college("物理学院")).await.unwrap();
        Self { test, credits, organisation, catalogue, learning, letters, physics, heard: Arc::default() }
    }

    pub async fn person(&self, number: &str, unit: &Unit) -> Person {
        let (number, name) = (number.to_owned(), "林晚晴".to_owned());
        let new = NewPerson { number, name, sort_key: None, stage: Stage::Activist, unit: Some(unit.id) };
        self.organisation.add_person(new).await.unwrap()
    }

    pub fn viewer(&self, person: PersonId, role: Role, unit: &Unit) -> Viewer {
        Viewer {
            person,
            session: self.test.base.id(),
            path: unit.path.clone(),
            charges: vec![Charge { role, unit: unit.id, path: unit.path.clone() }],
            language: Language::Chinese,
        }
    }

    /// A published course of so many short required readings, worth four hours and half a credit.
    pub async fn course(&self, readings: usize) -> (CourseId, Vec<LessonId>) {
        let root = self.organisation.root().await.unwrap();
        let lecturer = self.viewer(self.test.base.id(), Role::Lecturer, &root);
        let new = NewCourse {
            title: "怎样写学习心得".to_owned(),
            summary: String::new(),
            unit: Some(root.id),
            required: true,
            hours: Amount::whole(4),
            credits: Amount::milli(500),
        };
        let course = self.catalogue.create_course(&lecturer, new).await.unwrap();
        let chapter = self.catalogue.add_chapter(&lecturer, course.id, "第一章".to_owned()).await.unwrap();
        let mut lessons = Vec::new();
        for number in 1..=readings {
            let new = NewReadingLesson {
                title: format!("第 {number} 节"),
                format: Format::Markdown,
                body: Some(format!("先读原文，再写自己的话：之{number}。")),
                asset: None,
                required: true,
            };
            lessons.push(self.catalogue.add_reading_lesson(&lecturer, chapter.id, new).await.unwrap().id);
        }
        self.catalogue.publish_course(&lecturer, course.id).await.unwrap();
        (course.id, lessons)
    }

    /// Reads a lesson to its end, in real time.
    pub async fn reads(&self, person: &Person, lesson: LessonId) {
        let unit = self.organisation.unit(person.unit.unwrap()).await.unwrap().unwrap();
        let viewer = self.viewer(person.id, Role::Student, &unit);
        let study = self.learning.open_study(&viewer, lesson).await.unwrap();
        self.test.clock.advance(15_000);
        let beat = Beat {
            study: study.id,
            seq: study.next_seq,
            spans: vec![(0, 1)],
            rate: None,
            visible: Some(true),
            client_time: None,
            ledger_head: 0,
            network: None,
        };
        assert!(self.learning.heartbeat(&viewer, beat).await.unwrap().completed);
        self.work().await;
    }

    pub fn minutes(&self, person: PersonId, version: &str, from: u32, to: u32) -> Event {
        let (course, lesson) = (CourseId::new(uuid()), LessonId::new(uuid()));
        let (version, at) = (version.to_owned(), self.test.base.now());
        Event::MinutesCovered { person, course, lesson, version, from, to, at }
    }
    pub fn finished(&self, person: PersonId, version: &str, medium: Medium, last: Option<(u32, u32)>) -> Event {
        Event::LessonCompleted {
            person,
            course: CourseId::new(uuid()),
            lesson: LessonId::new(uuid()),
            version: version.to_owned(),
            medium,
            last_minute: last,
            at: self.test.base.now(),
        }
    }

    /// Announces what another house would, straight to this house.
    pub async fn announce(&self, events: &[Event]) {
        let base = &self.test.base;
        let tx = base.db.begin().await.unwrap();
        for event in events {
            let lane = event.lane();
            let new = platform::jobs::NewJob { kind: jobs::AWARD, lane, key: None, outside: false, run_at: base.now() };
            platform::jobs::add(&tx, new, event).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.work().await;
    }

    pub async fn work(&self) {
        let mut handlers = Handlers::default();
        jobs::handlers(&self.credits, &mut handlers);
        learning::handlers(&self.learning, &mut handlers);
        let heard = self.heard.clone();
        handlers.inside(NOTE, move |_, job| {
            let heard = heard.clone();
            async move {
                heard.lock().unwrap().push(job.payload()?);
                Ok(())
            }
            .boxed()
        });
        Worker::new(self.test.base.clone(), handlers).run_until_idle().await.unwrap();
        assert_eq!(platform::jobs::counts(self.test.base.db.read()).await.unwrap(), (0, 0), "{}", self.test.name);
    }
    pub fn heard(&self) -> Vec<Event> {
        std::mem::take(&mut *self.heard.lock().unwrap())
    }

    /// The newest hundred entries, newest first.
    pub async fn entries(&self, person: PersonId) -> Vec<Entry> {
        let page = Page::try_new(100, None).unwrap();
        self.credits.entries(person, None, &page).await.unwrap().nodes().cloned().collect()
    }
    /// The same as people read it, oldest first.
    pub async fn ledger(&self, person: PersonId) -> Vec<String> {
        let mut entries = self.entries(person).await;
        entries.reverse();
        entries.iter().map(|e| format!("{} {} {}", e.rule.title, e.amount, e.note.as_deref().unwrap_or(""))).collect()
    }
    pub async fn points(&self, person: PersonId) -> String {
        self.credits.balance(person).await.unwrap().points.to_string()
    }

    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}

/// Facts told by hand are all of one course and one lesson.
fn uuid() -> kernel::id::Uuid {
    kernel::id::Uuid::from_u128(5)
}
