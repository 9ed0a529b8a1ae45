//! Which hits a page shows: one pass over all hits counts them and keeps the best, then no course may have more than a few before the others had
//! their turn. A cursor is a place in that order, so a page begins where one ended.

use std::cmp::{Ordering, Reverse};
use std::collections::{BTreeMap, BinaryHeap, HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::Error;
use crate::columns::{Columns, Shelf};
use crate::document::Kind;
use crate::query::Query;
use crate::schema::Facts;

/// Hits among which courses take turns; behind them only the score counts.
const POOL: usize = 200;
/// Hits of a course in one turn.
const TURN: u8 = 3;
/// The turn of hits behind the pool.
const BEHIND: u8 = u8::MAX;
/// What being required and being new add at most.
const REQUIRED: f32 = 0.06;
const FRESH: f32 = 0.06;
/// Days after which freshness counts for half.
const HALF: f32 = 240.0;

/// A place in the order of hits. Written and read as an opaque string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    turn: u8,
    score: Score,
    tie: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02x}{:08x}{:016x}", self.turn, self.score.to_bits(), self.tie)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::Invalid("the cursor is not one of ours");
        if text.len() != 26 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let part = |range: std::ops::Range<usize>| text.get(range).ok_or_else(malformed);
        let turn = u8::from_str_radix(part(0..2)?, 16).map_err(|_| malformed())?;
        let score = Score::from_bits(u32::from_str_radix(part(2..10)?, 16).map_err(|_| malformed())?);
        let tie = u64::from_str_radix(part(10..26)?, 16).map_err(|_| malformed())?;
        if score.is_finite() { Ok(Cursor { turn, score, tie }) } else { Err(malformed()) }
    }
}

/// A hit in the order of hits; the greatest is the best.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rank {
    pub score: Score,
    tie: u64,
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

/// Hits counted by what they may be narrowed by, the most frequent first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counts {
    /// Of every kind, asked for or not: what choosing another kind would give. Kinds without hits are left out.
    pub kinds: Vec<(Kind, usize)>,
    pub courses: Vec<(String, usize)>,
    pub lecturers: Vec<(String, usize)>,
    pub stages: Vec<(String, usize)>,
    pub years: Vec<(i32, usize)>,
}

/// Courses and lecturers beyond these are not told.
const MOST_VALUES: usize = 20;

/// Collects the best hits of the asked kinds behind a place, and counts.
pub(crate) struct Best<'a> {
    columns: &'a [Arc<Columns>],
    limit: usize,
    kinds: &'a [Kind],
    /// Only tags too, for suggestions.
    tags: bool,
    after: Option<(Score, u64)>,
    day: i32,
    /// What was said not to be wanted. Not a part of the query: there, phrases that are excluded are looked up backwards, which tantivy forbids.
    unwanted: Option<&'a HashSet<DocAddress>>,
}

impl<'a> Best<'a> {
    pub fn of(shelf: &'a Shelf, query: &'a Query) -> Best<'a> {
        Best {
            columns: &shelf.columns,
            limit: POOL,
            kinds: &query.kinds,
            tags: false,
            after: None,
            day: query.day,
            unwanted: None,
        }
    }
    /// The best titles and tags.
    pub fn titles(shelf: &'a Shelf, limit: usize) -> Best<'a> {
        Best { columns: &shelf.columns, limit, kinds: &[], tags: true, after: None, day: 0, unwanted: None }
    }
    pub fn without(self, unwanted: Option<&'a HashSet<DocAddress>>) -> Best<'a> {
        Best { unwanted, ..self }
    }
    /// The next behind the pool.
    pub fn behind(self, last: &Rank, limit: usize) -> Best<'a> {
        Best { after: Some((last.score, last.tie)), limit, ..self }
    }
}

/// What is known after a pass: the best, from the best down, and the counts.
#[derive(Default)]
pub(crate) struct Tally {
    pub total: usize,
    kinds: [usize; Kind::ALL.len()],
    courses: Vec<(Arc<Facts>, usize)>,
    pub ranks: Vec<Rank>,
}

impl Tally {
    pub fn found(&self) -> bool {
        self.hits() > 0
    }

    /// Of all kinds, asked for or not.
    pub fn hits(&self) -> usize {
        self.kinds.iter().sum()
    }

