//! Who asks, and for which units. Roles come with a unit; a unit is told by its path (`1.3.12.`), so that "this unit and all beneath it"
//! is a prefix.

use serde::{Deserialize, Serialize};

use crate::{
    Language, Refusal, Result,
    id::{PersonId, SessionId, UnitId},
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Role {
    Student,
    Lecturer,
    Admin,
    Auditor,
}

/// One role within one unit and all beneath it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    pub role: Role,
    pub unit: UnitId,
    pub path: String,
}

/// A signed-in person.
#[derive(Debug, Clone)]
pub struct Viewer {
    pub person: PersonId,
    pub session: SessionId,
    /// Path of the unit that the person belongs to; empty for who belongs to none.
    pub path: String,
    pub charges: Vec<Charge>,
    pub language: Language,
}

impl Viewer {
    pub fn has(&self, role: Role) -> bool {
        self.charges.iter().any(|charge| charge.role == role)
    }
    /// FORBIDDEN unless the person holds the role somewhere.
    pub fn must(&self, role: Role) -> Result<()> {
        if self.has(role) { Ok(()) } else { Err(Refusal::forbidden().into()) }
    }
    /// Whether the unit at `path` lies in the charge that this role gives.
    pub fn covers(&self, role: Role, path: &str) -> bool {
        self.charges.iter().any(|charge| charge.role == role && path.starts_with(&charge.path))
    }
    /// The paths that this role gives charge of, none inside another.
    pub fn scope(&self, role: Role) -> Vec<String> {
        let mut paths: Vec<String> = self.charges.iter().filter(|c| c.role == role).map(|c| c.path.clone()).collect();
        paths.sort();
        paths.dedup_by(|longer, shorter| longer.starts_with(shorter.as_str()));
        paths
    }
    /// Own unit and all above it, outermost first: whose courses one sees. `1.3.` gives `1.` and `1.3.`.
    pub fn audiences(&self) -> Vec<String> {
        self.path.match_indices('.').filter_map(|(at, _)| self.path.get(..=at)).map(str::to_owned).collect()
    }
}
