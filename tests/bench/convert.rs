//! What the whole way of a video costs beside one bare ffmpeg command that makes the same files, and how soon one that fits can be played.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use kernel::id::AssetId;
use media::{Config, Media, Purpose, Status, StoreConfig, testing::Bare};
use platform::{Handlers, Outbox, Worker, testing::TestBase};

use crate::{
    Outcome,
    limits::said,
    report::{Measured, Report},
};

const RUNS: usize = 3;
const SECONDS: u32 = 60;

pub fn measure(folder: &Path, report: &mut Report) -> Outcome<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let sources = folder.join("videos");
    std::fs::create_dir_all(&sources)?;
    let (lecture, fits) =
        (make(&sources, "lecture.mkv", "yuv444p", "flac")?, make(&sources, "fits.mp4", "yuv420p", "aac")?);
    let (mut ladder, mut bare, mut ready) = (Vec::new(), Vec::new(), Vec::new());
    for run in 0..RUNS {
        let own = folder.join(format!("convert-{run}"));
        ladder.push(runtime.block_on(whole(&lecture, &own, true))?);
        bare.push(runtime.block_on(alone(&lecture, &folder.join(format!("bare-{run}"))))?);
        ready.push(runtime.block_on(whole(&fits, &folder.join(format!("fits-{run}")), false))?);
    }
    let bare = Measured::times(bare);
    report.figure(
        format!("a video of {SECONDS} s at 720p, from its last byte to all renditions in the store"),
        &Measured::times(ladder),
        Some(("one bare ffmpeg command that makes the same files", &bare)),
        "≤ 1.15 ×",
    );
    report.figure(
        format!("a video of {SECONDS} s that browsers play as it is, from its last byte to playable"),
        &Measured::times(ready),
        None,
        "≤ 2 s",
    );
    Ok(())
}

fn make(folder: &Path, name: &str, pixels: &str, sound: &str) -> Outcome<PathBuf> {
    let file = folder.join(name);
    let line = format!(
        "-v error -nostdin -y -f lavfi -i testsrc2=d={SECONDS}:s=1280x720:r=25 -f lavfi -i sine=d={SECONDS} -c:v libx264 -preset veryfast -g 100 \
         -maxrate 2500k -bufsize 5000k -pix_fmt {pixels} -c:a {sound}"
    );
    let status = Command::new("ffmpeg").args(line.split_whitespace()).arg(&file).status()?;
    if status.success() { Ok(file) } else { Err("no video could be made".into()) }
}

/// Through the house: until all of it is there, or until it plays.
async fn whole(source: &Path, folder: &Path, all: bool) -> Outcome<Duration> {
    let test = TestBase::sqlite(Outbox::default()).await;
    let store = StoreConfig::Folder(folder.join("objects"));
    let config = Config { store, work_dir: folder.join("work"), secret: [1; 32], ..Config::default() };
    let media = Media::open(test.base.clone(), config).await.map_err(said)?;
    let owner = kernel::id::Id::new(uuid());
    let asset = media.import(owner, "课.mp4", Purpose::Video, source).await.map_err(said)?.id;
    let mut handlers = Handlers::default();
    media::jobs::handlers(&media, &mut handlers);
    let worker = Worker::new(test.base.clone(), handlers);
    let began = Instant::now();
    let took = if all {
        worker.run_until_idle().await.map_err(said)?;
        began.elapsed()
    } else {
        tokio::select! {
            ended = worker.run_until_idle() => { ended.map_err(said)?; began.elapsed() }
            () = playable(&media, asset) => began.elapsed(),
        }
    };
    let made = media.find(asset).await.map_err(said)?.ok_or("the video is gone")?;
    if made.status != Status::Ready || all && !made.complete {
        return Err(format!("the video was not converted: {:?}", made.failure).into());
    }
    Ok(took)
}

async fn playable(media: &Media, asset: AssetId) {
    loop {
        if media.find(asset).await.is_ok_and(|found| found.is_some_and(|asset| asset.status == Status::Ready)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// The same arguments, in an empty folder, with nothing around.
async fn alone(source: &Path, folder: &Path) -> Outcome<Duration> {
    let Bare { arguments, folders } = media::testing::bare(source).await.map_err(said)?;
    for name in folders {
        std::fs::create_dir_all(folder.join(name))?;
    }
    let mut command = Command::new("ffmpeg");
    command.args(arguments).current_dir(folder).stdout(Stdio::null());
    let began = Instant::now();
    if command.status()?.success() { Ok(began.elapsed()) } else { Err("the bare command failed".into()) }
}

fn uuid() -> uuid::Uuid {
    uuid::Uuid::from_u128(1)
}
