//! What may be claimed, against a map of single positions.

use learning::Span;

use crate::rules::claimable;

fn positions(spans: &[Span]) -> Vec<i64> {
    let mut all: Vec<i64> = spans.iter().flat_map(|span| span.start..span.end).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[test]
fn what_counts_already_is_left_out() {
    let span = |start, end| Span::new(start, end);
    let covered = [span(2, 4), span(6, 7), span(9, 20)];
    let claims: [&[Span]; 5] = [
        &[span(0, 10)],
        &[span(3, 7), span(0, 1)],
        &[span(1, 3), span(2, 6)],
        &[span(4, 6)],
        &[span(0, 2), span(8, 20)],
    ];
    for claim in claims {
        let left = claimable(claim, 20, &covered).unwrap();
        let seen = positions(&covered);
        let wanted: Vec<i64> = positions(claim).into_iter().filter(|at| !seen.contains(at)).collect();
        assert_eq!(positions(&left), wanted, "{claim:?}");
        assert!(left.windows(2).all(|two| two[0].end < two[1].start), "{left:?}");
    }
    for nothing in [&[][..], &[span(2, 4)], &[span(10, 12)], &[span(5, 5)], &[span(-1, 2)], &[span(19, 21)]] {
        assert!(claimable(nothing, 20, &covered).is_err(), "{nothing:?}");
    }
}
