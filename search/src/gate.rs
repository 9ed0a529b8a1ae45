//! Whom a document is for, as a clause of every query. The documents of each segment that a set of audiences may see are gathered once and kept:
//! going through the lists of large audiences anew would cost most searches more than all else.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tantivy::index::SegmentId;
use tantivy::query::{ConstScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::schema::IndexRecordOption;
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, TantivyError};

use crate::columns::Columns;
use crate::query::Searcher;
use crate::schema::{Fields, Gate};

/// Sets of audiences that are kept for a segment: those of the branches of a school. One takes a bit for each document.
const KEPT: usize = 64;

/// Some documents of a segment, as bits.
#[derive(Debug, Clone, Default)]
struct Bits {
    words: Arc<[u64]>,
    many: u32,
}

/// What sets of audiences may see of one segment; the last asked for first.
#[derive(Default)]
pub(crate) struct Views(Mutex<Vec<(Vec<String>, Bits)>>);

impl Views {
    fn of(&self, reader: &SegmentReader, fields: &Fields, audiences: &[String]) -> tantivy::Result<Bits> {
        let held = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        {
            let mut views = held();
            if let Some(place) = views.iter().position(|(known, _)| known == audiences) {
                views.get_mut(..=place).unwrap_or_default().rotate_right(1);
                return Ok(views.first().map(|(_, bits)| bits.clone()).unwrap_or_default());
            }
        }
        let bits = gathered(reader, fields, audiences)?;
        let mut views = held();
        views.truncate(KEPT - 1);
        views.insert(0, (audiences.to_vec(), bits.clone()));
        Ok(bits)
    }
}

fn gathered(reader: &SegmentReader, fields: &Fields, audiences: &[String]) -> tantivy::Result<Bits> {
    let length = usize::try_from(reader.max_doc().div_ceil(u64::BITS)).unwrap_or(0);
    let mut words = vec![0_u64; length];
    let lists = reader.inverted_index(fields.gate)?;
    for audience in audiences {
        let term = fields.gate(Gate::Audience, audience);
        let Some(mut list) = lists.read_postings(&term, IndexRecordOption::Basic)? else { continue };
        while list.doc() != TERMINATED {
            let (word, bit) = place(list.doc());
            if let Some(word) = words.get_mut(word) {
                *word |= 1 << bit;
            }
            list.advance();
        }
    }
    let many = words.iter().map(|word| word.count_ones()).sum();
    Ok(Bits { words: words.into(), many })
}

fn place(doc: DocId) -> (usize, u32) {
    (usize::try_from(doc / u64::BITS).unwrap_or(usize::MAX), doc % u64::BITS)
}

/// Goes through bits.
struct Seen {
    bits: Bits,
    doc: DocId,
}

impl Seen {
    fn of(bits: Bits) -> Seen {
        let mut seen = Seen { bits, doc: 0 };
        seen.doc = seen.from(0);
        seen
    }

    /// The first one there is from a place on.
    fn from(&self, doc: DocId) -> DocId {
        let (first, bit) = place(doc);
        let words = self.bits.words.get(first..).unwrap_or_default();
        for (n, word) in (0..).zip(words) {
            let left = if n == 0 { word & (u64::MAX << bit) } else { *word };
            if left != 0 {
                return (doc / u64::BITS + n) * u64::BITS + left.trailing_zeros();
            }
        }
        TERMINATED
    }
}

impl DocSet for Seen {
    fn advance(&mut self) -> DocId {
        if self.doc != TERMINATED {
            self.doc = self.from(self.doc + 1);
        }
        self.doc
    }
    fn seek(&mut self, target: DocId) -> DocId {
        if self.doc < target {
            self.doc = self.from(target);
        }
        self.doc
    }
    fn doc(&self) -> DocId {
        self.doc
    }
    fn size_hint(&self) -> u32 {
        self.bits.many
    }
}

/// Whatever is for one of these audiences. Scores nothing.
#[derive(Clone)]
pub(crate) struct For {
    audiences: Arc<[String]>,
    fields: Fields,
    columns: Arc<HashMap<SegmentId, Arc<Columns>>>,
}

impl For {
    pub fn of(searcher: &Searcher, fields: &Fields, columns: Arc<HashMap<SegmentId, Arc<Columns>>>) -> For {
        For { audiences: searcher.audiences.clone().into(), fields: *fields, columns }
    }
}

impl std::fmt::Debug for For {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "For({:?})", self.audiences)
    }
}

impl Query for For {
    fn weight(&self, _: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        Ok(Box::new(self.clone()))
    }
}

impl Weight for For {
    fn scorer(&self, reader: &SegmentReader, _: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let bits = match self.columns.get(&reader.segment_id()) {
            Some(columns) => columns.views.of(reader, &self.fields, &self.audiences)?,
            None => gathered(reader, &self.fields, &self.audiences)?,
        };
        Ok(Box::new(ConstScorer::new(Seen::of(bits), 0.0)))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        if self.scorer(reader, 1.0)?.seek(doc) == doc {
            return Ok(Explanation::new("for the searcher", 0.0));
        }
        Err(TantivyError::InvalidArgument(format!("document {doc} is for others")))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn bits_are_gone_through_like_a_list(docs in prop::collection::btree_set(0_u32..500, 0..60), steps in prop::collection::vec(0_u32..520, 0..40)) {
            let mut words = vec![0_u64; 8];
            for doc in &docs {
                let (word, bit) = place(*doc);
                words[word] |= 1 << bit;
            }
            let many = u32::try_from(docs.len()).unwrap();
            let mut seen = Seen::of(Bits { words: words.into(), many });
            let from = |doc: u32| docs.range(doc..).next().copied().unwrap_or(TERMINATED);
            prop_assert_eq!(seen.doc(), from(0));
            let mut at = seen.doc();
            for step in steps {
                if at == TERMINATED {
                    break;
                }
                at = if step % 3 == 0 { from(at + 1) } else { from(step.max(at)) };
                prop_assert_eq!(if step % 3 == 0 { seen.advance() } else { seen.seek(step) }, at);
                prop_assert_eq!(seen.doc(), at);
            }
            prop_assert_eq!(seen.size_hint(), many);
        }
    }
}
