//! A school of two colleges, two branches of the first and a branch of its own; people who study, and houses that listen.

use std::collections::HashMap;

use catalogue::{Catalogue, Format, NewCourse, NewReadingLesson};
use credits::Credits;
use kernel::{
    Amount, Charge, Event, Language, Role, Viewer,
    id::{CheckId, Id, LessonId, Uuid},
};
use learning::{Beat, Learning};
use organisation::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind};
use platform::{
    Cache, Handlers, Outbox, Worker,
    outbox::Listener,
    testing::{TestBase, TestRedis},
};

use sea_orm::ConnectionTrait;

use crate::{Gamification, jobs};

pub struct World {
    pub test: TestBase,
    /// Where boards are kept; none: in memory.
    pub redis: Option<TestRedis>,
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

fn outbox() -> Outbox {
    let listener = |kind| Listener { kind, outside: false };
    let heard = |kinds: &[&'static str]| kinds.iter().map(|kind| listener(kind)).collect::<Vec<_>>();
    Outbox::new(HashMap::from([
        ("PersonChanged", heard(&[jobs::MEMBER])),
        ("MinutesCovered", heard(&[credits::jobs::AWARD])),
        ("LessonCompleted", heard(&[credits::jobs::AWARD, learning::COURSE_PROGRESS, jobs::COUNT])),
        ("CheckPassed", heard(&[jobs::COUNT])),
        ("CourseCompleted", heard(&[credits::jobs::AWARD, jobs::COUNT])),
    ]))
}

impl World {
    pub async fn each(play: Play) -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestBase::each(outbox()).await {
            worlds.push(Self::on(test, None, play).await);
        }
        worlds
    }

    /// On each database with boards in memory, and again in Redis where it is installed.
    pub async fn each_board(play: Play) -> Vec<Self> {
        let mut worlds = Self::each(play).await;
        for test in TestBase::each(outbox()).await {
            match TestRedis::start().await {
                Some(redis) => worlds.push(Self::on(test, Some(redis), play).await),
                None => test.end().await,
            }
        }
        worlds
    }

    async fn on(test: TestBase, redis: Option<TestRedis>, play: Play) -> Self {
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
        let cache = redis.as_ref().map(|redis| Cache::open(&redis.url).unwrap());
        let (houses, studies) = ((organisation.clone(), catalogue.clone()), learning.clone());
        let gamification = Gamification::new(base, houses.0, houses.1, credits.clone(), studies, cache);
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
            redis,
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
        // Ids sort by time: equals stand in the order in which they came.
        self.test.clock.advance(1);
        let person = self.organisation.add_person(new).await.unwrap();
        self.work().await;
        person
    }
    pub async fn student(&self, number: &str, unit: &Unit) -> Person {
        let person = self.person(number, unit).await;
        self.organisation.grant(person.id, Role::Student, unit.id).await.unwrap();
        self.work().await;
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
            network: None,
        };
        assert!(self.learning.heartbeat(&viewer, beat).await.unwrap().completed);
        self.work().await;
    }

    /// So many minutes of some video, worth a point each.
    pub async fn watches(&self, person: &Person, minutes: u32) {
        let base = &self.test.base;
        self.publish(Event::MinutesCovered {
            person: person.id,
            course: Id::new(Uuid::from_u128(5)),
            lesson: Id::new(Uuid::from_u128(5)),
            version: base.id::<()>().uuid().to_string(),
            from: 0,
            to: minutes,
            at: base.now(),
        })
        .await;
    }

    pub async fn work(&self) {
        let mut handlers = Handlers::default();
        jobs::handlers(&self.gamification, &mut handlers);
        credits::jobs::handlers(&self.credits, &mut handlers);
        learning::handlers(&self.learning, &mut handlers);
        Worker::new(self.test.base.clone(), handlers).run_until_idle().await.unwrap();
        assert_eq!(platform::jobs::counts(self.test.base.db.read()).await.unwrap(), (0, 0), "{}", self.test.name);
    }

    /// Another process on the same database and the same Redis: nothing is remembered.
    pub fn fresh(&self) -> Gamification {
        let cache = self.redis.as_ref().map(|redis| Cache::open(&redis.url).unwrap());
        self.process(cache)
    }
    /// One that keeps boards in its memory, whatever the others do.
    pub fn in_memory(&self) -> Gamification {
        self.process(None)
    }
    fn process(&self, cache: Option<Cache>) -> Gamification {
        let (base, organisation, catalogue) =
            (self.test.base.clone(), self.organisation.clone(), self.catalogue.clone());
        Gamification::new(base, organisation, catalogue, self.credits.clone(), self.learning.clone(), cache)
    }
    /// The database and where boards are kept: for messages.
    pub fn name(&self) -> String {
        format!("{}, {}", self.test.name, if self.redis.is_some() { "redis" } else { "memory" })
    }

    pub async fn publish(&self, event: Event) {
        let base = &self.test.base;
        let tx = base.db.begin().await.unwrap();
        base.outbox.publish(&tx, base.now(), &event).await.unwrap();
        tx.commit().await.unwrap();
        self.work().await;
    }

    /// Answers a question of some lesson rightly.
    pub async fn passes(&self, person: &Person, check: CheckId) {
        let (course, lesson) = (Id::new(Uuid::from_u128(5)), Id::new(Uuid::from_u128(5)));
        self.publish(Event::CheckPassed { person: person.id, course, lesson, check, at: self.test.base.now() }).await;
    }

    pub async fn sql(&self, sql: &str) {
        let tx = self.test.base.db.begin().await.unwrap();
        tx.execute_unprepared(sql).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An id as this database writes it.
    pub fn blob(&self, hex: &str) -> String {
        if self.test.name == "sqlite" { format!("X'{hex}'") } else { format!("'{hex}'") }
    }

    /// From one unit to another, as the roster would say it.
    pub async fn moves(&self, person: &Person, from: &Unit, to: &Unit) {
        let tx = self.test.base.db.begin().await.unwrap();
        for (table, key) in [("organisation_charge", "person"), ("organisation_person", "id")] {
            let sql = format!("UPDATE {table} SET unit = ?, path = ? WHERE {key} = ? AND unit = ?");
            let values =
                vec![to.id.uuid().into(), to.path.as_str().into(), person.id.uuid().into(), from.id.uuid().into()];
            tx.execute_raw(platform::dialect::statement(&tx, &sql, values)).await.unwrap();
        }
        tx.commit().await.unwrap();
        self.publish(Event::PersonChanged { person: person.id }).await;
    }

    /// An admin of the unit.
    pub async fn admin(&self, number: &str, unit: &Unit) -> Viewer {
        let person = self.person(number, unit).await;
        self.organisation.grant(person.id, Role::Admin, unit.id).await.unwrap();
        self.work().await;
        self.viewer(&person).await
    }

    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}
