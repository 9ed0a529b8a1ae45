//! Several ways to find one thing, gone through without looking ahead: what meets others in an intersection is asked for the few documents that
//! those have, where the union of tantivy would gather and score whole stretches of all its lists first.

use tantivy::query::{EmptyScorer, EnableScoring, Explanation, Query, Scorer, Weight};
use tantivy::{DocId, DocSet, Score, SegmentReader, TERMINATED, Term};

use crate::clause::Clause;
use crate::terms;

/// What of the ways that find a document counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Counts {
    Sum,
    Best,
}

/// Whatever is found in one of these ways.
#[derive(Debug)]
pub(crate) struct Ways {
    clauses: Vec<Clause>,
    counts: Counts,
}

impl Ways {
    pub fn of(clauses: Vec<Clause>, counts: Counts) -> Ways {
        Ways { clauses, counts }
    }
}

impl Clone for Ways {
    fn clone(&self) -> Self {
        Ways { clauses: self.clauses.iter().map(|clause| clause.box_clone()).collect(), counts: self.counts }
    }
}

impl Query for Ways {
    fn weight(&self, scoring: EnableScoring<'_>) -> tantivy::Result<Box<dyn Weight>> {
        let ways = self.clauses.iter().map(|clause| clause.weight(scoring)).collect::<tantivy::Result<_>>()?;
        Ok(Box::new(Weighed { ways, counts: self.counts }))
    }

    fn query_terms<'a>(&'a self, visitor: &mut dyn FnMut(&'a Term, bool)) {
        self.clauses.iter().for_each(|clause| clause.query_terms(visitor));
    }
}

struct Weighed {
    ways: Vec<Box<dyn Weight>>,
    counts: Counts,
}

impl Weight for Weighed {
    fn scorer(&self, reader: &SegmentReader, boost: Score) -> tantivy::Result<Box<dyn Scorer>> {
        let mut found =
            Found { ways: Vec::with_capacity(self.ways.len()), groups: 0, counts: self.counts, doc: TERMINATED };
        for way in &self.ways {
            found.add(way.scorer(reader, boost)?);
        }
        found.doc = found.nearest();
        Ok(match found.ways.len() {
            0 => Box::new(EmptyScorer),
            1 => found.ways.remove(0).scorer.whole(),
            _ => Box::new(found),
        })
    }

    fn explain(&self, reader: &SegmentReader, doc: DocId) -> tantivy::Result<Explanation> {
        let mut scorer = self.scorer(reader, 1.0)?;
        if scorer.doc() > doc || scorer.seek(doc) != doc {
            return Ok(Explanation::new("not found", 0.0));
        }
        Ok(Explanation::new("found in one of several ways", scorer.score()))
    }
}

/// What ways have found. Where the best of sums counts, the ways of a sum are a group.
struct Found {
    ways: Vec<Way>,
    groups: usize,
    counts: Counts,
    doc: DocId,
}

struct Way {
    /// Where it stands.
    doc: DocId,
    group: usize,
    scorer: Kind,
}

/// Most ways are terms, which need no table to be called.
enum Kind {
    Term(Box<terms::Found>),
    Other(Box<dyn Scorer>),
}

impl Kind {
    fn advance(&mut self) -> DocId {
        match self {
            Kind::Term(term) => term.advance(),
            Kind::Other(other) => other.advance(),
        }
    }
    fn seek(&mut self, target: DocId) -> DocId {
        match self {
            Kind::Term(term) => term.seek(target),
            Kind::Other(other) => other.seek(target),
        }
    }
    fn score(&mut self) -> Score {
        match self {
            Kind::Term(term) => term.score(),
            Kind::Other(other) => other.score(),
        }
    }
    fn whole(self) -> Box<dyn Scorer> {
        match self {
            Kind::Term(term) => term,
            Kind::Other(other) => other,
        }
    }
    fn docs(&self) -> &dyn DocSet {
        match self {
            Kind::Term(term) => term.as_ref(),
            Kind::Other(other) => other,
        }
    }
}

impl Found {
    fn add(&mut self, scorer: Box<dyn Scorer>) {
        let group = self.groups;
        self.groups += 1;
        // A sum in a sum, and a sum of which the best counts, are gone through here and not behind one more call.
        match scorer.downcast::<Found>() {
            Ok(inner) if inner.counts == Counts::Sum => {
                self.ways.extend(inner.ways.into_iter().map(|way| Way { group, ..way }));
            }
            Ok(inner) => self.ways.push(Way { doc: inner.doc, group, scorer: Kind::Other(inner) }),
            Err(scorer) if scorer.doc() == TERMINATED => {}
            Err(scorer) => {
                let doc = scorer.doc();
                let scorer = scorer.downcast::<terms::Found>().map_or_else(Kind::Other, Kind::Term);
                self.ways.push(Way { doc, group, scorer });
            }
        }
    }

    fn nearest(&self) -> DocId {
        self.ways.iter().map(|way| way.doc).min().unwrap_or(TERMINATED)
    }
}

impl DocSet for Found {
    fn advance(&mut self) -> DocId {
        let here = self.doc;
        let mut nearest = TERMINATED;
        for way in &mut self.ways {
            if way.doc == here {
                way.doc = way.scorer.advance();
            }
            nearest = nearest.min(way.doc);
        }
        self.doc = nearest;
        nearest
    }

    fn seek(&mut self, target: DocId) -> DocId {
        let mut nearest = TERMINATED;
        for way in &mut self.ways {
            if way.doc < target {
                way.doc = way.scorer.seek(target);
            }
            nearest = nearest.min(way.doc);
        }
        self.doc = nearest;
        nearest
    }

    fn doc(&self) -> DocId {
        self.doc
    }

    fn size_hint(&self) -> u32 {
        self.ways.iter().fold(0, |sum, way| sum.saturating_add(way.scorer.docs().size_hint()))
    }

    fn cost(&self) -> u64 {
        self.ways.iter().map(|way| way.scorer.docs().cost()).sum()
    }
}

impl Scorer for Found {
    fn score(&mut self) -> Score {
        let (here, best) = (self.doc, self.counts == Counts::Best);
        let (mut most, mut sum, mut group) = (0.0_f32, 0.0, 0);
        for way in self.ways.iter_mut().filter(|way| way.doc == here) {
            if best && way.group != group {
                most = most.max(sum);
                (sum, group) = (0.0, way.group);
            }
            sum += way.scorer.score();
        }
        most.max(sum)
    }
}
