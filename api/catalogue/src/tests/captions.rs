//! Captions: what is read, what is refused with its line, and the story of a lesson's.

use kernel::Code;

use super::world::{World, code, faults};
use crate::{
    NewCaptions,
    rules::captions::{Cue, parse_file, parse_vtt, write_vtt},
};

fn cue(start_ms: u64, end_ms: u64, text: &str) -> Cue {
    Cue { start_ms, end_ms, settings: String::new(), text: text.to_owned() }
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
        assert_eq!(parse_file(source), Ok(cues.clone()), "{source}");
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
    assert!(parse_file("1\n00:00:01,000 -> 00:00:02,000\n甲").is_err());
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
