//! A PDF and a picture become readings over HTTP: signed pictures without what the file told about itself, a study block by page, captions
//! that are listed, edited and removed.

use std::time::Duration;

use media::testing::files;
use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::world,
};

/// Answers the asset once it is READY or FAILED.
async fn upload(client: &Client, name: &str, purpose: &str, bytes: Vec<u8>) -> Value {
    let announce = "mutation($n: String!, $p: UploadPurpose!) { createUpload(input: { fileName: $n, purpose: $p }) { asset { id } uploadUrl } }";
    let made = client.ask(announce, json!({ "n": name, "p": purpose })).await;
    let tus = |method, path: &str| {
        client.request(method, path).header("tus-resumable", "1.0.0").header("x-requested-with", "e2e")
    };
    let created = tus(Method::POST, &text(&made, "createUpload.uploadUrl")).header("upload-length", bytes.len());
    let location = created.send().await.unwrap().headers()["location"].to_str().unwrap().to_owned();
    let sent = tus(Method::PATCH, &location)
        .header("upload-offset", 0)
        .header("content-type", "application/offset+octet-stream")
        .body(bytes);
    assert_eq!(sent.send().await.unwrap().status(), 204);
    let id = text(&made, "createUpload.asset.id");
    for _ in 0..600 {
        let found = client.ask("query($i: ID!) { asset(id: $i) { id status failure } }", json!({ "i": id })).await;
        if ["READY", "FAILED"].contains(&text(&found, "asset.status").as_str()) {
            return found["asset"].clone();
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{name} was never done");
}

/// A course with one chapter.
async fn course(lecturer: &Client, title: &str) -> (String, String) {
    let create = "mutation($t: String!) { createCourse(input: { title: $t }) { course { id } } }";
    let course = text(&lecturer.ask(create, json!({ "t": title })).await, "createCourse.course.id");
    let add = "mutation($i: ID!) { addChapter(courseId: $i, title: \"第一章\") { chapter { id } } }";
    let chapter = text(&lecturer.ask(add, json!({ "i": course })).await, "addChapter.chapter.id");
    (course, chapter)
}

#[tokio::test]
async fn a_pdf_is_studied_page_by_page_and_its_pictures_are_signed() {
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let (course, chapter) = course(&lecturer, "带文件的课").await;
    let pdf = upload(&lecturer, "章程.pdf", "DOCUMENT", files::pdf(&["中国共产党章程\n总纲", ""])).await;
    assert_eq!((text(&pdf, "status").as_str(), at(&pdf, "failure")), ("READY", &Value::Null), "{pdf}");
    let add = "mutation($c: ID!, $i: ReadingLessonInput!) { addReadingLesson(chapterId: $c, input: $i) { lesson { id ... on ReadingLesson { characters blocks asset { fileName } } } } }";
    let input = json!({ "title": "原文", "assetId": pdf["id"] });
    let made = lecturer.ask(add, json!({ "c": chapter, "i": input })).await;
    let lesson = &made["addReadingLesson"]["lesson"];
    assert_eq!((at(lesson, "blocks"), text(lesson, "asset.fileName").as_str()), (&json!(2), "章程.pdf"), "{made}");
    let source = "query($l: ID!) { readingSource(lessonId: $l) { paged format } }";
    let (lesson, about) = (text(lesson, "id"), lecturer.ask(source, json!({ "l": text(lesson, "id") })).await);
    assert_eq!(at(&about, "readingSource.paged"), &json!(true));

    let photo = upload(&lecturer, "会场.jpg", "IMAGE", files::photo(2000, 1000)).await;
    let body =
        format!("# 会场\n\n![会场](asset:{})\n\n<img src=\"https://evil.example/x.png\">完。", text(&photo, "id"));
    let preview = "query($c: ID!, $b: String!) { readingPreview(courseId: $c, format: MARKDOWN, body: $b) { html characters blocks } }";
    let shown = lecturer.ask(preview, json!({ "c": course, "b": body })).await;
    let html = text(&shown, "readingPreview.html");
    assert!(!html.contains("evil"), "{html}");
    let addresses: Vec<&str> = html.split(['"', ' ', ',']).filter(|word| word.starts_with("/pictures/")).collect();
    assert_eq!(addresses.len(), 3, "the large one, and both for the choice: {html}");
    for address in &addresses {
        let picture = world.anonymous().get(address).await;
        assert_eq!(picture.headers()["content-type"], "image/jpeg");
        assert!(picture.headers()["cache-control"].to_str().unwrap().contains("immutable"));
        let bytes = picture.bytes().await.unwrap();
        assert!(!bytes.windows(9).any(|nine| nine == b"116.4074E"), "where it was taken stays with the lecturer");
    }
    let forged = addresses[0].replace("large.", "../large.");
    assert_eq!(world.anonymous().get(&forged).await.status(), 404);
    let wrong = addresses[0].replacen("/large", "x/large", 1);
    assert_eq!(world.anonymous().get(&wrong).await.status(), 404);

    lecturer.ask("mutation($i: ID!) { publishCourse(id: $i) { course { status } } }", json!({ "i": course })).await;
    let student = world.sign_in("s5").await;
    let open = "mutation($i: ID!) { openStudy(lessonId: $i) { material { ... on ReadingMaterial { version html blocks { index characters } } } } }";
    let study = student.ask(open, json!({ "i": lesson })).await;
    let material = at(&study, "openStudy.material");
    assert_eq!(at(material, "blocks.1"), &json!({ "index": 1, "characters": 300 }), "a page without text is looked at");
    assert!(text(material, "html").contains("中国共产党章程"), "{material}");
    let versions = "query($l: [ID!]!) { readingVersions(lessonIds: $l) { lessonId version } }";
    let known = student.ask(versions, json!({ "l": [lesson, "les_0"] })).await;
    assert_eq!(at(&known, "readingVersions"), &json!([{ "lessonId": lesson, "version": material["version"] }]));
    assert_eq!(student.ask(source, json!({ "l": lesson })).await["readingSource"], Value::Null);
    lecturer.ask("mutation($i: ID!) { withdrawCourse(id: $i) { course { status } } }", json!({ "i": course })).await;
    assert_eq!(student.ask(versions, json!({ "l": [lesson] })).await["readingVersions"], json!([]));
    let kept = "query($l: ID!) { readingText(lessonId: $l) { html } }";
    assert_eq!(student.refused(kept, json!({ "l": lesson })).await, "NOT_FOUND");
}

#[tokio::test]
async fn documents_that_cannot_be_read_end_with_a_sentence() {
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let cases = [
        ("锁.pdf", "DOCUMENT", files::locked_pdf(), "密码"),
        ("坏.pdf", "DOCUMENT", b"%PDF-1.7\nno more".to_vec(), "已损坏"),
        ("旧.doc", "DOCUMENT", b"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1".to_vec(), "DOC"),
        ("坏.docx", "DOCUMENT", b"PK\x03\x04".to_vec(), "已损坏"),
        ("坏.png", "IMAGE", b"\x89PNG\r\n\x1A\n".to_vec(), "已损坏"),
    ];
    for (name, purpose, bytes, expected) in cases {
        let asset = upload(&lecturer, name, purpose, bytes).await;
        assert!(text(&asset, "status") == "FAILED" && text(&asset, "failure").contains(expected), "{name}: {asset}");
    }
}

#[tokio::test]
async fn captions_are_listed_edited_line_by_line_and_removed() {
    let world = world().await;
    let lecturer = world.sign_in("lecturer").await;
    let outlines =
        "{ courses(first: 20, filter: { mine: true }) { nodes { id chapters { lessons { __typename id } } } } }";
    let found = lecturer.ask(outlines, json!({})).await;
    let nodes = found["courses"]["nodes"].as_array().unwrap().iter();
    let chapters = nodes.flat_map(|course| course["chapters"].as_array().unwrap());
    let mut lessons = chapters.flat_map(|chapter| chapter["lessons"].as_array().unwrap());
    let lesson = text(lessons.find(|lesson| lesson["__typename"] == "VideoLesson").expect("a video"), "id");
    let add = "mutation($l: ID!, $i: CaptionsInput!) { addCaptions(lessonId: $l, input: $i) { lesson { id } } }";
    let vtt = "WEBVTT\n\n00:01.000 --> 00:02.000\nfirst\n\n00:03.000 --> 00:04.000\nsecond\n";
    let input = |vtt: &str| json!({ "l": lesson, "i": { "language": "en", "label": "English", "vtt": vtt } });
    let (_, _, refused) =
        lecturer.post(&json!({ "query": add, "variables": input("WEBVTT\n\n1 --> 2\nx\n\n3\n") })).await;
    let faults = at(&refused, "errors.0.extensions.fields").as_array().unwrap();
    let said: Vec<String> = faults.iter().map(|fault| text(fault, "message")).collect();
    assert!(said.len() == 2 && said[0].starts_with("第 3 行") && said[1].starts_with("第 6 行"), "{said:?}");
    lecturer.ask(add, input(vtt)).await;
    let desk = "query($l: ID!) { lessonCaptions(lessonId: $l) { recognises tracks { id language version cues { startMs endMs text } } drafts { id } } }";
    let there = lecturer.ask(desk, json!({ "l": lesson })).await;
    assert_eq!(at(&there, "lessonCaptions.recognises"), &json!(false), "the demo school has no program for it");
    let tracks = at(&there, "lessonCaptions.tracks").as_array().unwrap();
    let track = tracks.iter().find(|track| track["language"] == "en").unwrap();
    let edit = "mutation($i: EditCueInput!) { editCue(input: $i) { track { version cues { startMs endMs text } } } }";
    let change = json!({ "captionsId": track["id"], "version": track["version"], "index": 0, "startMs": 1500, "endMs": 2500, "text": "First" });
    let edited = lecturer.ask(edit, json!({ "i": change })).await;
    assert_eq!(at(&edited, "editCue.track.cues.0"), &json!({ "startMs": 1500, "endMs": 2500, "text": "First" }));
    assert_eq!(lecturer.refused(edit, json!({ "i": change })).await, "CONFLICT", "the version has moved on");
    let student = world.sign_in("s5").await;
    assert_eq!(student.refused(desk, json!({ "l": lesson })).await, "FORBIDDEN");
    assert_eq!(student.refused(edit, json!({ "i": change })).await, "FORBIDDEN");
    let recognise = "mutation($l: ID!) { recogniseCaptions(lessonId: $l, language: \"en\") { draft { id } } }";
    assert_eq!(lecturer.refused(recognise, json!({ "l": lesson })).await, "UNAVAILABLE");
    let remove = "mutation($l: ID!) { removeCaptions(lessonId: $l, language: \"en\") }";
    assert_eq!(lecturer.ask(remove, json!({ "l": lesson })).await["removeCaptions"], json!(true));
    assert_eq!(lecturer.refused(remove, json!({ "l": lesson })).await, "NOT_FOUND");
}
