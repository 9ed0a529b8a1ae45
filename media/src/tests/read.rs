//! Reading back: every store alike, ranges, and names that nobody may ask for.

use bytes::Bytes;
use futures::{StreamExt, stream};
use kernel::Code;

use super::{Yard, lecturer, s3};
use crate::{Blob, GetRange, Purpose, StoreConfig, testing};

#[tokio::test]
async fn every_store_writes_reads_and_forgets_alike() {
    let folder = tempfile::tempdir().unwrap();
    let server = std::env::var("XIANFENG_TEST_S3").ok();
    let s3 = server.map(|endpoint| StoreConfig::S3(s3(&endpoint)));
    let own = [StoreConfig::Memory, StoreConfig::Folder(folder.path().join("objects"))];
    for config in own.into_iter().chain(s3) {
        let blob = Blob::open(&config).unwrap();
        blob.put("a/1/x", Bytes::from_static(b"0123456789")).await.unwrap();
        let ranges = [
            (None, "0123456789", 0..10),
            (Some(GetRange::Bounded(2..5)), "234", 2..5),
            (Some(GetRange::Bounded(8..99)), "89", 8..10),
            (Some(GetRange::Offset(7)), "789", 7..10),
            (Some(GetRange::Suffix(3)), "789", 7..10),
        ];
        for (range, text, served) in ranges {
            let object = blob.get("a/1/x", range, "text/plain").await.unwrap();
            assert_eq!((object.size, object.range.clone()), (10, served));
            assert_eq!(object.bytes().await.unwrap(), text);
        }
        for range in [GetRange::Bounded(10..12), GetRange::Offset(10)] {
            assert_eq!(blob.get("a/1/x", Some(range), "").await.err().unwrap().code(), Some(Code::Invalid));
        }
        assert_eq!(blob.get("a/1/y", None, "").await.err().unwrap().code(), Some(Code::NotFound));
        let large = Bytes::from(vec![7; 1 << 20]);
        let pieces = stream::iter((0..20).map(|_| Ok(large.clone())).collect::<Vec<_>>());
        assert_eq!(blob.put_stream("a/2/large", pieces).await.unwrap(), 20 << 20);
        assert_eq!(blob.get("a/2/large", None, "").await.unwrap().bytes().await.unwrap().len(), 20 << 20);
        let broken = stream::iter(vec![Ok(large.clone()), Err(std::io::Error::other("cut"))]);
        assert!(blob.put_stream("a/2/broken", broken).await.is_err());
        assert_eq!(blob.list("a").await.unwrap(), ["a/1/x", "a/2/large"]);
        blob.delete_beneath("a", Some("a/1")).await.unwrap();
        assert_eq!(blob.list("a").await.unwrap(), ["a/1/x"]);
        blob.delete("a/1/x").await.unwrap();
        blob.delete("a/1/x").await.unwrap();
        for key in ["../x", "a/../../x", "/etc/passwd/.."] {
            assert!(blob.get(key, None, "").await.is_err(), "{key}");
        }
    }
}

#[tokio::test]
async fn only_what_a_player_asks_for_is_served_and_only_when_ready() {
    for test in Yard::each().await {
        let media = test.house().await;
        let ready = testing::ready_video(&media, lecturer().person, 61_500).await.unwrap();
        let asset = media.find(ready).await.unwrap().unwrap();
        assert_eq!((asset.duration_ms, asset.renditions.len()), (Some(61_500), 1));
        let playlist = media.object(ready, "master.m3u8", None).await.unwrap();
        assert_eq!(playlist.content_type, "application/vnd.apple.mpegurl");
        assert_eq!(media.segment(ready, "360p/seg-00001.m4s").await.unwrap(), Some((0, 61_500)));
        assert_eq!(media.segment(ready, "360p/init.mp4").await.unwrap(), None);
        assert_eq!(media.segment(ready, "360p/seg-00002.m4s").await.unwrap(), None);
        let part = media.object(ready, "360p/seg-00001.m4s", Some(GetRange::Bounded(0..3))).await.unwrap();
        assert_eq!((part.size, part.bytes().await.unwrap().as_ref()), (7, &b"seg"[..]));
        assert_eq!(media.picture(ready, None).await.unwrap().content_type, "image/jpeg");
        for name in ["../../originals/x", "720p/init.mp4", "360p/seg-00002.m4s", "attempt", ""] {
            let refused = media.object(ready, name, None).await.err().unwrap();
            assert_eq!(refused.code(), Some(Code::NotFound), "{}: {name}", test.name);
        }
        let waiting = media.create_upload(&lecturer(), "a.mp4", Purpose::Video).await.unwrap();
        assert_eq!(media.object(waiting.id, "master.m3u8", None).await.err().unwrap().code(), Some(Code::NotFound));
        assert!(media.whole(ready).await.is_err());
        test.end().await;
    }
}

#[tokio::test]
async fn what_is_kept_in_memory_is_cut_and_goes_out_in_pieces() {
    for test in Yard::each().await {
        let media = test.house().await;
        let bytes: Vec<u8> = (0..700_001_u32).map(|n| u8::try_from(n % 251).unwrap()).collect();
        media.blob().put("assets/x", bytes.clone().into()).await.unwrap();
        let get = |range| {
            let media = media.clone();
            async move { media.warm("assets/x".to_owned(), range, "video/mp4").await }
        };
        let whole = get(None).await.unwrap();
        assert_eq!((whole.size, whole.range.clone()), (700_001, 0..700_001), "{}", test.name);
        let pieces: Vec<usize> = whole.stream.map(|piece| piece.unwrap().len()).collect().await;
        assert_eq!(pieces, [262_144, 262_144, 175_713], "{}", test.name);
        // Gone from the store, and still there.
        media.blob().delete("assets/x").await.unwrap();
        let part = get(Some(GetRange::Bounded(262_000..262_300))).await.unwrap();
        assert_eq!((part.size, part.range.clone()), (700_001, 262_000..262_300));
        assert_eq!(part.bytes().await.unwrap(), bytes[262_000..262_300]);
        let tail = get(Some(GetRange::Suffix(3))).await.unwrap();
        assert_eq!(tail.bytes().await.unwrap(), bytes[699_998..]);
        let outside = get(Some(GetRange::Offset(700_001))).await.err().unwrap();
        assert_eq!(outside.code(), Some(Code::Invalid), "{}", test.name);
        test.end().await;
    }
}
