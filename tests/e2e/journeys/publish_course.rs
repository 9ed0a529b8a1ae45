//! A lecturer uploads, watches the conversion, publishes: cut uploads go on, hostile files end with a sentence.

use std::{process::Command, time::Duration};

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::world,
};

const UPLOAD: &str = "mutation($n: String!, $p: UploadPurpose!) { createUpload(input: { fileName: $n, purpose: $p }) { asset { id status } uploadUrl } }";
const ASSET: &str = "query($i: ID!) { asset(id: $i) { status progress failure durationMs renditions { width height bitrate } posterUrl } }";

fn tus(client: &Client, method: Method, path: &str) -> reqwest::RequestBuilder {
    client.request(method, path).header("tus-resumable", "1.0.0").header("x-requested-with", "e2e")
}

async fn announce(client: &Client, name: &str) -> (String, String) {
    let made = client.ask(UPLOAD, json!({ "n": name, "p": "VIDEO" })).await;
    (text(&made, "createUpload.asset.id"), text(&made, "createUpload.uploadUrl"))
}

async fn create(client: &Client, url: &str, length: usize) -> Response {
    tus(client, Method::POST, url).header("upload-length", length).send().await.unwrap()
}

async fn patch(client: &Client, location: &str, offset: usize, bytes: Vec<u8>) -> Response {
    let request = tus(client, Method::PATCH, location)
        .header("upload-offset", offset)
        .header("content-type", "application/offset+octet-stream");
    request.body(bytes).send().await.unwrap()
}

