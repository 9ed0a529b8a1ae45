//! A school of two colleges, two branches of the first and a branch of its own; people who study, and houses that listen.

use std::collections::HashMap;

use catalogue::{Catalogue, Format, NewCourse, NewReadingLesson};
use credits::Credits;
use kernel::{
    Amount, Charge, Event, Language, Role, Viewer,
    id::{Id, LessonId, Uuid},
};
use learning::{Beat, Learning};
use organisation::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind};
use platform::{Handlers, Outbox, Worker, outbox::Listener, testing::TestBase};

use crate::{Gamification, jobs};

pub struct World {
    pub test: TestBase,
    pub gamification: Gamification,
    pub organisation: Organisation,
    pub credits: Credits,
    pub catalogue: Catalogue,
    pub learning: Learning,
    pub root: Unit,
    pub letters: Unit,
    pub physics: Unit,
    pub poetry: Unit,
    pub prose: Unit,
    pub office: Unit,
}

impl World {
    pub async fn each(play: Play) -> Vec<Self> {
        let listener = |kind| Listener { kind, outside: false };
        let outbox = Outbox::new(HashMap::from([
            ("MinutesCovered", vec![listener(credits::jobs::AWARD)]),
            ("LessonCompleted", vec![listener(credits::jobs::AWARD), listener(jobs::COUNT)]),
        ]));
        let mut worlds = Vec::new();
        for test in TestBase::each(outbox).await {
            worlds.push(Self::on(test, play).await);
        }
        worlds
    }

    async fn on(test: TestBase, play: Play) -> Self {
        let base = test.base.clone();
        let organisation = Organisation::new(base.clone());
        let media = media::testing::media(&base, test.folder.path()).await.unwrap();
        let catalogue = Catalogue::new(base.clone(), organisation.clone(), media);
        let learning = Learning::new(base.clone(), catalogue.clone(), learning::Config::default());
        let credits = Credits::new(base.clone(), catalogue.clone()).unwrap();
        let gamification = Gamification::new(base, organisation.clone(), credits.clone(), learning.clone());
        let school = School { name: "示例大学".to_owned(), play, uses_credits: true, demo: true };
        let root = organisation.found_school(school).await.unwrap();
        let add = async |parent: &Unit, kind, title: &str| {
            let new = NewUnit { parent: Some(parent.id), kind, title: title.to_owned() };
            organisation.add_unit(new).await.unwrap()
        };
        let letters = add(&root, UnitKind::College, "文学院").await;
        let physics = add(&root, UnitKind::College, "物理学院").await;
        let poetry = add(&letters, UnitKind::Branch, "诗歌党支部").await;
        let prose = add(&letters, UnitKind::Branch, "散文党支部").await;
        let office = add(&root, UnitKind::Branch, "机关直属党支部").await;
        Self {
            test,
            gamification,
            organisation,
            credits,
            catalogue,
            learning,
            root,
            letters,
            physics,
            poetry,
            prose,
            office,
        }
    }

    pub async fn person(&self, number: &str, unit: &Unit) -> Person {
        let (number, name) = (number.to_owned(), "林晚晴".to_owned());
        let new = NewPerson { number, name, sort_key: None, stage: Stage::Activist, unit: Some(unit.id) };
        self.organisation.add_person(new).await.unwrap()
    }
    pub async fn student(&self, number: &str, unit: &Unit) -> Person {
        let person = self.person(number, unit).await;
        self.organisation.grant(person.id, Role::Student, unit.id).await.unwrap();
        person
    }
    pub async fn viewer(&self, person: &Person) -> Viewer {
        Viewer {
            person: person.id,
            session: self.test.base.id(),
            path: person.path.clone(),
            charges: self.organisation.charges(person.id).await.unwrap(),
            language: Language::Chinese,
        }
    }

    /// A published course of so many short readings.
    pub async fn readings(&self, many: usize) -> Vec<LessonId> {
        let charge = Charge { role: Role::Lecturer, unit: self.root.id, path: self.root.path.clone() };
        let lecturer = Viewer {
            person: self.test.base.id(),
            session: self.test.base.id(),
            path: self.root.path.clone(),
            charges: vec![charge],
            language: Language::Chinese,
        };
        let new = NewCourse {
            title: "怎样写学习心得".to_owned(),
            summary: String::new(),
            unit: Some(self.root.id),
            required: true,
            hours: Amount::ZERO,
            credits: Amount::ZERO,
        };
        let course = self.catalogue.create_course(&lecturer, new).await.unwrap();
        let chapter = self.catalogue.add_chapter(&lecturer, course.id, "第一章".to_owned()).await.unwrap();
        let mut lessons = Vec::new();
        for number in 1..=many {
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
        lessons
    }

    /// Reads a lesson to its end, in real time.
    pub async fn reads(&self, person: &Person, lesson: LessonId) {
        let viewer = self.viewer(person).await;
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
        };
        assert!(self.learning.heartbeat(&viewer, beat).await.unwrap().completed);
        self.work().await;
    }

    /// So many minutes of some video, worth a point each.
    pub async fn watches(&self, person: &Person, minutes: u32) {
        let base = &self.test.base;
        let event = Event::MinutesCovered {
            person: person.id,
            course: Id::new(Uuid::from_u128(5)),
            lesson: Id::new(Uuid::from_u128(5)),
            version: base.id::<()>().uuid().to_string(),
            from: 0,
            to: minutes,
            at: base.now(),
        };
        let tx = base.db.begin().await.unwrap();
        base.outbox.publish(&tx, base.now(), &event).await.unwrap();
        tx.commit().await.unwrap();
        self.work().await;
    }

    async fn work(&self) {
        let mut handlers = Handlers::default();
        jobs::handlers(&self.gamification, &mut handlers);
        credits::jobs::handlers(&self.credits, &mut handlers);
        Worker::new(self.test.base.clone(), handlers).run_until_idle().await.unwrap();
        assert_eq!(platform::jobs::counts(self.test.base.db.read()).await.unwrap(), (0, 0), "{}", self.test.name);
    }

    /// Another process on the same database: nothing is remembered.
    pub fn fresh(&self) -> Gamification {
        let (base, organisation) = (self.test.base.clone(), self.organisation.clone());
        Gamification::new(base, organisation, self.credits.clone(), self.learning.clone())
    }

    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}
