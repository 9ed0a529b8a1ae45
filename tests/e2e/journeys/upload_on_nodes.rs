//! Two servers of one school, on one PostgreSQL and one S3: an upload that began on one goes on on the other, also when the first is gone.

use std::{fs, path::Path, time::Duration};

use sha2::{Digest, Sha256};

use crate::{
    client::Client,
    tus::{Sending, letters},
    world::{run_with, serve_with},
};

/// Longer than two parts.
const LENGTH: usize = 12_000_000;

#[tokio::test]
async fn an_upload_goes_on_on_another_node() {
    let named = |name: &str| std::env::var(name).ok();
    let (Some(postgres), Some(s3), Some(bucket)) =
        (named("XIANFENG_TEST_POSTGRES"), named("XIANFENG_TEST_S3"), named("XIANFENG_TEST_S3_FOLDER"))
    else {
        eprintln!("skipped: needs PostgreSQL (tests/with-postgres.sh) and S3 (tests/with-s3.sh)");
        return;
    };
    let name = platform::testing::create(&postgres).await;
    let database = format!("{postgres}/{name}");
    let folder = tempfile::tempdir().unwrap();
    let settings: Vec<(&str, &str)> = vec![
        ("XIANFENG_DATABASE_URL", &database),
        ("XIANFENG_STORE_URL", "s3://xianfeng/nodes"),
        ("XIANFENG_STORE_ENDPOINT", &s3),
        ("XIANFENG_STORE_REGION", "us-east-1"),
        ("XIANFENG_STORE_ACCESS_KEY", "test-key"),
        ("XIANFENG_STORE_SECRET_KEY", "test-secret"),
    ];
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let seed = ["seed", "--demo", "--students", "5", "--logins", "1", "--date", crate::world::TODAY];
    let (good, said) = run_with(&one, &settings, &seed);
    assert!(good, "{said}");
    // Nodes of a school have its secrets.
    fs::create_dir_all(&two).unwrap();
    copy(&one.join("secrets"), &two.join("secrets"));
    let (first, second) = (serve_with(&one, &settings), serve_with(&two, &settings));
    let here = Client::sign_in(&first.url, "lecturer", "demo-xianfeng").await;
    let there = here.over(&second.url);

    let file = letters(LENGTH, 7);
    let sending = Sending::begin(&here, file.len()).await;
    assert_eq!(sending.patch(&here, 0, &file[..5_500_000]).await.status(), 204);
    assert_eq!(sending.offset(&there).await, 5_500_000);
    assert_eq!(sending.patch(&there, 5_500_000, &file[5_500_000..6_000_001]).await.status(), 204);
    assert_eq!(sending.patch(&here, 6_000_001, &file[6_000_001..11_000_000]).await.status(), 204);
    drop(first);
    assert_eq!(sending.offset(&there).await, 11_000_000);
    let mut status = 423;
    while status == 423 {
        status = sending.patch(&there, 11_000_000, &file[11_000_000..]).await.status().as_u16();
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(status, 204);
    sending.ready(&there).await;
    let kept = fs::read(Path::new(&bucket).join("xianfeng/nodes").join(sending.original())).unwrap();
    assert_eq!(Sha256::digest(&kept), Sha256::digest(&file));
    drop(second);
    platform::testing::drop_database(&postgres, &name).await;
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}
