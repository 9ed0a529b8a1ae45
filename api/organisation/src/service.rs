//! Use cases: founding the school, growing the tree, keeping the roster.

use std::collections::HashMap;

use kernel::{
    Charge, Day, Error, Event, Refusal, Result, Role, Viewer,
    id::{PersonId, TermId, UnitId},
};

use platform::audit::{self, Act};

use crate::{
    Organisation,
    model::{NewPerson, NewUnit, Person, Play, Review, School, Stage, Term, TermStatus, Unit, UnitKind},
    rules, store,
};

fn nothing_founded() -> Error {
    Refusal::unavailable(
        "学校尚未建立，请联系管理员。",
        "The school is not founded yet; please tell the administrator.",
    )
    .into()
}

impl Organisation {
    /// UNAVAILABLE until it is founded.
    pub async fn school(&self) -> Result<School> {
        self.0.school.get((), store::school(self.base().db.read())).await?.ok_or_else(nothing_founded)
    }

    pub async fn root(&self) -> Result<Unit> {
        self.0.root.get((), store::root(self.base().db.read())).await?.ok_or_else(nothing_founded)
    }

    pub async fn unit(&self, id: UnitId) -> Result<Option<Unit>> {
        let load = async { Ok(store::units(self.base().db.read(), &[id]).await?.into_iter().next()) };
        self.0.units.get(id, load).await
    }

    pub async fn units(&self, ids: &[UnitId]) -> Result<HashMap<UnitId, Unit>> {
        Ok(store::units(self.base().db.read(), ids).await?.into_iter().map(|unit| (unit.id, unit)).collect())
    }

    /// Those at or beneath one of the paths, parents before children.
    pub async fn units_beneath(&self, paths: &[String]) -> Result<Vec<Unit>> {
        let mut units = store::units_beneath(self.base().db.read(), paths).await?;
        units.sort_by_key(|unit| unit.path.split('.').filter_map(|no| no.parse::<u32>().ok()).collect::<Vec<_>>());
        Ok(units)
    }

    /// Paths of the units at or beneath one of the paths; kept for some seconds, for who asks with each letter that is typed.
    pub async fn paths_beneath(&self, paths: &[String]) -> Result<Vec<String>> {
        let load = async {
            let units = store::units_beneath(self.base().db.read(), &[String::new()]).await?;
            Ok(Some(units.into_iter().map(|unit| unit.path).collect()))
        };
        let all = self.0.paths.get((), load).await?.unwrap_or_default();
        Ok(all.iter().filter(|one| paths.iter().any(|path| one.starts_with(path.as_str()))).cloned().collect())
    }

    pub async fn person(&self, id: PersonId) -> Result<Option<Person>> {
        let load = async { Ok(store::people(self.base().db.read(), &[id]).await?.into_iter().next()) };
        self.0.people.get(id, load).await
    }

