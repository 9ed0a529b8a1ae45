//! Captions: what is read, what is refused with its line, and the story of a lesson's.

use std::process::Command;

use kernel::Code;
use media::Purpose;

use super::world::{World, code, faults};
use crate::{
    CueChange, Hearing, NewCaptions,
    rules::captions::{Cue, heard, parse_file, parse_text, parse_vtt, write_vtt},
};

fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
    Cue { start_ms, end_ms, settings: String::new(), text: text.to_owned() }
}

/// The console turned SRT into WebVTT by itself, and the lines of faults were off by two.
#[test]
fn what_is_pasted_is_read_as_what_it_is_with_its_own_lines() {
    let srt = "1\r\n00:00:01,000 --> 00:00:02,000\r\n甲\r\n\r\n2\r\n00:00:02,000 -> 00:00:03,000\r\n乙\r\n";
    assert_eq!(parse_text(srt, None).unwrap_err()[0].line, parse_file(srt, None).unwrap_err()[0].line);
    assert!(parse_text(srt, None).unwrap_err()[0].line >= 5);
    for good in [
        "\u{feff}1\n00:00:01,000 --> 00:00:02,000\n甲\n",
        "00:00:01,000 --> 00:00:02,000\n甲\n",
        "WEBVTT\n\n00:01.000 --> 00:02.000\n甲\n",
    ] {
        assert_eq!(parse_text(good, None).unwrap().len(), 1, "{good}");
    }
    assert!(parse_text("甲\n", None).unwrap_err()[0].text.zh.contains("WEBVTT"));
}

#[test]
fn captions_are_read() {
    let cases = [
        ("WEBVTT\n\n00:01.000 --> 00:02.500\n甲", vec![cue(1_000, 2_500, "甲")]),
        (
            "\u{feff}WEBVTT 标题\r\nKind: captions\r\n\r\n1\r\n00:00:00.000 --> 01:00:00.000\r\n甲\r\n乙\r\n",
            vec![cue(0, 3_600_000, "甲\n乙")],
        ),
        (
            "WEBVTT\n\nNOTE 注\n不是字幕\n\nSTYLE\n::cue{color:red}\n\nREGION\nid:r\n\n00:01.000 --> 00:02.000\n<v 张三><b>甲</b> &amp; 乙 &lt;x&gt; 1 < 2",
            vec![cue(1_000, 2_000, "甲 & 乙 <x> 1 < 2")],
        ),
        (
            "WEBVTT\n\n00:01.000 --> 00:02.000\n<00:01.500><c.loud>甲</c>\n\n00:01.000 --> 00:03.000\n",
            vec![cue(1_000, 2_000, "甲")],
        ),
        (
            "1\n00:00:01,000 --> 00:00:02,000\n<i>甲</i>\n\n2\n00:00:02,000 --> 00:00:03,000\n乙\n",
            vec![cue(1_000, 2_000, "甲"), cue(2_000, 3_000, "乙")],
        ),
    ];
    for (source, cues) in cases {
        assert_eq!(parse_file(source, None), Ok(cues.clone()), "{source}");
        assert_eq!(parse_vtt(&write_vtt(&cues)), Ok(cues), "what is written is read back");
    }
    let placed = parse_vtt("WEBVTT\n\n00:01.000 --> 00:02.000 line:0 align:start region:r onclick:x\n甲").unwrap();
    assert_eq!(placed[0].settings, "line:0 align:start");
    assert_eq!(parse_vtt(&write_vtt(&placed)).unwrap(), placed);
}

#[test]
fn faults_tell_their_line() {
    let cases: [(&str, &[(usize, &str)]); 11] = [
        ("", &[(1, "首行")]),
        ("WEBVTTX\n\n00:01.000 --> 00:02.000\n甲", &[(1, "首行")]),
        ("00:01.000 --> 00:02.000\n甲", &[(1, "首行")]),
        ("WEBVTT\n00:01.000 --> 00:02.000\n甲", &[(2, "空行")]),
        ("WEBVTT\n\n", &[(1, "没有")]),
        ("WEBVTT\n\n甲\n乙\n丙", &[(3, "时间行")]),
        ("WEBVTT\n\n00:02.000 --> 00:02.000\n甲", &[(3, "结束时间")]),
        ("WEBVTT\n\n00:05.000 --> 00:06.000\n甲\n\n00:04.000 --> 00:05.000\n乙", &[(6, "早于")]),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\n甲\n00:02.000 --> 00:03.000\n乙", &[(5, "空行")]),
        ("WEBVTT\n\n0:1.0 --> 00:02.000\n甲\n\n00:01,000 --> 00:02,000\n乙", &[(3, "写作"), (6, "写作")]),
        ("WEBVTT\n\n00:61.000 --> 02:00.000\n甲", &[(3, "写作")]),
    ];
    for (source, expected) in cases {
        let found = parse_vtt(source).unwrap_err();
        assert_eq!(found.len(), expected.len(), "{source}: {found:?}");
        for (fault, (line, word)) in found.iter().zip(expected) {
            assert!(fault.line == *line && fault.text.zh.contains(word), "{source}: {fault:?}");
        }
    }
    assert!(parse_file("1\n00:00:01,000 -> 00:00:02,000\n甲", None).is_err());
}

