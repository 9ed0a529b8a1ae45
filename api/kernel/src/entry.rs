//! The canonical bytes of a ledger entry, and their hash. The writer of the ledger and the reader that verifies it share this file and
//! nothing else, so it says every byte. A change is a new version; what was hashed under an old one stays readable.
//!
//! ```text
//! version      1 byte   1
//! id           8 bytes  big endian, two's complement, as every number here
//! person      16 bytes
//! measure      text     POINTS, HOURS or CREDITS
//! amount       8 bytes  thousandths
//! reason_key   text
//! rule         text
//! pack         text
//! contra       text?    the account on the other side
//! course      16 bytes?
//! lesson      16 bytes?
//! note         text?
//! reverses     8 bytes?
//! day          4 bytes  days since 0001-01-01
//! posted_at    8 bytes  milliseconds since 1970-01-01T00:00:00Z
//! ```
//!
//! A text is its length in bytes (4 bytes) and its UTF-8. What is marked `?` is one byte 0 where it is absent, else one byte 1 and the value.
//! Every length is told before what it measures, so two different entries never have the same bytes.
//!
//! The content hash is SHA-256 over one byte 0 and the canonical bytes: the leaf hash of RFC 6962, so that it is a leaf as it stands.

use sha2::{Digest, Sha256};

pub const VERSION: u8 = 1;

pub type Hash = [u8; 32];

/// An entry as it stands in the table, borrowed. Entries older than double entry have no `contra`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fields<'a> {
    pub id: i64,
    pub person: [u8; 16],
    pub measure: &'a str,
    pub amount: i64,
    pub reason_key: &'a str,
    pub rule: &'a str,
    pub pack: &'a str,
    pub contra: Option<&'a str>,
    pub course: Option<[u8; 16]>,
    pub lesson: Option<[u8; 16]>,
    pub note: Option<&'a str>,
    pub reverses: Option<i64>,
    pub day: i32,
    pub posted_at: i64,
}

impl Fields<'_> {
    /// Appends the canonical bytes.
    pub fn encode(&self, bytes: &mut Vec<u8>) {
        bytes.push(VERSION);
        bytes.extend_from_slice(&self.id.to_be_bytes());
        bytes.extend_from_slice(&self.person);
        text(bytes, self.measure);
        bytes.extend_from_slice(&self.amount.to_be_bytes());
        text(bytes, self.reason_key);
        text(bytes, self.rule);
        text(bytes, self.pack);
        maybe(bytes, self.contra, text);
        maybe(bytes, self.course, |bytes, id| bytes.extend_from_slice(&id));
        maybe(bytes, self.lesson, |bytes, id| bytes.extend_from_slice(&id));
        maybe(bytes, self.note, text);
        maybe(bytes, self.reverses, |bytes, id| bytes.extend_from_slice(&id.to_be_bytes()));
        bytes.extend_from_slice(&self.day.to_be_bytes());
        bytes.extend_from_slice(&self.posted_at.to_be_bytes());
    }

    /// The content hash. `buffer` is scratch, so that many entries are hashed without an allocation each.
    pub fn hash(&self, buffer: &mut Vec<u8>) -> Hash {
        buffer.clear();
        buffer.push(0);
        self.encode(buffer);
        Sha256::digest(buffer.as_slice()).into()
    }
}

fn text(bytes: &mut Vec<u8>, text: &str) {
    // A text of four gigabytes does not come out of a database.
    let length = u32::try_from(text.len()).unwrap_or(u32::MAX);
    bytes.extend_from_slice(&length.to_be_bytes());
    bytes.extend_from_slice(text.as_bytes());
}

fn maybe<T>(bytes: &mut Vec<u8>, value: Option<T>, write: impl FnOnce(&mut Vec<u8>, T)) {
    bytes.push(u8::from(value.is_some()));
    if let Some(value) = value {
        write(bytes, value);
    }
}

#[cfg(test)]
mod tests;
