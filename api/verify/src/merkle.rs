//! The tree hash of RFC 6962 over leaves that come one by one: only the roots of whole subtrees are kept, at most one of each height.

use sha2::{Digest, Sha256};

pub type Hash = [u8; 32];

#[derive(Default)]
pub struct Tree {
    /// Heights fall from the first to the last.
    whole: Vec<(u32, Hash)>,
}

impl Tree {
    pub fn push(&mut self, leaf: Hash) {
        let (mut height, mut hash) = (0, leaf);
        while let Some((_, left)) = self.whole.pop_if(|(other, _)| *other == height) {
            hash = node(&left, &hash);
            height += 1;
        }
        self.whole.push((height, hash));
    }

    /// The root of what was pushed; begins anew.
    pub fn root(&mut self) -> Hash {
        let Some((_, mut hash)) = self.whole.pop() else { return Sha256::digest([]).into() };
        while let Some((_, left)) = self.whole.pop() {
            hash = node(&left, &hash);
        }
        hash
    }
}

fn node(left: &Hash, right: &Hash) -> Hash {
    let mut bytes = [1; 65];
    let (_, children) = bytes.split_at_mut(1);
    let (first, second) = children.split_at_mut(32);
    first.copy_from_slice(left);
    second.copy_from_slice(right);
    Sha256::digest(bytes).into()
}
