//! The boxes of an MP4 or QuickTime file, as far as they can point at another file: a track whose samples lie elsewhere (`dref`), a movie
//! that is only a reference (`rmra`), a compressed index that nobody can look into (`cmov`).

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::Path,
};

use crate::model::Unfit;

/// An index larger than this belongs to no lecture.
const LARGEST_INDEX: u64 = 256 << 20;
const TOP_LEVEL: usize = 10_000;
const DEEPEST: u8 = 8;
/// Boxes that hold boxes on the way to what is looked for.
const HOLDERS: [&[u8]; 5] = [b"moov", b"trak", b"mdia", b"minf", b"dinf"];

/// Refuses what points elsewhere; anything that cannot be read is left to ffprobe's judgement.
pub fn check(file: &Path) -> io::Result<Result<(), Unfit>> {
    let mut file = File::open(file)?;
    let size = file.metadata()?.len();
    let mut at = 0;
    for _ in 0..TOP_LEVEL {
        let mut head = Vec::with_capacity(16);
        file.seek(SeekFrom::Start(at))?;
        (&mut file).take(16).read_to_end(&mut head)?;
        let Some((name, length, head_length)) = header(&head, size.saturating_sub(at)) else { break };
        if name == *b"moov" && length <= LARGEST_INDEX {
            let mut index = Vec::new();
            file.seek(SeekFrom::Start(at + head_length))?;
            (&mut file).take(length - head_length).read_to_end(&mut index)?;
            if points_elsewhere(&index, 0) {
                return Ok(Err(Unfit::Elsewhere));
            }
        }
        at += length;
        if at >= size {
            break;
        }
    }
    Ok(Ok(()))
}

/// Name, length and length of the head of the box that begins here; 0 is said for "to the end".
fn header(bytes: &[u8], left: u64) -> Option<([u8; 4], u64, u64)> {
    let word = |at: usize| bytes.get(at..at + 4)?.try_into().ok();
    let name: [u8; 4] = word(4)?;
    let (length, head) = match u32::from_be_bytes(word(0)?) {
        0 => (left, 8),
        1 => (u64::from_be_bytes(bytes.get(8..16)?.try_into().ok()?), 16),
        length => (u64::from(length), 8),
    };
    (length >= head).then_some((name, length, head))
}

fn points_elsewhere(mut bytes: &[u8], depth: u8) -> bool {
    while let Some((name, length, head)) = header(bytes, bytes.len() as u64) {
        let (Ok(length), Ok(head)) = (usize::try_from(length), usize::try_from(head)) else { return false };
        let inner = bytes.get(head..length.min(bytes.len())).unwrap_or_default();
        let found = match &name {
            b"rmra" => true,
            b"dref" => has_foreign_entry(inner.get(8..).unwrap_or_default()),
            name if HOLDERS.contains(&name.as_slice()) && depth < DEEPEST => points_elsewhere(inner, depth + 1),
            _ => false,
        };
        if found {
            return true;
        }
        match bytes.get(length..) {
            Some(rest) => bytes = rest,
            None => return false,
        }
    }
    false
}

/// An entry whose lowest flag is not set is not "in this very file".
fn has_foreign_entry(mut entries: &[u8]) -> bool {
    while let Some((_, length, head)) = header(entries, entries.len() as u64) {
        let (Ok(length), Ok(head)) = (usize::try_from(length), usize::try_from(head)) else { return false };
        if entries.get(head + 3).is_some_and(|flags| flags & 1 == 0) {
            return true;
        }
        match entries.get(length..) {
            Some(rest) => entries = rest,
            None => return false,
        }
    }
    false
}
