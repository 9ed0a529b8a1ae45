//! Terms of one search, each looked up once in each segment: a wish is asked for in several ways and passes, which share most of their terms.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;
use tantivy::fieldnorm::FieldNormReader;
use tantivy::index::SegmentId;
use tantivy::postings::{Postings, SegmentPostings, TermInfo};
use tantivy::query::{Bm25Weight, EmptyScorer, EnableScoring, Explanation, Query, Scorer, TermQuery, Weight};
use tantivy::schema::{Field, IndexRecordOption};
use tantivy::{DocId, DocSet, Score, Searcher, SegmentReader, Term};

/// What is known of the terms of a search, whose index must not change meanwhile.
#[derive(Default)]
pub(crate) struct Terms {
    looked: Mutex<FxHashMap<Term, Arc<Looked>>>,
    /// How long the texts of a field are on average.
    lengths: Mutex<FxHashMap<Field, Score>>,
}

/// Where a term is, and what it counts.
struct Looked {
    segments: Vec<(SegmentId, TermInfo)>,
    counts: Bm25Weight,
}

impl Terms {
    fn of(&self, searcher: &Searcher, term: &Term) -> tantivy::Result<Arc<Looked>> {
        let held = || self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = held().get(term) {
            return Ok(known.clone());
        }
        let (mut segments, mut all, mut many) = (Vec::new(), 0, 0);
        for reader in searcher.segment_readers() {
            all += u64::from(reader.max_doc());
            if let Some(info) = reader.inverted_index(term.field())?.get_term_info(term)? {
                many += u64::from(info.doc_freq);
                segments.push((reader.segment_id(), info));
            }
        }
        let length = self.length(searcher, term.field(), all)?;
        let counts = Bm25Weight::for_one_term_without_explain(many, all, length);
        let looked = Arc::new(Looked { segments, counts });
        held().insert(term.clone(), looked.clone());
        Ok(looked)
    }

    fn length(&self, searcher: &Searcher, field: Field, all: u64) -> tantivy::Result<Score> {
        let mut lengths = self.lengths.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lengths.get(&field) {
            return Ok(*known);
        }
        let mut tokens = 0;
        for reader in searcher.segment_readers() {
            tokens += reader.inverted_index(field)?.total_num_tokens();
        }
        #[expect(clippy::cast_precision_loss, reason = "an average")]
        let length = tokens as Score / all.max(1) as Score;
        lengths.insert(field, length);
        Ok(length)
    }
}

/// One term; like tantivy's, but for what it remembers.
#[derive(Clone)]
pub(crate) struct Single {
    term: Term,
    terms: Arc<Terms>,
}

impl Single {
    pub fn of(term: Term, terms: &Arc<Terms>) -> Single {
        Single { term, terms: terms.clone() }
    }
}

impl fmt::Debug for Single {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.term.fmt(f)
    }
}

impl Query for Single {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        match scoring {
            EnableScoring::Enabled { searcher, .. } => {
                let looked = self.terms.of(searcher, &self.term)?;
                Ok(Box::new(Weighed { field: self.term.field(), looked }))
            }
            EnableScoring::Disabled { .. } => {
                TermQuery::new(self.term.clone(), IndexRecordOption::Basic).weight(scoring)
            }
        }
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        visitor(&self.term, false);
    }
}

struct Weighed {
    field: Field,
    looked: Arc<Looked>,
}

impl Weight for Weighed {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let here = |(segment, _): &&(SegmentId, TermInfo)| *segment == reader.segment_id();
        let Some((_, info)) = self.looked.segments.iter().find(here) else { return Ok(Box::new(EmptyScorer)) };
        let lists = reader.inverted_index(self.field)?;
        Ok(Box::new(Found {
            postings: lists.read_postings_from_terminfo(info, IndexRecordOption::WithFreqs)?,
            lengths: reader.get_fieldnorms_reader(self.field)?,
            counts: self.looked.counts.boost_by(boost),
        }))
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        let found = scorer.doc() <= doc && scorer.seek(doc) == doc;
        Ok(if found { Explanation::new("a term", scorer.score()) } else { Explanation::new("not found", 0.0) })
    }
}

/// The documents of one segment that have a term.
pub(crate) struct Found {
    postings: SegmentPostings,
    lengths: FieldNormReader,
    counts: Bm25Weight,
}

impl DocSet for Found {
    #[inline]
    fn advance(&mut self) -> DocId {
        self.postings.advance()
    }
    #[inline]
    fn seek(&mut self, target: DocId) -> DocId {
        self.postings.seek(target)
    }
    #[inline]
    fn doc(&self) -> DocId {
        self.postings.doc()
    }
    fn size_hint(&self) -> u32 {
        self.postings.size_hint()
    }
}

impl Scorer for Found {
    #[inline]
    fn score(&mut self) -> Score {
        self.counts.score(self.lengths.fieldnorm_id(self.postings.doc()), self.postings.term_freq())
    }
}
