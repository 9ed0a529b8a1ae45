//! The union of half-open spans in normal form: sorted, disjoint, never touching, never empty.

use serde::{Deserialize, Serialize};

use crate::model::Span;

/// As text a flat list of pairs: `[[0,15000],[30000,45000]]`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Vec<(i64, i64)>", into = "Vec<(i64, i64)>")]
pub struct Spans(Vec<Span>);

impl Spans {
    /// The union of any spans; empty ones and such that run backwards are nothing.
    pub fn of(spans: impl IntoIterator<Item = Span>) -> Self {
        let mut all: Vec<Span> = spans.into_iter().filter(|span| span.start < span.end).collect();
        all.sort_unstable();
        let mut merged: Vec<Span> = Vec::with_capacity(all.len());
        for span in all {
            match merged.last_mut() {
                Some(last) if span.start <= last.end => last.end = last.end.max(span.end),
                _ => merged.push(span),
            }
        }
        Self(merged)
    }

    pub fn union(&self, other: &Self) -> Self {
        if other.is_empty() {
            return self.clone();
        }
        Self::of(self.iter().chain(other.iter()))
    }

    /// What lies in both.
    pub fn intersect(&self, other: &Self) -> Self {
        let (mut mine, mut theirs) = (self.iter().peekable(), other.iter().peekable());
        let mut both = Vec::new();
        while let (Some(&a), Some(&b)) = (mine.peek(), theirs.peek()) {
            let (start, end) = (a.start.max(b.start), a.end.min(b.end));
            if start < end {
                both.push(Span::new(start, end));
            }
            let _ = if a.end <= b.end { mine.next() } else { theirs.next() };
        }
        Self(both)
    }

    /// What lies within `from..to` and not in these.
    pub fn complement(&self, from: i64, to: i64) -> Self {
        let mut gaps = Vec::with_capacity(self.0.len() + 1);
        let mut at = from;
        for span in self.iter() {
            gaps.push(Span::new(at, span.start.min(to)));
            at = at.max(span.end);
        }
        gaps.push(Span::new(at, to));
        Self(gaps.into_iter().filter(|gap| gap.start < gap.end).collect())
    }

    /// What lies in these and not in `other`.
    pub fn without(&self, other: &Self) -> Self {
        let (Some(first), Some(last)) = (self.0.first(), self.0.last()) else { return Self::default() };
        if other.is_empty() {
            return self.clone();
        }
        self.intersect(&other.complement(first.start, last.end))
    }

    /// What lies within `0..end`.
    pub fn cut(&self, end: i64) -> Self {
        self.intersect(&Self::of([Span::new(0, end)]))
    }

    /// Gaps of at most `gap` belong to it.
    pub fn closed(&self, gap: i64) -> Self {
        let mut closed: Vec<Span> = Vec::with_capacity(self.0.len());
        for span in self.iter() {
            match closed.last_mut() {
                Some(last) if span.start - last.end <= gap => last.end = span.end,
                _ => closed.push(span),
            }
        }
        Self(closed)
    }

    pub fn length(&self) -> i64 {
        self.iter().map(Span::length).sum()
    }
    pub fn count(&self) -> usize {
        self.0.len()
    }
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn iter(&self) -> impl Iterator<Item = Span> + '_ {
        self.0.iter().copied()
    }
    /// Each position, one after the other: for blocks, never for milliseconds.
    pub fn positions(&self) -> impl Iterator<Item = i64> + '_ {
        self.iter().flat_map(|span| span.start..span.end)
    }
    pub fn to_vec(&self) -> Vec<Span> {
        self.0.clone()
    }
}

impl From<Vec<(i64, i64)>> for Spans {
    fn from(pairs: Vec<(i64, i64)>) -> Self {
        Self::of(pairs.into_iter().map(|(start, end)| Span::new(start, end)))
    }
}
impl From<Spans> for Vec<(i64, i64)> {
    fn from(spans: Spans) -> Self {
        spans.iter().map(|span| (span.start, span.end)).collect()
    }
}
