//! Stories of uploads that are larger than a part, and of several machines on one store.

use bytes::Bytes;
use futures::{channel::mpsc, stream};
use sha2::{Digest, Sha256};

use super::{Yard, lecturer, worker};
use crate::{Checksum, Limits, Media, Purpose, Status, TusError, Upload, blob::UPLOAD_PART};

/// So that it is taken for a roster: a text, of some parts and a rest.
fn text(length: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'a' + u8::try_from(state >> 24).unwrap() % 26
    };
    (0..length).map(|_| next()).collect()
}

async fn begun(media: &Media, length: usize) -> Upload {
    let asset = media.create_upload(&lecturer(), "名册.csv", Purpose::Roster).await.unwrap();
    media.tus_create(&lecturer(), asset.id, length as u64).await.unwrap()
}

/// As a network brings it: in small pieces; broken off at the end when asked.
async fn send(media: &Media, upload: &Upload, from: usize, bytes: &[u8], broken: bool) -> Result<Upload, TusError> {
    let pieces: Vec<Result<Bytes, ()>> = bytes.chunks(100_003).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    let end = broken.then_some(Err(()));
    media.tus_patch(&lecturer(), upload.id, from as u64, stream::iter(pieces.into_iter().chain(end)), None).await
}

#[tokio::test]
async fn a_file_of_several_parts_goes_on_anywhere_and_is_the_same_at_the_end() {
    for test in Yard::each().await {
        let file = text(2 * UPLOAD_PART + 70_001, 1);
        let media = test.house().await;
        let upload = begun(&media, file.len()).await;
        // Cut within a part, at its end, just behind it, and in the rest; each time another process goes on.
        let cuts = [0, 1000, 1001, UPLOAD_PART - 1, UPLOAD_PART, UPLOAD_PART + 1, 2 * UPLOAD_PART + 5, file.len()];
        for cut in cuts.windows(2) {
            let [from, to] = cut else { unreachable!() };
            let media = test.house().await;
            assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, *from as u64, "{}", test.name);
            let after = send(&media, &upload, *from, &file[*from..*to], *to < file.len()).await.unwrap();
            assert_eq!(after.received, *to as u64, "{}", test.name);
        }
        worker(&test, &media).run_until_idle().await.unwrap();
        let asset = media.find(upload.asset).await.unwrap().unwrap();
        assert_eq!((asset.status, asset.size), (Status::Ready, i64::try_from(file.len()).ok()), "{}", test.name);
        let kept = media.original(asset.id, None).await.unwrap().bytes().await.unwrap();
        assert_eq!(Sha256::digest(&kept), Sha256::digest(&file), "{}", test.name);
        assert!(media.blob().list("uploads").await.unwrap().is_empty(), "{}: nothing is left over", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn many_small_requests_make_a_file_too() {
    for test in Yard::each().await {
        let file = text(UPLOAD_PART + 9000, 2);
        let media = test.house().await;
        let upload = begun(&media, file.len()).await;
        let mut at = 0;
        for (n, piece) in file.chunks(90_000).enumerate() {
            let media = if n % 7 == 0 { test.house().await } else { media.clone() };
            assert_eq!(send(&media, &upload, at, piece, false).await.unwrap().received, (at + piece.len()) as u64);
            at += piece.len();
        }
        worker(&test, &media).run_until_idle().await.unwrap();
        let kept = media.original(upload.asset, None).await.unwrap().bytes().await.unwrap();
        assert_eq!(Sha256::digest(&kept), Sha256::digest(&file), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_checksum_over_several_parts_holds_for_all_or_for_nothing() {
    for test in Yard::each().await {
        let file = text(UPLOAD_PART + 5000, 3);
        let media = test.house().await;
        let upload = begun(&media, file.len()).await;
        let right = Checksum::Sha256(Sha256::digest(&file).to_vec());
        for (sum, received) in [(Checksum::Sha1(vec![0; 20]), 0), (right, file.len())] {
            let body = stream::iter(vec![Ok::<_, ()>(Bytes::copy_from_slice(&file))]);
            let answer = media.tus_patch(&lecturer(), upload.id, 0, body, Some(sum)).await;
            assert_eq!(answer.is_ok(), received > 0, "{}", test.name);
            assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, received as u64);
        }
        worker(&test, &media).run_until_idle().await.unwrap();
        let kept = media.original(upload.asset, None).await.unwrap().bytes().await.unwrap();
        assert_eq!(Sha256::digest(&kept), Sha256::digest(&file), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn another_node_is_refused_until_the_writer_is_silent_for_good() {
    for test in Yard::each().await.into_iter().filter(Yard::in_store) {
        let (media, other) = (test.house().await, test.house().await);
        let upload = begun(&media, 10).await;
        // A node that was killed while it wrote: it let nobody know.
        let held = crate::landing::Landing::open(&media, &upload).await.unwrap().expect("nobody writes");
        std::mem::forget(held);
        assert_eq!(send(&other, &upload, 0, b"abc", false).await.unwrap_err().status(), 423, "{}", test.name);
        test.clock.advance(20_000);
        let after = loop {
            match send(&other, &upload, 0, b"abc", false).await {
                // The forgotten writer renewed what it held a moment ago.
                Err(TusError::Locked) => test.clock.advance(20_000),
                answer => break answer.unwrap(),
            }
        };
        assert_eq!(after.received, 3, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn parts_that_the_store_has_lost_are_told_and_sent_again() {
    for test in Yard::each().await.into_iter().filter(Yard::in_store) {
        let file = text(2 * UPLOAD_PART + 10, 4);
        let media = test.house().await;
        let upload = begun(&media, file.len()).await;
        send(&media, &upload, 0, &file[..UPLOAD_PART + 10], true).await.unwrap();
        let multipart =
            crate::store::multipart(test.base.db.read(), upload.id).await.unwrap().expect("a part is there");
        media.blob().drop_parts(&crate::service::original(upload.asset), &multipart).await.unwrap();
        let mut told = send(&media, &upload, UPLOAD_PART + 10, &file[UPLOAD_PART + 10..], false).await;
        for _ in 0..5 {
            // A store that refuses before it has read the bytes may hang up on who still sends them: clients send again.
            if matches!(told, Err(TusError::Fault(_))) {
                told = send(&media, &upload, UPLOAD_PART + 10, &file[UPLOAD_PART + 10..], false).await;
            }
        }
        assert!(matches!(told, Err(TusError::Offset { expected: 0 })), "{}: {told:?}", test.name);
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, 0);
        send(&media, &upload, 0, &file, false).await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        let kept = media.original(upload.asset, None).await.unwrap().bytes().await.unwrap();
        assert_eq!(Sha256::digest(&kept), Sha256::digest(&file), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_given_up_upload_leaves_no_parts() {
    for test in Yard::each().await.into_iter().filter(Yard::in_store) {
        let media = test.house().await;
        let file = text(UPLOAD_PART + 10, 5);
        let key = |upload: &Upload| crate::service::original(upload.asset);
        let (deleted, silent) = (begun(&media, file.len()).await, begun(&media, file.len()).await);
        let mut multiparts = Vec::new();
        for upload in [&deleted, &silent] {
            send(&media, upload, 0, &file[..UPLOAD_PART + 3], true).await.unwrap();
            multiparts.push(crate::store::multipart(test.base.db.read(), upload.id).await.unwrap().unwrap());
        }
        media.tus_delete(&lecturer(), deleted.id).await.unwrap();
        test.clock.advance(25 * 3_600_000);
        media.sweep().await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert!(media.blob().list("uploads").await.unwrap().is_empty(), "{}", test.name);
        for (upload, multipart) in [&deleted, &silent].into_iter().zip(&multiparts) {
            let put = media.blob().put_part(&key(upload), multipart, 1, Bytes::from_static(b"x")).await.unwrap();
            assert_eq!(put, crate::blob::Known::No, "{}", test.name);
            assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap_err().status(), 404);
        }
        test.end().await;
    }
}

#[tokio::test]
async fn a_person_has_a_share_of_the_space_and_of_the_uploads_at_once() {
    for mut test in Yard::each().await {
        test.limits = Limits { quota: Some(100), open: 2, ..test.limits };
        let media = test.house().await;
        let first = begun(&media, 60).await;
        let asset = media.create_upload(&lecturer(), "a.csv", Purpose::Roster).await.unwrap();
        let refused = media.tus_create(&lecturer(), asset.id, 41).await.unwrap_err();
        assert_eq!(refused.status(), 413, "{}", test.name);
        assert!(refused.text().zh.contains("空间不足"), "{}", refused.text().zh);
        // Begun anew it does not count twice.
        assert!(media.tus_create(&lecturer(), first.asset, 60).await.is_ok(), "{}", test.name);
        media.tus_create(&lecturer(), asset.id, 30).await.unwrap();
        let third = media.create_upload(&lecturer(), "b.csv", Purpose::Roster).await.unwrap();
        assert_eq!(media.tus_create(&lecturer(), third.id, 1).await.unwrap_err().status(), 429, "{}", test.name);
        let space = media.space(&lecturer()).await.unwrap();
        assert_eq!((space.used, space.quota), (90, Some(100)), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_disk_without_room_is_told_before_the_first_byte() {
    for mut test in Yard::each().await {
        test.limits.reserve = u64::MAX / 4;
        let media = test.house().await;
        let asset = media.create_upload(&lecturer(), "a.csv", Purpose::Roster).await.unwrap();
        let answer = media.tus_create(&lecturer(), asset.id, 10).await;
        // Where bytes go to the store the disk of this machine does not matter.
        assert_eq!(answer.err().map(|error| error.status()), (!test.in_store()).then_some(507), "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn only_so_many_requests_are_received_at_once() {
    for mut test in Yard::each().await {
        test.limits.at_once = 1;
        let media = test.house().await;
        let (first, second) = (begun(&media, 10).await, begun(&media, 10).await);
        let (sender, receiver) = mpsc::unbounded::<Result<Bytes, ()>>();
        let receiving = media.clone();
        let writing = tokio::spawn(async move { receiving.tus_patch(&lecturer(), first.id, 0, receiver, None).await });
        sender.unbounded_send(Ok(Bytes::from_static(b"a"))).unwrap();
        while !sender.is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(send(&media, &second, 0, b"x", false).await.unwrap_err().status(), 503, "{}", test.name);
        drop(sender);
        writing.await.unwrap().unwrap();
        assert!(send(&media, &second, 0, b"abc", false).await.is_ok(), "{}", test.name);
        test.end().await;
    }
}
