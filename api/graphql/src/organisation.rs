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
        Ok(School { name: school.name, demo: school.demo, play: school.play.into() })
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
