//! The parts that need no ledger; what needs one is told beside the writer, in the credits house.

use sha2::{Digest, Sha256};

use crate::{
    merkle::{Hash, Tree},
    part::mix,
    report::Faults,
};

/// The definition of RFC 6962, 2.1, word by word.
fn defined(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            let mut k = 1;
            while k * 2 < leaves.len() {
                k *= 2;
            }
            let (left, right) = (defined(&leaves[..k]), defined(&leaves[k..]));
            Sha256::digest([&[1][..], &left, &right].concat()).into()
        }
    }
}

#[test]
fn the_tree_that_grows_has_the_root_that_is_defined() {
    let leaves: Vec<Hash> = (0..600_u32).map(|n| Sha256::digest(n.to_be_bytes()).into()).collect();
    let mut tree = Tree::default();
    for many in (0..70).chain([127, 128, 129, 255, 256, 257, 600]) {
        leaves.iter().take(many).for_each(|leaf| tree.push(*leaf));
        assert_eq!(tree.root(), defined(&leaves[..many]), "{many}");
    }
}

#[test]
fn the_first_fault_is_the_one_at_the_lowest_entry_however_many_there_are() {
    let mut faults = Faults::default();
    for n in 0..1_000_i64 {
        faults.add(Some(1_000 - n), "", "");
    }
    faults.add(None, "缓存", "cache");
    let mut more = Faults::default();
    more.add(Some(0), "", "");
    faults.absorb(more);
    assert_eq!(faults.found, 1_002);
    let kept = faults.into_sorted();
    assert_eq!((kept.len(), kept[0].entry, kept[1].entry), (50, Some(0), Some(1)));
}

#[test]
fn short_hashes_of_reason_keys_rarely_meet() {
    let mut seen: Vec<u64> = (0..200_000).map(|n| mix(format!("video.minute:v:per_1:{n}").as_bytes())).collect();
    seen.extend((0..300_usize).map(|n| mix("a".repeat(n).as_bytes())));
    let many = seen.len();
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), many);
}