    pub fn counts(&self) -> Counts {
        let (mut courses, mut lecturers) = (HashMap::new(), HashMap::new());
        let (mut stages, mut years) = (BTreeMap::new(), BTreeMap::new());
        for (facts, count) in &self.courses {
            *courses.entry(facts.course.as_str()).or_insert(0) += count;
            for lecturer in &facts.lecturers {
                *lecturers.entry(lecturer.as_str()).or_insert(0) += count;
            }
            for stage in &facts.stages {
                *stages.entry(stage.as_str()).or_insert(0) += count;
            }
            if let Some(year) = facts.year {
                *years.entry(year).or_insert(0) += count;
            }
        }
        let owned = |all: Vec<(&str, usize)>| all.into_iter().map(|(value, count)| (value.to_owned(), count)).collect();
        Counts {
            kinds: Kind::ALL.into_iter().zip(self.kinds).filter(|(_, count)| *count > 0).collect(),
            courses: owned(most(courses)),
            lecturers: owned(most(lecturers)),
            stages: owned(stages.into_iter().collect()),
            years: years.into_iter().rev().collect(),
        }
    }
}

fn most(all: HashMap<&str, usize>) -> Vec<(&str, usize)> {
    let mut all: Vec<_> = all.into_iter().collect();
    all.sort_unstable_by_key(|(value, count)| (Reverse(*count), *value));
    all.truncate(MOST_VALUES);
    all
}

