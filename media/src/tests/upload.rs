//! Stories of uploads.

use bytes::Bytes;
use futures::{StreamExt, channel::mpsc};
use kernel::{Code, Page, Role, Viewer};
use sha1::{Digest, Sha1};
use sha2::Sha256;

use super::{Yard, body, lecturer, viewer, worker};
use crate::{Asset, Checksum, Media, Purpose, Status, TusError, Upload};

const LINES: &[u8] = b"WEBVTT\n\n00:00.000 --> 00:09.000\nchapter one, chapter two";
const HOUR: i64 = 3_600_000;

async fn announced(media: &Media) -> Asset {
    media.create_upload(&lecturer(), " 讲义.vtt ", Purpose::Captions).await.unwrap()
}

async fn begun(media: &Media) -> (Asset, Upload) {
    let asset = announced(media).await;
    let upload = media.tus_create(&lecturer(), asset.id, LINES.len() as u64).await.unwrap();
    (asset, upload)
}

async fn patch(media: &Media, upload: &Upload, offset: usize, bytes: &[u8]) -> Result<Upload, TusError> {
    media.tus_patch(&lecturer(), upload.id, offset as u64, body(&[bytes], false), None).await
}

fn status(error: Result<Upload, TusError>) -> u16 {
    error.unwrap_err().status()
}

#[tokio::test]
async fn a_cut_upload_goes_on_where_it_was_cut_and_ends_as_it_was_sent() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, upload) = begun(&media).await;
        assert_eq!((asset.status, asset.file_name.as_str()), (Status::Uploading, "讲义.vtt"));
        let cut = body(&[&LINES[..9], &LINES[9..20]], true);
        let after = media.tus_patch(&lecturer(), upload.id, 0, cut, None).await.unwrap();
        assert_eq!(after.received, 20, "{}", test.name);
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap(), after);
        assert!((media.find(asset.id).await.unwrap().unwrap().progress - 20.0 / LINES.len() as f64).abs() < 1e-9);
        for wrong in [0, 19, 21] {
            assert!(matches!(patch(&media, &upload, wrong, b"x").await, Err(TusError::Offset { expected: 20 })));
        }
        assert_eq!(patch(&media, &upload, 20, &LINES[20..]).await.unwrap().received, LINES.len() as u64);
        assert_eq!(media.find(asset.id).await.unwrap().unwrap().status, Status::Queued);
        assert!(matches!(media.tus_create(&lecturer(), asset.id, 5).await, Err(TusError::Ended)));
        assert!(matches!(patch(&media, &upload, LINES.len(), b"").await, Err(TusError::Ended)));
        assert_eq!(media.original(asset.id, None).await.err().unwrap().code(), Some(Code::NotFound));
        worker(&test, &media).run_until_idle().await.unwrap();
        let ready = media.find(asset.id).await.unwrap().unwrap();
        assert_eq!((ready.status, ready.size, ready.failure), (Status::Ready, i64::try_from(LINES.len()).ok(), None));
        assert_eq!(media.whole(asset.id).await.unwrap(), LINES);
        assert_eq!(media.original(asset.id, None).await.unwrap().content_type, "text/vtt");
        assert!(!media.spool(upload.id).exists());
        // Whoever did not hear the last answer asks again, and hears of the end.
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, LINES.len() as u64);
        test.clock.advance(25 * HOUR);
        media.sweep().await.unwrap();
        assert!(matches!(media.tus_head(&lecturer(), upload.id).await, Err(TusError::Missing)), "{}", test.name);
        assert_eq!(media.whole(asset.id).await.unwrap(), LINES);
        test.end().await;
    }
}

