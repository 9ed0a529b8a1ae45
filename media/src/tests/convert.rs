//! Real conversions of tiny files, good and hostile.

use std::{
    collections::HashMap,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{Arc, Mutex},
    time::Duration,
};

use futures::{FutureExt, StreamExt};
use kernel::{Event, id::AssetId};
use platform::{Handlers, Outbox, Worker, outbox::Listener, testing::TestBase};

use super::{house, lecturer, worker};
use crate::{Asset, Media, Purpose, Status, Unfit, jobs};

/// Makes a file with ffmpeg itself.
pub(super) fn make(test: &TestBase, name: &str, arguments: &str) -> PathBuf {
    let file = test.folder.path().join(name);
    let mut command = Command::new("ffmpeg");
    command.args(["-v", "error", "-nostdin", "-y"]).args(arguments.split_whitespace()).arg(&file);
    assert!(command.status().expect("ffmpeg is installed").success(), "{arguments}");
    file
}

pub(super) async fn import(media: &Media, file: &Path) -> AssetId {
    media.import(lecturer().person, "课.mp4", Purpose::Video, file).await.unwrap().id
}

pub(super) async fn text(media: &Media, asset: AssetId, name: &str) -> String {
    let bytes = media.object(asset, name, None).await.unwrap().bytes().await.unwrap();
    String::from_utf8(bytes.to_vec()).unwrap()
}

pub(super) fn sizes(asset: &Asset) -> Vec<(&str, i32, i32)> {
    asset.renditions.iter().map(|r| (r.name.as_str(), r.width, r.height)).collect()
}

#[tokio::test]
async fn a_video_becomes_playable_is_watched_and_announced() {
    let outbox = Outbox::new(HashMap::from([("AssetReady", vec![Listener { kind: "heard", outside: false }])]));
    for test in TestBase::each(outbox).await {
        let media = house(&test).await;
        let source = "-f lavfi -i testsrc=d=6:s=320x240:r=25 -f lavfi -i sine=d=6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac \
                      -metadata location=+39.9+116.4/";
        let asset = import(&media, &make(&test, "a.mp4", source)).await;
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (mut handlers, list) = (Handlers::default(), heard.clone());
        jobs::handlers(&media, &mut handlers);
        handlers.inside("heard", move |_, job| {
            let event: Event = job.payload().unwrap();
            list.lock().unwrap().push(event);
            async { Ok(()) }.boxed()
        });
        // Looked at once before the work begins, however busy the machine is.
        let mut watched = media.watch(asset).map(|asset| asset.status);
        let first = watched.next().await;
        let watching = tokio::spawn(watched.collect::<Vec<_>>());
        Worker::new(test.base.clone(), handlers).run_until_idle().await.unwrap();
        let states = watching.await.unwrap();
        assert_eq!((first, states.last()), (Some(Status::Queued), Some(&Status::Ready)), "{}", test.name);
        assert!(states.contains(&Status::Processing));
        assert_eq!(*heard.lock().unwrap(), [Event::AssetReady { asset }]);

        let ready = media.find(asset).await.unwrap().unwrap();
        assert_eq!((sizes(&ready), ready.duration_ms), (vec![("240p", 320, 240)], Some(6000)));
        assert!((ready.progress - 1.0).abs() < f64::EPSILON && ready.failure.is_none());
        let master = text(&media, asset, "master.m3u8").await;
        assert!(
            master.contains("RESOLUTION=320x240,CODECS=\"avc1.4") && master.contains(",mp4a.40.2\"\n240p/index.m3u8"),
            "{master}"
        );
        let index = text(&media, asset, "240p/index.m3u8").await;
        assert!(
            index.contains("#EXT-X-INDEPENDENT-SEGMENTS") && index.contains("#EXTINF:6.000000,\nseg-00001.m4s"),
            "{index}"
        );
        assert!(media.object(asset, "240p/seg-00001.m4s", None).await.unwrap().size > 1000);
        let poster = media.object(asset, "poster.jpg", None).await.unwrap().bytes().await.unwrap();
        assert!(poster.starts_with(b"\xFF\xD8\xFF"));
        let init = media.object(asset, "240p/init.mp4", None).await.unwrap().bytes().await.unwrap();
        assert!(!init.windows(5).any(|five| five == b"+39.9"), "where it was filmed stays with the lecturer");
        assert_eq!(std::fs::read_dir(media.scratch()).unwrap().count(), 0);
        test.end().await;
    }
}

