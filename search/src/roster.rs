//! What hits are counted by: courses, and what is the same in all documents of a course. Each has one number in all segments, so that counting the
//! hits of some thousand courses compares no texts.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::sync::Arc;

use crate::schema::Facts;

/// Courses and lecturers beyond these are not told.
const MOST_VALUES: usize = 20;

#[derive(Default)]
pub(crate) struct Roster {
    courses: Named,
    lecturers: Named,
    stages: Named,
    years: Vec<i32>,
    /// By segment, and by the number of the course in it.
    places: Vec<Vec<Place>>,
}

/// Numbers of a course and of what it is counted by.
struct Place {
    course: usize,
    lecturers: Vec<usize>,
    stages: Vec<usize>,
    year: Option<usize>,
}

#[derive(Default)]
struct Named {
    names: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Named {
    fn number(&mut self, name: &str) -> usize {
        if let Some(known) = self.numbers.get(name) {
            return *known;
        }
        let next = self.names.len();
        self.names.push(name.to_owned());
        self.numbers.insert(name.to_owned(), next);
        next
    }

    fn counted(&self, counts: &[usize]) -> Vec<(&str, usize)> {
        let all = self.names.iter().map(String::as_str).zip(counts.iter().copied());
        all.filter(|(_, count)| *count > 0).collect()
    }
}

/// Hits by what they may be narrowed by.
#[derive(Default)]
pub(crate) struct Counted {
    pub courses: Vec<(String, usize)>,
    pub lecturers: Vec<(String, usize)>,
    pub stages: Vec<(String, usize)>,
    pub years: Vec<(i32, usize)>,
}

impl Roster {
    /// Of the courses of segments, in their order.
    pub fn of<'a>(segments: impl Iterator<Item = &'a [Arc<Facts>]>) -> Roster {
        let (mut roster, mut years) = (Roster::default(), HashMap::new());
        for segment in segments {
            let mut places = Vec::with_capacity(segment.len());
            for facts in segment {
                places.push(Place {
                    course: roster.courses.number(&facts.course),
                    lecturers: facts.lecturers.iter().map(|name| roster.lecturers.number(name)).collect(),
                    stages: facts.stages.iter().map(|name| roster.stages.number(name)).collect(),
                    year: facts.year.map(|year| {
                        *years.entry(year).or_insert_with(|| {
                            roster.years.push(year);
                            roster.years.len() - 1
                        })
                    }),
                });
            }
            roster.places.push(places);
        }
        roster
    }

    /// The number of a course in all segments, by its number in one.
    pub fn course(&self, segment: usize, course: usize) -> Option<usize> {
        self.places.get(segment)?.get(course).map(|place| place.course)
    }

    /// From hits by segment and course; the most frequent first, years from the latest.
    pub fn count(&self, hits: &[(usize, Vec<u32>)]) -> Counted {
        let none = |many: usize| vec![0_usize; many];
        let (mut courses, mut lecturers) = (none(self.courses.names.len()), none(self.lecturers.names.len()));
        let (mut stages, mut years) = (none(self.stages.names.len()), none(self.years.len()));
        for (segment, counts) in hits {
            let places = self.places.get(*segment).map(Vec::as_slice).unwrap_or_default();
            for (place, count) in places.iter().zip(counts).filter(|(_, count)| **count > 0) {
                let count = usize::try_from(*count).unwrap_or(0);
                add(&mut courses, place.course, count);
                place.lecturers.iter().for_each(|lecturer| add(&mut lecturers, *lecturer, count));
                place.stages.iter().for_each(|stage| add(&mut stages, *stage, count));
                place.year.iter().for_each(|year| add(&mut years, *year, count));
            }
        }
        let mut stages = owned(self.stages.counted(&stages));
        stages.sort_unstable();
        let mut years: Vec<_> = self.years.iter().copied().zip(years).filter(|(_, count)| *count > 0).collect();
        years.sort_unstable_by_key(|(year, _)| Reverse(*year));
        Counted {
            courses: owned(most(self.courses.counted(&courses))),
            lecturers: owned(most(self.lecturers.counted(&lecturers))),
            stages,
            years,
        }
    }
}

fn add(counts: &mut [usize], number: usize, count: usize) {
    if let Some(sum) = counts.get_mut(number) {
        *sum += count;
    }
}

fn owned(all: Vec<(&str, usize)>) -> Vec<(String, usize)> {
    all.into_iter().map(|(name, count)| (name.to_owned(), count)).collect()
}

fn most(mut all: Vec<(&str, usize)>) -> Vec<(&str, usize)> {
    let order = |(name, count): &(&str, usize), (other, fewer): &(&str, usize)| fewer.cmp(count).then(name.cmp(other));
    if all.len() > MOST_VALUES {
        all.select_nth_unstable_by(MOST_VALUES, order);
        all.truncate(MOST_VALUES);
    }
    all.sort_unstable_by(order);
    all
}
