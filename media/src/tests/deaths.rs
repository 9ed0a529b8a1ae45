//! A worker that is killed at moments drawn by chance: nothing is published by halves, nothing waits for ever, no program outlives it.
//! Few deaths here; XIANFENG_CONVERT_KILLS makes them many.

use std::{path::Path, process::Command, sync::Arc, time::Duration};

use kernel::{Zone, clock::SetClock, id::AssetId, id::SeededIds};
use platform::{Base, Db, Handlers, Outbox, Worker, jobs as queue, testing::TestBase};

use super::convert::{import, make, somebody_works_in};
use crate::{Config, Media, Status, StoreConfig, jobs};

const CHILD: &str = "XIANFENG_CONVERT_CHILD";
const ASSETS: usize = 4;

async fn media(base: &Base, folder: &Path) -> Media {
    let config = Config {
        store: StoreConfig::Folder(folder.join("objects")),
        work_dir: folder.join("work"),
        secret: [7; 32],
        ..Config::default()
    };
    Media::open(base.clone(), config).await.unwrap()
}

/// The one that is killed; alone it does nothing. Its clock stands at the instant that it is given.
#[tokio::test(flavor = "multi_thread")]
async fn the_worker_that_is_killed() {
    let Ok(told) = std::env::var(CHILD) else { return };
    let mut words = told.split('|');
    let (url, folder, now) = (words.next().unwrap(), Path::new(words.next().unwrap()), words.next().unwrap());
    let now: i64 = now.parse().unwrap();
    let base = Base {
        db: Db::open(url, 2).await.unwrap(),
        outbox: Outbox::default(),
        clock: Arc::new(SetClock::at(now)),
        ids: Arc::new(SeededIds::new(now.unsigned_abs())),
        zone: Zone::default(),
    };
    let media = media(&base, folder).await;
    media.sweep().await.unwrap();
    let mut handlers = Handlers::default();
    jobs::handlers(&media, &mut handlers);
    Worker::new(base, handlers).run_until_idle().await.unwrap();
}

fn child(test: &TestBase) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    let told = format!("{}|{}|{}", test.url(), test.folder.path().display(), test.base.now());
    command.args(["tests::deaths::the_worker_that_is_killed", "--exact", "-q"]).env(CHILD, told);
    command.stdout(std::process::Stdio::null());
    command
}

/// Moments drawn by chance, the same for a seed.
fn chance(seed: &mut u64) -> u64 {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *seed >> 33
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_that_dies_again_and_again_leaves_nothing_by_halves_and_nothing_stuck() {
    let deaths = std::env::var("XIANFENG_CONVERT_KILLS").ok().map_or(4, |text| text.parse::<u64>().expect("a number"));
    let mut seed = std::env::var("XIANFENG_SEED").ok().map_or(20_261_121, |text| text.parse().expect("a number"));
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = media(&test.base, test.folder.path()).await;
    let fits = make(
        &test,
        "fits.mp4",
        "-f lavfi -i testsrc2=d=20:s=640x360:r=25 -f lavfi -i sine=d=20 -c:v libx264 -preset ultrafast -crf 34 -g 50 -pix_fmt yuv420p -c:a aac",
    );
    let other = make(
        &test,
        "other.mkv",
        "-f lavfi -i testsrc2=d=20:s=640x360:r=25 -f lavfi -i sine=d=20 -c:v libx264 -preset ultrafast -pix_fmt yuv444p -c:a flac",
    );
    let mut assets = Vec::new();
    for _ in 0..ASSETS / 2 {
        assets.push(import(&media, &fits).await);
        assets.push(import(&media, &other).await);
    }
    for death in 0..deaths {
        let mut worker = child(&test).spawn().unwrap();
        let wait = chance(&mut seed) % 2500;
        tokio::time::sleep(Duration::from_millis(wait)).await;
        worker.kill().unwrap();
        worker.wait().unwrap();
        let gone = async {
            while somebody_works_in(&media.scratch()) {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let gone = tokio::time::timeout(Duration::from_secs(3), gone).await;
        gone.unwrap_or_else(|_| panic!("death {death} after {wait} ms: a program outlives its worker"));
        for asset in &assets {
            is_all_or_nothing(&media, *asset).await;
        }
        // The lease of the dead one ends.
        test.clock.advance(61_000);
    }
    for _ in 0..10 {
        assert!(child(&test).status().unwrap().success());
        test.clock.advance(301_000);
    }
    for asset in &assets {
        let ready = media.find(*asset).await.unwrap().unwrap();
        assert_eq!((ready.status, ready.complete, ready.failure), (Status::Ready, true, None));
        is_all_or_nothing(&media, *asset).await;
    }
    // What the dead left behind is swept up with what was replaced, and nothing waits.
    test.clock.advance(3 * 24 * 3_600_000);
    assert!(child(&test).status().unwrap().success());
    assert_eq!(queue::counts(test.base.db.read()).await.unwrap(), (0, 0), "no job waits, none is dead");
    assert_eq!(std::fs::read_dir(media.scratch()).unwrap().count(), 0);
    let found = media.verify_objects(|_| ()).await.unwrap().found;
    assert_eq!(found.faults(), 0, "{:?}", found.wrong);
    test.end().await;
}

/// A video that is ready has every object that its playlists name; one that is not has no playlist.
async fn is_all_or_nothing(media: &Media, asset: AssetId) {
    let found = media.find(asset).await.unwrap().unwrap();
    assert_ne!(found.status, Status::Failed, "{:?}", found.failure);
    media.forget_place(asset).await;
    if found.status != Status::Ready {
        assert!(media.object(asset, "master.m3u8", None).await.is_err());
        return;
    }
    let text = |path: String| async move {
        let bytes = media.object(asset, &path, None).await.unwrap_or_else(|error| panic!("{path}: {error}"));
        String::from_utf8(bytes.bytes().await.unwrap().to_vec()).unwrap()
    };
    let master = text("master.m3u8".to_owned()).await;
    for rendition in master.lines().filter_map(|line| line.strip_suffix("/index.m3u8")) {
        let index = text(format!("{rendition}/index.m3u8")).await;
        assert!(index.ends_with("#EXT-X-ENDLIST\n"));
        for file in index.lines().filter(|line| !line.starts_with('#')).chain(["init.mp4"]) {
            let object = media.object(asset, &format!("{rendition}/{file}"), None).await.unwrap();
            assert!(object.size > 0);
        }
    }
}
