//! The doctor says in sentences what is wrong, why it matters and what to do.

use std::{fs, os::unix::fs::PermissionsExt, path::Path};

use sea_orm::ConnectionTrait;

use crate::world::{run, world};

/// The lines about one thing.
fn about<'a>(said: &'a str, name: &str) -> &'a str {
    let start = format!(" {name}: ");
    said.lines().find(|line| line.contains(&start)).unwrap_or_else(|| panic!("nothing about {name}: {said}"))
}

/// A school of its own, without people.
fn school(folder: &Path) -> std::path::PathBuf {
    let data = folder.join("school");
    let arguments = [
        "user",
        "create",
        "--school",
        "某校",
        "--username",
        "chief",
        "--name",
        "王",
        "--number",
        "1",
        "--role",
        "admin",
    ];
    let (good, said) = run(&data, &arguments);
    assert!(good, "{said}");
    data
}

#[tokio::test]
async fn a_running_school_is_in_order_and_is_not_disturbed() {
    let data = world().await.data.path().join("school");
    let (_, said) = run(&data, &["doctor"]);
    for name in [
        "data folder",
        "secrets",
        "ffprobe",
        "poppler",
        "database",
        "integrity",
        "schema",
        "append-only",
        "object store",
        "address",
    ] {
        assert!(about(&said, name).starts_with('✓'), "{said}");
    }
    assert!(about(&said, "append-only").contains("credits_entry"), "{said}");
}

#[tokio::test]
async fn what_is_wrong_is_said_with_its_reason_and_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let data = school(folder.path());
    let mode = |path: &str, mode| fs::set_permissions(data.join(path), fs::Permissions::from_mode(mode)).unwrap();
    mode("", 0o755);
    mode("secrets/media", 0o644);
    let db = platform::Db::open(&format!("sqlite:{}", data.join("xianfeng.db").display()), 1).await.unwrap();
    let tx = db.begin().await.unwrap();
    tx.execute_unprepared("DROP TRIGGER credits_entry_no_update").await.unwrap();
    tx.execute_unprepared("INSERT INTO seaql_migrations (version, applied_at) VALUES ('m9999_future', 1)")
        .await
        .unwrap();
    tx.commit().await.unwrap();
    db.close().await.unwrap();
    let (good, said) = run(&data, &["doctor"]);
    assert!(
        !good && said.contains("why it matters") && said.contains("chmod 700") && said.contains("chmod 600"),
        "{said}"
    );
    for name in ["data folder", "secrets", "append-only", "schema"] {
        assert!(about(&said, name).starts_with('✗'), "{said}");
    }
    assert!(about(&said, "append-only").contains("credits_entry"), "{said}");
}

#[tokio::test]
async fn an_empty_folder_and_a_damaged_file_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let (_, said) = run(&folder.path().join("nothing"), &["doctor"]);
    assert!(about(&said, "data folder").starts_with('–'), "{said}");
    let data = school(folder.path());
    let file = data.join("xianfeng.db");
    // Closed in order, so that all is in the one file.
    let db = platform::Db::open(&format!("sqlite:{}", file.display()), 1).await.unwrap();
    db.close().await.unwrap();
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 8192].fill(0xa5);
    fs::write(&file, bytes).unwrap();
    let (good, said) = run(&data, &["doctor"]);
    // How far the reading comes depends on which pages are hit.
    let told = |line: &str| line.starts_with('✗') && (line.contains(" integrity: ") || line.contains(" database: "));
    assert!(!good && said.lines().any(told), "{said}");
}

#[tokio::test]
async fn a_dead_job_is_tried_again_at_the_start_as_the_doctor_says() {
    let folder = tempfile::tempdir().unwrap();
    let data = school(folder.path());
    let url = format!("sqlite:{}", data.join("xianfeng.db").display());
    let db = platform::Db::open(&url, 1).await.unwrap();
    let tx = db.begin().await.unwrap();
    let dead = "INSERT INTO platform_job (kind, lane, payload, outside, run_at, attempts, failure, dead) \
                VALUES ('credits.award', 'a', 'nothing', FALSE, 1, 8, 'no such pack', TRUE)";
    tx.execute_unprepared(dead).await.unwrap();
    tx.commit().await.unwrap();
    db.close().await.unwrap();
    let (good, said) = run(&data, &["doctor"]);
    assert!(!good && about(&said, "jobs").starts_with('✗') && said.contains("and restart"), "{said}");
    drop(crate::world::serve(&data));
    let db = platform::Db::open(&url, 1).await.unwrap();
    // Beside jobs that a start leaves by itself.
    let (waiting, dead) = platform::jobs::counts(db.read()).await.unwrap();
    assert!(waiting > 0 && dead == 0, "it waits again: {waiting}, {dead}");
    db.close().await.unwrap();
}
