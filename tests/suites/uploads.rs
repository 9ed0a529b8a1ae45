//! Uploads that nobody goes on with, on the real server: refused after a day, and swept with their bytes within the next hour.

use std::{fs, path::Path, time::Duration};

use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::{line::Line, world::World};

const HOUR: i64 = 3_600_000;

/// Announced, begun, and cut after five bytes; answers its address.
async fn cut(line: &Line) -> String {
    let document = "mutation($i: CreateUploadInput!) { createUpload(input: $i) { uploadUrl } }";
    let said = line.ask(document, json!({ "i": { "fileName": "一半.mp4", "purpose": "VIDEO" } })).await;
    let url = said.data("createUpload.uploadUrl").as_str().unwrap().to_owned();
    let begun = tus(line, Method::POST, &url).header("upload-length", 100).send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::CREATED);
    let place = begun.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(patch(line, &place).await, StatusCode::NO_CONTENT);
    place
}

fn tus(line: &Line, method: Method, path: &str) -> reqwest::RequestBuilder {
    line.request(method, path).header("tus-resumable", "1.0.0")
}

async fn patch(line: &Line, place: &str) -> StatusCode {
    let request = tus(line, Method::PATCH, place).header("upload-offset", 0);
    request.header("content-type", "application/offset+octet-stream").body("bytes").send().await.unwrap().status()
}

async fn head(line: &Line, place: &str) -> StatusCode {
    tus(line, Method::HEAD, place).send().await.unwrap().status()
}

fn files(folder: &Path) -> usize {
    fs::read_dir(folder.join("work/uploads")).unwrap().count()
}

#[tokio::test]
async fn an_abandoned_upload_is_refused_after_a_day_and_goes_with_its_announcement_within_the_hour() {
    let world = World::clocked().await;
    let line = world.sign_in("lecturer").await;
    let place = cut(&line).await;
    world.server.advance(&line, 23 * HOUR).await;
    // Staff sessions end sooner than uploads do.
    let line = world.sign_in("lecturer").await;
    assert_eq!((head(&line, &place).await, files(world.folder())), (StatusCode::OK, 1));
    world.server.advance(&line, HOUR).await;
    let line = world.sign_in("lecturer").await;
    // Until it is swept it is gone in words only.
    assert!([StatusCode::GONE, StatusCode::NOT_FOUND].contains(&head(&line, &place).await));
    world.server.advance(&line, HOUR).await;
    let line = world.sign_in("lecturer").await;
    for _ in 0..200 {
        if files(world.folder()) == 0 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!((head(&line, &place).await, files(world.folder())), (StatusCode::NOT_FOUND, 0));
    // The announcement, which no course waits for, goes with it.
    let id = place.rsplit('/').nth(1).unwrap();
    let gone = async || {
        line.ask("query($id: ID!) { asset(id: $id) { id } }", json!({ "id": id })).await.code() == Some("NOT_FOUND")
    };
    for _ in 0..200 {
        if gone().await {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert!(gone().await);
    let asset = place.rsplit_once('/').unwrap().0;
    let begun = tus(&line, Method::POST, asset).header("upload-length", 100).send().await.unwrap();
    assert_eq!(begun.status(), StatusCode::NOT_FOUND);
}
