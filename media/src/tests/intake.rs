//! What comes from outside is told by its first bytes and its name, or refused with a sentence.

use crate::{
    model::{Checksum, Purpose, Status, Unfit},
    rules::{self, Container},
};

#[test]
fn names_of_states_and_purposes_read_back() {
    assert!(Purpose::ALL.iter().all(|purpose| Purpose::parse(purpose.name()) == Some(*purpose)));
    assert!(Status::ALL.iter().all(|status| Status::parse(status.name()) == Some(*status)));
    assert_eq!(Purpose::parse("video"), None);
}

#[test]
fn a_file_name_is_trimmed_and_bounded_and_disturbs_nothing() {
    let long = "课".repeat(255);
    for (name, kept) in
        [(" 党章 第一课.mp4 ", "党章 第一课.mp4"), ("../../etc/passwd", "../../etc/passwd"), (&long, &long)]
    {
        assert_eq!(rules::file_name(name).unwrap(), kept);
    }
    let longer = "课".repeat(256);
    for name in ["", "  ", &longer, "a\0b", "a\r\nb", "a\tb", "a\u{202E}gpj.exe", "\u{7F}"] {
        let refusal = rules::file_name(name).unwrap_err();
        assert_eq!(refusal.fields[0].path, "input.fileName", "{name:?}");
    }
}

fn transport_stream(first: usize, size: usize) -> Vec<u8> {
    let mut bytes = vec![0; first + 3 * size];
    (0..3).for_each(|n| bytes[first + n * size] = 0x47);
    bytes
}

#[test]
fn containers_are_told_by_their_first_bytes() {
    let cases: [(&[u8], Option<Container>); 14] = [
        (b"\0\0\0\x20ftypisom", Some(Container::Mov)),
        (b"\0\0\0\x08wide\0\0\0\0mdat", Some(Container::Mov)),
        (b"\0\0\x10\0moov", Some(Container::Mov)),
        (b"\x1A\x45\xDF\xA3\x01", Some(Container::Matroska)),
        (b"RIFF\0\0\0\0AVI LIST", Some(Container::Avi)),
        (b"FLV\x01\x05", Some(Container::Flv)),
        (&transport_stream(0, 188), Some(Container::MpegTs)),
        (&transport_stream(4, 192), Some(Container::MpegTs)),
        (b"#EXTM3U\n#EXTINF:1,\n/etc/passwd\n", None),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", None),
        (b"RIFF\0\0\0\0WAVEfmt ", None),
        ("这是一段文字，不是视频。".as_bytes(), None),
        (b"GGGGGGGG", None),
        (b"", None),
    ];
    for (head, container) in cases {
        assert_eq!(Container::sniff(head), container, "{:?}", String::from_utf8_lossy(head));
    }
}

#[test]
fn files_that_are_kept_as_they_are_must_be_what_they_are_for() {
    let cases: [(Purpose, &[u8], Result<&str, Unfit>); 12] = [
        (Purpose::Document, b"%PDF-1.7", Ok("application/pdf")),
        (Purpose::Document, b"<html>", Err(Unfit::NotDocument)),
        (Purpose::Image, b"\x89PNG\r\n\x1A\n", Ok("image/png")),
        (Purpose::Image, b"\xFF\xD8\xFF\xE0", Ok("image/jpeg")),
        (Purpose::Image, b"RIFF\0\0\0\0WEBPVP8 ", Ok("image/webp")),
        (Purpose::Image, b"<svg xmlns='http://www.w3.org/2000/svg'>", Err(Unfit::NotImage)),
        (Purpose::Roster, "学号,姓名\n1,林晚晴\n".as_bytes(), Ok("text/csv")),
        (Purpose::Roster, b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", Err(Unfit::NotRoster)),
        (Purpose::Captions, b"\xEF\xBB\xBFWEBVTT\n", Ok("text/vtt")),
        (Purpose::Captions, b"1\r\n00:00:01,000 --> 00:00:02,000\r\n", Ok("application/x-subrip")),
        (Purpose::Captions, b"\0\0\0\x20ftyp", Err(Unfit::NotCaptions)),
        (Purpose::Video, b"MZ", Err(Unfit::NotVideo)),
    ];
    for (purpose, head, accepted) in cases {
        assert_eq!(rules::accept(purpose, head), accepted, "{purpose:?} {:?}", String::from_utf8_lossy(head));
    }
}

#[test]
fn only_names_of_a_player_have_a_content_type() {
    for name in [
        "storyboard.vtt",
        "storyboard-012.jpg",
        "audio/index.m3u8",
        "audio/seg-00001.m4s",
        "720s/init.mp4",
        "master.m3u8",
        "poster.jpg",
        "360p/index.m3u8",
        "720p/init.mp4",
        "96p/seg-00001.m4s",
        "360p/seg-123456.m4s",
    ] {
        assert!(rules::content_type(name).is_some(), "{name}");
    }
    let wrong = [
        "",
        "/",
        "..",
        "../master.m3u8",
        "360p/../master.m3u8",
        "360p//init.mp4",
        "/master.m3u8",
        "360p/master.m3u8",
        "p/init.mp4",
        "360p/seg-1.m4s",
        "360p/seg-0000a.m4s",
        "360p/seg-0000001.m4s",
        "360P/init.mp4",
        "360p\\init.mp4",
        "36000p/init.mp4",
        "360p/init.mp4/x",
        "index.m3u8",
        "list.json",
        "storyboard-1.jpg",
        "storyboard.jpg",
        "sound/init.mp4",
        "poster.jpg\0",
        "%2e%2e/master.m3u8",
        "３６０p/init.mp4",
    ];
    for name in wrong {
        assert_eq!(rules::content_type(name), None, "{name}");
    }
}

#[test]
fn every_sentence_ends_like_one() {
    for unfit in [
        Unfit::NotVideo,
        Unfit::NoPicture,
        Unfit::TooLong,
        Unfit::Broken,
        Unfit::CutShort,
        Unfit::TooSlow,
        Unfit::GaveUp,
    ] {
        assert!(unfit.sentence().ends_with('。'));
    }
}

#[test]
fn a_checksum_is_read_strictly() {
    let sha1 = format!("sha1 {}", data_encoding::BASE64.encode(&[7; 20]));
    assert_eq!(Checksum::parse(&sha1).unwrap(), Checksum::Sha1(vec![7; 20]));
    for wrong in ["", "sha1", "sha1 ", "sha1 AAAA", "md5 AAAAAAAAAAAAAAAAAAAAAA==", "crc32 AAAAAA==", "sha256 ???"] {
        assert_eq!(Checksum::parse(wrong).unwrap_err().status(), 400, "{wrong}");
    }
}
