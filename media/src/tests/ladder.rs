//! From one decode to all that a player asks for, and what plays before that is done.

use std::process::Command;

use kernel::id::AssetId;
use m3u8_rs::{MasterPlaylist, MediaPlaylist};
use platform::{Handlers, Outbox, Worker, testing::TestBase};

use super::{
    convert::{import, make, sizes, text},
    house, worker,
};
use crate::{Media, Status, jobs};

async fn bytes(media: &Media, asset: AssetId, name: &str) -> Vec<u8> {
    let object = media.object(asset, name, None).await.unwrap_or_else(|error| panic!("{name}: {error}"));
    object.bytes().await.unwrap().to_vec()
}

/// Read by somebody else's parser.
async fn playlist(media: &Media, asset: AssetId, name: &str) -> MediaPlaylist {
    let text = bytes(media, asset, &format!("{name}/index.m3u8")).await;
    let (rest, playlist) = m3u8_rs::parse_media_playlist(&text).expect("a media playlist");
    assert!(rest.is_empty(), "nothing is left over");
    playlist
}

async fn master(media: &Media, asset: AssetId) -> MasterPlaylist {
    let text = bytes(media, asset, "master.m3u8").await;
    m3u8_rs::parse_master_playlist(&text).expect("a master playlist").1
}

/// Where its segments begin and end, in milliseconds, as the house tells them to whoever asks for evidence.
async fn spans(media: &Media, asset: AssetId, name: &str) -> Vec<(i64, i64)> {
    let mut spans = Vec::new();
    for segment in playlist(media, asset, name).await.segments {
        spans.push(media.segment(asset, &format!("{name}/{}", segment.uri)).await.unwrap().expect("a segment"));
    }
    spans
}

/// Integrated loudness (LUFS) and length of a rendition, as a player hears it.
async fn heard(test: &TestBase, media: &Media, asset: AssetId, name: &str) -> (f64, f64) {
    let mut all = bytes(media, asset, &format!("{name}/init.mp4")).await;
    for segment in playlist(media, asset, name).await.segments {
        all.extend(bytes(media, asset, &format!("{name}/{}", segment.uri)).await);
    }
    let file = test.folder.path().join("heard.mp4");
    std::fs::write(&file, all).unwrap();
    let arguments = ["-nostdin", "-hide_banner", "-i"];
    let mut command = Command::new("ffmpeg");
    command.args(arguments).arg(&file).args(["-vn", "-af", "ebur128", "-f", "null", "-"]);
    let said = String::from_utf8(command.output().unwrap().stderr).unwrap();
    let number = |word: &str| {
        let rest = said.rsplit(word).next().unwrap().trim_start();
        rest.split_whitespace().next().unwrap().to_owned()
    };
    let time: Vec<f64> = number("time=").split(':').map(|part| part.parse().unwrap()).collect();
    (number("I:").parse().unwrap(), time[0] * 3600.0 + time[1] * 60.0 + time[2])
}

/// Its picture begins later than its sound, and its key frames lie where they like.
const FITS: &str = "-itsoffset 0.2 -f lavfi -i testsrc2=d=24:s=960x540:r=25 -f lavfi -i sine=d=24:f=440 -map 0 -map 1 -af volume=0.05 \
                    -c:v libx264 -preset ultrafast -crf 32 -g 130 -bf 2 -pix_fmt yuv420p -c:a aac -ac 2";

