//! What was refused and why, as the student sees it on the watch map.

use super::Spans;
use crate::model::{Extent, Reason, Record, Refused, Span, WatchMap};

/// So many spans of a lesson keep their reason.
const MOST: usize = 200;

/// All that is claimed, refused for one reason.
pub fn refuse(spans: impl Iterator<Item = Span>, reason: Reason) -> Vec<Refused> {
    spans.map(|span| Refused { span, reason }).collect()
}

/// The old reasons, overlaid with the newer ones, without what is covered or pending (`settled`). What was counted before is no open question,
/// and what is pending has a list of its own.
pub fn noted(old: Vec<Refused>, newer: &[Refused], settled: &Spans) -> Vec<Refused> {
    let newer: Vec<Refused> = newer
        .iter()
        .copied()
        .filter(|one| !matches!(one.reason, Reason::CountedBefore | Reason::CheckPending))
        .collect();
    if newer.is_empty() && old.is_empty() {
        return old;
    }
    let hidden = Spans::of(newer.iter().map(|one| one.span)).union(settled);
    let mut all: Vec<Refused> = old.into_iter().flat_map(|one| rest(one, &hidden)).collect();
    let open = newer.into_iter().flat_map(|one| rest(one, settled));
    all.extend(open);
    all.sort_unstable_by_key(|one| one.span);
    let mut joined: Vec<Refused> = Vec::with_capacity(all.len());
    for one in all {
        match joined.last_mut() {
            Some(last) if last.reason == one.reason && last.span.end >= one.span.start => {
                last.span.end = last.span.end.max(one.span.end);
            }
            Some(last) if last.span.end > one.span.start => {
                // Two new reasons for one place: the first told stands.
                let start = last.span.end;
                if start < one.span.end {
                    joined.push(Refused { span: Span::new(start, one.span.end), ..one });
                }
            }
            _ => joined.push(one),
        }
    }
    if joined.len() > MOST {
        shorten(&mut joined);
    }
    joined
}

fn rest(one: Refused, settled: &Spans) -> Vec<Refused> {
    refuse(Spans::of([one.span]).without(settled).iter(), one.reason)
}

/// The shortest are forgotten first.
fn shorten(all: &mut Vec<Refused>) {
    let mut lengths: Vec<i64> = all.iter().map(|one| one.span.length()).collect();
    lengths.sort_unstable_by(|a, b| b.cmp(a));
    let least = lengths.get(MOST).copied().unwrap_or(0);
    all.retain(|one| one.span.length() > least);
}

/// What is kept of a lesson, as a map of it.
pub fn watched(extent: &Extent, record: &Record) -> WatchMap {
    let end = extent.end();
    let pending = record.pending.without(&record.covered).cut(end);
    let settled = record.covered.union(&pending);
    let refused = record.refused.iter().flat_map(|one| rest(*one, &settled));
    WatchMap {
        version: Some(record.version.clone()),
        end,
        covered: record.covered.cut(end).to_vec(),
        pending: pending.to_vec(),
        refused: refused.filter(|one| one.span.end <= end).map(|one| (one.span, one.reason)).collect(),
    }
}