    pub async fn people(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, Person>> {
        Ok(store::people(self.base().db.read(), ids).await?.into_iter().map(|person| (person.id, person)).collect())
    }

    /// Like [`Organisation::people`], as they were up to [`KEPT`](crate::KEPT) ago: for answers that name the same people again and again.
    pub async fn kept_people(&self, ids: &[PersonId]) -> Result<HashMap<PersonId, Person>> {
        self.0.people.many(ids, async |ids: &[PersonId]| self.people(ids).await).await
    }

    /// Of the unit at the path and all beneath it, by name.
    pub async fn people_beneath(&self, path: &str) -> Result<Vec<Person>> {
        store::people_beneath(self.base().db.read(), path).await
    }

    /// Students of the units at or beneath the paths, by a part of the name, of its pinyin, or of the number. No more than `most`.
    pub async fn find_students(&self, paths: &[String], text: &str, most: u64) -> Result<Vec<Person>> {
        let text = rules::searched(text);
        if text.is_empty() || paths.is_empty() {
            return Ok(Vec::new());
        }
        store::find_students(self.base().db.read(), paths, &text, most).await
    }

    pub async fn count_students(&self, path: &str) -> Result<u64> {
        store::count_students(self.base().db.read(), path).await
    }

    /// Who studies in the unit at the path or beneath it, with the path of the unit that they study in.
    pub async fn students_beneath(&self, path: &str) -> Result<Vec<(PersonId, String)>> {
        store::students_beneath(self.base().db.read(), path).await
    }

    /// Paths of the units that the person studies in, as they stand now: for who keeps them and hears of changes, so nothing kept is told.
    pub async fn student_paths(&self, person: PersonId) -> Result<Vec<String>> {
        store::student_paths(self.base().db.read(), person).await
    }

    pub async fn charges(&self, person: PersonId) -> Result<Vec<Charge>> {
        let load = async { store::charges(self.base().db.read(), person).await.map(Some) };
        Ok(self.0.charges.get(person, load).await?.unwrap_or_default())
    }

    /// The latest first.
    pub async fn terms(&self) -> Result<Vec<Term>> {
        let load = async { store::terms(self.base().db.read()).await.map(Some) };
        Ok(self.0.terms.get((), load).await?.unwrap_or_default())
    }

    pub async fn term(&self, id: TermId) -> Result<Option<Term>> {
        Ok(self.terms().await?.into_iter().find(|term| term.id == id))
    }

    /// The term that holds the day.
    pub async fn term_of(&self, day: Day) -> Result<Option<Term>> {
        Ok(self.terms().await?.into_iter().find(|term| term.starts <= day && day <= term.ends))
    }

    /// Makes the school and its root unit.
    pub async fn found_school(&self, school: School) -> Result<Unit> {
        rules::check_text("name", &school.name, 80)?;
        let tx = self.base().db.begin().await?;
        store::insert_school(&tx, &school).await?;
        let path = rules::path_beneath("", 1);
        let root =
            Unit { id: self.base().id(), kind: UnitKind::School, title: school.name.clone(), path, parent: None };
        store::insert_unit(&tx, &root, 1, self.base().now()).await?;
        tx.commit().await?;
        self.0.school.forget(&());
        self.0.root.forget(&());
        self.0.paths.forget(&());
        Ok(root)
    }

    /// The school's one switch for points, streaks and boards; an admin of the whole school turns it.
    pub async fn set_play(&self, viewer: &Viewer, play: Play) -> Result<School> {
        let root = self.root().await?;
        if !viewer.covers(Role::Admin, &root.path) {
            return Err(Refusal::forbidden().into());
        }
        let tx = self.base().db.begin().await?;
        store::set_play(&tx, play).await?;
        let act = Act {
            actor: Some(viewer.person),
            action: "school.set_play",
            target: root.id.to_string(),
            reason: Some(play.name().to_owned()),
            path: &root.path,
        };
        audit::record(self.base(), &tx, act).await?;
        tx.commit().await?;
        self.0.school.forget(&());
        self.school().await
    }

    /// Who teaches or administers at or beneath one of the paths, or belongs there.
    pub async fn staff_beneath(&self, paths: &[String]) -> Result<Vec<PersonId>> {
        store::staff_beneath(self.base().db.read(), paths).await
    }

    /// How many people look at a course before it is published.
    pub async fn review(&self) -> Result<Review> {
        Ok(store::review(self.base().db.read()).await?.unwrap_or(Review::One))
    }

    /// An admin of the whole school sets it. What is in review already needs from now on as many as it says.
    pub async fn set_review(&self, viewer: &Viewer, review: Review) -> Result<()> {
        let root = self.root().await?;
        if !viewer.covers(Role::Admin, &root.path) {
            return Err(Refusal::forbidden().into());
        }
        let tx = self.base().db.begin().await?;
        store::set_review(&tx, review).await?;
        let act = Act {
            actor: Some(viewer.person),
            action: "school.set_review",
            target: root.id.to_string(),
            reason: Some(review.name().to_owned()),
            path: &root.path,
        };
        audit::record(self.base(), &tx, act).await?;
        tx.commit().await
    }

    pub async fn add_unit(&self, new: NewUnit) -> Result<Unit> {
        let title = new.title.trim().to_owned();
        rules::check_text("title", &title, 80)?;
        let parent = match new.parent {
            Some(id) => self.unit(id).await?.ok_or_else(Refusal::not_found)?,
            None => self.root().await?,
        };
        let tx = self.base().db.begin().await?;
        store::lock_tree(&tx).await?;
        let number = store::next_unit_number(&tx).await?;
        let path = rules::path_beneath(&parent.path, number);
        let unit = Unit { id: self.base().id(), kind: new.kind, title, path, parent: Some(parent.id) };
        store::insert_unit(&tx, &unit, number, self.base().now()).await?;
        tx.commit().await?;
        self.0.paths.forget(&());
        Ok(unit)
    }

    pub async fn add_person(&self, new: NewPerson) -> Result<Person> {
        let new = NewPerson { number: new.number.trim().to_owned(), name: new.name.trim().to_owned(), ..new };
        rules::check_text("number", &new.number, 32)?;
        rules::check_text("name", &new.name, 40)?;
        let path = match new.unit {
            Some(id) => self.unit(id).await?.ok_or_else(Refusal::not_found)?.path,
            None => String::new(),
        };
        let (id, now) = (self.base().id(), self.base().now());
        let sort_key = new.sort_key.clone().unwrap_or_else(|| rules::sort_key(&new.name));
        let tx = self.base().db.begin().await?;
        store::insert_person(&tx, id, &new, sort_key.clone(), &path, now).await?;
        self.base().outbox.publish(&tx, now, &Event::PersonChanged { person: id }).await?;
        tx.commit().await?;
        Ok(Person { id, number: new.number, name: new.name, sort_key, stage: new.stage, unit: new.unit, path })
    }

    /// A role within a unit and all beneath it; holding it already is no fault.
    pub async fn grant(&self, person: PersonId, role: Role, unit: UnitId) -> Result<()> {
        let unit = self.unit(unit).await?.ok_or_else(Refusal::not_found)?;
        let tx = self.base().db.begin().await?;
        store::insert_charge(&tx, person, role, &unit).await?;
        self.base().outbox.publish(&tx, self.base().now(), &Event::PersonChanged { person }).await?;
        tx.commit().await?;
        self.0.charges.forget(&person);
        Ok(())
    }

    pub async fn set_stage(&self, person: PersonId, stage: Stage) -> Result<()> {
        let tx = self.base().db.begin().await?;
        store::set_stage(&tx, person, stage).await?;
        self.base().outbox.publish(&tx, self.base().now(), &Event::PersonChanged { person }).await?;
        tx.commit().await?;
        self.0.people.forget(&person);
        Ok(())
    }

    /// Terms do not overlap: a day finds one at most.
    pub async fn add_term(&self, name: &str, starts: Day, ends: Day) -> Result<Term> {
        let name = name.trim().to_owned();
        rules::check_text("name", &name, 80)?;
        let term = Term { id: self.base().id(), name, starts, ends, status: TermStatus::Provisional };
        let tx = self.base().db.begin().await?;
        store::lock_tree(&tx).await?;
        rules::check_term(&term, &store::terms(&*tx).await?)?;
        store::insert_term(&tx, &term).await?;
        tx.commit().await?;
        self.0.terms.forget(&());
        Ok(term)
    }
}
