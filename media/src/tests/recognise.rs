//! The hook for speech recognition: a small script stands in for the program.

use std::{os::unix::fs::PermissionsExt, process::Command, time::Duration};

use kernel::id::AssetId;
use platform::{Outbox, testing::TestBase};
use tokio::sync::watch;

use super::{lecturer, worker};
use crate::{Config, Heard, Media, Purpose, Recogniser};

/// A house whose recogniser is this script.
async fn house(test: &TestBase, script: &str, most: Duration) -> Media {
    let file = test.folder.path().join("recognise");
    std::fs::write(&file, format!("#!/bin/sh\n{script}\n")).unwrap();
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).unwrap();
    let command = vec![file.to_str().unwrap().to_owned(), "--fast".to_owned()];
    let recogniser = Some(Recogniser { command, most, memory: Some(1 << 30) });
    let work_dir = test.folder.path().join("work");
    Media::open(test.base.clone(), Config { work_dir, secret: [7; 32], recogniser, ..Config::default() }).await.unwrap()
}

async fn video(test: &TestBase, media: &Media, sound: &str) -> AssetId {
    let file = test.folder.path().join(format!("{}.mp4", sound.len()));
    let line = format!(
        "-v error -nostdin -y -f lavfi -i testsrc=d=1:s=160x120:r=5 {sound} -c:v libx264 -preset ultrafast -pix_fmt yuv420p"
    );
    assert!(Command::new("ffmpeg").args(line.split_whitespace()).arg(&file).status().unwrap().success());
    let asset = media.import(lecturer().person, "讲.mp4", Purpose::Video, &file).await.unwrap().id;
    worker(test, media).run_until_idle().await.unwrap();
    asset
}

#[tokio::test]
async fn a_command_gets_the_sound_and_the_language_and_is_held_short() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let sound = "-f lavfi -i sine=d=1 -c:a aac";
    let long = Duration::from_secs(30);
    let said = "test \"$1\" = --fast && head -c 4 \"$2\" >&2 && echo 0.5 > progress && sleep 1.2 && printf 'WEBVTT\\n\\n00:00.000 --> 00:01.000\\n%s' \"$3\"";
    let media = house(&test, said, long).await;
    let asset = video(&test, &media, sound).await;
    let (reached, heard) = watch::channel(0.0);
    match media.recognise(asset, "zh-CN", &reached).await.unwrap() {
        Heard::Captions(bytes) => assert!(bytes.ends_with(b"\nzh-CN"), "{}", String::from_utf8_lossy(&bytes)),
        Heard::Failed(why) => panic!("{why:?}"),
    }
    assert!((*heard.borrow() - 0.5).abs() < f64::EPSILON, "it tells how far it is");

    let cases = [
        ("echo first >&2; echo '没有模型文件' >&2; exit 3", long, "没有模型文件"),
        ("exit 1", long, "没有说明原因"),
        ("sleep 600 & echo $! > /dev/null; sleep 600", Duration::from_millis(700), "已停止"),
        ("yes | head -c 3000000; sleep 600", long, "输出过长"),
        ("kill -9 $$", long, "识别失败"),
    ];
    for (script, most, expected) in cases {
        let media = house(&test, script, most).await;
        let (reached, _heard) = watch::channel(0.0);
        // The house of before kept its objects in memory: the video is made anew.
        let asset = video(&test, &media, sound).await;
        match media.recognise(asset, "zh-CN", &reached).await.unwrap() {
            Heard::Failed(why) => assert!(why.zh.contains(expected), "{script}: {why:?}"),
            Heard::Captions(_) => panic!("{script} was believed"),
        }
        assert_eq!(std::fs::read_dir(test.folder.path().join("work/scratch")).unwrap().count(), 0, "{script}");
    }
    let silent = video(&test, &media, "").await;
    let (reached, _heard) = watch::channel(0.0);
    assert!(
        matches!(media.recognise(silent, "zh-CN", &reached).await.unwrap(), Heard::Failed(why) if why.zh.contains("声音"))
    );
    test.end().await;
}
