//! The main stories on each kind of store and on both databases: from the last byte to what is played, read and looked after.

use kernel::id::AssetId;

use super::{
    Yard,
    convert::{import, make, sizes, text},
    lecturer, worker,
};
use crate::{Fault, GetRange, Media, Purpose, Status, testing::files};

const DAYS: i64 = 3 * 24 * 3_600_000;

async fn taken_in(test: &Yard, media: &Media, name: &str, purpose: Purpose, bytes: &[u8]) -> AssetId {
    let file = test.folder.path().join(name);
    std::fs::write(&file, bytes).unwrap();
    media.import(lecturer().person, name, purpose, &file).await.unwrap().id
}

#[tokio::test]
async fn a_video_a_document_and_a_picture_are_made_served_and_looked_after_on_every_store() {
    for test in Yard::each().await {
        let media = test.house().await;
        let source = "-f lavfi -i testsrc=d=6:s=320x240:r=25 -f lavfi -i sine=d=6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac";
        let video = import(&media, &make(&test, "a.mp4", source)).await;
        let document =
            taken_in(&test, &media, "党章.pdf", Purpose::Document, &files::pdf(&["中国共产党章程", ""])).await;
        let picture = taken_in(&test, &media, "会场.jpg", Purpose::Image, &files::photo(2400, 1200)).await;
        worker(&test, &media).run_until_idle().await.unwrap();

        // Another process serves what this one has made.
        let other = test.house().await;
        let found = other.find_many(&[video, document, picture]).await.unwrap();
        for (id, asset) in &found {
            assert_eq!(
                (asset.status, asset.complete),
                (Status::Ready, true),
                "{} {id}: {:?}",
                test.name,
                asset.failure
            );
        }
        assert_eq!(sizes(&found[&video]), [("240p", 320, 240)], "{}", test.name);
        let index = text(&other, video, "240p/index.m3u8").await;
        for file in index.lines().filter(|line| !line.starts_with('#')).chain(["init.mp4"]) {
            let name = format!("240p/{file}");
            let whole = other.object(video, &name, None).await.unwrap();
            assert!(whole.etag.is_some(), "{}: {file} can be asked for again", test.name);
            let whole = whole.bytes().await.unwrap();
            let part = other.object(video, &name, Some(GetRange::Bounded(7..20))).await.unwrap();
            assert_eq!(part.bytes().await.unwrap(), whole[7..20], "{} {file}", test.name);
        }
        assert!(other.document(document).await.unwrap().contains("中国共产党章程"), "{}", test.name);
        assert!(other.picture_file(document, "page-0002-small.jpg", None).await.is_ok(), "{}", test.name);
        assert!(other.picture(picture, None).await.unwrap().size > 1000, "{}", test.name);
        assert!(other.original(picture, None).await.is_err(), "{}: where a photo was taken is not kept", test.name);

        test.clock.advance(DAYS);
        worker(&test, &media).run_until_idle().await.unwrap();
        let whole = media.verify_objects(|_| ()).await.unwrap().found;
        assert_eq!(whole.faults(), 0, "{}: {:?}", test.name, whole.wrong);
        let keys = media.blob().list("assets").await.unwrap();
        let lost = keys.iter().find(|key| key.ends_with("240p/seg-00001.m4s")).unwrap();
        media.blob().delete(lost).await.unwrap();
        media.blob().put(&format!("{lost}x"), "?".into()).await.unwrap();
        let told = media.verify_objects(|_| ()).await.unwrap().found;
        let told: Vec<_> = told.wrong.iter().map(|one| (one.key.clone(), one.fault)).collect();
        assert!(told.contains(&(lost.clone(), Fault::Missing)), "{}: {told:?}", test.name);
        media.erase(document).await.unwrap();
        let keys = media.blob().list("assets").await.unwrap();
        assert!(!keys.iter().any(|key| key.contains(&document.uuid().simple().to_string())), "{}", test.name);
        test.end().await;
    }
}