#[tokio::test]
async fn an_upright_silent_video_gets_two_renditions_the_right_way_up() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let lying = make(
        &test,
        "lying.mp4",
        "-f lavfi -i testsrc=d=1:s=641x481:r=50 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    );
    let turned = format!("-i {} -c copy -metadata:s:v:0 rotate=90", lying.display());
    let asset = import(&media, &make(&test, "upright.mov", &turned)).await;
    let webm =
        make(&test, "b.webm", "-f lavfi -i testsrc=d=1:s=1280x720:r=10 -c:v libvpx -deadline realtime -cpu-used 8");
    let wide = import(&media, &webm).await;
    worker(&test, &media).run_until_idle().await.unwrap();
    let ready = media.find(asset).await.unwrap().unwrap();
    assert_eq!((sizes(&ready), ready.failure.clone()), (vec![("360p", 360, 480), ("480p", 480, 640)], None));
    assert!(!text(&media, asset, "master.m3u8").await.contains("mp4a"));
    let ready = media.find(wide).await.unwrap().unwrap();
    assert_eq!(
        (sizes(&ready), ready.failure.clone()),
        (vec![("360p", 640, 360), ("540p", 960, 540), ("720p", 1280, 720)], None)
    );
    test.end().await;
}

#[tokio::test]
async fn what_is_no_video_ends_with_a_sentence_and_reads_nothing_else() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let file = |name: &str, bytes: &[u8]| {
        let path = test.folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let canary = make(&test, "canary.ts", "-f lavfi -i testsrc=d=1:s=64x64:r=5 -c:v libx264 -preset ultrafast");
    let playlist = format!(
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{}\n#EXTINF:1,\nhttp://127.0.0.1:{port}/x.ts\n#EXT-X-ENDLIST\n",
        canary.display()
    );
    let long = make(
        &test,
        "long.mp4",
        "-f lavfi -i testsrc2=d=40:s=160x120:r=10 -c:v libx264 -preset ultrafast -g 10 -movflags +faststart",
    );
    let whole = std::fs::read(&long).unwrap();
    let cases = [
        (file("text.mp4", "这是一段文字。".repeat(50).as_bytes()), Unfit::NotVideo),
        (file("playlist.mp4", playlist.as_bytes()), Unfit::Playlist),
        (file("dressed.mp4", format!("\0\0\0\x20ftyp{playlist}").as_bytes()), Unfit::Broken),
        (file("dressed.avi", format!("RIFF\0\x01\0\0AVI {playlist}").as_bytes()), Unfit::Broken),
        (file("cut.mp4", &whole[..whole.len() / 2]), Unfit::CutShort),
        (make(&test, "sound.m4a", "-f lavfi -i sine=d=1 -c:a aac"), Unfit::NoPicture),
    ];
    let mut imported = Vec::new();
    for (path, unfit) in &cases {
        imported.push((import(&media, path).await, unfit, path));
    }
    worker(&test, &media).run_until_idle().await.unwrap();
    for (asset, unfit, path) in imported {
        let failed = media.find(asset).await.unwrap().unwrap();
        assert_eq!(
            (failed.status, failed.failure.as_deref()),
            (Status::Failed, Some(unfit.sentence())),
            "{}",
            path.display()
        );
    }
    assert!(listener.accept().is_err(), "nobody was called");
    assert!(
        media.blob().list("assets").await.unwrap().is_empty()
            && media.blob().list("originals").await.unwrap().is_empty()
    );
    test.end().await;
}

/// Whether a process works in this folder, or was given it.
pub(super) fn somebody_works_in(folder: &Path) -> bool {
    let processes = std::fs::read_dir("/proc").unwrap().flatten().map(|process| process.path());
    let name = folder.to_str().unwrap();
    processes.into_iter().any(|process| {
        let there = std::fs::read_link(process.join("cwd")).is_ok_and(|cwd| cwd.starts_with(folder));
        let given =
            || std::fs::read(process.join("cmdline")).is_ok_and(|line| String::from_utf8_lossy(&line).contains(name));
        there || given()
    })
}

#[tokio::test]
async fn a_conversion_that_is_cut_off_dies_whole_and_is_begun_again() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let source = make(
        &test,
        "a.mp4",
        "-f lavfi -i testsrc2=d=30:s=640x360:r=25 -c:v libx264 -preset ultrafast -pix_fmt yuv444p",
    );
    let asset = import(&media, &source).await;
    let worker = worker(&test, &media);
    let scratch = media.scratch();
    let first = worker.run_until_idle();
    let seen = async {
        while !somebody_works_in(&scratch) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    // Whichever ends first drops the other.
    tokio::select! { _ = first => panic!("too fast to be cut off"), () = seen => {} }
    let gone = async {
        while somebody_works_in(&scratch) {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), gone).await.expect("the program dies with its job");
    assert_eq!(media.find(asset).await.unwrap().unwrap().status, Status::Processing);
    assert!(media.object(asset, "master.m3u8", None).await.is_err());
    // The lease of the dead one ends.
    test.clock.advance(61_000);
    worker.run_until_idle().await.unwrap();
    let ready = media.find(asset).await.unwrap().unwrap();
    assert_eq!((ready.status, ready.duration_ms), (Status::Ready, Some(30_000)));
    let objects = media.blob().list("assets").await.unwrap();
    let attempts: std::collections::HashSet<_> = objects.iter().filter_map(|key| key.split('/').nth(2)).collect();
    assert_eq!((attempts.len(), objects.len()), (1, 16), "{objects:?}");
    test.end().await;
}
