//! A school of two colleges, a lecturer who publishes readings, people who read them.

use std::collections::HashMap;

use catalogue::{Catalogue, Format, NewCourse, NewReadingLesson};
use kernel::{
    Amount, Charge, Language, Role, Viewer,
    id::{LessonId, PersonId},
};
use learning::{Beat, Learning};
use organisation::{NewPerson, NewUnit, Organisation, Person, Play, School, Stage, Unit, UnitKind};
use platform::{
    Outbox,
    audit::{self, Record},
    testing::TestBase,
};

use crate::Evaluation;

pub struct World {
    pub test: TestBase,
    pub organisation: Organisation,
    pub catalogue: Catalogue,
    pub learning: Learning,
    pub evaluation: Evaluation,
    pub root: Unit,
    pub letters: Unit,
    pub physics: Unit,
    lecturer: PersonId,
}

impl World {
    pub async fn each() -> Vec<Self> {
        let mut worlds = Vec::new();
        for test in TestBase::each(Outbox::new(HashMap::new())).await {
            worlds.push(Self::of(test).await);
        }
        worlds
    }

    async fn of(test: TestBase) -> Self {
        let base = test.base.clone();
        let organisation = Organisation::new(base.clone());
        let media = media::testing::media(&base, test.folder.path()).await.unwrap();
        let catalogue = Catalogue::new(base.clone(), organisation.clone(), media);
        let learning = Learning::new(
            base.clone(),
            catalogue.clone(),
            learning::Config { evidence: false, ..learning::Config::default() },
        );
        let houses = (organisation.clone(), catalogue.clone(), learning.clone());
        let evaluation = Evaluation::open(base.clone(), houses.0, houses.1, houses.2).await.unwrap();
        let school = School { name: "示例大学".to_owned(), play: Play::Boards, uses_credits: true, demo: true };
        let root = organisation.found_school(school).await.unwrap();
        let college = |title: &str| NewUnit { parent: None, kind: UnitKind::College, title: title.to_owned() };
        let letters = organisation.add_unit(college("文学院")).await.unwrap();
        let physics = organisation.add_unit(college("物理学院")).await.unwrap();
        let lecturer = base.id();
        Self { test, organisation, catalogue, learning, evaluation, root, letters, physics, lecturer }
    }

    pub async fn person(&self, number: &str, name: &str, stage: Stage, unit: &Unit) -> Person {
        let new =
            NewPerson { number: number.to_owned(), name: name.to_owned(), sort_key: None, stage, unit: Some(unit.id) };
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

    /// A published required course of so many required readings and one that is not.
    pub async fn course(&self, title: &str, unit: &Unit, required: usize) -> Vec<LessonId> {
        let lecturer = self.viewer(self.lecturer, Role::Lecturer, &self.root);
        let new = NewCourse {
            title: title.to_owned(),
            summary: String::new(),
            unit: Some(unit.id),
            required: true,
            hours: Amount::whole(1),
            credits: Amount::ZERO,
        };
        let course = self.catalogue.create_course(&lecturer, new).await.unwrap();
        let chapter = self.catalogue.add_chapter(&lecturer, course.id, "第一章".to_owned()).await.unwrap();
        let mut lessons = Vec::new();
        for number in 0..=required {
            let new = NewReadingLesson {
                title: format!("第 {number} 节"),
                format: Format::Markdown,
                body: Some("党员的权利和义务。".to_owned()),
                asset: None,
                required: number < required,
            };
            lessons.push(self.catalogue.add_reading_lesson(&lecturer, chapter.id, new).await.unwrap().id);
        }
        self.catalogue.publish_course(&lecturer, course.id).await.unwrap();
        lessons
    }

    /// Reads a lesson in real time.
    pub async fn reads(&self, person: &Person, lesson: LessonId) {
        let unit = self.organisation.unit(person.unit.unwrap()).await.unwrap().unwrap();
        let viewer = self.viewer(person.id, Role::Student, &unit);
        let study = self.learning.open_study(&viewer, lesson).await.unwrap();
        self.test.clock.advance(15_000);
        let beat = Beat {
            study: study.id,
            seq: 1,
            spans: vec![(0, 1)],
            rate: None,
            visible: Some(true),
            client_time: None,
            ledger_head: 0,
            network: None,
        };
        assert!(self.learning.heartbeat(&viewer, beat).await.unwrap().completed);
    }

    /// The reads in the audit log of the school, newest first.
    pub async fn reads_noted(&self) -> Vec<Record> {
        let page = kernel::Page::try_new(100, None).unwrap();
        let scope = [self.root.path.clone()];
        let filter = audit::Filter { action: Some("literacy.read".to_owned()), ..audit::Filter::default() };
        let found = audit::list(self.test.base.db.read(), &scope, &filter, &page).await.unwrap();
        found.nodes().cloned().collect()
    }

    pub async fn end(self) {
        self.learning.stop().await;
        self.test.end().await;
    }
}
