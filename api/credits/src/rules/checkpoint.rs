//! What is signed of a block: a text that people can read. Its hash is the next block's `previous`, so each signature covers all blocks before.
//!
//! ```text
//! xianfeng ledger checkpoint 1
//! block 12
//! entries 1201-1300
//! root 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
//! previous 60303ae22b998861bce3b28f33eec1be758a213c86c93c076dbe9f558c11c752
//! sealed 2026-11-21T02:00:00.000Z
//!
//! — <public key in hex> <signature in hex>
//! ```
//!
//! The lines up to the empty one, each with its line end, are what is hashed and signed (Ed25519).

use data_encoding::HEXLOWER;
use kernel::{Millis, clock::rfc3339, entry::Hash};
use ring::signature::{Ed25519KeyPair, KeyPair};
use sha2::{Digest, Sha256};

/// `previous` of the first block.
pub const NOTHING: Hash = [0; 32];

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub no: i64,
    pub first: i64,
    pub last: i64,
    pub root: Hash,
    pub previous: Hash,
    pub sealed_at: Millis,
}

impl Block {
    pub fn text(&self) -> String {
        let Self { no, first, last, root, previous, sealed_at } = self;
        let (root, previous, sealed) = (HEXLOWER.encode(root), HEXLOWER.encode(previous), rfc3339(*sealed_at));
        format!(
            "xianfeng ledger checkpoint 1\nblock {no}\nentries {first}-{last}\nroot {root}\nprevious {previous}\nsealed {sealed}\n"
        )
    }
    pub fn hash(&self) -> Hash {
        Sha256::digest(self.text()).into()
    }
}

/// A block with whose key it was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    pub block: Block,
    pub key: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Sealed {
    /// The text and the line of its signature.
    pub fn note(&self) -> String {
        format!("{}\n— {} {}\n", self.block.text(), HEXLOWER.encode(&self.key), HEXLOWER.encode(&self.signature))
    }
}

/// Signs; made from the seed that lies outside the database.
pub struct Signer(Ed25519KeyPair);

impl Signer {
    pub fn new(seed: &[u8; 32]) -> Result<Self, String> {
        Ed25519KeyPair::from_seed_unchecked(seed).map(Self).map_err(|e| format!("the checkpoint seed: {e}"))
    }
    pub fn public_key(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
    pub fn seal(&self, block: Block) -> Sealed {
        let signature = self.0.sign(block.text().as_bytes()).as_ref().to_vec();
        Sealed { block, key: self.public_key(), signature }
    }
}