/// The whole file in two parts; answers the asset once it is READY or FAILED.
async fn upload(client: &Client, name: &str, bytes: &[u8]) -> Value {
    let (asset, url) = announce(client, name).await;
    let created = create(client, &url, bytes.len()).await;
    assert_eq!(created.status(), 201);
    let location = created.headers()["location"].to_str().unwrap().to_owned();
    let half = bytes.len() / 2;
    assert_eq!(patch(client, &location, 0, bytes[..half].to_vec()).await.status(), 204);
    let head = tus(client, Method::HEAD, &location).send().await.unwrap();
    assert_eq!(head.headers()["upload-offset"].to_str().unwrap(), half.to_string());
    assert_eq!(patch(client, &location, 0, bytes[..half].to_vec()).await.status(), 409, "a wrong offset");
    assert_eq!(patch(client, &location, half, bytes[half..].to_vec()).await.status(), 204);
    assert_eq!(create(client, &url, 5).await.status(), 409, "after the end");
    for _ in 0..600 {
        let found = client.ask(ASSET, json!({ "i": asset })).await;
        if ["READY", "FAILED"].contains(&text(&found, "asset.status").as_str()) {
            let mut found = found["asset"].clone();
            found["id"] = json!(asset);
            return found;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the conversion did not end");
}

fn film(folder: &std::path::Path) -> Vec<u8> {
    let file = folder.join("film.mp4");
    let input = [
        "-f",
        "lavfi",
        "-i",
        "testsrc2=size=640x360:rate=10:duration=3",
        "-f",
        "lavfi",
        "-i",
        "sine=duration=3",
        "-shortest",
    ];
    let made = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(input)
        .args(["-c:v", "libx264", "-pix_fmt", "yuv420p", "-y"])
        .arg(&file)
        .status();
    assert!(made.unwrap().success());
    std::fs::read(file).unwrap()
}

#[tokio::test]
async fn a_lecturers_video_and_reading_become_a_course_that_students_find() {
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let folder = tempfile::tempdir().unwrap();
    let asset = upload(&lecturer, "第一讲.mp4", &film(folder.path())).await;
    assert_eq!((text(&asset, "status").as_str(), at(&asset, "failure")), ("READY", &Value::Null), "{asset}");
    assert!((2_800..3_300).contains(&at(&asset, "durationMs").as_i64().unwrap()), "{asset}");
    assert_eq!(at(&asset, "renditions.0.height"), &json!(360));
    assert_eq!(lecturer.get(&text(&asset, "posterUrl")).await.headers()["content-type"], "image/jpeg");

    let course = lecturer
        .ask("mutation { createCourse(input: { title: \"端到端课程\" }) { course { id status } } }", json!({}))
        .await;
    let course = text(&course, "createCourse.course.id");
    let publish = "mutation($i: ID!) { publishCourse(id: $i) { course { status } } }";
    assert_eq!(lecturer.refused(publish, json!({ "i": course })).await, "INVALID", "an empty course");
    let chapter = lecturer
        .ask(
            "mutation($i: ID!) { addChapter(courseId: $i, title: \"第一章\") { chapter { id } } }",
            json!({ "i": course }),
        )
        .await;
    let chapter = text(&chapter, "addChapter.chapter.id");
    let video = "mutation($c: ID!, $a: ID!) { addVideoLesson(chapterId: $c, input: { title: \"测试片\", assetId: $a }) { lesson { id ... on VideoLesson { durationMs } } } }";
    lecturer.ask(video, json!({ "c": chapter, "a": text(&asset, "id") })).await;
    let reading = "mutation($c: ID!, $b: String!) { addReadingLesson(chapterId: $c, input: { title: \"说明\", body: $b }) { lesson { id } } }";
    let hostile = "正文<script>alert(1)</script>\n\n[链接](javascript:alert(1))";
    lecturer.ask(reading, json!({ "c": chapter, "b": hostile })).await;
    let student = world.sign_in("student").await;
    let find = "query($q: String!) { courses(first: 10, filter: { query: $q }) { nodes { id } } }";
    assert_eq!(student.ask(find, json!({ "q": "端到端" })).await["courses"]["nodes"], json!([]));
    let published = lecturer.ask(publish, json!({ "i": course })).await;
    assert_eq!(text(&published, "publishCourse.course.status"), "PUBLISHED");
    assert_eq!(student.ask(find, json!({ "q": "端到端" })).await["courses"]["nodes"], json!([{ "id": course }]));
    let outline =
        student.ask("query($i: ID!) { course(id: $i) { chapters { lessons { id } } } }", json!({ "i": course })).await;
    let lesson = text(&outline, "course.chapters.0.lessons.1.id");
    let study = student
        .ask(
            "mutation($i: ID!) { openStudy(lessonId: $i) { material { ... on ReadingMaterial { html } } } }",
            json!({ "i": lesson }),
        )
        .await;
    let html = text(&study, "openStudy.material.html");
    assert!(html.contains("正文") && !html.contains("script") && !html.contains("javascript"), "{html}");
    lecturer.ask("mutation($i: ID!) { withdrawCourse(id: $i) { course { status } } }", json!({ "i": course })).await;
}

#[tokio::test]
async fn a_video_that_is_a_text_file_ends_with_a_sentence() {
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let asset = upload(&lecturer, "演讲.mp4", "这不是视频，只是一些文字。".repeat(50).as_bytes()).await;
    assert_eq!(text(&asset, "status"), "FAILED");
    assert!(text(&asset, "failure").chars().any(|c| ('\u{4e00}'..'\u{9fff}').contains(&c)), "{asset}");
    let canary = world.data.path().join("school/secrets/media");
    let playlist = format!("#EXTM3U\n#EXTINF:1,\nfile://{}\n", canary.display());
    let asset = upload(&lecturer, "播放列表.mp4", playlist.repeat(20).as_bytes()).await;
    assert_eq!(text(&asset, "status"), "FAILED");
}

#[tokio::test]
async fn an_upload_is_its_owners_alone_and_a_cut_one_goes_on() {
    let world = world().await;
    let (lecturer, student) = (world.sign_in("lecturer").await, world.sign_in("student").await);
    let (_, url) = announce(&lecturer, "慢.mp4").await;
    assert_eq!(create(&student, &url, 10).await.status(), 404);
    assert_eq!(create(&world.anonymous(), &url, 10).await.status(), 401);
    let location = create(&lecturer, &url, 10).await.headers()["location"].to_str().unwrap().to_owned();
    assert_eq!(patch(&student, &location, 0, vec![1; 4]).await.status(), 404);
    assert_eq!(patch(&lecturer, &location, 0, vec![1; 4]).await.status(), 204);
    let wrong = tus(&lecturer, Method::PATCH, &location)
        .header("upload-offset", 4)
        .header("content-type", "application/offset+octet-stream");
    let wrong =
        wrong.header("upload-checksum", "sha1 AAAAAAAAAAAAAAAAAAAAAAAAAAA=").body(vec![2; 3]).send().await.unwrap();
    assert_eq!(wrong.status().as_u16(), 460);
    let head = tus(&lecturer, Method::HEAD, &location).send().await.unwrap();
    assert_eq!(
        (head.headers()["upload-offset"].to_str().unwrap(), head.headers()["cache-control"].to_str().unwrap()),
        ("4", "no-store")
    );
    assert_eq!(tus(&lecturer, Method::DELETE, &location).send().await.unwrap().status(), 204);
    let options = lecturer.request(Method::OPTIONS, &url).send().await.unwrap();
    assert_eq!(
        options.headers()["tus-extension"].to_str().unwrap(),
        "creation,creation-with-upload,checksum,termination,expiration"
    );
    let old = lecturer
        .request(Method::POST, &url)
        .header("tus-resumable", "0.2.2")
        .header("x-requested-with", "e2e")
        .send()
        .await
        .unwrap();
    assert_eq!(old.status(), 412);
}

#[tokio::test]
async fn the_conversion_is_watched_over_graphql_transport_ws() {
    use futures::{SinkExt, StreamExt};
    use tokio_tungstenite::tungstenite::{Message, client::IntoClientRequest};
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let (asset, _) = announce(&lecturer, "看着转换.mp4").await;
    let mut request = format!("{}/graphql/ws", world.url.replacen("http", "ws", 1)).into_client_request().unwrap();
    request.headers_mut().insert("sec-websocket-protocol", "graphql-transport-ws".parse().unwrap());
    request.headers_mut().insert("cookie", lecturer.cookie.clone().unwrap().parse().unwrap());
    let (mut socket, _) = tokio_tungstenite::connect_async(request).await.unwrap();
    let subscribe = json!({ "query": crate::client::contract("lecturer.graphql"), "operationName": "AssetProgress", "variables": { "id": asset } });
    for message in
        [json!({ "type": "connection_init" }), json!({ "id": "1", "type": "subscribe", "payload": subscribe })]
    {
        socket.send(Message::text(message.to_string())).await.unwrap();
    }
    let mut heard = Vec::new();
    while heard.len() < 2 {
        let message = tokio::time::timeout(Duration::from_secs(5), socket.next()).await.unwrap().unwrap().unwrap();
        heard.push(serde_json::from_str::<Value>(message.to_text().unwrap()).unwrap());
    }
    assert_eq!(text(&heard[0], "type"), "connection_ack");
    assert_eq!(text(&heard[1], "payload.data.assetProgress.status"), "UPLOADING", "{}", heard[1]);
}