#[tokio::test]
async fn after_a_restart_the_acknowledged_offset_counts_not_the_file() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, upload) = begun(&media).await;
        patch(&media, &upload, 0, &LINES[..10]).await.unwrap();
        if !test.in_store() {
            // Written, but not acknowledged before the process was killed.
            let spool = media.spool(upload.id);
            std::fs::write(&spool, [&LINES[..10], b"garbage"].concat()).unwrap();
        }
        let media = test.house().await;
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, 10);
        patch(&media, &upload, 10, &LINES[10..]).await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.whole(asset.id).await.unwrap(), LINES, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_lost_file_is_told_and_the_upload_goes_on_from_what_is_left() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, upload) = begun(&media).await;
        patch(&media, &upload, 0, &LINES[..10]).await.unwrap();
        if test.in_store() {
            media.blob().delete_beneath("uploads", None).await.unwrap();
        } else {
            std::fs::remove_file(media.spool(upload.id)).unwrap();
        }
        assert!(matches!(patch(&media, &upload, 10, &LINES[10..]).await, Err(TusError::Offset { expected: 0 })));
        patch(&media, &upload, 0, LINES).await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.whole(asset.id).await.unwrap(), LINES, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn two_writers_never_meet_and_a_dropped_caller_loses_nothing() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (_, upload) = begun(&media).await;
        let (sender, receiver) = mpsc::unbounded::<Result<Bytes, ()>>();
        sender.unbounded_send(Ok(Bytes::from_static(&LINES[..7]))).unwrap();
        let (first, owner) = (media.clone(), lecturer());
        let id = upload.id;
        let writing = tokio::spawn(async move { first.tus_patch(&owner, id, 0, receiver, None).await });
        // Until the first one has its bytes in hand.
        while !sender.is_empty() {
            tokio::task::yield_now().await;
        }
        let second = patch(&media, &upload, 3, b"zzz").await;
        assert_eq!(status(second), 423, "{}", test.name);
        assert!(matches!(media.tus_delete(&lecturer(), id).await, Err(TusError::Locked)));
        writing.abort();
        assert!(writing.await.unwrap_err().is_cancelled());
        drop(sender);
        while media.tus_head(&lecturer(), id).await.unwrap().received != 7 {
            tokio::task::yield_now().await;
        }
        // The writer lets go a moment after its bytes are safe.
        while let Err(error) = patch(&media, &upload, 7, &LINES[7..]).await {
            assert_eq!(error.status(), 423, "{}", test.name);
            tokio::task::yield_now().await;
        }
        test.end().await;
    }
}

#[tokio::test]
async fn bytes_that_do_not_add_up_are_thrown_away() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, upload) = begun(&media).await;
        let send = |offset: u64, piece: &'static [u8], broken, sum| {
            let media = media.clone();
            async move { media.tus_patch(&lecturer(), upload.id, offset, body(&[piece], broken), Some(sum)).await }
        };
        let sha1 = |bytes: &[u8]| Checksum::Sha1(Sha1::digest(bytes).to_vec());
        let sha256 = |bytes: &[u8]| Checksum::Sha256(Sha256::digest(bytes).to_vec());
        assert_eq!(status(send(0, &LINES[..10], false, sha1(b"other")).await), 460);
        // What breaks off cannot add up.
        assert_eq!(status(send(0, &LINES[..10], true, sha1(&LINES[..20])).await), 460);
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, 0);
        assert_eq!(send(0, &LINES[..10], false, sha1(&LINES[..10])).await.unwrap().received, 10);
        assert_eq!(status(send(10, &LINES[10..], false, sha256(b"")).await), 460);
        send(10, &LINES[10..], false, sha256(&LINES[10..])).await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.whole(asset.id).await.unwrap(), LINES, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn an_upload_is_its_owners_alone() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, upload) = begun(&media).await;
        for other in [viewer(11, &[Role::Lecturer]), viewer(12, &[Role::Admin]), viewer(13, &[Role::Student])] {
            assert!(matches!(media.tus_create(&other, asset.id, 5).await, Err(TusError::Missing)));
            assert!(matches!(media.tus_head(&other, upload.id).await, Err(TusError::Missing)));
            assert!(matches!(
                media.tus_patch(&other, upload.id, 0, body(&[LINES], false), None).await,
                Err(TusError::Missing)
            ));
            assert!(matches!(media.tus_delete(&other, upload.id).await, Err(TusError::Missing)));
            let sees = media.asset(&other, asset.id).await;
            assert_eq!(sees.is_ok(), other.has(Role::Admin), "{}", test.name);
        }
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, 0);
        test.end().await;
    }
}

