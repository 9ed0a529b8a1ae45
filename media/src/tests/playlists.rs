//! Playlists: read exactly, put together, written.

use crate::{
    hls::{self, Segments, Variant},
    model::Rendition,
};

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
fn a_segment_begins_where_the_one_before_ends() {
    let text =
        "#EXTINF:4.0004,\nseg-00001.m4s\n#EXTINF:4.0004,\nseg-00002.m4s\n#EXTINF:1.5,\nseg-00003.m4s\n#EXT-X-ENDLIST\n";
    let segments = Segments::parse(text).unwrap();
    let spans = segments.spans();
    let of = |n: u32| spans[&format!("seg-0000{n}.m4s")];
    assert_eq!([of(1), of(2), of(3)], [(0, 4_000), (4_000, 8_001), (8_001, 9_501)]);
    assert_eq!(of(3).1, segments.duration_ms());
}
