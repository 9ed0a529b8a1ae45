//! The root over the entries of a block: the tree hash of RFC 6962, 2.1, written as it is defined there.

use kernel::entry::Hash;
use sha2::{Digest, Sha256};

/// The tree hash over leaf hashes; of none, the hash of nothing.
pub fn root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => Sha256::digest([]).into(),
        [leaf] => *leaf,
        _ => {
            // The largest power of two that is smaller than their number goes to the left.
            let (left, right) = leaves.split_at(leaves.len().next_power_of_two() / 2);
            node(&root(left), &root(right))
        }
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut digest = Sha256::new_with_prefix([1]);
    digest.update(left);
    digest.update(right);
    digest.finalize().into()
}
