//! Searching: one pass over the hits counts them by kind and keeps the best few behind the cursor.
//! Order is score, then a number made of the document's id; both are in the cursor, so a page begins where one ended.

use std::cmp::{Ordering, Reverse};
use std::collections::{BinaryHeap, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use tantivy::collector::{Collector, SegmentCollector};
use tantivy::columnar::ColumnValues;
use tantivy::query::Query as Engine;
use tantivy::schema::{Field, Value};
use tantivy::{DocAddress, DocId, Score, SegmentOrdinal, SegmentReader, TantivyDocument};

use crate::Error;
use crate::document::Kind;
use crate::highlight::{self, Fragment, Seeker};
use crate::query::{self, Query, Searcher, Wish};
use crate::schema::{self, Fields};

const MOST_HITS: usize = 100;
/// Titles looked at for suggestions; several things may bear the same one.
const MOST_TITLES: usize = 200;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Found {
    /// All hits of the asked kinds, exactly, whatever the page.
    pub total: usize,
    pub hits: Vec<Hit>,
    pub has_next: bool,
    /// Hits by kind, of every kind, asked for or not: what choosing another kind would give. Kinds without hits are
    /// left out.
    pub kinds: Vec<(Kind, usize)>,
}

#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    pub cursor: Cursor,
    pub kind: Kind,
    pub title: String,
    pub course: String,
    pub lesson: Option<String>,
    pub block: Option<u32>,
    pub start_ms: Option<u64>,
    /// The title if something in it was matched; then the body if there is one, from its beginning if nothing in it
    /// was matched.
    pub fragments: Vec<Fragment>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    pub text: String,
    pub kind: Option<Kind>,
}

/// A place in the order of hits. Written and read as an opaque string.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cursor {
    score: Score,
    tie: u64,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:08x}{:016x}", self.score.to_bits(), self.tie)
    }
}

impl FromStr for Cursor {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self, Error> {
        let malformed = || Error::Invalid("the cursor is not one of ours");
        if text.len() != 24 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(malformed());
        }
        let (score, tie) = text.split_at_checked(8).ok_or_else(malformed)?;
        let score = Score::from_bits(u32::from_str_radix(score, 16).map_err(|_| malformed())?);
        let tie = u64::from_str_radix(tie, 16).map_err(|_| malformed())?;
        if score.is_finite() { Ok(Cursor { score, tie }) } else { Err(malformed()) }
    }
}

pub(crate) fn search(
    engine: &tantivy::Searcher,
    fields: &Fields,
    searcher: &Searcher,
    query: &Query,
) -> Result<Found, Error> {
    let wish = Wish::read(&query.text);
    if wish.is_empty() || searcher.audiences.is_empty() {
        return Ok(Found::default());
    }
    let seek = |words: Box<dyn Engine>| {
        let mut clauses = query::gate(fields, searcher, query);
        clauses.push(words);
        engine.search(&*query::all_of(clauses), &Best::of(query))
    };
    let mut best = seek(wish.strict(fields))?;
    if best.kinds.iter().sum::<usize>() == 0 {
        best = seek(wish.loose(fields))?;
    }
    found(engine, fields, &Seeker::of(&wish), best, query.first.min(MOST_HITS))
}

pub(crate) fn suggest(
    engine: &tantivy::Searcher,
    fields: &Fields,
    searcher: &Searcher,
    prefix: &str,
    first: usize,
) -> Result<Vec<Suggestion>, Error> {
    let wish = Wish::read(prefix);
    if wish.is_empty() || searcher.audiences.is_empty() {
        return Ok(Vec::new());
    }
    let mut clauses = query::gate(fields, searcher, &Query::default());
    clauses.push(wish.titles(fields));
    let best = engine.search(&*query::all_of(clauses), &Best { limit: MOST_TITLES, kinds: Vec::new(), after: None })?;
    distinct(engine, fields, &best, first.min(MOST_HITS))
}

/// The first few titles, each once.
fn distinct(engine: &tantivy::Searcher, fields: &Fields, best: &Tally, first: usize) -> Result<Vec<Suggestion>, Error> {
    let mut seen = HashSet::new();
    let mut suggestions = Vec::new();
    for rank in &best.ranks {
        if suggestions.len() == first {
            break;
        }
        let row: TantivyDocument = engine.doc(rank.place)?;
        let text = text(&row, fields.title).unwrap_or_default();
        if seen.insert(text.clone()) {
            suggestions.push(Suggestion { text, kind: kind(&row, fields) });
        }
    }
    Ok(suggestions)
}

fn found(
    engine: &tantivy::Searcher,
    fields: &Fields,
    seeker: &Seeker,
    best: Tally,
    first: usize,
) -> Result<Found, Error> {
    let hits = best.ranks.iter().take(first).map(|rank| hit(engine, fields, seeker, rank)).collect::<Result<_, _>>()?;
    let kinds = Kind::ALL.into_iter().zip(best.kinds).filter(|(_, count)| *count > 0).collect();
    Ok(Found { total: best.total, hits, has_next: best.ranks.len() > first, kinds })
}

