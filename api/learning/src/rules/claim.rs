//! Reading a heartbeat: what is refused before anything is looked up, and where its number stands.

use kernel::{Error, Refusal, Result};
use sha2::{Digest, Sha256};

use crate::{
    model::{Beat, Span},
    rules::Spans,
};

const MOST_SPANS: usize = 200;

/// A heartbeat that is well formed: the union of what it claims, where it ended, and the hash of its body.
#[derive(Debug, Clone, PartialEq)]
pub struct Claim {
    pub seq: i64,
    pub spans: Spans,
    /// End of the span sent last: where the person is.
    pub ended_at: Option<i64>,
    pub hash: String,
    pub ledger_head: i64,
    /// Played in a tab that nobody saw, as the client says of itself: a courtesy, a lie costs the liar nothing but the checks.
    pub hidden: bool,
    /// Whether it all is one span: no jump within.
    pub single: Option<(i64, i64)>,
}

impl Claim {
    /// Spans must not start before zero nor run backwards; an empty one is nothing. A rate must be a number from zero up; above the cap the
    /// bucket decides, so it needs no look here.
    pub fn read(beat: &Beat) -> Result<Self, Refusal> {
        if beat.spans.len() > MOST_SPANS {
            return Err(Refusal::invalid(
                "input.spans",
                "一次最多报告 200 段。",
                "At most 200 spans in one heartbeat.",
            ));
        }
        if beat.spans.iter().any(|(start, end)| *start < 0 || end < start) {
            return Err(Refusal::invalid(
                "input.spans",
                "每段的起点不得小于 0，终点不得早于起点。",
                "A span must not start below 0 nor end before its start.",
            ));
        }
        if beat.rate.is_some_and(|rate| !rate.is_finite() || rate < 0.0) {
            return Err(Refusal::invalid(
                "input.rate",
                "播放速度须为不小于 0 的有限数。",
                "The rate must be a finite number from 0 up.",
            ));
        }
        let spans = Spans::of(beat.spans.iter().map(|(start, end)| Span::new(*start, *end)));
        let ended_at = beat.spans.iter().rev().find(|(start, end)| start < end).map(|(_, end)| *end);
        let single = spans.iter().next().filter(|_| spans.count() == 1).map(|span| (span.start, span.end));
        Ok(Self {
            seq: beat.seq,
            spans,
            ended_at,
            hash: body_hash(beat),
            ledger_head: beat.ledger_head,
            hidden: beat.visible == Some(false),
            single,
        })
    }
}

/// Over what a repeat must repeat: seq, spans, rate and visible, not the client's clock.
fn body_hash(beat: &Beat) -> String {
    let mut hash = Sha256::new();
    hash.update(beat.seq.to_be_bytes());
    for (start, end) in &beat.spans {
        hash.update(start.to_be_bytes());
        hash.update(end.to_be_bytes());
    }
    // Fixed widths before, so that no span can pass for a rate; adding zero makes the two zeros one.
    hash.update(beat.rate.map_or([0xFF; 8], |rate| (rate + 0.0).to_be_bytes()));
    hash.update([beat.visible.map_or(2, u8::from)]);
    let digest: [u8; 32] = hash.finalize().into();
    let half = digest.first_chunk().copied().unwrap_or_default();
    format!("{:032x}", u128::from_be_bytes(half))
}

/// Where a beat stands in its study's row of beats.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    Next,
    /// The last one again: its answer is told again.
    Again,
}

/// `last` is the hash of the beat before `next_seq`.
pub fn place(claim: &Claim, next_seq: i64, last: Option<&str>) -> Result<Place> {
    if claim.seq == next_seq {
        return Ok(Place::Next);
    }
    match last {
        Some(hash) if claim.seq == next_seq - 1 && hash == claim.hash => Ok(Place::Again),
        Some(_) if claim.seq == next_seq - 1 => Err(Refusal::conflict(
            "同一序号的心跳已收到，内容不同。",
            "Another heartbeat with this number has been received.",
        )
        .into()),
        _ => Err(gap(next_seq)),
    }
}

fn gap(next_seq: i64) -> Error {
    let zh = format!("心跳序号不连续，应为 {next_seq}。");
    let mut refusal =
        Refusal::new(kernel::Code::Gap, zh, format!("The heartbeat is out of order; {next_seq} is expected."));
    refusal.next_seq = Some(next_seq);
    refusal.into()
}
