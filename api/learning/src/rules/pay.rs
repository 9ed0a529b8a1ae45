//! What the bucket pays of what is claimed, in the order of the medium.

use super::{Bucket, Spans};
use crate::{
    Config,
    model::{Extent, Reason, Refused, Span},
};

/// What was paid, what is left in the bucket, and what may be claimed again.
pub struct Paid {
    pub bucket: Bucket,
    pub spans: Spans,
    pub refused: Vec<Refused>,
}

pub fn pay(extent: &Extent, bucket: Bucket, claimed: &Spans, config: &Config) -> Paid {
    let mut purse = Purse { bucket, paid: Vec::new(), refused: Vec::new() };
    match extent {
        Extent::Video { .. } => purse.play(claimed),
        Extent::Reading { .. } => purse.read(claimed, extent, config),
    }
    Paid { bucket: purse.bucket, spans: Spans::of(purse.paid), refused: purse.refused }
}

struct Purse {
    bucket: Bucket,
    paid: Vec<Span>,
    refused: Vec<Refused>,
}

impl Purse {
    /// A video costs its own length, in order, while the bucket lasts.
    fn play(&mut self, fresh: &Spans) {
        for span in fresh.iter() {
            let middle = span.start + self.bucket.pay_part(span.length());
            self.paid.push(Span::new(span.start, middle));
            self.too_fast(Span::new(middle, span.end));
        }
    }

    /// A block's length is real time, which no rate shortens, so it costs what the bucket gains in that time. It counts whole or not yet, in the
    /// order of the text: behind the first that cannot be paid nothing is.
    fn read(&mut self, fresh: &Spans, extent: &Extent, config: &Config) {
        let mut positions = fresh.positions();
        for at in positions.by_ref() {
            let cost = config.at_max_rate(block_ms(extent, at));
            let block = Span::new(at, at + 1);
            if !self.bucket.pay(cost, config) {
                self.too_fast(block);
                break;
            }
            self.paid.push(block);
        }
        positions.for_each(|at| self.too_fast(Span::new(at, at + 1)));
    }

    /// Notes a span that may be claimed again; neighbours become one.
    fn too_fast(&mut self, span: Span) {
        if span.length() == 0 {
            return;
        }
        match self.refused.last_mut() {
            Some(Refused { span: last, .. }) if last.end == span.start => last.end = span.end,
            _ => self.refused.push(Refused { span, reason: Reason::TooFast }),
        }
    }
}

/// How long a block takes to read; of a video nothing is a block.
pub fn block_ms(extent: &Extent, at: i64) -> i64 {
    let Extent::Reading { characters, per_minute } = extent else { return 0 };
    characters_of(characters, at) * 60_000 / i64::from(*per_minute).max(1)
}

pub fn characters_of(characters: &[u32], at: i64) -> i64 {
    usize::try_from(at).ok().and_then(|at| characters.get(at)).copied().map_or(0, i64::from)
}
