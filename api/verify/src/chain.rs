//! The blocks: numbered and contiguous, each naming the one before by its hash, each signed by a known key.

use std::thread;

use crate::{
    checkpoint::{self, Block, hash, is_signed},
    report::Faults,
};

/// The blocks as far as they follow one another, with the texts that were signed.
pub struct Chain {
    pub blocks: Vec<Block>,
    pub texts: Vec<String>,
}

impl Chain {
    /// Only blocks that follow one another are built upon; the first that does not is named, and what comes after it counts as unsealed.
    pub fn check(mut blocks: Vec<Block>, keys: &[[u8; 32]], threads: usize, faults: &mut Faults) -> Self {
        let mut texts: Vec<String> = Vec::with_capacity(blocks.len());
        let (mut first, mut previous) = (1, [0; 32]);
        for (no, block) in (1..).zip(&blocks) {
            if let Some((zh, en)) = breaks(block, no, first, &previous) {
                faults.add(Some(first), zh, en);
                break;
            }
            let text = block.text();
            (first, previous) = (block.last + 1, hash(&text));
            texts.push(text);
        }
        blocks.truncate(texts.len());
        let chain = Self { blocks, texts };
        chain.signatures(keys, threads, faults);
        chain
    }

    pub fn upto(&self) -> i64 {
        self.blocks.last().map_or(0, |block| block.last)
    }

    fn signatures(&self, keys: &[[u8; 32]], threads: usize, faults: &mut Faults) {
        let pairs: Vec<(&Block, &String)> = self.blocks.iter().zip(&self.texts).collect();
        let share = pairs.len().div_ceil(threads).max(1);
        let unsigned = |pairs: &[(&Block, &String)]| -> Vec<(i64, i64)> {
            let bad = pairs.iter().filter(|(block, text)| !is_signed(text, &block.key, &block.signature, keys));
            bad.map(|(block, _)| (block.first, block.no)).collect()
        };
        let found: Vec<(i64, i64)> = thread::scope(|scope| {
            let running: Vec<_> = pairs.chunks(share).map(|some| scope.spawn(|| unsigned(some))).collect();
            running.into_iter().flat_map(|one| one.join().unwrap_or_else(|_| vec![(1, 1)])).collect()
        });
        for (first, no) in found {
            faults.add(
                Some(first),
                format!("区块 {no} 的签名无效，或签名的密钥不是本校的"),
                format!("block {no} is not signed by a known key"),
            );
        }
    }
}

fn breaks(block: &Block, no: i64, first: i64, previous: &[u8; 32]) -> Option<(String, String)> {
    if block.no != no {
        return Some((format!("区块 {no} 缺失"), format!("block {no} is missing")));
    }
    if block.first != first || block.last < first {
        return Some((
            format!("区块 {no} 的范围不接续"),
            format!("block {no} does not begin where the one before ended"),
        ));
    }
    if block.previous != previous {
        return Some((format!("区块 {no} 与前一区块不相连"), format!("block {no} does not name the block before it")));
    }
    if block.root.len() != checkpoint::hash("").len() {
        return Some((format!("区块 {no} 的根不是哈希"), format!("the root of block {no} is no hash")));
    }
    None
}