#[tokio::test]
async fn lecturers_announce_files_and_admins_rosters() {
    for test in Yard::each().await {
        let media = test.house().await;
        let may = |roles: &[Role], purpose| {
            let (media, who): (_, Viewer) = (media.clone(), viewer(20, roles));
            async move { media.create_upload(&who, "a", purpose).await.map_err(|e| e.code()).map(|_| ()) }
        };
        assert_eq!(may(&[Role::Lecturer], Purpose::Video).await, Ok(()));
        assert_eq!(may(&[Role::Admin], Purpose::Roster).await, Ok(()));
        for (roles, purpose) in
            [(&[Role::Admin][..], Purpose::Video), (&[Role::Student], Purpose::Roster), (&[], Purpose::Image)]
        {
            assert_eq!(may(roles, purpose).await, Err(Some(Code::Forbidden)), "{}", test.name);
        }
        let refused = media.create_upload(&lecturer(), "a\nb", Purpose::Video).await.unwrap_err();
        assert_eq!(refused.code(), Some(Code::Invalid));
        test.end().await;
    }
}

#[tokio::test]
async fn a_file_is_neither_empty_nor_larger_than_announced_or_allowed() {
    for test in Yard::each().await {
        let media = test.house().await;
        let asset = announced(&media).await;
        assert_eq!(status(media.tus_create(&lecturer(), asset.id, 0).await), 400);
        assert_eq!(status(media.tus_create(&lecturer(), asset.id, (50 << 20) + 1).await), 413);
        let video = media.create_upload(&lecturer(), "a.mp4", Purpose::Video).await.unwrap();
        assert_eq!(status(media.tus_create(&lecturer(), video.id, (20 << 30) + 1).await), 413);
        // The limit itself is taken, unless this very machine has no room for it.
        let largest = media.tus_create(&lecturer(), video.id, 20 << 30).await;
        assert!(matches!(largest, Ok(_) | Err(TusError::Full)), "{}", test.name);
        let upload = media.tus_create(&lecturer(), asset.id, 5).await.unwrap();
        assert_eq!(status(patch(&media, &upload, 0, b"123456").await), 413);
        assert_eq!(media.tus_head(&lecturer(), upload.id).await.unwrap().received, 0, "{}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_second_post_starts_anew_and_a_delete_ends() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, first) = begun(&media).await;
        patch(&media, &first, 0, b"other bytes").await.unwrap();
        let second = media.tus_create(&lecturer(), asset.id, LINES.len() as u64).await.unwrap();
        assert!(second.id != first.id && second.received == 0 && !media.spool(first.id).exists());
        assert_eq!(status(patch(&media, &first, 11, b"x").await), 404);
        patch(&media, &second, 0, &LINES[..4]).await.unwrap();
        media.tus_delete(&lecturer(), second.id).await.unwrap();
        assert_eq!(status(patch(&media, &second, 4, &LINES[4..]).await), 404);
        assert!(!media.spool(second.id).exists(), "{}", test.name);
        assert_eq!(media.find(asset.id).await.unwrap().unwrap().progress, 0.0);
        test.end().await;
    }
}

#[tokio::test]
async fn a_day_of_silence_ends_an_upload_but_never_a_complete_one() {
    for test in Yard::each().await {
        let media = test.house().await;
        let (asset, silent) = begun(&media).await;
        let (done, complete) = begun(&media).await;
        patch(&media, &complete, 0, LINES).await.unwrap();
        test.clock.advance(23 * HOUR);
        patch(&media, &silent, 0, &LINES[..4]).await.unwrap();
        test.clock.advance(23 * HOUR);
        media.sweep().await.unwrap();
        assert_eq!(media.tus_head(&lecturer(), silent.id).await.unwrap().received, 4);
        test.clock.advance(HOUR);
        assert_eq!(status(patch(&media, &silent, 4, &LINES[4..]).await), 410);
        // Of a process that was killed: nobody holds it, nobody knows it.
        let orphan = media.uploads().join(format!("upl_{:032x}", 5));
        std::fs::write(&orphan, b"x").unwrap();
        let scratch = media.scratch().join("left");
        std::fs::create_dir(&scratch).unwrap();
        std::fs::write(scratch.join("lock"), b"").unwrap();
        media.sweep().await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert!(media.blob().list("uploads").await.unwrap().is_empty(), "{}", test.name);
        assert!(!media.spool(silent.id).exists() && !orphan.exists() && !scratch.exists(), "{}", test.name);
        assert_eq!(status(media.tus_head(&lecturer(), silent.id).await), 404);
        assert!(media.tus_create(&lecturer(), asset.id, 9).await.is_ok());
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.find(done.id).await.unwrap().unwrap().status, Status::Ready);
        test.end().await;
    }
}