impl Collector for Best<'_> {
    type Fruit = Tally;
    type Child = Segment;

    fn for_segment(&self, ordinal: SegmentOrdinal, _: &SegmentReader) -> tantivy::Result<Segment> {
        let place = usize::try_from(ordinal).unwrap_or(usize::MAX);
        let missing = || tantivy::TantivyError::InternalError("a segment without columns".to_owned());
        let columns = self.columns.get(place).ok_or_else(missing)?.clone();
        let wanted = |kind: Kind| self.kinds.is_empty() || self.kinds.contains(&kind);
        let here = |place: &&DocAddress| place.segment_ord == ordinal;
        let unwanted = self.unwanted.into_iter().flatten().filter(here).map(|place| place.doc_id).collect();
        Ok(Segment {
            ordinal,
            unwanted,
            courses: vec![0; if self.tags { 0 } else { columns.facts.len() }],
            weights: vec![0.0; columns.facts.len()],
            columns,
            wanted: Kind::ALL.map(wanted),
            tags: self.tags,
            limit: self.limit,
            after: self.after,
            day: self.day,
            kinds: Default::default(),
            total: 0,
            heap: BinaryHeap::with_capacity(self.limit + 1),
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Tally>) -> tantivy::Result<Tally> {
        let mut all = Tally::default();
        for fruit in fruits {
            all.total += fruit.total;
            all.kinds.iter_mut().zip(fruit.kinds).for_each(|(sum, count)| *sum += count);
            all.courses.extend(fruit.courses);
            all.ranks.extend(fruit.ranks);
        }
        all.ranks.sort_unstable_by_key(|rank| Reverse(*rank));
        all.ranks.truncate(self.limit);
        Ok(all)
    }
}

pub(crate) struct Segment {
    ordinal: SegmentOrdinal,
    unwanted: HashSet<DocId>,
    columns: Arc<Columns>,
    /// Hits by course, by its number; and what its hits' scores are multiplied with, once it was needed.
    courses: Vec<u32>,
    weights: Vec<f32>,
    wanted: [bool; Kind::ALL.len()],
    tags: bool,
    limit: usize,
    after: Option<(Score, u64)>,
    day: i32,
    kinds: [usize; Kind::ALL.len()],
    total: usize,
    /// The worst kept hit on top.
    heap: BinaryHeap<Reverse<Rank>>,
}

impl Segment {
    /// The number of the course of a hit whose kind was asked for.
    fn count(&mut self, doc: DocId) -> Option<usize> {
        let code = usize::try_from(self.columns.kind.get_val(doc)).unwrap_or(usize::MAX);
        let course = self.columns.course.as_ref().and_then(|course| course.first(doc));
        let course = course.and_then(|course| usize::try_from(course).ok()).unwrap_or(usize::MAX);
        match self.kinds.get_mut(code) {
            Some(count) => *count += 1,
            None if self.tags => return Some(course),
            None => return None,
        }
        if !self.wanted.get(code).copied().unwrap_or(false) {
            return None;
        }
        self.total += 1;
        if let Some(count) = self.courses.get_mut(course) {
            *count += 1;
        }
        Some(course)
    }

    fn weight(&mut self, course: usize) -> f32 {
        let (Some(weight), Some(facts)) = (self.weights.get_mut(course), self.columns.facts.get(course)) else {
            return 1.0;
        };
        if *weight == 0.0 {
            *weight = worth(facts, self.day);
        }
        *weight
    }

    fn keep(&mut self, rank: Rank) {
        self.heap.push(Reverse(rank));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }
}

/// Required and fresher content stands a little higher.
fn worth(facts: &Facts, day: i32) -> f32 {
    let age = f32::from(i16::try_from(day.saturating_sub(facts.day).clamp(0, 7_300)).unwrap_or(7_300));
    let fresh = if facts.day == 0 || day == 0 { 0.0 } else { FRESH * HALF / (HALF + age) };
    1.0 + fresh + if facts.required { REQUIRED } else { 0.0 }
}

impl SegmentCollector for Segment {
    type Fruit = Tally;

    fn collect(&mut self, doc: DocId, score: Score) {
        if !self.unwanted.is_empty() && self.unwanted.contains(&doc) {
            return;
        }
        let Some(course) = self.count(doc) else { return };
        let full = self.heap.len() >= self.limit;
        if full && self.heap.peek().is_some_and(|worst| score * (1.0 + REQUIRED + FRESH) < worst.0.score) {
            return;
        }
        let score = score * self.weight(course);
        let rank = Rank { score, tie: self.columns.tie.get_val(doc), place: DocAddress::new(self.ordinal, doc) };
        let behind = |(after, tie): (Score, u64)| score.total_cmp(&after).then(tie.cmp(&rank.tie)).is_lt();
        if self.after.is_none_or(behind) {
            self.keep(rank);
        }
    }

    fn harvest(self) -> Tally {
        let ranks = self.heap.into_iter().map(|Reverse(rank)| rank).collect();
        let counted = self.columns.facts.iter().zip(&self.courses).filter(|(_, count)| **count > 0);
        let courses = counted.map(|(facts, count)| (facts.clone(), usize::try_from(*count).unwrap_or(0))).collect();
        Tally { total: self.total, kinds: self.kinds, courses, ranks }
    }
}

/// A hit with its turn.
pub(crate) struct Turn {
    pub rank: Rank,
    turn: u8,
}

impl Turn {
    pub fn cursor(&self) -> Cursor {
        Cursor { turn: self.turn, score: self.rank.score, tie: self.rank.tie }
    }
    fn behind(rank: Rank) -> Turn {
        Turn { rank, turn: BEHIND }
    }
    fn is_behind(&self, cursor: &Cursor) -> bool {
        let score = || cursor.score.total_cmp(&self.rank.score).then(self.rank.tie.cmp(&cursor.tie));
        self.turn.cmp(&cursor.turn).then_with(score).is_gt()
    }
}

/// The pool in the order in which it is shown: the best few of each course, then the next few of each.
fn turns(shelf: &Shelf, ranks: Vec<Rank>, one_course: bool) -> Vec<Turn> {
    let mut had: HashMap<Arc<Facts>, u8> = HashMap::new();
    let course = |rank: &Rank| {
        shelf.columns.get(usize::try_from(rank.place.segment_ord).ok()?)?.facts_of(rank.place.doc_id).cloned()
    };
    let mut all: Vec<Turn> = Vec::with_capacity(ranks.len());
    for rank in ranks {
        let had = if one_course { None } else { course(&rank).map(|course| had.entry(course).or_insert(0)) };
        let turn = had.map_or(0, |had| {
            *had = had.saturating_add(1);
            (*had - 1) / TURN
        });
        all.push(Turn { rank, turn });
    }
    all.sort_by_key(|turn| turn.turn);
    all
}

/// The hits of a page, and whether more follow.
pub(crate) fn page(
    shelf: &Shelf,
    query: &Query,
    first: usize,
    pool: Vec<Rank>,
    total: usize,
    behind: impl Fn(Option<&Rank>, usize) -> Result<Vec<Rank>, Error>,
) -> Result<(Vec<Turn>, bool), Error> {
    let last = pool.last().copied();
    let mut page = match &query.after {
        Some(cursor) if cursor.turn == BEHIND => {
            let place = DocAddress::new(0, 0);
            let after = Rank { score: cursor.score, tie: cursor.tie, place };
            behind(Some(&after), first + 1)?.into_iter().map(Turn::behind).collect()
        }
        cursor => {
            let full = total > pool.len();
            let mut rest = turns(shelf, pool, query.course.is_some());
            rest.retain(|turn| cursor.as_ref().is_none_or(|cursor| turn.is_behind(cursor)));
            if rest.len() <= first && full {
                let more = behind(last.as_ref(), first + 1 - rest.len())?;
                rest.extend(more.into_iter().map(Turn::behind));
            }
            rest
        }
    };
    let more = page.len() > first;
    page.truncate(first);
    Ok((page, more))
}
