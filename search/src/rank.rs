//! The order of hits, and the best of them so far.

use std::cmp::{Ordering, Reverse};

use tantivy::{DocAddress, Score};

/// Room that is taken from the start; a longer list grows.
const MOST_ROOM: usize = 200;

/// A hit in the order of hits; the greatest is the best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rank {
    pub score: Score,
    pub tie: u64,
    pub place: DocAddress,
}

impl Ord for Rank {
    fn cmp(&self, other: &Self) -> Ordering {
        self.score.total_cmp(&other.score).then(other.tie.cmp(&self.tie)).then(other.place.cmp(&self.place))
    }
}

impl PartialOrd for Rank {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Rank {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Rank {}

/// The best so far, and what is certainly not among them.
pub(crate) struct Kept {
    limit: usize,
    quota: u32,
    /// Unordered, twice as many as wanted at most; each with the number of its course.
    pub ranks: Vec<(Rank, usize)>,
    worst: Option<Rank>,
    /// The score of the last of a course that has its quota, by course.
    floors: Vec<Score>,
    had: Vec<u32>,
}

impl Kept {
    pub fn new(limit: usize, quota: u32, courses: usize) -> Kept {
        let courses = if quota < u32::MAX { courses } else { 0 };
        let (floors, had) = (vec![Score::NEG_INFINITY; courses], vec![0; courses]);
        Kept { limit, quota, ranks: Vec::with_capacity(limit.min(MOST_ROOM) * 2), worst: None, floors, had }
    }

    /// Whether a score that cannot become more than this is too little.
    pub fn is_beneath(&self, most: Score, course: usize) -> bool {
        self.worst.is_some_and(|worst| most < worst.score) || self.floors.get(course).is_some_and(|floor| most < *floor)
    }

    pub fn add(&mut self, rank: Rank, course: usize) {
        if self.worst.is_some_and(|worst| rank < worst) {
            return;
        }
        self.ranks.push((rank, course));
        if self.ranks.len() >= self.limit.saturating_mul(2) {
            self.settle();
        }
    }

    /// Lets go of what is certainly not among the best. Only where a course has more than its quota the order has to be looked at.
    pub fn settle(&mut self) {
        if self.exceeds() {
            self.ranks.sort_unstable_by_key(|(rank, _)| Reverse(*rank));
            let (quota, floors, had) = (self.quota, &mut self.floors, &mut self.had);
            had.fill(0);
            self.ranks.retain(|(rank, course)| {
                let (Some(had), Some(floor)) = (had.get_mut(*course), floors.get_mut(*course)) else { return true };
                *had += 1;
                if *had == quota {
                    *floor = rank.score;
                }
                *had <= quota
            });
        }
        let Some(last) = self.limit.checked_sub(1).filter(|last| *last < self.ranks.len()) else { return };
        let (_, (worst, _), _) = self.ranks.select_nth_unstable_by_key(last, |(rank, _)| Reverse(*rank));
        self.worst = Some(*worst);
        self.ranks.truncate(self.limit);
    }

    /// Whether a course has more than its quota.
    fn exceeds(&mut self) -> bool {
        if self.quota == u32::MAX {
            return false;
        }
        self.had.fill(0);
        let (quota, had) = (self.quota, &mut self.had);
        self.ranks.iter().any(|(_, course)| {
            had.get_mut(*course).is_some_and(|had| {
                *had += 1;
                *had > quota
            })
        })
    }
}