#[tokio::test]
async fn a_file_of_another_kind_ends_with_a_sentence_and_leaves_nothing() {
    for test in Yard::each().await {
        let media = test.house().await;
        let asset = media.create_upload(&lecturer(), "a.png", Purpose::Image).await.unwrap();
        let upload = media.tus_create(&lecturer(), asset.id, 5).await.unwrap();
        patch(&media, &upload, 0, b"<svg>").await.unwrap();
        // Watched from another process: nobody tells it, it looks.
        let states = test.house().await.watch(asset.id).map(|asset| asset.status).collect::<Vec<_>>();
        let watching = tokio::spawn(states);
        tokio::task::yield_now().await;
        worker(&test, &media).run_until_idle().await.unwrap();
        let failed = media.find(asset.id).await.unwrap().unwrap();
        assert_eq!((failed.status, watching.await.unwrap().last()), (Status::Failed, Some(&Status::Failed)));
        assert_eq!(failed.failure.as_deref(), Some("图片须为 PNG、JPEG、WebP 或 GIF 文件。"));
        assert!(
            media.blob().list("originals").await.unwrap().is_empty() && !media.spool(upload.id).exists(),
            "{}",
            test.name
        );
        test.end().await;
    }
}

#[tokio::test]
async fn own_files_are_listed_newest_first_by_page_and_purpose() {
    for test in Yard::each().await {
        let media = test.house().await;
        for (n, purpose) in [Purpose::Video, Purpose::Image, Purpose::Video, Purpose::Video].into_iter().enumerate() {
            media.create_upload(&lecturer(), format!("{n}"), purpose).await.unwrap();
            test.clock.advance(if n == 1 { 0 } else { 1 });
        }
        media.create_upload(&viewer(11, &[Role::Lecturer]), "other", Purpose::Video).await.unwrap();
        let names = |purpose, after| {
            let media = media.clone();
            async move {
                let page = Page::try_new(2, after).unwrap();
                let found = media.mine(&lecturer(), purpose, &page).await.unwrap();
                let names: Vec<String> = found.nodes().map(|asset| asset.file_name.clone()).collect();
                (names, found.edges.last().map(|edge| edge.0.clone()), found.has_next)
            }
        };
        let (first, after, more) = names(Some(Purpose::Video), None).await;
        assert_eq!((first, more), (vec!["3".to_owned(), "2".to_owned()], true), "{}", test.name);
        let (rest, _, more) = names(Some(Purpose::Video), after).await;
        assert_eq!((rest, more), (vec!["0".to_owned()], false));
        assert!(media.mine(&viewer(13, &[Role::Student]), None, &Page::try_new(2, None).unwrap()).await.is_err());
        test.end().await;
    }
}
