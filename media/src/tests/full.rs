//! A disk that is full in the middle of a conversion: nothing is lost, and with space it goes on by itself. On a real small disk, which
//! bubblewrap gives to this very test program; where it cannot, the test says so.

use std::{path::Path, process::Command};

use platform::{Outbox, testing::TestBase};

use super::{
    convert::{import, make},
    worker,
};
use crate::{Config, Media, Status, StoreConfig, ffmpeg::sandbox::Sandbox};

const DISK: &str = "XIANFENG_SMALL_DISK";
const SIZE: u64 = 6 << 20;

#[test]
fn a_full_disk_loses_nothing_and_with_space_the_conversion_goes_on() {
    let Sandbox::Bubblewrap(bwrap) = Sandbox::of_this_machine() else {
        eprintln!("SKIPPED: no small disk can be made here (apt-get install bubblewrap)");
        return;
    };
    let disk = tempfile::tempdir().unwrap();
    let size = SIZE.to_string();
    let mut command = Command::new(bwrap);
    command.args(["--dev-bind", "/", "/", "--size", &size, "--tmpfs"]).arg(disk.path()).arg("--");
    command.arg(std::env::current_exe().unwrap());
    command.args(["tests::full::on_the_small_disk", "--exact", "--nocapture"]).env(DISK, disk.path());
    assert!(command.status().unwrap().success());
}

/// Alone it does nothing.
#[tokio::test]
async fn on_the_small_disk() {
    let Some(disk) = std::env::var_os(DISK) else { return };
    let disk = Path::new(&disk);
    let test = TestBase::sqlite(Outbox::default()).await;
    let config = Config {
        store: StoreConfig::Folder(disk.join("objects")),
        work_dir: disk.join("work"),
        secret: [7; 32],
        ..Config::default()
    };
    let media = Media::open(test.base.clone(), config).await.unwrap();
    let source = make(
        &test,
        "a.mkv",
        "-f lavfi -i testsrc2=d=12:s=640x360:r=25 -f lavfi -i sine=d=12 -c:v libx264 -preset ultrafast -crf 40 -pix_fmt yuv444p -c:a flac",
    );
    let asset = import(&media, &source).await;
    let filler = disk.join("filler");
    for (round, free) in [60 << 10, 400 << 10, 1 << 20].into_iter().enumerate() {
        fill(disk, &filler, free);
        // More often than a file that is to blame would be tried.
        for _ in 0..10 {
            worker(&test, &media).run_until_idle().await.unwrap();
            let waits = media.find(asset).await.unwrap().unwrap();
            assert_eq!((waits.status == Status::Failed, waits.failure), (false, None), "round {round}");
            assert!(media.object(asset, "master.m3u8", None).await.is_err(), "round {round}: {free} bytes were enough");
            test.clock.advance(301_000);
        }
    }
    assert_eq!(
        std::fs::read(disk.join("objects/originals").join(asset.uuid().simple().to_string())).unwrap(),
        std::fs::read(&source).unwrap()
    );
    std::fs::remove_file(&filler).unwrap();
    worker(&test, &media).run_until_idle().await.unwrap();
    let ready = media.find(asset).await.unwrap().unwrap();
    assert_eq!((ready.status, ready.complete, ready.failure), (Status::Ready, true, None));
    test.clock.advance(3 * 24 * 3_600_000);
    let found = media.verify_objects(|_| ()).await.unwrap().found;
    assert_eq!(found.faults(), 0, "{:?}", found.wrong);
    test.end().await;
}

/// Leaves so many bytes.
fn fill(disk: &Path, filler: &Path, free: u64) {
    drop(std::fs::remove_file(filler));
    let left = rustix::fs::statvfs(disk).unwrap();
    let left = left.f_bavail * left.f_frsize;
    std::fs::write(filler, vec![1; usize::try_from(left.saturating_sub(free)).unwrap()]).unwrap();
}
