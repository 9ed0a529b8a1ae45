//! The boxes of an MP4 or QuickTime file, as far as they point at another file (a track whose samples lie elsewhere, `dref`; a movie that is
//! only a reference, `rmra`) or say that the samples are encrypted (their entry in `stsd`).

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
const HOLDERS: [&[u8]; 6] = [b"moov", b"trak", b"mdia", b"minf", b"dinf", b"stbl"];
/// Sample entries of encrypted tracks.
const LOCKED: [&[u8; 4]; 7] = [b"encv", b"enca", b"enct", b"drmi", b"drms", b"drmt", b"p608"];

/// Refuses what points elsewhere or is encrypted; anything that cannot be read is left to ffprobe's judgement.
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
            if let Some(unfit) = fault(&index, 0) {
                return Ok(Err(unfit));
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

fn fault(bytes: &[u8], depth: u8) -> Option<Unfit> {
    boxes(bytes).find_map(|(name, inner)| match &name {
        b"rmra" => Some(Unfit::Elsewhere),
        // Behind version, flags and count. An entry whose lowest flag is not set is not "in this very file".
        b"dref" => {
            let foreign = |(_, entry): ([u8; 4], &[u8])| entry.get(3).is_some_and(|flags| flags & 1 == 0);
            boxes(inner.get(8..)?).any(foreign).then_some(Unfit::Elsewhere)
        }
        b"stsd" => boxes(inner.get(8..)?).any(|(name, _)| LOCKED.contains(&&name)).then_some(Unfit::Encrypted),
        name if HOLDERS.contains(&name.as_slice()) && depth < DEEPEST => fault(inner, depth + 1),
        _ => None,
    })
}

/// Name and inside of each box that follows; one that claims more than there is ends with what there is.
fn boxes(mut bytes: &[u8]) -> impl Iterator<Item = ([u8; 4], &[u8])> {
    std::iter::from_fn(move || {
        let (name, length, head) = header(bytes, bytes.len() as u64)?;
        let (length, head) = (usize::try_from(length).ok()?.min(bytes.len()), usize::try_from(head).ok()?);
        let inner = bytes.get(head..length).unwrap_or_default();
        bytes = bytes.get(length..).unwrap_or_default();
        Some((name, inner))
    })
}
