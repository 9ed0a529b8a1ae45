//! The school, its units, its people, its terms.

use kernel::{
    Day, Role,
    id::{PersonId, TermId, UnitId},
};

/// A text enum as it stands in tables.
macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($variant),* }
        impl $name {
            pub const ALL: &[Self] = &[$(Self::$variant),*];
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $text),* }
            }
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|one| one.name() == name)
            }
        }
    };
}

names! {
    /// Stage of membership, from the roster, never inferred. `Candidate` is 发展对象, a development target.
    Stage { None = "NONE", Applicant = "APPLICANT", Activist = "ACTIVIST", Candidate = "CANDIDATE", Probationary = "PROBATIONARY", Member = "MEMBER" }
}
names! {
    /// College: 院系党委 or 党总支; a branch may hang on the school (直属党支部).
    UnitKind { School = "SCHOOL", College = "COLLEGE", Branch = "BRANCH", Group = "GROUP" }
}
names! {
    /// The school's one switch for points, streaks and boards.
    Play { Off = "OFF", Private = "PRIVATE", Team = "TEAM", Boards = "BOARDS" }
}
impl Play {
    /// Whether one's own points of today, streak, level, tasks and badges are shown.
    pub const fn shows_own(self) -> bool {
        match self {
            Self::Off => false,
            Self::Private | Self::Team | Self::Boards => true,
        }
    }
    /// Whether teams see their own goals, and points are a column of the credit report and its export.
    pub const fn shows_teams(self) -> bool {
        match self {
            Self::Off | Self::Private => false,
            Self::Team | Self::Boards => true,
        }
    }
    /// Whether units are compared on boards, and within a branch the people who opted in.
    pub const fn shows_boards(self) -> bool {
        match self {
            Self::Off | Self::Private | Self::Team => false,
            Self::Boards => true,
        }
    }
}
names! {
    /// How many people look at a course before it is published.
    Review { None = "NONE", One = "ONE", Two = "TWO" }
}
impl Review {
    pub const fn reviewers(self) -> usize {
        match self {
            Self::None => 0,
            Self::One => 1,
            Self::Two => 2,
        }
    }
    /// What a school begins with: a demo publishes at once.
    pub const fn at_first(demo: bool) -> Self {
        if demo { Self::None } else { Self::One }
    }
}
names! {
    /// Whether a term's scores may still change.
    TermStatus { Provisional = "PROVISIONAL", Published = "PUBLISHED", Final = "FINAL" }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct School {
    pub name: String,
    pub play: Play,
    pub uses_credits: bool,
    /// Filled with demonstration data; pages and exports say so.
    pub demo: bool,
}

/// `path` is the parent's path, then the unit's number and a dot: what lies beneath a unit has its path as prefix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unit {
    pub id: UnitId,
    pub kind: UnitKind,
    pub title: String,
    pub path: String,
    pub parent: Option<UnitId>,
}

#[derive(Debug, Clone)]
pub struct NewUnit {
    /// None: beneath the school.
    pub parent: Option<UnitId>,
    pub kind: UnitKind,
    pub title: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: PersonId,
    /// 学号 or 工号.
    pub number: String,
    pub name: String,
    /// Names sort by it, the same on both databases.
    pub sort_key: String,
    pub stage: Stage,
    pub unit: Option<UnitId>,
    /// Of the unit; empty without one.
    pub path: String,
}

#[derive(Debug, Clone)]
pub struct NewPerson {
    pub number: String,
    pub name: String,
    /// None: from the name, by [`crate::sort_key`].
    pub sort_key: Option<String>,
    pub stage: Stage,
    pub unit: Option<UnitId>,
}

/// Both days are included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Term {
    pub id: TermId,
    pub name: String,
    pub starts: Day,
    pub ends: Day,
    pub status: TermStatus,
}

pub(crate) const fn role_name(role: Role) -> &'static str {
    match role {
        Role::Student => "STUDENT",
        Role::Lecturer => "LECTURER",
        Role::Admin => "ADMIN",
        Role::Auditor => "AUDITOR",
    }
}

pub(crate) fn role_of(name: &str) -> Option<Role> {
    [Role::Student, Role::Lecturer, Role::Admin, Role::Auditor].into_iter().find(|role| role_name(*role) == name)
}
