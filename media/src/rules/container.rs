//! What a file is, by its first bytes: the containers that are taken, and what is refused with a sentence of its own.

use crate::model::Unfit;

/// The containers that are accepted, by the name of the one demuxer that may read them: nothing is ever left to ffmpeg's guess, so a
/// playlist in a video's clothes is not followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Container {
    Mov,
    Matroska,
    MpegTs,
    Avi,
    Flv,
}

impl Container {
    pub const fn demuxer(self) -> &'static str {
        match self {
            Self::Mov => "mov",
            Self::Matroska => "matroska",
            Self::MpegTs => "mpegts",
            Self::Avi => "avi",
            Self::Flv => "flv",
        }
    }
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Mov => "video/mp4",
            Self::Matroska => "video/x-matroska",
            Self::MpegTs => "video/mp2t",
            Self::Avi => "video/x-msvideo",
            Self::Flv => "video/x-flv",
        }
    }

    /// By the first bytes (600 are enough).
    pub fn sniff(head: &[u8]) -> Option<Self> {
        let at = |from: usize, bytes: &[u8]| head.get(from..from + bytes.len()) == Some(bytes);
        let boxes: [&[u8; 4]; 6] = [b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip"];
        if boxes.iter().any(|name| at(4, *name)) {
            return Some(Self::Mov);
        }
        if at(0, &[0x1A, 0x45, 0xDF, 0xA3]) {
            return Some(Self::Matroska);
        }
        if at(0, b"RIFF") && at(8, b"AVI ") {
            return Some(Self::Avi);
        }
        if at(0, b"FLV\x01") {
            return Some(Self::Flv);
        }
        // Packets of 188 bytes, or of 192 with four bytes of time before each (camcorders).
        let packets = |first: usize, size: usize| (0..3).all(|n| at(first + n * size, b"G"));
        (packets(0, 188) || packets(4, 192)).then_some(Self::MpegTs)
    }
}

/// The container of a video, or why there is none.
pub fn accept(head: &[u8]) -> Result<Container, Unfit> {
    match Container::sniff(head) {
        Some(Container::MpegTs) if is_scrambled(head) => Err(Unfit::Encrypted),
        Some(container) => Ok(container),
        None if is_playlist(head) => Err(Unfit::Playlist),
        None if is_picture(head) => Err(Unfit::Picture),
        None if is_sound(head) => Err(Unfit::NoPicture),
        None if is_archive(head) => Err(Unfit::Archive),
        None => Err(Unfit::NotVideo),
    }
}

/// Texts that make a player open something else: playlists, descriptions of streams, scripts of cuts, shortcuts.
fn is_playlist(head: &[u8]) -> bool {
    let text = head.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(head).trim_ascii_start();
    let start: Vec<u8> = text.iter().take(512).map(u8::to_ascii_lowercase).collect();
    let begins: [&[u8]; 12] = [
        b"#extm3u",
        b"#ext-x",
        b"ffconcat",
        b"[playlist]",
        b"[reference]",
        b"[internetshortcut]",
        b"<asx",
        b"<smil",
        b"rtsptext",
        b"v=0\r\n",
        b"v=0\n",
        b";ffmetadata",
    ];
    let within: [&[u8]; 5] = [b"<mpd", b"<smoothstreamingmedia", b"<playlist", b"<smil", b"<asx"];
    let holds = |word: &[u8]| start.windows(word.len()).any(|part| part == word);
    begins.iter().any(|word| start.starts_with(word)) || start.starts_with(b"<") && within.iter().any(|word| holds(word))
        // Lines of addresses, with nothing before them.
        || [&b"http://"[..], b"https://", b"rtsp://", b"rtmp://", b"file:", b"concat:", b"subfile,"].iter().any(|word| start.starts_with(word))
}

fn is_picture(head: &[u8]) -> bool {
    let svg = head.trim_ascii_start().starts_with(b"<svg");
    let begins: [&[u8]; 6] = [b"\x89PNG", b"\xFF\xD8\xFF", b"GIF8", b"II*\0", b"MM\0*", b"BM"];
    svg || begins.iter().any(|magic| head.starts_with(magic)) || head.get(8..12) == Some(b"WEBP")
}

fn is_sound(head: &[u8]) -> bool {
    let begins: [&[u8]; 6] = [b"ID3", b"\xFF\xFB", b"\xFF\xF1", b"fLaC", b"#!AMR", b"MThd"];
    begins.iter().any(|magic| head.starts_with(magic)) || head.get(8..12) == Some(b"WAVE")
}

fn is_archive(head: &[u8]) -> bool {
    let begins: [&[u8]; 6] = [b"PK\x03\x04", b"Rar!", b"7z\xBC\xAF", b"\x1F\x8B", b"BZh", b"\xFD7zXZ"];
    begins.iter().any(|magic| head.starts_with(magic)) || head.get(257..262) == Some(b"ustar")
}

/// A transport stream says in each packet whether it is scrambled; tables never are.
fn is_scrambled(head: &[u8]) -> bool {
    let (first, size) = if head.first() == Some(&b'G') { (0, 188) } else { (4, 192) };
    let packets = head.get(first..).unwrap_or_default().chunks_exact(size);
    packets.filter(|packet| packet.get(3).is_some_and(|flags| flags & 0xC0 != 0)).count() >= 2
}
