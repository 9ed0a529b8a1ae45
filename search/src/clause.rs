//! The parts that queries are put together from.

use std::ops::Bound;

use tantivy::query::{BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Query, RangeQuery};
use tantivy::schema::Field;

use crate::schema::Fields;
use crate::ways::{Counts, Ways};

pub(crate) type Clause = Box<dyn Query>;

pub(crate) fn all_of(mut clauses: Vec<Clause>) -> Clause {
    match clauses.len() {
        0 => Box::new(EmptyQuery),
        1 => clauses.remove(0),
        _ => Box::new(BooleanQuery::intersection(clauses)),
    }
}

pub(crate) fn any_of(mut clauses: Vec<Clause>) -> Clause {
    match clauses.len() {
        0 => Box::new(EmptyQuery),
        1 => clauses.remove(0),
        _ => Box::new(Ways::of(clauses, Counts::Sum)),
    }
}

/// Any of them, each gone through as a whole: what asks for many words at once meets most of their documents anyway.
pub(crate) fn pooled(clauses: Vec<Clause>) -> Clause {
    if clauses.len() > 1 { Box::new(BooleanQuery::union(clauses)) } else { any_of(clauses) }
}

/// The best of them.
pub(crate) fn best_of(clauses: Vec<Clause>) -> Clause {
    Box::new(Ways::of(clauses, Counts::Best))
}

pub(crate) fn boosted(clause: Clause, boost: f32) -> Clause {
    Box::new(BoostQuery::new(clause, boost))
}

pub(crate) fn constant(clause: Clause, score: f32) -> Clause {
    Box::new(ConstScoreQuery::new(clause, score))
}

/// Terms of small letters that begin so: `{` is the character behind `z`.
pub(crate) fn prefix(field: Field, start: &str) -> Clause {
    let end = Fields::term(field, &format!("{start}{{"));
    Box::new(RangeQuery::new(Bound::Included(Fields::term(field, start)), Bound::Excluded(end)))
}

/// Pairs that begin with a character, and the character alone.
pub(crate) fn characters_after(field: Field, text: &str) -> Clause {
    let end = text.chars().next().and_then(|c| char::from_u32(u32::from(c) + 1)).unwrap_or(char::MAX);
    Box::new(RangeQuery::new(
        Bound::Included(Fields::term(field, text)),
        Bound::Excluded(Fields::term(field, &end.to_string())),
    ))
}
