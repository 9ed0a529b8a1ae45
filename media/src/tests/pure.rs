//! Table tests of what decides without touching anything.

use kernel::id::{AssetId, StudyId};
use uuid::Uuid;

use crate::{
    ffmpeg::{
        fit,
        ladder::{self, Plan},
        probe::{self, Picture, Probe, Sound},
        stills,
    },
    hls::{self, Segments, Variant},
    model::{Checksum, Purpose, Rendition, Status, Unfit},
    rules::{self, Container},
    token::{Expired, Keys, Rejected},
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

fn picture(width: u64, height: u64) -> Picture {
    Picture { stream: 0, width, height, frames: (25, 1), plain: true, begins_us: 0 }
}

fn probe(picture: Picture, sound: Option<Sound>) -> Probe {
    Probe { duration_ms: Some(1000), picture, sound, bitrate: Some(100_000) }
}

fn all_of(probe: &Probe) -> Plan {
    Plan { rungs: ladder::rungs(&probe.picture), copied: None }
}

#[test]
fn the_ladder_never_climbs_above_its_source() {
    type Rungs<'a> = &'a [(&'a str, u64, u64)];
    let cases: [((u64, u64), Rungs); 10] = [
        ((3840, 2160), &[("360p", 640, 360), ("540p", 960, 540), ("720p", 1280, 720), ("1080p", 1920, 1080)]),
        ((1280, 720), &[("360p", 640, 360), ("540p", 960, 540), ("720p", 1280, 720)]),
        ((720, 1280), &[("360p", 360, 640), ("540p", 540, 960), ("720p", 720, 1280)]),
        ((854, 480), &[("360p", 640, 360), ("480p", 854, 480)]),
        ((640, 360), &[("360p", 640, 360)]),
        ((710, 400), &[("400p", 710, 400)]),
        ((320, 240), &[("240p", 320, 240)]),
        ((321, 241), &[("240p", 320, 240)]),
        ((8000, 800), &[("360p", 2560, 256)]),
        ((1, 1), &[("2p", 2, 2)]),
    ];
    for ((width, height), wanted) in cases {
        let rungs = ladder::rungs(&picture(width, height));
        let made: Vec<_> = rungs.iter().map(|r| (r.name.as_str(), r.width, r.height)).collect();
        assert_eq!(made, wanted, "{width}×{height}");
    }
}

#[test]
fn a_foreign_file_is_only_ever_opened_by_one_pinned_demuxer() {
    let probe = probe(picture(640, 360), Some(Sound { stream: 1, channels: 6, plain: false }));
    for container in [Container::Mov, Container::Matroska, Container::MpegTs, Container::Avi, Container::Flv] {
        let lines = [
            probe::arguments(container, "/x").join(" "),
            ladder::arguments(container, "/x", &probe, &all_of(&probe)).join(" "),
            ladder::copy(container, "/x", &probe, "360s").join(" "),
            stills::poster(container, "/x", &probe, 1234).join(" "),
        ];
        let name = container.demuxer();
        for line in &lines {
            assert!(
                line.contains(&format!(
                    "-protocol_whitelist file,pipe -format_whitelist {name} -codec_whitelist h264,"
                )),
                "{line}"
            );
            assert!(line.contains(&format!(" -f {name} -i file:/x")) && line.matches(" -i ").count() == 1, "{line}");
        }
        assert!(lines[1].contains(
            "[0:1]aresample=48000:async=1:first_pts=0,aformat=sample_fmts=s32:channel_layouts=stereo,loudnorm="
        ));
        assert!(lines[1].contains("-map [a0] -c:a aac -b:a 96k") && lines[1].contains("-map [a1] -c:a aac -b:a 64k"));
        assert!(lines[3].contains("-ss 1.234"));
    }
}

#[test]
fn a_source_that_browsers_play_is_the_best_rendition_itself() {
    let good =
        || Probe { sound: Some(Sound { stream: 1, channels: 2, plain: true }), ..probe(picture(1280, 720), None) };
    let of = |probe: &Probe| fit::rung(Container::Mov, probe, 10_000).map(|rung| rung.name);
    assert_eq!(of(&good()).as_deref(), Some("720p"));
    assert_eq!(fit::rung(Container::MpegTs, &good(), 10_000), None);
    let cases = [
        Probe { picture: Picture { plain: false, ..picture(1280, 720) }, ..good() },
        Probe { picture: Picture { frames: (100, 1), ..picture(1280, 720) }, ..good() },
        Probe { picture: picture(2560, 1440), ..good() },
        Probe { picture: picture(1281, 721), ..good() },
        Probe { sound: Some(Sound { stream: 1, channels: 2, plain: false }), ..good() },
        Probe { bitrate: Some(3_900_001), ..good() },
        Probe { duration_ms: None, ..good() },
    ];
    for case in cases {
        assert_eq!(of(&case), None, "{case:?}");
    }
    let mut plan = all_of(&good());
    plan.copied = Some(vec![0, 5_200_000, 10_400_000]);
    let picture = Picture { begins_us: 80_000, ..picture(1280, 720) };
    let line = ladder::arguments(Container::Mov, "/x", &Probe { picture, ..good() }, &plan).join(" ");
    assert!(line.contains("-map 0:0 -c:v copy -map [a2]") && line.contains("split=4[d0][d1][ds][dp]"), "{line}");
    assert_eq!(line.matches("-force_key_frames 0.080000,2.080000,5.280000,10.480000").count(), 2);
}

#[test]
fn a_source_with_few_key_frames_does_not_make_a_slow_line_wait_for_ten_seconds_of_video() {
    let of = |starts: &[u64], ends| ladder::divided(starts, ends);
    let s = 1_000_000;
    assert_eq!(of(&[0, 10 * s, 20 * s], 28 * s), [0, 2, 6, 10, 15, 20, 24].map(|at| at * s));
    assert_eq!(of(&[0, 6 * s], 12 * s), [0, 2, 6].map(|at| at * s));
    // Short ones stay as they are; a length that nobody told adds nothing.
    assert_eq!(of(&[0, 3 * s, 6 * s], 0), [0, 3, 6].map(|at| at * s));
    assert_eq!(of(&[], 5 * s), [0; 0]);
}

#[test]
fn the_storyboard_says_which_part_of_which_sheet_shows_a_moment() {
    let of = |ms| Probe { duration_ms: Some(ms), ..probe(picture(1280, 720), None) };
    assert_eq!([of(5_000), of(99_000), of(100_000), of(3_600_000)].map(|probe| stills::step(&probe)), [1, 1, 2, 10]);
    let text = stills::storyboard(&of(2_500_000), 2_500_000, 3);
    assert!(
        text.starts_with("WEBVTT\n\n00:00:00.000 --> 00:00:10.000\nstoryboard-001.jpg#xywh=0,0,160,90\n"),
        "{text}"
    );
    assert!(text.contains("\n00:18:40.000 --> 00:18:50.000\nstoryboard-002.jpg#xywh=320,90,160,90\n"), "{text}");
    assert!(text.ends_with("00:41:30.000 --> 00:41:40.000\nstoryboard-003.jpg#xywh=1440,360,160,90\n"), "{text}");
    // What was not drawn is not pointed at.
    assert_eq!(stills::storyboard(&of(2_500_000), 2_500_000, 1).matches("-->").count(), 100);
}

#[test]
fn frames_are_halved_until_a_lecture_has_enough() {
    let cases = [
        ((25, 1), "fps=25/1"),
        ((60, 1), "fps=30/1"),
        ((50, 1), "fps=25/1"),
        ((120, 1), "fps=30/1"),
        ((75, 1), "fps=75/4"),
        ((60000, 1001), "fps=30000/1001"),
    ];
    for (frames, wanted) in cases {
        let probe = probe(Picture { frames, ..picture(640, 360) }, None);
        let line = ladder::arguments(Container::Mov, "/x", &probe, &all_of(&probe)).join(" ");
        assert!(line.contains(&format!("[0:0]{wanted},split=3[d0][ds][dp]")) && !line.contains("-c:a"), "{line}");
    }
}

fn report(video: &str, more: &str, duration: &str) -> String {
    let streams = format!(r#"{{"index":0,"codec_type":"video","codec_name":"h264",{video}}}{more}"#);
    format!(r#"{{"streams":[{streams}],"format":{{"duration":"{duration}"}}}}"#)
}

#[test]
fn a_picture_is_measured_as_it_is_seen() {
    let cases = [
        (r#""width":640,"height":480"#, (640, 480)),
        (
            r#""width":640,"height":480,"side_data_list":[{"side_data_type":"Display Matrix","rotation":-90}]"#,
            (480, 640),
        ),
        (r#""width":640,"height":480,"tags":{"rotate":"270"}"#, (480, 640)),
        (r#""width":640,"height":480,"side_data_list":[{"rotation":180}]"#, (640, 480)),
        (r#""width":720,"height":576,"sample_aspect_ratio":"64:45""#, (1024, 576)),
        (r#""width":720,"height":576,"sample_aspect_ratio":"0:1""#, (720, 576)),
        (r#""width":720,"height":576,"sample_aspect_ratio":"99999:1""#, (720, 576)),
    ];
    for (video, size) in cases {
        let probe = probe::judge(report(video, "", "10.5").as_bytes()).unwrap();
        assert_eq!((probe.picture.width, probe.picture.height), size, "{video}");
        assert_eq!((probe.duration_ms, probe.sound), (Some(10_500), None));
    }
}

#[test]
fn what_is_too_much_is_refused_before_it_is_decoded() {
    let good = r#""width":640,"height":480,"avg_frame_rate":"25/1""#;
    let audio = r#",{"index":1,"codec_type":"audio","codec_name":"aac","channels":1}"#;
    let fast = r#""width":640,"height":480,"avg_frame_rate":"121/1""#;
    let cases = [
        (report(good, audio, "21600.0"), None),
        (report(good, audio, "21600.1"), Some(Unfit::TooLong)),
        (report(r#""width":3840,"height":2160"#, "", "1"), None),
        (report(r#""width":4096,"height":2160"#, "", "1"), Some(Unfit::TooManyPixels)),
        (report(r#""width":65535,"height":65535"#, "", "1"), Some(Unfit::TooManyPixels)),
        (report(good, &audio.repeat(7), "1"), None),
        (report(good, &audio.repeat(8), "1"), Some(Unfit::TooManyStreams)),
        (report(fast, "", "1"), Some(Unfit::TooManyFrames)),
        (report(r#""width":640,"height":480,"avg_frame_rate":"0/0","r_frame_rate":"1000/1""#, "", "N/A"), None),
        (report(r#""width":0,"height":0"#, "", "1"), Some(Unfit::Broken)),
        (report(r#""width":600,"height":600,"disposition":{"attached_pic":1}"#, audio, "1"), Some(Unfit::NoPicture)),
        (report(r#""codec_tag_string":"encv","width":640,"height":480"#, "", "1"), Some(Unfit::Encrypted)),
        (
            report(
                r#""width":640,"height":480,"side_data_list":[{"side_data_type":"Encryption initialization data"}]"#,
                "",
                "1",
            ),
            Some(Unfit::Encrypted),
        ),
        (report(good, &audio.replace("aac", "wmav2"), "1"), Some(Unfit::UnknownCodec)),
        (report(good, "", "1").replace("h264", "wmv3"), Some(Unfit::UnknownCodec)),
        (r#"{"streams":[],"format":{}}"#.to_owned(), Some(Unfit::Broken)),
        ("{}".to_owned(), Some(Unfit::Broken)),
        ("ffprobe".to_owned(), Some(Unfit::Broken)),
    ];
    for (json, unfit) in cases {
        assert_eq!(probe::judge(json.as_bytes()).err(), unfit, "{json}");
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
fn a_media_playlist_is_read_exactly_and_only_when_complete() {
    let text = "#EXTM3U\n#EXT-X-MAP:URI=\"init.mp4\"\n#EXTINF:4.000000,\nseg-00001.m4s\n#EXTINF:2.013968,\nseg-00002.m4s\n#EXT-X-ENDLIST\n";
    let segments = Segments::parse(text).unwrap();
    assert_eq!(segments.0, [(4_000_000, "seg-00001.m4s".to_owned()), (2_013_968, "seg-00002.m4s".to_owned())]);
    assert_eq!(segments.duration_ms(), 6014);
    for wrong in ["", "#EXTM3U\n#EXT-X-ENDLIST", &text.replace("#EXT-X-ENDLIST", ""), "#EXTINF:x,\na\n#EXT-X-ENDLIST"] {
        assert_eq!(Segments::parse(wrong), None, "{wrong}");
    }
    let cases = [
        ("12", Some(12_000_000)),
        ("0.5", Some(500_000)),
        ("1.0000009", Some(1_000_000)),
        ("N/A", None),
        ("-1", None),
        ("", None),
    ];
    for (seconds, micros) in cases {
        assert_eq!(hls::micros(seconds), micros, "{seconds}");
    }
}

#[test]
fn pieces_are_put_together_at_the_boundary_that_lies_nearest() {
    let pieces = |all: &[u64]| Segments(all.iter().map(|micros| (*micros, "piece".to_owned())).collect());
    let half = pieces(&[512_000; 20]);
    // Where each group ends.
    let cases: [(&[u64], &[usize]); 6] = [
        (&[0, 4_000_000, 8_000_000], &[8, 16, 20]),
        (&[0, 5_200_000], &[10, 20]),
        (&[0], &[20]),
        (&[], &[20]),
        // The sound is over before the last one begins.
        (&[0, 4_000_000, 12_000_000], &[8, 19, 20]),
        (&[0, 4_000_000, 12_000_000, 16_000_000], &[8, 19, 20]),
    ];
    for (starts, wanted) in cases {
        let groups = hls::groups(&half, starts);
        let ends: Vec<usize> = groups.iter().map(|group| group.end).collect();
        assert_eq!(ends, wanted, "{starts:?}");
        let joined = groups.windows(2).all(|pair| pair[0].end == pair[1].start);
        assert!(joined && groups.first().is_some_and(|group| group.start == 0), "{groups:?}");
    }
    let written = hls::media(&pieces(&[4_010_667, 1]));
    assert_eq!(
        Segments::parse(&written).unwrap().0.iter().map(|(micros, _)| *micros).collect::<Vec<_>>(),
        [4_010_667, 1]
    );
    assert!(written.contains("#EXT-X-TARGETDURATION:4\n") && written.contains("#EXTINF:4.010667,\n"), "{written}");
}

#[test]
fn the_bandwidth_is_that_of_the_busiest_full_segment() {
    type Segments<'a> = &'a [(u64, u64)];
    let cases: [(Segments, (i32, i32)); 4] = [
        (&[(4_000_000, 500_000), (4_000_000, 250_000)], (1_000_000, 750_000)),
        (&[(4_000_000, 500_000), (100_000, 250_000)], (1_463_415, 1_463_415)),
        (
            &[(4_000_000, 500_000), (4_000_000, 500_000), (4_000_000, 500_000), (100_000, 100_000)],
            (1_057_852, 1_057_852),
        ),
        (&[(1_000_000, 125_000)], (1_000_000, 1_000_000)),
    ];
    for (segments, rates) in cases {
        assert_eq!(hls::bitrates(segments, 4_000_000), rates, "{segments:?}");
    }
}

#[test]
fn the_master_playlist_names_each_rendition() {
    let variant = |name: &str, width, height, bitrate| Variant {
        rendition: Rendition { name: name.to_owned(), width, height, bitrate },
        average: bitrate / 2,
        codecs: hls::codecs(b"....avcC\x01\x64\x00\x1E\xFF", true).unwrap(),
    };
    assert_eq!(
        hls::master(&[
            variant("360p", 640, 360, 800_000),
            variant("720p", 1280, 720, 2_400_000),
            Variant { codecs: hls::SOUND_CODEC.to_owned(), ..variant("audio", 0, 0, 64_000) }
        ]),
        "#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-INDEPENDENT-SEGMENTS\n\
         #EXT-X-STREAM-INF:BANDWIDTH=800000,AVERAGE-BANDWIDTH=400000,RESOLUTION=640x360,CODECS=\"avc1.64001e,mp4a.40.2\"\n360p/index.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=2400000,AVERAGE-BANDWIDTH=1200000,RESOLUTION=1280x720,CODECS=\"avc1.64001e,mp4a.40.2\"\n720p/index.m3u8\n\
         #EXT-X-STREAM-INF:BANDWIDTH=64000,AVERAGE-BANDWIDTH=32000,CODECS=\"mp4a.40.2\"\naudio/index.m3u8\n"
    );
    assert_eq!(hls::codecs(b"avcC\x01\x64\x00\x1E", false).as_deref(), Some("avc1.64001e"));
    assert_eq!(hls::codecs(b"avcC\x01", true), None);
}

#[test]
fn a_checksum_is_read_strictly() {
    let sha1 = format!("sha1 {}", data_encoding::BASE64.encode(&[7; 20]));
    assert_eq!(Checksum::parse(&sha1).unwrap(), Checksum::Sha1(vec![7; 20]));
    for wrong in ["", "sha1", "sha1 ", "sha1 AAAA", "md5 AAAAAAAAAAAAAAAAAAAAAA==", "crc32 AAAAAA==", "sha256 ???"] {
        assert_eq!(Checksum::parse(wrong).unwrap_err().status(), 400, "{wrong}");
    }
}

/// Every way to change one character of a text into a neighbour that could stand there.
fn changed(text: &str) -> impl Iterator<Item = String> + '_ {
    (0..text.len()).flat_map(move |at| {
        "AZaz09-_./".chars().filter(move |c| text.as_bytes()[at] != *c as u8).map(move |c| {
            let mut other = text.to_owned();
            other.replace_range(at..=at, &c.to_string());
            other
        })
    })
}

#[test]
fn one_changed_character_anywhere_makes_a_signed_path_worthless() {
    let (keys, other) = (Keys::derive(&[1; 32]), Keys::derive(&[2; 32]));
    let study = StudyId::new(Uuid::from_u128(77));
    let path = keys.sign_study(study, 5000);
    let parts = |path: &str| path.splitn(3, '/').map(str::to_owned).collect::<Vec<_>>();
    let verify = |keys: &Keys, path: &str, now| match &parts(path)[..] {
        [study, expiry, signature] => keys.verify_study(study, expiry, signature, now).map_err(Some),
        _ => Err(None),
    };
    assert_eq!(verify(&keys, &path, 4999), Ok(study));
    assert_eq!(verify(&keys, &path, 5000), Err(Some(Rejected::Expired(Expired))));
    assert!(verify(&other, &path, 0).is_err());
    for wrong in changed(&path) {
        let answer = verify(&keys, &wrong, 0);
        assert!(answer.is_err() && answer != Err(Some(Rejected::Expired(Expired))), "{wrong}");
    }
    for (from, to) in [("/5000/", "/05000/"), ("/5000/", "/+5000/"), ("/5000/", "/ 5000/"), ("std_", "STD_")] {
        assert!(verify(&keys, &path.replace(from, to), 0).is_err());
    }
    assert!(verify(&keys, &format!("{path}="), 0).is_err());
}

#[test]
fn a_picture_has_a_key_of_its_own() {
    let keys = Keys::derive(&[1; 32]);
    let asset = AssetId::new(Uuid::from_u128(78));
    let path = keys.sign_picture(asset);
    let verify = |path: &str| path.split_once('/').and_then(|(id, signature)| keys.verify_picture(id, signature).ok());
    assert_eq!(verify(&path), Some(asset));
    assert!(changed(&path).all(|wrong| verify(&wrong).is_none()));
    let study = keys.sign_study(StudyId::new(asset.uuid()), 1);
    let signature = study.rsplit('/').next().unwrap();
    assert_eq!(verify(&format!("{asset}/{signature}")), None);
}

#[test]
fn a_segment_begins_where_the_one_before_ends() {
    let text =
        "#EXTINF:4.0004,\nseg-00001.m4s\n#EXTINF:4.0004,\nseg-00002.m4s\n#EXTINF:1.5,\nseg-00003.m4s\n#EXT-X-ENDLIST\n";
    let segments = Segments::parse(text).unwrap();
    let spans = segments.spans();
    let of = |n: u32| spans[&format!("seg-0000{n}.m4s")];
    assert_eq!([of(1), of(2), of(3)], [(0, 4_000), (4_000, 8_001), (8_001, 9_501)]);
    assert_eq!(of(3).1, segments.duration_ms());
}