fn hit(engine: &tantivy::Searcher, fields: &Fields, seeker: &Seeker, rank: &Rank) -> Result<Hit, Error> {
    let row: TantivyDocument = engine.doc(rank.place)?;
    let title = text(&row, fields.title).unwrap_or_default();
    let body = text(&row, fields.body).unwrap_or_default();
    Ok(Hit {
        cursor: Cursor { score: rank.score, tie: rank.tie },
        kind: kind(&row, fields).unwrap_or(Kind::Course),
        fragments: highlight::fragments(seeker, &title, &body),
        title,
        course: text(&row, fields.course).unwrap_or_default(),
        lesson: text(&row, fields.lesson),
        block: number(&row, fields.block).and_then(|block| u32::try_from(block).ok()),
        start_ms: number(&row, fields.start_ms),
    })
}

fn text(row: &TantivyDocument, field: Field) -> Option<String> {
    row.get_first(field).and_then(|value| value.as_str().map(str::to_owned))
}

fn number(row: &TantivyDocument, field: Field) -> Option<u64> {
    row.get_first(field).and_then(|value| value.as_u64())
}

fn kind(row: &TantivyDocument, fields: &Fields) -> Option<Kind> {
    let code = number(row, fields.kind)?;
    Kind::ALL.into_iter().find(|kind| kind.code() == code)
}

/// A hit in the order of hits; the greatest is the best.
#[derive(Debug, Clone, Copy)]
struct Rank {
    score: Score,
    tie: u64,
    place: DocAddress,
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

impl Rank {
    fn is_behind(&self, cursor: &Cursor) -> bool {
        self.score.total_cmp(&cursor.score).then(cursor.tie.cmp(&self.tie)).is_lt()
    }
}

/// Collects the best hits of the asked kinds behind the cursor, and counts.
struct Best {
    limit: usize,
    kinds: Vec<Kind>,
    after: Option<Cursor>,
}

impl Best {
    /// One more than asked, to know whether there is a next page.
    fn of(query: &Query) -> Best {
        Best { limit: query.first.min(MOST_HITS) + 1, kinds: query.kinds.clone(), after: query.after }
    }
}

/// What is known after a pass: the best, from the best down, and the counts.
#[derive(Debug, Default)]
struct Tally {
    total: usize,
    kinds: [usize; Kind::ALL.len()],
    ranks: Vec<Rank>,
}

impl Collector for Best {
    type Fruit = Tally;
    type Child = Segment;

    fn for_segment(&self, ordinal: SegmentOrdinal, reader: &SegmentReader) -> tantivy::Result<Segment> {
        let columns = reader.fast_fields();
        let wanted = |kind: Kind| self.kinds.is_empty() || self.kinds.contains(&kind);
        Ok(Segment {
            ordinal,
            kind: columns.u64(schema::KIND)?.first_or_default_col(0),
            tie: columns.u64(schema::TIE)?.first_or_default_col(0),
            wanted: Kind::ALL.map(wanted),
            limit: self.limit,
            after: self.after,
            kinds: Default::default(),
            total: 0,
            heap: BinaryHeap::new(),
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
            all.ranks.extend(fruit.ranks);
        }
        all.ranks.sort_unstable_by_key(|rank| Reverse(*rank));
        all.ranks.truncate(self.limit);
        Ok(all)
    }
}

struct Segment {
    ordinal: SegmentOrdinal,
    kind: Arc<dyn ColumnValues<u64>>,
    tie: Arc<dyn ColumnValues<u64>>,
    wanted: [bool; Kind::ALL.len()],
    limit: usize,
    after: Option<Cursor>,
    kinds: [usize; Kind::ALL.len()],
    total: usize,
    /// The worst kept hit on top.
    heap: BinaryHeap<Reverse<Rank>>,
}

impl Segment {
    /// Counts the hit; says whether its kind was asked for.
    fn count(&mut self, doc: DocId) -> bool {
        let code = usize::try_from(self.kind.get_val(doc)).unwrap_or(usize::MAX);
        if let Some(count) = self.kinds.get_mut(code) {
            *count += 1;
        }
        let wanted = self.wanted.get(code).copied().unwrap_or(false);
        self.total += usize::from(wanted);
        wanted
    }

    fn keep(&mut self, rank: Rank) {
        self.heap.push(Reverse(rank));
        if self.heap.len() > self.limit {
            self.heap.pop();
        }
    }
}

impl SegmentCollector for Segment {
    type Fruit = Tally;

    fn collect(&mut self, doc: DocId, score: Score) {
        if !self.count(doc) {
            return;
        }
        let full = self.heap.len() >= self.limit;
        if full && self.heap.peek().is_some_and(|worst| score < worst.0.score) {
            return;
        }
        let rank = Rank { score, tie: self.tie.get_val(doc), place: DocAddress::new(self.ordinal, doc) };
        if self.after.is_none_or(|cursor| rank.is_behind(&cursor)) {
            self.keep(rank);
        }
    }

    fn harvest(self) -> Tally {
        let ranks = self.heap.into_iter().map(|Reverse(rank)| rank).collect();
        Tally { total: self.total, kinds: self.kinds, ranks }
    }
}
