//! What the collector reads of each segment, opened once and kept: opening columns anew for each search would cost more than most searches.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use tantivy::index::SegmentId;
use tantivy::{DocId, Searcher, SegmentReader};

use crate::gate::Views;
use crate::names::Names;
use crate::roster::Roster;
use crate::schema::{self, Facts};

/// The columns of one segment.
pub(crate) struct Columns {
    /// By document: what tells equal scores apart.
    ties: Vec<u64>,
    /// Codes of kinds, and numbers of courses within the segment, by document: every hit is counted by both.
    kinds: Vec<u8>,
    courses: Vec<u32>,
    /// By that number.
    pub facts: Vec<Arc<Facts>>,
    /// Who may see which of its documents.
    pub views: Views,
}

impl Columns {
    fn open(reader: &SegmentReader) -> tantivy::Result<Columns> {
        let columns = reader.fast_fields();
        let (mut facts, mut courses) = (Vec::new(), Vec::new());
        if let Some(text) = columns.str(schema::COURSE)? {
            let mut line = String::new();
            for number in 0..text.num_terms() {
                text.ord_to_str(u64::try_from(number).unwrap_or(0), &mut line)?;
                facts.push(Arc::new(Facts::read(&line)));
            }
            let number = |doc| text.ords().first(doc).and_then(|number| u32::try_from(number).ok()).unwrap_or(u32::MAX);
            courses = (0..reader.max_doc()).map(number).collect();
        }
        let kinds = columns.u64(schema::KIND)?.first_or_default_col(0);
        let kinds = (0..reader.max_doc()).map(|doc| u8::try_from(kinds.get_val(doc)).unwrap_or(u8::MAX)).collect();
        let ties = columns.u64(schema::TIE)?.first_or_default_col(0);
        Ok(Columns {
            ties: (0..reader.max_doc()).map(|doc| ties.get_val(doc)).collect(),
            kinds,
            courses,
            facts,
            views: Views::default(),
        })
    }
}

impl Columns {
    /// Documents that can be found; tags are none.
    pub fn found(&self, reader: &SegmentReader) -> u64 {
        let found = reader.doc_ids_alive().filter(|doc| self.kind_of(*doc) != Some(schema::TAG)).count();
        u64::try_from(found).unwrap_or(0)
    }

    pub fn kind_of(&self, doc: DocId) -> Option<u64> {
        self.kinds.get(usize::try_from(doc).ok()?).map(|code| u64::from(*code))
    }

    pub fn tie_of(&self, doc: DocId) -> u64 {
        usize::try_from(doc).ok().and_then(|doc| self.ties.get(doc)).copied().unwrap_or(0)
    }

    /// The number of its course.
    pub fn course_of(&self, doc: DocId) -> Option<usize> {
        usize::try_from(*self.courses.get(usize::try_from(doc).ok()?)?).ok()
    }

    pub fn facts_of(&self, doc: DocId) -> Option<&Arc<Facts>> {
        self.facts.get(self.course_of(doc)?)
    }
}

/// A searcher and the columns of its segments, in their order.
#[derive(Clone)]
pub(crate) struct Shelf {
    pub searcher: Searcher,
    pub columns: Vec<Arc<Columns>>,
    /// Of those who teach what is in it.
    pub people: Arc<Names>,
    /// What hits are counted by, under numbers that are the same in all segments.
    pub roster: Arc<Roster>,
    pub kept: Arc<HashMap<SegmentId, Arc<Columns>>>,
}

impl Shelf {
    pub fn new(searcher: Searcher, before: Option<&Shelf>) -> tantivy::Result<Shelf> {
        let (mut columns, mut kept) = (Vec::<Arc<Columns>>::new(), HashMap::new());
        for reader in searcher.segment_readers() {
            let known = before.and_then(|before| before.kept.get(&reader.segment_id()));
            let opened = match known {
                Some(known) => known.clone(),
                None => Arc::new(Columns::open(reader)?),
            };
            kept.insert(reader.segment_id(), opened.clone());
            columns.push(opened);
        }
        let facts = columns.iter().flat_map(|columns| &columns.facts);
        let teachers: BTreeSet<&str> = facts.flat_map(|facts| &facts.teachers).map(String::as_str).collect();
        let people = Arc::new(Names::of(teachers.into_iter()));
        let roster = Arc::new(Roster::of(columns.iter().map(|columns| columns.facts.as_slice())));
        Ok(Shelf { searcher, columns, people, roster, kept: Arc::new(kept) })
    }
}
