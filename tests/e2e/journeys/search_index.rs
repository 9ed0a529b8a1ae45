//! The index is derived data: whatever happens to it the server stays up, says so, and makes it again; each node keeps its own.

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::{run, run_on, serve, serve_on},
};

const SEARCH: &str = "query($q: String!) { search(query: $q, first: 5) { totalCount rebuilding nearest nodes { title whole { start end } partial } } }";
const COURSE: &str = "mutation($t: String!) { createCourse(input: { title: $t }) { course { id } } }";
const CHAPTER: &str = "mutation($c: ID!) { addChapter(courseId: $c, title: \"第一章\") { chapter { id } } }";
const READING: &str = "mutation($c: ID!, $t: String!) { addReadingLesson(chapterId: $c, input: { title: $t, body: \"正文一段。\" }) { lesson { id } } }";
const PUBLISH: &str = "mutation($c: ID!) { publishCourse(id: $c) { course { id } } }";
/// Only so that a test ends: how soon something is found is measured by `make bench`, where nothing else runs.
const PATIENCE: Duration = Duration::from_secs(20);

async fn search(client: &Client, words: &str) -> Value {
    at(&client.ask(SEARCH, json!({ "q": words })).await, "search").clone()
}

/// Asks until the answer is whole; no answer on the way may be a fault.
async fn until_whole(client: &Client, words: &str) {
    until(client, words, |found| {
        at(found, "rebuilding").as_bool() == Some(false) && at(found, "totalCount").as_i64() > Some(0)
    })
    .await;
}

async fn until(client: &Client, words: &str, is_good: impl Fn(&Value) -> bool) {
    let began = Instant::now();
    loop {
        let found = search(client, words).await;
        if is_good(&found) {
            return;
        }
        assert!(began.elapsed() < PATIENCE, "{words}: {found}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

async fn publish(client: &Client, title: &str) {
    let course = text(&client.ask(COURSE, json!({ "t": title })).await, "createCourse.course.id");
    let chapter = text(&client.ask(CHAPTER, json!({ "c": course })).await, "addChapter.chapter.id");
    client.ask(READING, json!({ "c": chapter, "t": "读一读" })).await;
    client.ask(PUBLISH, json!({ "c": course })).await;
}

fn generation(data: &Path) -> PathBuf {
    data.join("index").join(fs::read_to_string(data.join("index/current")).unwrap())
}

fn seeded(data: &Path, database: Option<&str>) {
    let (good, said) = run_on(data, database, &["seed", "--demo", "--students", "5"]);
    assert!(good, "{said}");
}

#[tokio::test]
async fn a_lost_or_damaged_index_is_made_again_while_the_server_answers() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("school");
    let (server, data) = tokio::task::spawn_blocking(move || {
        seeded(&data, None);
        (serve(&data), data)
    })
    .await
    .unwrap();
    let client = Client::sign_in(&server.url, "student", "demo-xianfeng").await;
    until_whole(&client, "党章").await;
    // While somebody else builds, the server cannot: so there is time to look.
    let building = fs::File::options().create(true).append(true).open(data.join("index/building")).unwrap();
    building.lock().unwrap();
    for entry in fs::read_dir(generation(&data)).unwrap() {
        let path = entry.unwrap().path();
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    }
    until(&client, "党章", |found| at(found, "rebuilding").as_bool() == Some(true)).await;
    assert_eq!(client.get("/readyz").await.status(), StatusCode::OK, "a lost index takes nobody off the air");
    drop(building);
    until_whole(&client, "党章").await;
    fs::remove_dir_all(data.join("index")).unwrap();
    tokio::time::sleep(Duration::from_millis(600)).await;
    until_whole(&client, "党章").await;
    assert_eq!(client.get("/readyz").await.status(), StatusCode::OK);
    let lecturer = Client::sign_in(&server.url, "lecturer", "demo-xianfeng").await;
    publish(&lecturer, "重建之后的雪山草地").await;
    until_whole(&client, "雪山草地").await;
    let before = generation(&data);
    let place = data.clone();
    let reindexed = tokio::task::spawn_blocking(move || run(&place, &["reindex"]));
    while !reindexed.is_finished() {
        assert!(
            at(&search(&client, "雪山草地").await, "totalCount").as_i64() > Some(0),
            "answers while it is made anew"
        );
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (good, said) = reindexed.await.unwrap();
    assert!(good && generation(&data) != before, "{said}");
    publish(&lecturer, "切换之后的金沙江").await;
    until_whole(&client, "金沙江").await;
    drop(client);
    let server = tokio::task::spawn_blocking(move || {
        drop(server);
        fs::write(generation(&data).join("meta.json"), "{").unwrap();
        (serve(&data), folder)
    });
    let (server, _folder) = server.await.unwrap();
    let client = Client::sign_in(&server.url, "student", "demo-xianfeng").await;
    until_whole(&client, "金沙江").await;
}

#[tokio::test]
async fn each_node_has_its_own_index_and_is_ready_when_it_has_caught_up() {
    let Ok(postgres) = std::env::var("XIANFENG_TEST_POSTGRES") else { return };
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (folder.path().join("one"), folder.path().join("two"));
    let database = format!("{postgres}/nodes_{}", std::process::id());
    let admin = platform::Db::open(&format!("{postgres}/postgres"), 4).await.unwrap();
    let create = format!("CREATE DATABASE nodes_{}", std::process::id());
    sea_orm::ConnectionTrait::execute_unprepared(admin.read(), &create).await.unwrap();
    let started = tokio::task::spawn_blocking(move || {
        seeded(&one, Some(&database));
        (serve_on(&one, Some(&database)), serve_on(&two, Some(&database)))
    });
    let (first, second) = started.await.unwrap();
    let began = Instant::now();
    let anyone = Client::new(&second.url);
    while anyone.get("/readyz").await.status() != StatusCode::OK {
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let there = Client::sign_in(&second.url, "student", "demo-xianfeng").await;
    let found = search(&there, "党章").await;
    assert!(at(&found, "totalCount").as_i64() > Some(0), "ready means caught up: {found}");
    let lecturer = Client::sign_in(&first.url, "lecturer", "demo-xianfeng").await;
    publish(&lecturer, "两个节点的大渡河").await;
    for url in [&first.url, &second.url] {
        let client = Client::sign_in(url, "student", "demo-xianfeng").await;
        until_whole(&client, "大渡河").await;
    }
    drop((first, second));
}
