//! Decisions about names, sizes and first bytes.

use kernel::{Refusal, Result};

pub mod container;

use crate::{
    document::docx,
    model::{Purpose, Unfit},
};
pub use container::Container;

const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

/// The largest file of a purpose, in bytes.
pub const fn size_limit(purpose: Purpose) -> u64 {
    match purpose {
        Purpose::Video => 20 * GIB,
        Purpose::Document => 50 * MIB,
        Purpose::Image | Purpose::Roster => 20 * MIB,
        Purpose::Captions => MIB,
    }
}

/// A file's name is only shown, never a path of ours; still nothing in it may disturb a line or a header.
pub fn file_name(name: &str) -> Result<String, Refusal> {
    let refuse = |zh: &str, en: &str| Err(Refusal::invalid("input.fileName", zh, en));
    let name = name.trim();
    if name.is_empty() {
        return refuse("请填写文件名。", "The file needs a name.");
    }
    if name.chars().count() > 255 {
        return refuse("文件名最多 255 个字符。", "A file name has at most 255 characters.");
    }
    if name.chars().any(disturbs) {
        return refuse("文件名不能含有控制字符。", "A file name has no control characters.");
    }
    Ok(name.to_owned())
}

/// Control characters, and those that turn the direction of writing (a name that ends in `gpj.exe` and reads `exe.jpg`).
fn disturbs(c: char) -> bool {
    c.is_control() || matches!(c, '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

/// The media type of a file that is kept as it is, or why it is not what its purpose wants.
pub fn accept(purpose: Purpose, head: &[u8]) -> Result<&'static str, Unfit> {
    let zip = head.starts_with(b"PK\x03\x04");
    match purpose {
        Purpose::Video => container::accept(head).map(Container::media_type),
        Purpose::Document if head.starts_with(b"%PDF-") => Ok("application/pdf"),
        Purpose::Document if zip => Ok("application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        Purpose::Document if docx::is_compound(head) => Err(Unfit::Compound),
        Purpose::Document => Err(Unfit::NotDocument),
        Purpose::Image => image(head).ok_or(Unfit::NotImage),
        Purpose::Roster if zip => Ok("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        Purpose::Roster if is_text(head) => Ok("text/csv"),
        Purpose::Roster => Err(Unfit::NotRoster),
        Purpose::Captions if !is_text(head) => Err(Unfit::NotCaptions),
        Purpose::Captions if head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).starts_with(b"WEBVTT") => {
            Ok("text/vtt")
        }
        Purpose::Captions => Ok("application/x-subrip"),
    }
}

/// Raster pictures only: SVG is a document with scripts.
fn image(head: &[u8]) -> Option<&'static str> {
    if head.starts_with(b"\x89PNG\r\n\x1A\n") {
        Some("image/png")
    } else if head.starts_with(b"\xFF\xD8\xFF") {
        Some("image/jpeg")
    } else if head.starts_with(b"GIF87a") || head.starts_with(b"GIF89a") {
        Some("image/gif")
    } else if head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP") {
        Some("image/webp")
    } else {
        None
    }
}

/// Any encoding of text has no control bytes but tabs and line ends.
fn is_text(head: &[u8]) -> bool {
    !head.is_empty() && head.iter().all(|byte| *byte >= 0x20 || matches!(byte, b'\t' | b'\n' | b'\r' | 0x0C))
}

/// The content type of an object beside a video's playlist; none for names that no player asks for.
pub fn content_type(path: &str) -> Option<&'static str> {
    match path.split_once('/') {
        None if path == "master.m3u8" => Some("application/vnd.apple.mpegurl"),
        None if path == "poster.jpg" => Some("image/jpeg"),
        None if path == "storyboard.vtt" => Some("text/vtt"),
        None => is_sheet(path).then_some("image/jpeg"),
        Some((folder, file)) => is_rendition(folder).then(|| rendition_file(file)).flatten(),
    }
}

/// The content type of a picture beside its document or its other size: `large.jpg`, `page-0001-small.jpg`, `picture-001.png`.
pub fn picture_type(name: &str) -> Option<&'static str> {
    let (stem, extension) = name.rsplit_once('.')?;
    let stem = stem.strip_suffix("-small").unwrap_or(stem);
    let numbered =
        |prefix: &str, count: usize| stem.strip_prefix(prefix).is_some_and(|number| digits(number, count, count));
    if !(stem == "large" || numbered("page-", 4) || numbered("picture-", 3)) {
        return None;
    }
    match extension {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        _ => None,
    }
}

/// Pictures for the seek bar.
fn is_sheet(name: &str) -> bool {
    name.strip_prefix("storyboard-")
        .and_then(|rest| rest.strip_suffix(".jpg"))
        .is_some_and(|number| digits(number, 3, 4))
}

/// `360p`; `720s`, the source as it was sent; `audio`.
fn is_rendition(folder: &str) -> bool {
    folder == "audio" || folder.strip_suffix(['p', 's']).is_some_and(|size| digits(size, 1, 4))
}

fn rendition_file(file: &str) -> Option<&'static str> {
    let segment = file.strip_prefix("seg-").and_then(|rest| rest.strip_suffix(".m4s"));
    match file {
        "index.m3u8" => Some("application/vnd.apple.mpegurl"),
        "init.mp4" => Some("video/mp4"),
        _ => segment.is_some_and(|number| digits(number, 5, 6)).then_some("video/iso.segment"),
    }
}

fn digits(text: &str, least: usize, most: usize) -> bool {
    (least..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}
