//! A school of two colleges with a branch each, events as the houses below announce them, and the jobs that hear them.

use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use catalogue::{Catalogue, NewCourse};
use futures::FutureExt;
use kernel::{
    Amount, Charge, Error, Event, Language, Millis, Page, Role, Viewer,
    event::Measure,
    id::{CourseId, EntryId, LessonId, PersonId, UnitId},
};
use media::Media;
use organisation::{NewPerson, NewUnit, Organisation, Play, School, Stage, Unit, UnitKind};
use platform::{
    Handlers, Outbox, Worker,
    audit::{self, Record},
    outbox::Listener,
    testing::TestBase,
};

use crate::{LiteracyLine, LiteracySheet, LiteracySource, Reports, jobs};

pub const DISCLAIMER: &str = "本结果为培训过程性记录，仅供党组织研究时参考，不替代培养考察、政治审查和支部大会表决。";

pub struct World {
    pub test: TestBase,
    pub organisation: Organisation,
    pub catalogue: Catalogue,
    pub media: Media,
    pub reports: Reports,
    pub worker: Worker,
    pub root: Unit,
    pub letters: Unit,
    pub letters_branch: Unit,
    pub physics: Unit,
    pub physics_branch: Unit,
    /// The source of scores fails while this is true.
    pub broken: Arc<AtomicBool>,
    next_entry: i64,
}

fn listeners() -> Outbox {
    let one = |kind| vec![Listener { kind, outside: false }];
    Outbox::new(HashMap::from([
        ("PersonChanged", one(jobs::PERSON)),
        ("StudyOpened", one(jobs::STUDIED)),
        ("LessonCompleted", one(jobs::STUDIED)),
        ("CourseCompleted", one(jobs::COMPLETED)),
        ("EntryPosted", one(jobs::ENTRY)),
    ]))
}

