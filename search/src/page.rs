//! Which hits a page shows: one pass over all hits counts them and keeps the best, of each course no more than a few; then no course may have more
//! than some before the others had their turn. A cursor is a place in that order, so a page begins where one ended.

use std::cmp::Reverse;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader};

use crate::Error;
use crate::columns::{Columns, Shelf};
use crate::document::Kind;
use crate::query::Query;
use crate::rank::{Kept, Rank};
use crate::roster::{Counted, Roster};
use crate::schema::Facts;

/// Hits among which courses take turns; behind them only the score counts.
const POOL: usize = 200;
/// Hits of a course among them.
const QUOTA: u32 = 12;
/// Hits of a course in one turn.
const TURN: u8 = 3;
/// What being required and being new add at most.
const REQUIRED: f32 = 0.06;
const FRESH: f32 = 0.06;
/// Days after which freshness counts for half.
const HALF: f32 = 240.0;

/// A place in the order of hits. Written and read as an opaque string. It is no score: scores depend on what others may see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor(u32);

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}", self.0)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let ours = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let place = if ours { u32::from_str_radix(text, 16).ok() } else { None };
        place.map(Cursor).ok_or(Error::Invalid("the cursor is not one of ours"))
    }
}

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

/// Collects the best hits of the asked kinds, and counts.
pub(crate) struct Best<'a> {
    columns: &'a [Arc<Columns>],
    roster: &'a Roster,
    limit: usize,
    /// Of one course.
    quota: u32,
    kinds: &'a [Kind],
    /// Only tags too, for suggestions.
    tags: bool,
    day: i32,
    /// What was said not to be wanted. Not a part of the query: there, phrases that are excluded are looked up backwards, which tantivy forbids.
    unwanted: Option<&'a HashSet<DocAddress>>,
    /// What is shown already.
    shown: Option<&'a HashSet<DocAddress>>,
}

