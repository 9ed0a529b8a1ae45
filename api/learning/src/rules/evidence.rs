//! What was served. A piece counts once all of its bytes were handed out, ranges together; one that is not whole yet is remembered.

use super::{SEAM_MS, Spans};
use crate::model::{Evidence, Extent, Part, Served, Span};

/// Pieces begun and not whole, and ranges of one of them: a player asks for a few at a time, and no row grows without bound.
const PARTS: usize = 64;
const RANGES: usize = 64;
const NAME: usize = 200;
/// What is claimed behind a lost lease is kept up to so many spans.
const CONTESTED: usize = 200;

/// Notes bytes of a piece; answers whether that changed anything.
pub fn note(evidence: &mut Evidence, extent: &Extent, of: &Served) -> bool {
    let shown = Spans::of([Span::new(of.span.0.max(0), of.span.1)]).cut(extent.end());
    if shown.is_empty() || of.piece.len() > NAME {
        return false;
    }
    if shown.without(&evidence.served).is_empty() {
        return false;
    }
    let (Ok(from), Ok(to), Ok(size)) = (of.bytes.0.try_into(), of.bytes.1.try_into(), of.size.try_into()) else {
        return false;
    };
    let before = evidence.parts.iter().position(|part| part.piece == of.piece);
    // A piece of another size is another piece.
    let known = before.map(|at| evidence.parts.remove(at)).filter(|part| part.size == size && part.span == of.span);
    let ranges = known.as_ref().map_or_else(Spans::default, |part| part.ranges.clone());
    let together = ranges.union(&Spans::of([Span::new(from, to)])).cut(size);
    if together.length() == size {
        evidence.served = at_seams(&evidence.served.union(&shown), extent);
        return true;
    }
    let ranges = if together.count() > RANGES { ranges } else { together };
    evidence.parts.push(Part { piece: of.piece.clone(), span: of.span, size, ranges });
    if evidence.parts.len() > PARTS {
        evidence.parts.remove(0);
    }
    true
}

/// What lies between two pieces, before the first and behind the last of a video is the encoder's rounding.
fn at_seams(served: &Spans, extent: &Extent) -> Spans {
    if matches!(extent, Extent::Reading { .. }) {
        return served.clone();
    }
    let end = extent.end();
    let widened = served.iter().map(|span| {
        let start = if span.start <= SEAM_MS { 0 } else { span.start };
        Span::new(start, if end - span.end <= SEAM_MS { end } else { span.end })
    });
    Spans::of(widened).closed(SEAM_MS)
}

/// Keeps what was claimed behind a lost lease.
pub fn contest(evidence: &mut Evidence, claimed: &Spans) -> bool {
    let more = evidence.contested.union(claimed);
    let changed = more != evidence.contested && more.count() <= CONTESTED;
    if changed {
        evidence.contested = more;
    }
    changed
}
