//! The oracle's own union of half-open spans; it shares nothing with the server's.

use serde_json::{Value, json};

/// Disjoint, in order, with something between any two.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Spans(Vec<(i64, i64)>);

impl Spans {
    pub fn of(spans: impl IntoIterator<Item = (i64, i64)>) -> Self {
        let mut all: Vec<_> = spans.into_iter().filter(|(start, end)| start < end).collect();
        all.sort_unstable();
        let mut union: Vec<(i64, i64)> = Vec::new();
        for (start, end) in all {
            match union.last_mut() {
                Some(last) if start <= last.1 => last.1 = last.1.max(end),
                _ => union.push((start, end)),
            }
        }
        Self(union)
    }
    /// A list of `{ start end }` as the server tells it.
    pub fn read(list: &Value) -> Self {
        let number = |span: &Value, name: &str| span[name].as_i64().unwrap_or_else(|| panic!("no {name} in {span}"));
        Self::of(list.as_array().expect("a list").iter().map(|span| (number(span, "start"), number(span, "end"))))
    }
    pub fn add(&mut self, start: i64, end: i64) {
        *self = Self::of(self.0.iter().copied().chain([(start, end)]));
    }
    pub fn join(&mut self, other: &Self) {
        *self = Self::of(self.0.iter().chain(&other.0).copied());
    }
    pub fn without(&self, other: &Self) -> Self {
        let mut rest = self.0.clone();
        for (start, end) in &other.0 {
            let cut = |span: (i64, i64)| [(span.0, span.1.min(*start)), (span.0.max(*end), span.1)];
            rest = rest.into_iter().flat_map(cut).filter(|(start, end)| start < end).collect();
        }
        Self::of(rest)
    }
    pub fn length(&self) -> i64 {
        self.0.iter().map(|(start, end)| end - start).sum()
    }
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    pub fn has(&self, start: i64, end: i64) -> bool {
        self.0.iter().any(|span| span.0 <= start && end <= span.1)
    }
    pub fn iter(&self) -> impl Iterator<Item = (i64, i64)> {
        self.0.iter().copied()
    }
    pub fn json(&self) -> Value {
        self.0.iter().map(|(start, end)| json!({ "start": start, "end": end })).collect()
    }
}

#[test]
fn a_union_is_what_a_table_of_milliseconds_says() {
    let mut dice = crate::dice::Dice::new(crate::dice::seed());
    for _ in 0..300 {
        let mut draw = || -> Vec<(i64, i64)> {
            (0..dice.between(0, 6)).map(|_| (dice.between(0, 40), dice.between(0, 40))).collect()
        };
        let (a, b) = (draw(), draw());
        let within = |spans: &[(i64, i64)], at: i64| spans.iter().any(|span| span.0 <= at && at < span.1);
        let rest = Spans::of(a.clone()).without(&Spans::of(b.clone()));
        let expected = (0..50).filter(|at| within(&a, *at) && !within(&b, *at)).count();
        assert_eq!(rest.length(), i64::try_from(expected).unwrap(), "{a:?} without {b:?}");
        assert!((0..50).all(|at| rest.has(at, at + 1) == (within(&a, at) && !within(&b, at))));
    }
}