#[tokio::test]
async fn a_source_that_fits_plays_at_once_and_its_other_renditions_follow() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let asset = import(&media, &make(&test, "a.mp4", FITS)).await;
    let mut first = Handlers::default();
    jobs::intake(&media, &mut first);
    // The longer job has no handler here and waits.
    Worker::new(test.base.clone(), first).run_until_idle().await.unwrap();
    let early = media.find(asset).await.unwrap().unwrap();
    assert_eq!((early.status, sizes(&early), early.complete), (Status::Ready, vec![("540s", 960, 540)], false));
    assert!(early.poster.is_some() && media.object(asset, "poster.jpg", None).await.is_ok());
    let before = spans(&media, asset, "540s").await;
    assert!(before.len() > 2 && media.object(asset, "360p/index.m3u8", None).await.is_err(), "{before:?}");
    let init = bytes(&media, asset, "540s/init.mp4").await;

    test.clock.advance(10_000);
    worker(&test, &media).run_until_idle().await.unwrap();
    let ready = media.find(asset).await.unwrap().unwrap();
    assert_eq!((ready.status, sizes(&ready)), (Status::Ready, vec![("360p", 640, 360), ("540p", 960, 540)]));
    assert_eq!((ready.duration_ms, ready.complete), (early.duration_ms, true));
    let variants = master(&media, asset).await.variants;
    let named: Vec<_> = variants.iter().map(|v| (v.uri.as_str(), v.resolution.map(|r| r.height))).collect();
    assert_eq!(named, [("360p/index.m3u8", Some(360)), ("540p/index.m3u8", Some(540)), ("audio/index.m3u8", None)]);

    // Cut at the same instants, whoever cut; only what is encoded has one cut more, so that its first picture comes soon.
    assert_eq!(spans(&media, asset, "540p").await, before);
    let small = spans(&media, asset, "360p").await;
    let mut cuts: Vec<i64> = before.iter().map(|span| span.0).collect();
    cuts.insert(1, 2000);
    let near = |spans: &[(i64, i64)], ms: i64| {
        spans.len() == cuts.len() && spans.iter().zip(&cuts).all(|(span, at)| (span.0 - at).abs() <= ms)
    };
    assert!(near(&small, 40), "{small:?} {before:?}");
    let sound = spans(&media, asset, "audio").await;
    assert!(near(&sound, 300), "{sound:?} {before:?}");
    assert!(sound.windows(2).all(|pair| pair[0].1 == pair[1].0));

    // Whoever began before goes on with what was there, for as long as a study may live.
    assert_eq!(bytes(&media, asset, "540s/init.mp4").await, init);
    let storyboard = text(&media, asset, "storyboard.vtt").await;
    let seconds = usize::try_from(ready.duration_ms.unwrap()).unwrap().div_ceil(1000);
    assert_eq!(storyboard.matches("-->").count(), seconds, "a picture for each second: {storyboard}");
    assert!(bytes(&media, asset, "storyboard-001.jpg").await.starts_with(b"\xFF\xD8\xFF"));
    for rendition in ["360p", "540p", "audio"] {
        let (loudness, length) = heard(&test, &media, asset, rendition).await;
        assert!((loudness + 16.0).abs() < 1.6, "{rendition}: {loudness} LUFS");
        assert!((length - 24.0).abs() < 0.6, "{rendition}: {length} s");
    }
    test.clock.advance(14 * 3_600_000);
    worker(&test, &media).run_until_idle().await.unwrap();
    assert!(media.object(asset, "540s/init.mp4", None).await.is_err());
    assert!(media.object(asset, "540p/init.mp4", None).await.is_ok());
    let found = media.verify_objects(|_| ()).await.unwrap().found;
    assert_eq!((found.faults(), found.objects, found.adopted), (0, found.expected, 0), "{found:?}");
    assert!(found.objects > 20);
    test.end().await;
}

#[tokio::test]
async fn all_renditions_of_a_source_that_does_not_fit_have_their_key_frames_together() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let source = "-f lavfi -i testsrc2=d=10:s=1280x720:r=50 -f lavfi -i sine=d=10 -c:v libx265 -preset ultrafast -x265-params log-level=none \
                  -pix_fmt yuv420p -tag:v hvc1 -c:a ac3";
    let asset = import(&media, &make(&test, "a.mkv", &source.replace("-tag:v hvc1 ", ""))).await;
    worker(&test, &media).run_until_idle().await.unwrap();
    let ready = media.find(asset).await.unwrap().unwrap();
    let wanted = vec![("360p", 640, 360), ("540p", 960, 540), ("720p", 1280, 720)];
    assert_eq!((sizes(&ready), ready.failure.clone(), ready.complete), (wanted, None, true));
    let first = spans(&media, asset, "360p").await;
    assert_eq!(first, [(0, 2000), (2000, 4000), (4000, 8000), (8000, 10_000)]);
    for rendition in ["540p", "720p"] {
        assert_eq!(spans(&media, asset, rendition).await, first);
    }
    let playlist = playlist(&media, asset, "720p").await;
    assert!(playlist.end_list && playlist.independent_segments && playlist.segments[0].map.is_some());
    assert!(playlist.segments.iter().all(|segment| segment.duration <= playlist.target_duration as f32 + 0.5));
    test.end().await;
}
