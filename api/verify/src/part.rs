//! One thread's share of the entries: each is hashed and looked at as it comes; what must be compared with others is kept.

use std::collections::VecDeque;

use crate::{
    checkpoint::Block,
    merkle::{Hash, Tree},
    report::Faults,
    reversals::Reversal,
    source::{Order, Read, Reader, Row, each},
    sums::{Sums, is_contra, measure_of},
};

/// A run of entries and the blocks that cover it; entries that no block covers have none.
#[derive(Debug, Clone, Copy)]
pub struct Unit<'a> {
    pub first: i64,
    pub last: i64,
    pub blocks: &'a [Block],
}

#[derive(Default)]
pub struct Part {
    pub sums: Sums,
    /// A short hash of each reason key; equal ones are looked at closely later.
    pub keys: Vec<u64>,
    pub reversals: Vec<Reversal>,
    pub faults: Faults,
    /// Bare entries, without a hash, may only stand before all others.
    pub first_hashed: Option<i64>,
    pub last_bare: Option<i64>,
    /// They do not lie in the order of their numbers: to be read otherwise.
    pub unordered: bool,
    buffer: Vec<u8>,
}

/// Where the reading of a unit stands.
struct At {
    expected: i64,
    last: i64,
    blocks: VecDeque<Block>,
    tree: Tree,
    /// Something in this block has a name already.
    named: bool,
}

impl Part {
    pub fn read(&mut self, reader: &mut dyn Reader, unit: Unit<'_>, order: Order) -> Result<(), String> {
        let at = At {
            expected: unit.first,
            last: unit.last,
            blocks: unit.blocks.iter().cloned().collect(),
            tree: Tree::default(),
            named: false,
        };
        let state = (std::mem::take(self), at, order);
        let (part, mut at, _) = each(reader, (unit.first, unit.last), state, |(part, at, order), read| {
            let id = match &read {
                Read::Row(row) => row.fields.id,
                Read::Unreadable(id) => *id,
            };
            if *order == Order::Stored && id != at.expected {
                part.unordered = true;
                return false;
            }
            part.take(at, id, read);
            true
        })?;
        *self = part;
        if order == Order::Stored && at.expected <= unit.last {
            self.unordered = true;
        }
        if !self.unordered {
            self.missing(&mut at, unit.last + 1);
        }
        Ok(())
    }

    pub fn absorb(&mut self, other: Self) {
        self.sums.absorb(other.sums);
        self.keys.extend(other.keys);
        self.reversals.extend(other.reversals);
        self.faults.absorb(other.faults);
        self.first_hashed = self.first_hashed.into_iter().chain(other.first_hashed).min();
        self.last_bare = self.last_bare.max(other.last_bare);
        self.unordered |= other.unordered;
    }

    fn take(&mut self, at: &mut At, id: i64, read: Read<'_>) {
        if id < at.expected {
            self.faults.add(Some(id), "编号出现两次", "its number stands twice");
            at.named = true;
            return;
        }
        self.missing(at, id);
        let leaf = match read {
            Read::Row(row) => self.look(at, &row),
            Read::Unreadable(id) => {
                self.faults.add(Some(id), "内容无法读取", "a column holds what an entry cannot have");
                at.named = true;
                [0; 32]
            }
        };
        self.step(at, leaf);
    }

    /// Entries from the expected one up to `id` are not there.
    fn missing(&mut self, at: &mut At, id: i64) {
        let id = id.min(at.last + 1);
        if at.expected >= id {
            return;
        }
        let many = id - at.expected;
        let (zh, en) = if many == 1 {
            ("缺失".to_owned(), "is missing".to_owned())
        } else {
            (format!("起 {many} 条记录缺失"), format!("{many} entries are missing from here on"))
        };
        self.faults.add(Some(at.expected), zh, en);
        while at.expected < id {
            at.named = true;
            self.step(at, [0; 32]);
        }
    }

    /// Counts the entry, and closes its block with it.
    fn step(&mut self, at: &mut At, leaf: Hash) {
        let id = at.expected;
        at.expected += 1;
        let Some(last) = at.blocks.front().map(|block| block.last) else { return };
        at.tree.push(leaf);
        if last != id {
            return;
        }
        let Some(block) = at.blocks.pop_front() else { return };
        let (root, named) = (at.tree.root(), std::mem::take(&mut at.named));
        if root.as_slice() != block.root && !named {
            let (no, first, last) = (block.no, block.first, block.last);
            let zh = format!("区块 {no}（ent_{first} 至 ent_{last}）的内容与封存时不同");
            let en = format!("the entries of block {no} (ent_{first} to ent_{last}) are not those that were sealed");
            self.faults.add(Some(first), zh, en);
        }
    }

    fn look(&mut self, at: &mut At, row: &Row<'_>) -> Hash {
        let Row { fields, hash } = row;
        let id = fields.id;
        let leaf = fields.hash(&mut self.buffer);
        self.keys.push(mix(fields.reason_key.as_bytes()));
        let mut wrong = |zh: &str, en: &str| {
            self.faults.add(Some(id), zh, en);
            at.named = true;
        };
        match hash {
            Some(hash) if *hash != leaf => wrong("内容与其哈希不符", "does not match its content hash"),
            Some(_) => self.first_hashed = Some(self.first_hashed.map_or(id, |first| first.min(id))),
            None => self.last_bare = Some(self.last_bare.map_or(id, |last| last.max(id))),
        }
        match fields.contra {
            Some(contra) if !is_contra(contra, fields.rule) => {
                wrong("对方科目与规则不符", "its contra account is not that of its rule");
            }
            contra if contra.is_some() != hash.is_some() => {
                wrong("哈希与对方科目只有其一", "has only one of contra account and content hash");
            }
            _ => {}
        }
        let Some(measure) = measure_of(fields.measure) else {
            wrong("计量单位不是积分、学时或学分", "is of no known measure");
            return leaf;
        };
        self.sums.add(fields.person, fields.rule, measure, fields.amount);
        if fields.reverses.is_some() {
            self.reversals.extend(Reversal::of(fields));
        }
        leaf
    }
}

/// A quick hash; only ever asked whether two texts may be the same.
pub fn mix(bytes: &[u8]) -> u64 {
    const FACTOR: u64 = 0x9E37_79B9_7F4A_7C15;
    let (words, rest) = bytes.as_chunks::<8>();
    let fold = |hash: u64, word: u64| {
        let product = (hash ^ word).wrapping_mul(FACTOR);
        product ^ (product >> 29)
    };
    let hash = words.iter().fold(FACTOR, |hash, word| fold(hash, u64::from_le_bytes(*word)));
    let tail = rest.iter().fold(1, |tail: u64, byte| (tail << 8) | u64::from(*byte));
    fold(fold(hash, tail), tail.rotate_left(17))
}
