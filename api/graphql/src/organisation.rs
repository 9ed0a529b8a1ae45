//! Units, people, the school; and the enums that name them.

use ::organisation as house;
use async_graphql::{Context, Enum, ID, Object, Result, SimpleObject};

use crate::{
    context::{houses, loaders},
    error::told,
};

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
pub enum Role {
    Student,
    Lecturer,
    Admin,
    Auditor,
}

impl From<kernel::Role> for Role {
    fn from(role: kernel::Role) -> Self {
        match role {
            kernel::Role::Student => Self::Student,
            kernel::Role::Lecturer => Self::Lecturer,
            kernel::Role::Admin => Self::Admin,
            kernel::Role::Auditor => Self::Auditor,
        }
    }
}

/// The stage of membership, from the roster, never inferred. CANDIDATE is 发展对象.
#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Stage")]
pub enum Stage {
    None,
    Applicant,
    Activist,
    Candidate,
    Probationary,
    Member,
}

#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::UnitKind")]
pub enum UnitKind {
    School,
    College,
    Branch,
    Group,
}

/// One switch per school: off; own progress only; teams; boards.
#[derive(Enum, Copy, Clone, PartialEq, Eq)]
#[graphql(remote = "house::Play")]
pub enum Play {
    Off,
    Private,
    Team,
    Boards,
}

/// What everybody may know of the school, also before signing in.
#[derive(SimpleObject)]
pub struct School {
    name: String,
    /// Filled with demonstration data.
    demo: bool,
    play: Play,
}

impl From<house::School> for School {
    fn from(school: house::School) -> Self {
        Self { name: school.name, demo: school.demo, play: school.play.into() }
    }
}

#[derive(SimpleObject, Clone)]
pub struct Unit {
    pub id: ID,
    pub name: String,
    pub kind: UnitKind,
}

impl From<house::Unit> for Unit {
    fn from(unit: house::Unit) -> Self {
        Self { id: ID(unit.id.to_string()), name: unit.title, kind: unit.kind.into() }
    }
}

#[derive(SimpleObject, Clone)]
pub struct Person {
    pub id: ID,
    pub name: String,
}

impl From<house::Person> for Person {
    fn from(person: house::Person) -> Self {
        Self { id: ID(person.id.to_string()), name: person.name }
    }
}

/// The person of an id that a house gave.
pub async fn person(ctx: &Context<'_>, id: kernel::id::PersonId) -> Result<Option<Person>> {
    Ok(loaders(ctx).load_one(id).await.map_err(told(ctx))?.map(Person::from))
}

#[derive(Default)]
pub struct OrganisationQuery;

#[Object]
impl OrganisationQuery {
    /// Answers without a session too.
    async fn school(&self, ctx: &Context<'_>) -> Result<School> {
        let school = houses(ctx).organisation.school().await.map_err(told(ctx))?;
        Ok(school.into())
    }
    /// The latest first.
    async fn terms(&self, ctx: &Context<'_>) -> Result<Vec<crate::evaluation::Term>> {
        crate::context::viewer(ctx)?;
        let terms = houses(ctx).organisation.terms().await.map_err(told(ctx))?;
        Ok(terms.into_iter().map(crate::evaluation::Term::from).collect())
    }
    /// Students in the asker's charge as an admin, by a part of the name or of the number.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn students(&self, ctx: &Context<'_>, query: String, first: i32) -> Result<Vec<crate::reports::Student>> {
        let viewer = crate::context::viewer(ctx)?;
        viewer.must(kernel::Role::Admin).map_err(told(ctx))?;
        let page = kernel::Page::try_new(first, None).map_err(|e| told(ctx)(e.into()))?;
        let paths = viewer.scope(kernel::Role::Admin);
        let found = houses(ctx).organisation.find_students(&paths, &query, page.first).await.map_err(told(ctx))?;
        Ok(found.into_iter().map(crate::reports::Student::from).collect())
    }
    /// The units in the asker's charge, outermost first: what a report can be narrowed to.
    async fn units(&self, ctx: &Context<'_>) -> Result<Vec<Unit>> {
        let viewer = crate::context::viewer(ctx)?;
        let mut paths = viewer.scope(kernel::Role::Admin);
        paths.extend(viewer.scope(kernel::Role::Auditor));
        paths.extend(viewer.scope(kernel::Role::Lecturer));
        let units = houses(ctx).organisation.units_beneath(&paths).await.map_err(told(ctx))?;
        Ok(units.into_iter().map(Unit::from).collect())
    }
}
