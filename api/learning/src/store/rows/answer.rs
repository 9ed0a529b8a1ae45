//! The answer to a beat, kept so that a repeat is told exactly the same; and what was refused in it.

use serde::{Deserialize, Serialize};

use crate::model::{Answer, Lease, Reason, Refused, Span};

/// An answer without names: next seq, lease held, credited, the bits of the coverage, completed, refused, entries after and up to.
#[derive(Serialize, Deserialize)]
pub(super) struct Brief(i64, bool, i64, u64, bool, Vec<(i64, i64, u8)>, i64, i64);

impl From<&Answer> for Brief {
    fn from(of: &Answer) -> Self {
        // A share is kept by its bits: a repeat is told exactly the same.
        let (held, bits) = (of.lease == Lease::Held, of.coverage.to_bits());
        Self(
            of.next_seq,
            held,
            of.credited_ms,
            bits,
            of.completed,
            briefs(&of.refused),
            of.entries_after,
            of.entries_upto,
        )
    }
}

impl From<Brief> for Answer {
    fn from(of: Brief) -> Self {
        let Brief(next_seq, held, credited_ms, bits, completed, refused, entries_after, entries_upto) = of;
        Self {
            next_seq,
            lease: if held { Lease::Held } else { Lease::Lost },
            credited_ms,
            coverage: f64::from_bits(bits),
            completed,
            refused: refused.into_iter().filter_map(refused_of).collect(),
            entries_after,
            entries_upto,
            check: None,
            again: None,
        }
    }
}

/// As rows of step one have it.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Told {
    Brief(Brief),
    Named(Answer),
}

pub(super) fn briefs(refused: &[Refused]) -> Vec<(i64, i64, u8)> {
    refused.iter().map(|one| (one.span.start, one.span.end, number(one.reason))).collect()
}

pub(super) fn refused_of((start, end, reason): (i64, i64, u8)) -> Option<Refused> {
    const ALL: [Reason; 6] = [
        Reason::TooFast,
        Reason::CountedBefore,
        Reason::LeaseLost,
        Reason::NotServed,
        Reason::CheckPending,
        Reason::Hidden,
    ];
    let reason = ALL.into_iter().find(|one| number(*one) == reason)?;
    Some(Refused { span: Span::new(start, end), reason })
}

const fn number(reason: Reason) -> u8 {
    match reason {
        Reason::TooFast => 0,
        Reason::CountedBefore => 1,
        Reason::LeaseLost => 2,
        Reason::NotServed => 3,
        Reason::CheckPending => 4,
        Reason::Hidden => 5,
    }
}

#[cfg(test)]
mod tests {
    use super::{Answer, Brief, Lease, Reason, Refused, Span, Told};

    #[test]
    fn an_answer_is_kept_to_the_last_bit() {
        for part in 1..2_000 {
            let answer = Answer {
                next_seq: 2,
                lease: Lease::Held,
                credited_ms: 0,
                coverage: f64::from(part) / 2_003.0,
                completed: false,
                refused: vec![Refused { span: Span::new(1, 2), reason: Reason::NotServed }],
                entries_after: 0,
                entries_upto: 0,
                check: None,
                again: None,
            };
            let back = |text: &str| match serde_json::from_str(text).unwrap() {
                Told::Brief(brief) => Answer::from(brief),
                Told::Named(answer) => answer,
            };
            assert_eq!(back(&serde_json::to_string(&Brief::from(&answer)).unwrap()), answer);
            assert_eq!(back(&serde_json::to_string(&answer).unwrap()), answer, "as step one kept it");
        }
    }
}
