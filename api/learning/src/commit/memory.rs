//! What the committer remembers of people who beat now. A seat is good as long as the version in the database is the one it was left with;
//! so memory saves the reading and decides nothing.

use std::{collections::HashMap, sync::Arc};

use kernel::id::{PersonId, Uuid};

use crate::model::{Script, Seat};

/// Seats remembered before the older half is forgotten, and scripts.
const SEATS: usize = 25_000;
const SCRIPTS: usize = 5_000;

/// Two halves: who is used moves to the young one; when that is full it becomes the old one, and the old one is forgotten.
#[derive(Default)]
pub struct Memory {
    young: HashMap<PersonId, Seat>,
    old: HashMap<PersonId, Seat>,
    pub scripts: Scripts,
}

impl Memory {
    /// Takes the seat out: a batch that fails leaves it forgotten.
    pub fn take(&mut self, person: PersonId) -> Option<Seat> {
        self.young.remove(&person).or_else(|| self.old.remove(&person))
    }

    pub fn keep(&mut self, seat: Seat) {
        if self.young.len() >= SEATS {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(seat.person, seat);
    }
}

/// What lessons were, each held once for all who study it.
#[derive(Default)]
pub struct Scripts(HashMap<Uuid, Arc<Script>>);

impl Scripts {
    pub fn get(&self, id: Uuid) -> Option<Arc<Script>> {
        self.0.get(&id).cloned()
    }
    pub fn keep(&mut self, id: Uuid, script: Arc<Script>) {
        if self.0.len() >= SCRIPTS {
            self.0.clear();
        }
        self.0.insert(id, script);
    }
}