impl World {
    pub async fn each(play: Play, uses_credits: bool) -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestBase::each(listeners()).await {
            worlds.push(Self::of(test, play, uses_credits).await);
        }
        worlds
    }

    async fn of(test: TestBase, play: Play, uses_credits: bool) -> Self {
        let base = test.base.clone();
        let organisation = Organisation::new(base.clone());
        let media = media(&test).await;
        let catalogue = catalogue(&test, &organisation, &media);
        let broken = Arc::new(AtomicBool::new(false));
        let source = literacy(organisation.clone(), base.clone(), broken.clone());
        let reports = Reports::new(base.clone(), organisation.clone(), catalogue.clone(), media.clone(), source);
        let mut handlers = Handlers::default();
        crate::handlers(&reports, &mut handlers);
        let school = School { name: "示例大学".to_owned(), play, uses_credits, demo: true };
        let root = organisation.found_school(school).await.unwrap();
        let add = |parent, kind, title: &str| {
            let (organisation, title) = (organisation.clone(), title.to_owned());
            async move { organisation.add_unit(NewUnit { parent, kind, title }).await.unwrap() }
        };
        let letters = add(None, UnitKind::College, "文学院").await;
        let letters_branch = add(Some(letters.id), UnitKind::Branch, "第一支部").await;
        let physics = add(None, UnitKind::College, "物理学院").await;
        let physics_branch = add(Some(physics.id), UnitKind::Branch, "第二支部").await;
        let worker = Worker::new(base, handlers);
        Self {
            test,
            organisation,
            catalogue,
            media,
            reports,
            worker,
            root,
            letters,
            letters_branch,
            physics,
            physics_branch,
            broken,
            next_entry: 0,
        }
    }

    pub fn name(&self) -> &'static str {
        self.test.name
    }

    pub async fn student(&self, number: &str, name: &str, unit: UnitId) -> PersonId {
        let new = NewPerson {
            number: number.to_owned(),
            name: name.to_owned(),
            sort_key: None,
            stage: Stage::Activist,
            unit: Some(unit),
        };
        let person = self.organisation.add_person(new).await.unwrap();
        self.organisation.grant(person.id, Role::Student, unit).await.unwrap();
        person.id
    }

    /// Somebody with one role over one unit, on the roster.
    pub async fn staff(&self, number: &str, role: Role, unit: &Unit) -> Viewer {
        let new = NewPerson {
            number: number.to_owned(),
            name: "管理".to_owned(),
            sort_key: None,
            stage: Stage::Member,
            unit: Some(unit.id),
        };
        let person = self.organisation.add_person(new).await.unwrap();
        self.organisation.grant(person.id, role, unit.id).await.unwrap();
        Viewer {
            person: person.id,
            session: self.test.base.id(),
            path: unit.path.clone(),
            charges: vec![Charge { role, unit: unit.id, path: unit.path.clone() }],
            language: Language::Chinese,
        }
    }

    /// A course for a unit, with nothing in it.
    pub async fn course(&self, title: &str, unit: &Unit) -> CourseId {
        let lecturer = self.staff(title, Role::Lecturer, unit).await;
        let (title, summary, unit) = (title.to_owned(), String::new(), Some(unit.id));
        let (hours, credits) = (Amount::ZERO, Amount::ZERO);
        let new = NewCourse { title, summary, unit, required: false, hours, credits };
        self.catalogue.create_course(&lecturer, new).await.unwrap().id
    }

    pub async fn tell(&self, event: &Event) {
        let tx = self.test.base.db.begin().await.unwrap();
        self.test.base.outbox.publish(&tx, self.test.base.now(), event).await.unwrap();
        tx.commit().await.unwrap();
    }

    /// An entry of the ledger, now.
    pub async fn earns(&mut self, person: PersonId, measure: Measure, milli: i64, course: Option<CourseId>) -> Event {
        self.next_entry += 1;
        let event = Event::EntryPosted {
            entry: EntryId(self.next_entry),
            person,
            measure,
            amount: Amount::milli(milli),
            course,
            lesson: None,
            at: self.test.base.now(),
        };
        self.tell(&event).await;
        event
    }

    pub async fn opens(&self, person: PersonId, at: Millis) {
        let lesson: LessonId = self.test.base.id();
        self.tell(&Event::StudyOpened { person, course: self.test.base.id(), lesson, at }).await;
    }

    /// The audit log of the school, newest first.
    pub async fn log(&self) -> Vec<Record> {
        let page = Page::try_new(100, None).unwrap();
        let scope = [self.root.path.clone()];
        let found = audit::list(self.test.base.db.read(), &scope, &audit::Filter::default(), &page).await.unwrap();
        found.nodes().cloned().collect()
    }

    pub async fn run(&self) {
        self.worker.run_until_idle().await.unwrap();
        let (_, dead) = platform::jobs::counts(self.test.base.db.read()).await.unwrap();
        assert_eq!(dead, 0, "{}", self.name());
    }
}

/// What the composition root makes of the scores, with scores that need no other house.
fn literacy(organisation: Organisation, base: platform::Base, broken: Arc<AtomicBool>) -> LiteracySource {
    Arc::new(move |scope, term| {
        let (organisation, base, broken) = (organisation.clone(), base.clone(), broken.clone());
        async move {
            if broken.load(Ordering::SeqCst) {
                return Err(Error::broken("no scores today"));
            }
            let mut rows = Vec::new();
            for path in scope {
                for person in organisation.people_beneath(&path).await? {
                    if person.stage == Stage::Activist {
                        let score = Some(Amount::milli(3_333));
                        rows.push(LiteracyLine { person, score, indicators: vec![score, None] });
                    }
                }
            }
            let term = match term {
                Some(id) => organisation.term(id).await?,
                None => None,
            };
            let indicators = vec!["集中培训出勤".to_owned(), "结业考试成绩".to_owned()];
            let notes = vec!["结业考试成绩尚未安排，未计入。".to_owned(), DISCLAIMER.to_owned()];
            Ok(LiteracySheet { term, scheme: "2026-1".to_owned(), as_of: base.now(), indicators, rows, notes })
        }
        .boxed()
    })
}

async fn media(test: &TestBase) -> Media {
    media::testing::media(&test.base, test.folder.path()).await.unwrap()
}

fn catalogue(test: &TestBase, organisation: &Organisation, media: &Media) -> Catalogue {
    Catalogue::new(test.base.clone(), organisation.clone(), media.clone())
}
