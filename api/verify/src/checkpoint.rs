//! The text of a checkpoint, its hash and its signature, known here by themselves.

use data_encoding::HEXLOWER;
use ring::signature::{ED25519, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use crate::merkle::Hash;

pub const HEADER: &str = "xianfeng ledger checkpoint 1\n";

/// A block as it stands in the table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub no: i64,
    pub first: i64,
    pub last: i64,
    pub root: Vec<u8>,
    pub previous: Vec<u8>,
    pub sealed_at: i64,
    pub key: Vec<u8>,
    pub signature: Vec<u8>,
}

impl Block {
    /// What was signed.
    pub fn text(&self) -> String {
        format!(
            "{HEADER}block {}\nentries {}-{}\nroot {}\nprevious {}\nsealed {}\n",
            self.no,
            self.first,
            self.last,
            HEXLOWER.encode(&self.root),
            HEXLOWER.encode(&self.previous),
            utc(self.sealed_at),
        )
    }
}

pub fn hash(text: &str) -> Hash {
    Sha256::digest(text).into()
}

/// Whether one of the keys signed the text; the key that is named must be it.
pub fn is_signed(text: &str, named: &[u8], signature: &[u8], keys: &[[u8; 32]]) -> bool {
    let known = keys.iter().any(|key| key.as_slice() == named);
    known && UnparsedPublicKey::new(&ED25519, named).verify(text.as_bytes(), signature).is_ok()
}

/// A checkpoint of the witness file.
#[derive(Debug, PartialEq, Eq)]
pub struct Note<'a> {
    pub no: i64,
    pub first: i64,
    pub text: &'a str,
    pub key: Vec<u8>,
    pub signature: Vec<u8>,
}

impl<'a> Note<'a> {
    /// Reads a text that begins with the header; `None`: it breaks off or is none.
    pub fn read(text: &'a str) -> Option<Self> {
        let (body, rest) = text.split_once("\n\n— ")?;
        let text = text.get(..=body.len())?;
        let (line, _) = rest.split_once('\n')?;
        let (key, signature) = line.split_once(' ')?;
        let mut lines = text.strip_prefix(HEADER)?.lines();
        let no = lines.next()?.strip_prefix("block ")?.parse().ok()?;
        let first = lines.next()?.strip_prefix("entries ")?.split_once('-')?.0.parse().ok()?;
        let decode = |hex: &str| HEXLOWER.decode(hex.as_bytes()).ok();
        let (key, signature) = (decode(key)?, decode(signature)?);
        // A line that a power cut shortened, and that was closed later, is half a checkpoint still.
        ((key.len(), signature.len()) == (32, 64)).then_some(Self { no, first, text, key, signature })
    }
}

/// `2026-11-21T02:00:00.000Z`, by the civil calendar of Howard Hinnant's `civil_from_days`.
fn utc(millis: i64) -> String {
    let (days, of_day) = (millis.div_euclid(86_400_000), millis.rem_euclid(86_400_000));
    let shifted = days + 719_468;
    let (era, of_era) = (shifted.div_euclid(146_097), shifted.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let moved = (5 * of_year + 2) / 153;
    let day = of_year - (153 * moved + 2) / 5 + 1;
    let month = if moved < 10 { moved + 3 } else { moved - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let (hour, minute) = (of_day / 3_600_000, of_day / 60_000 % 60);
    let (second, milli) = (of_day / 1_000 % 60, of_day % 1_000);
    format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{milli:03}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_the_kernel_writes_them() {
        for days in (0..80_000).step_by(13) {
            let at = days * 86_400_000 + days * 12_345 % 86_400_000;
            assert_eq!(utc(at), kernel::clock::rfc3339(at));
        }
    }

    #[test]
    fn a_note_reads_back_and_half_a_one_does_not() {
        let whole = format!("{HEADER}block 7\nentries 3-9\nroot 00\n\n— {} {}\n", "ab".repeat(32), "cd".repeat(64));
        let note = Note::read(&whole).unwrap();
        assert_eq!((note.no, note.first, note.key, note.signature), (7, 3, vec![0xAB; 32], vec![0xCD; 64]));
        assert!(note.text.ends_with("root 00\n") && !note.text.ends_with("\n\n"));
        for cut in HEADER.len()..whole.len() {
            if whole.is_char_boundary(cut) {
                assert_eq!(Note::read(&whole[..cut]), None, "{cut}");
                let closed = format!("{}\n", &whole[..cut]);
                assert_eq!(Note::read(&closed).is_some(), cut == whole.len() - 1, "{cut}");
            }
        }
    }
}