/// Captions of another, longer video were taken without a word.
#[test]
fn a_cue_after_the_end_of_its_video_is_refused_with_its_line() {
    const MINUTE: Option<u64> = Some(60_000);
    let vtt = |times: &str| format!("WEBVTT\n\n00:01.000 --> 00:02.000\n甲\n\n乙的名字\n{times}\n乙\n");
    for good in ["00:59.000 --> 01:00.000", "00:59.000 --> 01:01.000", "01:00.000 --> 01:00.500"] {
        assert_eq!(parse_text(&vtt(good), MINUTE).unwrap().len(), 2, "{good}: up to a second after");
    }
    for (times, zh, en) in [
        ("00:59.000 --> 01:01.001", "第 7 行：结束时间超出视频结尾（00:01:00.000）。", "Line 7: this cue ends after"),
        (
            "01:00.001 --> 01:00.500",
            "第 7 行：开始时间在视频结束（00:01:00.000）之后。",
            "Line 7: this cue begins after",
        ),
        ("23:00:00.000 --> 23:00:01.000", "第 7 行：开始时间", "Line 7: this cue begins"),
    ] {
        let faults = parse_file(&vtt(times), MINUTE).unwrap_err();
        assert_eq!((faults.len(), faults[0].line), (1, 7), "{times}: {faults:?}");
        assert!(faults[0].text.zh.starts_with(zh) && faults[0].text.en.starts_with(en), "{:?}", faults[0]);
        assert!(parse_file(&vtt(times), None).is_ok(), "{times}: while nobody knows how long the video is");
    }
    let srt = "1\n00:00:01,000 --> 00:00:02,000\n甲\n\n2\n00:02:00,000 --> 00:02:02,000\n乙\n";
    assert_eq!(parse_file(srt, MINUTE).unwrap_err()[0].line, 6);
}

/// What a program heard cannot be mended before it is a draft.
#[test]
fn what_a_program_heard_after_the_end_is_left_out() {
    let vtt = "WEBVTT\n\n00:01.000 --> 00:30.000\n甲\n\n00:30.000 --> 00:31.000\n乙\n";
    assert_eq!(heard(vtt, Some(9_000)), Ok(vec![cue(1_000, 9_000, "甲")]));
    assert_eq!(heard(vtt, None).unwrap().len(), 2);
    assert_eq!(heard(vtt, Some(1_000)).unwrap_err()[0].line, 1, "nothing is left");
}

