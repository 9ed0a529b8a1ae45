//! What goes wrong beside the file: a disk that takes no folder, an attempt that was overtaken, a store that is slow, a program that is killed.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::FutureExt;
use kernel::{Error, id::AssetId};
use object_store::{
    MultipartId, PutPayload, PutResult, Result as StoreResult,
    memory::InMemory,
    multipart::{MultipartStore, PartId},
    path::Path as Key,
};
use platform::{Handlers, Outbox, Worker, jobs as queue, testing::TestBase};

use super::{Yard, house, lecturer, worker};
use crate::{
    Heard, Media, Purpose, Status, Unfit,
    blob::UPLOAD_PART,
    ffmpeg::run::Outcome,
    jobs::{self, Attempt, Next, Stop},
    recognise::took_out,
    testing::files,
};

async fn import(test: &TestBase, media: &Media, name: &str, purpose: Purpose, bytes: &[u8]) -> AssetId {
    let file = test.folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    media.import(lecturer().person, name, purpose, &file).await.unwrap().id
}

/// The job died with the eighth try, and the file was 处理中 for ever.
#[tokio::test]
async fn a_file_waits_while_no_scratch_folder_can_be_made() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset = import(&test, &media, "名册.csv", Purpose::Roster, "学号,姓名\n".as_bytes()).await;
        let away = test.folder.path().join("away");
        std::fs::rename(media.scratch(), &away).unwrap();
        for _ in 0..2 * queue::ATTEMPTS {
            worker(&test, &media).run_until_idle().await.unwrap();
            test.clock.advance(301_000);
        }
        assert_eq!(queue::counts(test.base.db.read()).await.unwrap(), (1, 0), "{}", test.name);
        std::fs::rename(&away, media.scratch()).unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.find(asset).await.unwrap().unwrap().status, Status::Ready, "{}", test.name);
        test.end().await;
    }
}

/// It cleared away what its successor was just writing.
#[tokio::test]
async fn an_attempt_that_was_overtaken_deletes_nothing() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset = import(&test, &media, "名册.csv", Purpose::Roster, "学号,姓名\n".as_bytes()).await;
        let first = Attempt::begin(&media, asset).await.unwrap().unwrap();
        let second = Attempt::begin(&media, asset).await.unwrap().unwrap();
        let key = format!("{}/360p/init.mp4", second.prefix());
        let stale = format!("{}/360p/init.mp4", first.prefix());
        for key in [&key, &stale] {
            media.blob().put(key, "init".into()).await.unwrap();
        }
        assert!(matches!(first.clear().await, Err(Stop::Overtaken)), "{}", test.name);
        assert_eq!(media.blob().list("assets").await.unwrap().len(), 2, "{}", test.name);
        let third = Attempt::begin(&media, asset).await.unwrap().unwrap();
        third.clear().await.unwrap();
        assert!(media.blob().list("assets").await.unwrap().is_empty(), "{}", test.name);
        test.end().await;
    }
}

/// Where a photo was taken stayed in the store when the process ended at the wrong moment.
#[tokio::test]
async fn the_file_of_a_photo_goes_however_often_that_fails() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let asset = import(&test, &media, "会场.jpg", Purpose::Image, &files::photo(300, 200)).await;
        let mut handlers = Handlers::default();
        jobs::handlers(&media, &mut handlers);
        let (own, base) = (media.clone(), test.base.clone());
        handlers.outside(jobs::TIDY, move |job| {
            let (media, base) = (own.clone(), base.clone());
            async move {
                assert_eq!(media.blob().list("originals").await?.len(), 1);
                queue::without_end(&base, &job, async { Err(Error::broken("the store is away")) }).await
            }
            .boxed()
        });
        let broken = Worker::new(test.base.clone(), handlers);
        for _ in 0..2 * queue::ATTEMPTS {
            broken.run_until_idle().await.unwrap();
            test.clock.advance(301_000);
        }
        assert_eq!(media.find(asset).await.unwrap().unwrap().status, Status::Ready, "{}", test.name);
        assert!(media.original(asset, None).await.is_err(), "nobody is given it meanwhile");
        worker(&test, &media).run_until_idle().await.unwrap();
        assert!(media.blob().list("originals").await.unwrap().is_empty(), "{}", test.name);
        test.end().await;
    }
}

