//! How a source is judged and converted: what ffprobe says, the ladder, the arguments of ffmpeg, the stills.

use crate::{
    ffmpeg::{
        fit,
        ladder::{self, Plan},
        probe::{self, Picture, Probe, Sound},
        stills,
    },
    model::Unfit,
    rules::Container,
};

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