impl<'a> Best<'a> {
    pub fn of(shelf: &'a Shelf, query: &'a Query) -> Best<'a> {
        let quota = if query.course.is_some() { u32::MAX } else { QUOTA };
        let (columns, kinds, day) = (shelf.columns.as_slice(), query.kinds.as_slice(), query.day);
        let roster = &shelf.roster;
        Best { columns, roster, limit: POOL, quota, kinds, tags: false, day, unwanted: None, shown: None }
    }
    /// The best titles and tags.
    pub fn titles(shelf: &'a Shelf, limit: usize) -> Best<'a> {
        let (columns, roster) = (shelf.columns.as_slice(), &*shelf.roster);
        Best { columns, roster, limit, quota: u32::MAX, kinds: &[], tags: true, day: 0, unwanted: None, shown: None }
    }
    pub fn without(self, unwanted: Option<&'a HashSet<DocAddress>>) -> Best<'a> {
        Best { unwanted, ..self }
    }
    /// The next best, whatever their course.
    pub fn behind(self, shown: &'a HashSet<DocAddress>, limit: usize) -> Best<'a> {
        Best { shown: Some(shown), quota: u32::MAX, limit, ..self }
    }

    fn course(&self, rank: &Rank) -> Option<usize> {
        course_of(self.columns, self.roster, rank)
    }
}

/// The number of the course of a hit, in all segments.
fn course_of(columns: &[Arc<Columns>], roster: &Roster, rank: &Rank) -> Option<usize> {
    let segment = usize::try_from(rank.place.segment_ord).ok()?;
    roster.course(segment, columns.get(segment)?.course_of(rank.place.doc_id)?)
}

/// What is known after a pass: the best, from the best down, and the counts.
#[derive(Default)]
pub(crate) struct Tally {
    pub total: usize,
    kinds: [usize; Kind::ALL.len()],
    /// By segment and its courses.
    courses: Vec<(usize, Vec<u32>)>,
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

    pub fn counts(&self, roster: &Roster) -> Counts {
        let Counted { courses, lecturers, stages, years } = roster.count(&self.courses);
        let kinds = Kind::ALL.into_iter().zip(self.kinds).filter(|(_, count)| *count > 0).collect();
        Counts { kinds, courses, lecturers, stages, years }
    }
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
        let left_out = self.unwanted.into_iter().chain(self.shown).flatten();
        let unwanted = left_out.filter(here).map(|place| place.doc_id).collect();
        let many = columns.facts.len();
        Ok(Segment {
            ordinal,
            unwanted,
            courses: vec![0; if self.tags { 0 } else { many }],
            weights: vec![0.0; many],
            kept: Kept::new(self.limit, self.quota, many),
            columns,
            wanted: Kind::ALL.map(wanted),
            tags: self.tags,
            day: self.day,
            kinds: Default::default(),
            total: 0,
        })
    }

    fn requires_scoring(&self) -> bool {
        true
    }

    fn merge_fruits(&self, fruits: Vec<Tally>) -> tantivy::Result<Tally> {
        let (mut all, several) = (Tally::default(), fruits.len() > 1);
        for fruit in fruits {
            all.total += fruit.total;
            all.kinds.iter_mut().zip(fruit.kinds).for_each(|(sum, count)| *sum += count);
            all.courses.extend(fruit.courses);
            all.ranks.extend(fruit.ranks);
        }
        all.ranks.sort_unstable_by_key(|rank| Reverse(*rank));
        if several && self.quota < u32::MAX {
            let mut had: HashMap<usize, u32> = HashMap::new();
            all.ranks.retain(|rank| {
                self.course(rank).is_none_or(|course| {
                    let had = had.entry(course).or_insert(0);
                    *had += 1;
                    *had <= self.quota
                })
            });
        }
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
    day: i32,
    kinds: [usize; Kind::ALL.len()],
    total: usize,
    kept: Kept,
}

impl Segment {
    /// The number of the course of a hit whose kind was asked for.
    fn count(&mut self, doc: DocId) -> Option<usize> {
        let code = self.columns.kind_of(doc).and_then(|code| usize::try_from(code).ok()).unwrap_or(usize::MAX);
        let course = self.columns.course_of(doc).unwrap_or(usize::MAX);
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
        if self.kept.is_beneath(score * (1.0 + REQUIRED + FRESH), course) {
            return;
        }
        let score = score * self.weight(course);
        let place = DocAddress::new(self.ordinal, doc);
        self.kept.add(Rank { score, tie: self.columns.tie_of(doc), place }, course);
    }

    fn harvest(mut self) -> Tally {
        self.kept.settle();
        let ranks = self.kept.ranks.into_iter().map(|(rank, _)| rank).collect();
        let courses = vec![(usize::try_from(self.ordinal).unwrap_or(usize::MAX), self.courses)];
        Tally { total: self.total, kinds: self.kinds, courses, ranks }
    }
}

/// A hit with its place in the order of hits.
pub(crate) struct Turn {
    pub rank: Rank,
    place: usize,
}

impl Turn {
    pub fn cursor(&self) -> Cursor {
        Cursor(u32::try_from(self.place).unwrap_or(u32::MAX))
    }
}

/// The pool in the order in which it is shown: the best few of each course, then the next few of each.
fn turns(shelf: &Shelf, ranks: Vec<Rank>, one_course: bool) -> Vec<Rank> {
    if one_course {
        return ranks;
    }
    let mut had: HashMap<usize, u8> = HashMap::new();
    let turn = |rank: Rank| {
        let turn = course_of(&shelf.columns, &shelf.roster, &rank).map_or(0, |course| {
            let had = had.entry(course).or_insert(0);
            *had = had.saturating_add(1);
            (*had - 1) / TURN
        });
        (turn, rank)
    };
    let mut all: Vec<(u8, Rank)> = ranks.into_iter().map(turn).collect();
    all.sort_by_key(|(turn, _)| *turn);
    all.into_iter().map(|(_, rank)| rank).collect()
}

/// The hits of a page, and whether more follow. `behind` answers so many of the best that are not in the pool.
pub(crate) fn page(
    shelf: &Shelf,
    query: &Query,
    first: usize,
    pool: Vec<Rank>,
    total: usize,
    behind: impl Fn(&HashSet<DocAddress>, usize) -> Result<Vec<Rank>, Error>,
) -> Result<(Vec<Turn>, bool), Error> {
    let from = query.after.and_then(|cursor| usize::try_from(cursor.0).ok()).map_or(0, |place| place.saturating_add(1));
    let wanted = from.saturating_add(first).saturating_add(1).min(total);
    let mut order = turns(shelf, pool, query.course.is_some());
    if order.len() < wanted && from < total {
        let shown = order.iter().map(|rank| rank.place).collect();
        order.extend(behind(&shown, wanted - order.len())?);
    }
    let more = order.len() > from.saturating_add(first);
    let page = order.into_iter().enumerate().skip(from).take(first);
    Ok((page.map(|(place, rank)| Turn { rank, place }).collect(), more))
}