#[tokio::test]
async fn captions_of_a_language_take_the_place_of_those_before() {
    for world in World::each().await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let asset = world.ready(&lecturer, 60_000).await;
        let video = world.video(&lecturer, chapter, "讲", asset).await;
        let reading = world.reading(&lecturer, chapter, "读", "文").await;
        let vtt = |text: &str| Some(format!("WEBVTT\n\n00:01.000 --> 00:02.000\n{text}\n"));
        let new = |language: &str, vtt: Option<String>| {
            let (language, label) = (language.to_owned(), "中文".to_owned());
            NewCaptions { language, label, vtt, asset: None }
        };
        let add = async |lesson, new| world.house.add_captions(&lecturer, lesson, new).await;
        add(video.id, new("zh-cn", vtt("旧"))).await.unwrap();
        let info = world.house.material(&lecturer, video.id).await.unwrap().captions;
        assert_eq!((info.len(), info[0].language.as_str()), (1, "zh-CN"));
        let srt = world.uploaded_captions(lecturer.person, "新.srt", "1\n00:00:01,000 --> 00:00:02,000\n新\n").await;
        add(video.id, NewCaptions { asset: Some(srt), ..new("zh-CN", None) }).await.unwrap();
        let again = world.house.material(&lecturer, video.id).await.unwrap().captions;
        assert_eq!(again, info, "{}: the address stays", world.test.name);
        let (lesson, text) = world.house.captions(info[0].id).await.unwrap().unwrap();
        assert_eq!((lesson, text.as_str()), (video.id, "WEBVTT\n\n00:00:01.000 --> 00:00:02.000\n新\n"));
        assert_eq!(faults(add(reading.id, new("zh", vtt("x"))).await).0, ["lessonId"]);
        let wrong = NewCaptions { label: " ".to_owned(), ..new("中文", None) };
        assert_eq!(faults(add(video.id, wrong).await).0, ["input.language", "input.label", "input.vtt"]);
        assert_eq!(faults(add(video.id, new("en", vtt(&"x".repeat(205_000)))).await).0, ["input.vtt"]);
        let late = "WEBVTT\n\n01:00.001 --> 01:00.500\n晚\n".to_owned();
        let (paths, text) = faults(add(video.id, new("en", Some(late))).await);
        assert_eq!((paths[0].as_str(), text.starts_with("第 3 行：开始时间")), ("input.vtt", true), "{text}");
        let late = world.uploaded_captions(lecturer.person, "晚.srt", "1\n00:00:59,000 --> 00:01:02,000\n晚\n").await;
        let (paths, text) = faults(add(video.id, NewCaptions { asset: Some(late), ..new("en", None) }).await);
        assert_eq!((paths[0].as_str(), text.starts_with("第 2 行：结束时间")), ("input.assetId", true), "{text}");
        let (paths, text) = faults(add(video.id, new("en", Some("WEBVTT\n\n坏".to_owned()))).await);
        assert_eq!((paths[0].as_str(), text.starts_with("第 3 行")), ("input.vtt", true), "{text}");
        let others =
            world.uploaded_captions(world.lecturer().person, "别.srt", "1\n00:00:01,000 --> 00:00:02,000\n新\n").await;
        let stolen = NewCaptions { asset: Some(others), ..new("en", None) };
        assert_eq!(code(add(video.id, stolen).await), Some(Code::NotFound));
        world.house.remove_captions(&lecturer, video.id, "zh-CN").await.unwrap();
        assert!(world.house.captions(info[0].id).await.unwrap().is_none());
        assert_eq!(code(world.house.remove_captions(&lecturer, video.id, "zh-CN").await), Some(Code::NotFound));
        world.end().await;
    }
}

#[tokio::test]
async fn a_line_is_edited_in_its_place_and_never_over_somebody_elses() {
    for world in World::each().await {
        let (lecturer, other) = (world.lecturer(), world.lecturer());
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let asset = world.ready(&lecturer, 60_000).await;
        let video = world.video(&lecturer, chapter, "讲", asset).await;
        let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000 line:0\n甲\n\n00:03.000 --> 00:04.000\n乙\n\n00:05.000 --> 00:06.000\n丙\n";
        let new = NewCaptions {
            language: "zh-CN".to_owned(),
            label: "中文".to_owned(),
            vtt: Some(vtt.to_owned()),
            asset: None,
        };
        world.house.add_captions(&lecturer, video.id, new).await.unwrap();
        let desk = world.house.captions_desk(&lecturer, video.id).await.unwrap();
        let (track, id) = (&desk.tracks[0], desk.tracks[0].info.id);
        assert_eq!((desk.recognises, desk.drafts.len(), track.cues.len()), (false, 0, 3));
        let change = |start_ms, end_ms, text: &str| Some(CueChange { start_ms, end_ms, text: text.to_owned() });
        let edit =
            async |version: &str, index, change| world.house.edit_cue(&lecturer, id, version, index, change).await;
        let after = edit(&track.version, 0, change(4_500, 4_900, "甲改\r\n\r\n 第二行 <b>")).await.unwrap();
        let texts: Vec<&str> = after.cues.iter().map(|cue| cue.text.as_str()).collect();
        assert_eq!(texts, ["乙", "甲改\n第二行 <b>", "丙"], "{}: it goes where its time is", world.test.name);
        assert_eq!(after.cues[1].settings, "line:0");
        let (_, stored) = world.house.captions(id).await.unwrap().unwrap();
        assert!(stored.contains("第二行 &lt;b&gt;"), "{stored}");
        assert_eq!(
            code(edit(&track.version, 0, None).await),
            Some(Code::Conflict),
            "an old version is not written over"
        );
        let shorter = edit(&after.version, 1, None).await.unwrap();
        assert_eq!(shorter.cues.len(), 2);
        let version = shorter.version.as_str();
        assert_eq!(code(edit(version, 9, None).await), Some(Code::NotFound));
        assert_eq!(faults(edit(version, 0, change(5, 5, " ")).await).0, ["input.text", "input.endMs"]);
        assert_eq!(faults(edit(version, 0, change(5, u64::MAX, "a --> b")).await).0, ["input.text", "input.endMs"]);
        assert_eq!(faults(edit(version, 0, change(5, 9, &"长".repeat(501))).await).0, ["input.text"]);
        assert_eq!(faults(edit(version, 0, change(60_001, 60_500, "晚")).await).0, ["input.startMs"]);
        assert_eq!(faults(edit(version, 0, change(59_000, 61_001, "晚")).await).0, ["input.endMs"]);
        let one = edit(version, 0, None).await.unwrap();
        assert_eq!(
            code(edit(&one.version, 0, None).await),
            Some(Code::Conflict),
            "the last one goes with the captions"
        );
        assert_eq!(code(world.house.edit_cue(&other, id, version, 0, None).await), Some(Code::NotFound));
        assert_eq!(code(world.house.captions_desk(&other, video.id).await), Some(Code::NotFound));
        assert_eq!(code(world.house.recognise(&lecturer, video.id, "zh-CN").await), Some(Code::Unavailable));
        world.end().await;
    }
}

