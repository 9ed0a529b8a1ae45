//! Every object is read again; what changed, is gone or is unknown is found and listed.

use kernel::{Millis, Role};
use platform::{Outbox, testing::TestBase};
use sea_orm::ConnectionTrait;

use super::{house, lecturer, viewer, worker};
use crate::{Fault, Media, Purpose, testing};

const DAYS: Millis = 3 * 24 * 3_600_000;

async fn check(test: &TestBase, media: &Media) -> crate::Found {
    let admin = viewer(1, &[Role::Admin]);
    let begun = media.scrub(&admin).await.unwrap();
    assert!(begun.ended_at.is_none());
    assert_eq!(media.scrub(&admin).await.unwrap().started_at, begun.started_at, "one at a time");
    worker(test, media).run_until_idle().await.unwrap();
    let last = media.last_scrub(&admin).await.unwrap().unwrap();
    assert!(last.ended_at.is_some() && (last.progress() - 1.0).abs() < f64::EPSILON);
    test.clock.advance(60_000);
    last.found
}

#[tokio::test]
async fn a_changed_a_lost_and_an_unknown_object_are_found_on_both_databases() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let owner = lecturer().person;
        let videos = [
            testing::ready_video(&media, owner, 60_000).await.unwrap(),
            testing::ready_video(&media, owner, 1000).await.unwrap(),
        ];
        let file = test.folder.path().join("名册.csv");
        std::fs::write(&file, "学号,姓名\n").unwrap();
        let roster = media.import(owner, "名册.csv", Purpose::Roster, &file).await.unwrap().id;
        worker(&test, &media).run_until_idle().await.unwrap();
        test.clock.advance(DAYS);
        let whole = check(&test, &media).await;
        assert_eq!((whole.faults(), whole.objects, whole.expected), (0, 13, 13), "{}: {whole:?}", test.name);

        let keys = media.blob().list("assets").await.unwrap();
        let of = |n: usize, name: &str| {
            let asset = videos[n].uuid().simple().to_string();
            keys.iter().find(|key| key.contains(&asset) && key.ends_with(name)).unwrap().clone()
        };
        let (changed, lost) = (of(0, "360p/seg-00001.m4s"), of(1, "poster.jpg"));
        media.blob().put(&changed, "segmenT".into()).await.unwrap();
        media.blob().delete(&lost).await.unwrap();
        let original = format!("originals/{}", roster.uuid().simple());
        media.blob().put(&original, "学号,姓名\n1,林\n".into()).await.unwrap();
        let unknown = format!("{}x", of(0, "init.mp4"));
        let stray = "originals/00000000000000000000000000000000".to_owned();
        for key in [&unknown, &stray] {
            media.blob().put(key, "?".into()).await.unwrap();
        }
        let found = check(&test, &media).await;
        let mut wrong: Vec<_> = found.wrong.iter().map(|one| (one.key.clone(), one.fault)).collect();
        wrong.sort_by(|a, b| a.0.cmp(&b.0));
        let mut wanted = vec![
            (changed, Fault::Changed),
            (lost, Fault::Missing),
            (original, Fault::Changed),
            (unknown, Fault::Unknown),
            (stray, Fault::Unknown),
        ];
        wanted.sort_by(|a, b| a.0.cmp(&b.0));
        assert_eq!((wrong, found.faults()), (wanted, 5), "{}", test.name);
        assert!(media.scrub(&lecturer()).await.is_err() && media.last_scrub(&lecturer()).await.is_err());
        test.end().await;
    }
}

#[tokio::test]
async fn objects_of_before_there_were_checksums_get_theirs_and_a_lost_one_is_told() {
    for test in TestBase::each(Outbox::default()).await {
        let media = house(&test).await;
        let owner = lecturer().person;
        let kept = testing::ready_video(&media, owner, 60_000).await.unwrap();
        let lost = testing::ready_video(&media, owner, 60_000).await.unwrap();
        let tx = test.base.db.begin().await.unwrap();
        tx.execute_unprepared("DELETE FROM media_object").await.unwrap();
        tx.commit().await.unwrap();
        let prefix = |asset: kernel::id::AssetId| format!("assets/{}", asset.uuid().simple());
        media.blob().delete_beneath(&prefix(lost), None).await.unwrap();
        test.clock.advance(DAYS);
        let found = check(&test, &media).await;
        assert_eq!((found.adopted, found.missing, found.faults()), (6, 1, 1), "{}: {found:?}", test.name);
        assert!(found.wrong[0].key.starts_with(&prefix(lost)));
        // From now on a change is seen.
        let poster =
            media.blob().list(&prefix(kept)).await.unwrap().into_iter().find(|key| key.ends_with("poster.jpg"));
        media.blob().put(&poster.unwrap(), "other".into()).await.unwrap();
        let found = check(&test, &media).await;
        assert_eq!((found.adopted, found.changed, found.missing), (0, 1, 1), "{}: {found:?}", test.name);
        test.end().await;
    }
}

#[tokio::test]
async fn a_week_after_the_last_check_the_sweeper_begins_the_next() {
    let test = TestBase::sqlite(Outbox::default()).await;
    let media = house(&test).await;
    let admin = viewer(1, &[Role::Admin]);
    for (wait, again) in [(0, true), (6 * 24 * 3_600_000, false), (24 * 3_600_000, true)] {
        test.clock.advance(wait);
        let before = media.last_scrub(&admin).await.unwrap().map(|last| last.started_at);
        media.sweep().await.unwrap();
        worker(&test, &media).run_until_idle().await.unwrap();
        assert_eq!(media.last_scrub(&admin).await.unwrap().map(|last| last.started_at) != before, again);
    }
    test.end().await;
}
