//! One score, or those of many with the same few statements: one look at the catalogue for each unit that somebody belongs to, one at what was
//! completed for each thousand people.

use std::collections::{HashMap, HashSet};

use kernel::{
    Result,
    id::{LessonId, PersonId, TermId},
};
use organisation::Person;

use crate::{
    Evaluation,
    model::{Literacy, Share, is_scored},
    rules::score,
};

/// Keeps a statement well below what either database takes in parameters.
const PEOPLE: usize = 1000;

/// A required course and its required lessons.
struct Due {
    title: String,
    lessons: Vec<LessonId>,
}

/// What is due for the people of each path, and what each of them has done.
pub(super) struct Facts {
    due: HashMap<String, Vec<Due>>,
    done: HashMap<PersonId, HashSet<LessonId>>,
}

impl Facts {
    pub fn shares(&self, person: &Person) -> Vec<Share> {
        let done = self.done.get(&person.id);
        let count = |due: &Due| due.lessons.iter().filter(|lesson| done.is_some_and(|d| d.contains(lesson))).count();
        let number = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
        let share =
            |due: &Due| Share { title: due.title.clone(), due: number(due.lessons.len()), done: number(count(due)) };
        self.due.get(&person.path).into_iter().flatten().map(share).collect()
    }
}

impl Evaluation {
    /// The score and its reasons. `None` before the first term, and for whoever is not an activist, candidate or probationary member.
    /// As of now, also for a term that is over: what is done later than its end still counts, because completions are asked for without dates.
    pub async fn literacy(&self, person: PersonId, term: Option<TermId>) -> Result<Option<Literacy>> {
        let Some(term) = self.term(term).await? else { return Ok(None) };
        let Some(person) = self.organisation.person(person).await?.filter(|p| is_scored(p.stage)) else {
            return Ok(None);
        };
        let scheme = self.scheme().await?;
        let shares = self.facts(std::slice::from_ref(&person)).await?.shares(&person);
        let indicators = score::indicators(&scheme, &shares);
        Ok(Some(Literacy {
            term,
            weight: scheme.weight,
            score: score::total(&indicators),
            notes: score::notes(&scheme, &indicators),
            indicators,
            as_of: self.base.now(),
            scheme: scheme.version.clone(),
        }))
    }

    pub(super) async fn facts(&self, people: &[Person]) -> Result<Facts> {
        let mut due: HashMap<String, Vec<Due>> = HashMap::new();
        for person in people {
            if !due.contains_key(&person.path) {
                due.insert(person.path.clone(), self.due(&person.path).await?);
            }
        }
        let lessons: HashSet<LessonId> = due.values().flatten().flat_map(|due| due.lessons.iter().copied()).collect();
        let lessons: Vec<LessonId> = lessons.into_iter().collect();
        let mut done = HashMap::new();
        if !lessons.is_empty() {
            for some in people.chunks(PEOPLE) {
                let ids: Vec<PersonId> = some.iter().map(|person| person.id).collect();
                done.extend(self.learning.completed(&ids, &lessons).await?);
            }
        }
        Ok(Facts { due, done })
    }

    async fn due(&self, path: &str) -> Result<Vec<Due>> {
        let required = self.catalogue.required_for(path).await?.into_iter();
        let due = required.map(|(course, lessons)| Due {
            title: course.title,
            lessons: lessons.into_iter().map(|lesson| lesson.id).collect(),
        });
        Ok(due.filter(|due| !due.lessons.is_empty()).collect())
    }
}