#[tokio::test]
async fn what_a_program_hears_is_a_draft_until_it_is_confirmed() {
    let script =
        "case $2 in en) echo 'not captions';; *) printf 'WEBVTT\\n\\n00:00.000 --> 00:00.900\\n大家好\\n';; esac";
    for world in World::hearing(script).await {
        let lecturer = world.lecturer();
        let course = world.course(&lecturer, &world.root, "讲座").await;
        let chapter = world.chapter(&lecturer, course.id).await;
        let file = world.test.folder.path().join("讲.mp4");
        let line = "-v error -nostdin -y -f lavfi -i testsrc=d=1:s=160x120:r=5 -f lavfi -i sine=d=1 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";
        assert!(Command::new("ffmpeg").args(line.split_whitespace()).arg(&file).status().unwrap().success());
        let bytes = std::fs::read(&file).unwrap();
        let asset = world.uploaded(lecturer.person, "讲.mp4", Purpose::Video, &bytes).await;
        let video = world.video(&lecturer, chapter, "讲", asset).await;
        let asked = world.house.recognise(&lecturer, video.id, "zh-cn").await.unwrap();
        assert_eq!((asked.status, asked.language.as_str()), (Hearing::Queued, "zh-CN"));
        assert_eq!(code(world.house.recognise(&lecturer, video.id, "zh-CN").await), Some(Code::Conflict));
        assert_eq!(code(world.house.confirm_recognition(&lecturer, asked.id, "中文").await), Some(Code::Conflict));
        world.run().await;
        let desk = world.house.captions_desk(&lecturer, video.id).await.unwrap();
        let (draft, track) = (&desk.drafts[0].0, desk.drafts[0].1.as_ref().unwrap());
        assert_eq!((draft.status, track.cues[0].text.as_str()), (Hearing::Ready, "大家好"), "{}", world.test.name);
        assert!(desk.tracks.is_empty(), "nobody sees a draft");
        assert!(world.house.material(&lecturer, video.id).await.unwrap().captions.is_empty());
        let change = CueChange { start_ms: 0, end_ms: 800, text: "同学们好".to_owned() };
        world.house.edit_cue(&lecturer, asked.id, &track.version, 0, Some(change)).await.unwrap();
        assert_eq!(
            code(world.house.confirm_recognition(&world.lecturer(), asked.id, "中文").await),
            Some(Code::NotFound)
        );
        world.house.confirm_recognition(&lecturer, asked.id, "中文").await.unwrap();
        let desk = world.house.captions_desk(&lecturer, video.id).await.unwrap();
        assert_eq!((desk.tracks[0].cues[0].text.as_str(), desk.drafts.len()), ("同学们好", 0));

        let asked = world.house.recognise(&lecturer, video.id, "en").await.unwrap();
        world.run().await;
        let desk = world.house.captions_desk(&lecturer, video.id).await.unwrap();
        let failure = desk.drafts[0].0.failure.clone().unwrap();
        assert!(failure.zh.starts_with("识别结果不是有效的字幕：第 1 行"), "{failure:?}");
        assert_eq!(desk.drafts[0].0.status, Hearing::Failed);
        world.house.recognise(&lecturer, video.id, "en").await.unwrap();
        let again = world.house.captions_desk(&lecturer, video.id).await.unwrap().drafts[0].0.id;
        assert!(again != asked.id, "what failed makes room");
        world.house.discard_recognition(&lecturer, again).await.unwrap();
        world.run().await;
        assert!(world.house.captions_desk(&lecturer, video.id).await.unwrap().drafts.is_empty());
        world.end().await;
    }
}