/// Parts that take a while, and how many of them are on their way.
#[derive(Debug)]
struct Slow(InMemory, AtomicUsize);

#[async_trait::async_trait]
impl MultipartStore for Slow {
    async fn create_multipart(&self, path: &Key) -> StoreResult<MultipartId> {
        self.0.create_multipart(path).await
    }
    async fn put_part(&self, path: &Key, id: &MultipartId, part: usize, data: PutPayload) -> StoreResult<PartId> {
        self.1.fetch_add(1, Ordering::SeqCst);
        tokio::time::sleep(Duration::from_millis(300)).await;
        let put = self.0.put_part(path, id, part, data).await;
        self.1.fetch_sub(1, Ordering::SeqCst);
        put
    }
    async fn complete_multipart(&self, path: &Key, id: &MultipartId, parts: Vec<PartId>) -> StoreResult<PutResult> {
        self.0.complete_multipart(path, id, parts).await
    }
    async fn abort_multipart(&self, path: &Key, id: &MultipartId) -> StoreResult<()> {
        self.0.abort_multipart(path, id).await
    }
}

/// It came after the part that the next request put in its place.
#[tokio::test]
async fn a_request_that_fails_leaves_no_part_on_its_way() {
    for mut test in Yard::each().await.into_iter().filter(|yard| yard.name.ends_with(" store")) {
        let slow = Arc::new(Slow(InMemory::new(), AtomicUsize::new(0)));
        test.blob = test.blob.clone().with_parts(slow.clone());
        let media = test.house().await;
        let asset = media.create_upload(&lecturer(), "名册.csv", Purpose::Roster).await.unwrap();
        let upload = media.tus_create(&lecturer(), asset.id, UPLOAD_PART as u64 + 10).await.unwrap();
        let pieces = [UPLOAD_PART, 100].map(|size| Ok::<_, ()>(Bytes::from(vec![b'a'; size])));
        let body = futures::stream::iter(pieces);
        assert!(media.tus_patch(&lecturer(), upload.id, 0, body, None).await.is_err(), "more than was announced");
        assert_eq!(slow.1.load(Ordering::SeqCst), 0, "{}", test.name);
        test.end().await;
    }
}

#[test]
fn what_follows_a_stop_depends_on_whose_fault_it_is() {
    let refused = |next: Next| match next {
        Next::Refuse(unfit) => Some(unfit),
        Next::Nothing | Next::Again(_) | Next::Later(_) => None,
    };
    let next = |stop: Stop, tired, cramped| stop.next(tired, cramped);
    assert_eq!(refused(next(Unfit::Broken.into(), false, false)), Some(Unfit::Broken));
    // Nobody is blamed while the disk is full.
    assert!(matches!(next(Unfit::Broken.into(), false, true), Next::Again(_)));
    assert!(matches!(next(Unfit::Broken.into(), true, true), Next::Later(_)));
    assert!(matches!(next(Stop::Slow, false, false), Next::Again(_)), "a busy machine is no broken file");
    assert_eq!(refused(next(Stop::Slow, true, false)), Some(Unfit::TooSlow));
    assert_eq!(refused(next(Stop::Killed, true, false)), Some(Unfit::GaveUp));
    assert!(matches!(next(Stop::Killed, false, false), Next::Again(_)));
    assert!(matches!(next(Stop::Fault(Error::broken("x")), true, false), Next::Later(_)));
    assert!(matches!(next(Stop::Overtaken, true, true), Next::Nothing));
}

#[test]
fn a_killed_program_is_no_verdict_on_the_sound() {
    assert!(took_out(&Outcome::Killed).is_err(), "tried again");
    let said = |outcome: Outcome| match took_out(&outcome).unwrap() {
        Err(Heard::Failed(why)) => why.zh,
        other => panic!("{other:?}"),
    };
    assert!(said(Outcome::TimedOut).contains("超时"));
    assert!(said(Outcome::Failed("no stream".to_owned())).contains("没有可以识别的声音"));
    assert!(took_out(&Outcome::Done(Vec::new())).unwrap().is_ok());
}
