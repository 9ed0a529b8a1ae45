//! Files that want to hurt: to make a program read another file, call somebody, take all memory or all time, or show what is not theirs. Each is
//! refused with its own sentence or converted harmlessly. The canary is a named pipe that somebody would be seen opening, and a listener
//! that nobody may call; all of it with and without the sandbox, since the pinned demuxer alone must hold too.

mod corpus;

use std::{
    fs::OpenOptions,
    net::TcpListener,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use platform::{Outbox, testing::TestBase};

use super::{convert::somebody_works_in, lecturer, worker};
use crate::{Config, Media, Purpose, Status, Unfit};
use corpus::Poison;

/// Whoever opens this file to read is seen.
struct Canary {
    path: PathBuf,
    touched: Arc<AtomicBool>,
    over: Arc<AtomicBool>,
}

impl Canary {
    fn new(folder: &Path) -> Self {
        let path = folder.join("canary");
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        let (touched, over) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let canary = Self { path, touched, over };
        let (path, touched, over) = (canary.path.clone(), canary.touched.clone(), canary.over.clone());
        std::thread::spawn(move || {
            while !over.load(Ordering::SeqCst) {
                // Opens only while somebody reads.
                let writer = OpenOptions::new()
                    .write(true)
                    .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed())
                    .open(&path);
                if writer.is_ok() {
                    touched.store(true, Ordering::SeqCst);
                }
                std::thread::sleep(Duration::from_millis(2));
            }
        });
        canary
    }
    fn is_touched(&self) -> bool {
        self.touched.load(Ordering::SeqCst)
    }
}
impl Drop for Canary {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
    }
}

#[test]
fn the_canary_sings() {
    let folder = tempfile::tempdir().unwrap();
    let canary = Canary::new(folder.path());
    assert!(!canary.is_touched());
    // Waits until the thread opens the other end.
    drop(std::fs::File::open(&canary.path).unwrap());
    std::thread::sleep(Duration::from_millis(20));
    assert!(canary.is_touched());
}

#[tokio::test(flavor = "multi_thread")]
async fn poison_is_refused_with_its_own_sentence_or_converted_harmlessly() {
    let made = tempfile::tempdir().unwrap();
    let canary = Canary::new(made.path());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let corpus = corpus::make(made.path(), &canary.path, listener.local_addr().unwrap().port());
    assert!(corpus.len() >= 60, "{} files", corpus.len());
    for sandbox in [true, false] {
        swallow(&corpus, sandbox).await;
        assert!(!canary.is_touched(), "sandbox {sandbox}: somebody opened another file");
        assert!(listener.accept().is_err(), "sandbox {sandbox}: somebody was called");
    }
}

async fn swallow(corpus: &[Poison], sandbox: bool) {
    let test = TestBase::sqlite(Outbox::default()).await;
    let config = Config { work_dir: test.folder.path().join("work"), secret: [7; 32], sandbox, ..Config::default() };
    let media = Media::open(test.base.clone(), config).await.unwrap();
    let mut assets = Vec::new();
    for poison in corpus {
        let asset = media.import(lecturer().person, &poison.name, Purpose::Video, &poison.file).await.unwrap();
        assets.push(asset.id);
    }
    worker(&test, &media).run_until_idle().await.unwrap();
    let mut wrong = Vec::new();
    let mut kept = 0;
    for (poison, asset) in corpus.iter().zip(assets) {
        let ended = media.find(asset).await.unwrap().unwrap();
        let harmless = ended.status == Status::Ready && ended.complete && ended.failure.is_none();
        let refused =
            |unfit: &Unfit| ended.status == Status::Failed && ended.failure.as_deref() == Some(unfit.sentence());
        let as_wanted = match &poison.wanted {
            // By chance it may still be a video.
            None => harmless || ended.status == Status::Failed && ended.failure.is_some(),
            Some(Ok(())) => harmless,
            Some(Err(unfit)) => refused(unfit),
        };
        if !as_wanted {
            wrong.push(format!("{}: {:?} {:?}, wanted {:?}", poison.name, ended.status, ended.failure, poison.wanted));
        }
        kept += usize::from(ended.status == Status::Ready);
    }
    assert!(wrong.is_empty(), "sandbox {sandbox}:\n{}", wrong.join("\n"));
    assert_eq!(media.blob().list("originals").await.unwrap().len(), kept, "of what was refused nothing is left");
    assert!(!somebody_works_in(&media.scratch()));
    assert_eq!(std::fs::read_dir(media.scratch()).unwrap().count(), 0);
    test.end().await;
}
