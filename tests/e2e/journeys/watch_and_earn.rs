//! A student studies and earns; what does not count is said with its reason; the ledger explains itself.

use std::time::Duration;

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::world,
};

const LESSONS: &str = "{ courses(first: 10) { nodes { id chapters { lessons { __typename id title required ... on VideoLesson { durationMs } } } } } }";
const OPEN: &str = "mutation($id: ID!) { openStudy(lessonId: $id) { id heartbeatMs maxRate nextSeq covered { start end } material { __typename
    ... on VideoMaterial { playlistUrl posterUrl durationMs captions { url } } ... on ReadingMaterial { html blocks { index characters } } } } }";
const BEAT: &str = "mutation($i: HeartbeatInput!) { heartbeat(input: $i) { nextSeq lease creditedMs coverage completed refused { start end reason }
    awards { rule { key } measure amount } } }";

async fn lessons(client: &Client, kind: &str) -> Vec<String> {
    let found = client.ask(LESSONS, json!({})).await;
    let courses = at(&found, "courses.nodes").as_array().unwrap().clone();
    let chapters = courses.iter().flat_map(|c| at(c, "chapters").as_array().unwrap().clone()).collect::<Vec<Value>>();
    let lessons = chapters.iter().flat_map(|c| at(c, "lessons").as_array().unwrap().clone());
    lessons.filter(|l| text(l, "__typename") == kind).map(|l| text(&l, "id")).collect()
}

async fn open(client: &Client, lesson: &str) -> Value {
    at(&client.ask(OPEN, json!({ "id": lesson })).await, "openStudy").clone()
}

/// Fetches what a player fetches: the playlists, and every segment of the first rendition. Only what was served counts.
pub async fn fetch(client: &Client, study: &Value) {
    let master = text(study, "material.playlistUrl");
    let base = master.rsplit_once('/').unwrap().0.to_owned();
    let listed =
        |text: String| text.lines().filter(|line| !line.starts_with('#')).map(str::to_owned).collect::<Vec<_>>();
    let media = listed(client.get(&master).await.text().await.unwrap()).remove(0);
    let folder = media.rsplit_once('/').unwrap().0.to_owned();
    for segment in listed(client.get(&format!("{base}/{media}")).await.text().await.unwrap()) {
        let bytes = client.get(&format!("{base}/{folder}/{segment}")).await.bytes().await.unwrap();
        assert!(!bytes.is_empty());
    }
}

async fn beat(client: &Client, study: &Value, seq: i64, spans: Value) -> Value {
    let input = json!({ "studyId": text(study, "id"), "seq": seq, "spans": spans, "rate": 1.0, "visible": true });
    at(&client.ask(BEAT, json!({ "i": input })).await, "heartbeat").clone()
}

#[tokio::test]
async fn a_second_of_watching_is_a_second_and_a_flood_is_refused_with_its_reason() {
    let client = world().await.sign_in("s3").await;
    let video = lessons(&client, "VideoLesson").await.pop().unwrap();
    let before = tokio::time::Instant::now();
    let study = open(&client, &video).await;
    assert_eq!(at(&study, "heartbeatMs"), &json!(15_000));
    let unserved = beat(&client, &study, 1, json!([{ "start": 0, "end": 1_000 }])).await;
    assert_eq!(at(&unserved, "refused.0.reason"), &json!("NOT_SERVED"), "{unserved}");
    fetch(&client, &study).await;
    let answer = beat(&client, &study, 2, json!([{ "start": 0, "end": 60_000 }])).await;
    let refused = at(&answer, "refused.0.reason");
    assert_eq!(refused, &json!("TOO_FAST"), "{answer}");
    tokio::time::sleep(Duration::from_secs(2)).await;
    let later = beat(&client, &study, 3, json!([{ "start": 0, "end": 60_000 }])).await;
    let credited = at(&answer, "creditedMs").as_i64().unwrap() + at(&later, "creditedMs").as_i64().unwrap();
    // maxRate × elapsed + a burst of two intervals, whatever was claimed.
    let bound = i64::try_from(before.elapsed().as_millis()).unwrap() * 2 + 30_000;
    assert!(credited > 0 && credited <= bound, "{credited} > {bound}");
    assert!(at(&later, "coverage").as_f64().unwrap() > 0.0 && at(&later, "completed") == &json!(false));
}

#[tokio::test]
async fn a_segment_is_kept_for_good_and_asked_for_again_it_costs_no_bytes() {
    let client = world().await.sign_in("s3").await;
    let video = lessons(&client, "VideoLesson").await.pop().unwrap();
    let study = open(&client, &video).await;
    let master = text(&study, "material.playlistUrl");
    let base = master.rsplit_once('/').unwrap().0.to_owned();
    let index = format!("{base}/360p/index.m3u8");
    let segment = format!("{base}/360p/seg-00001.m4s");
    for path in [&master, &index, &segment] {
        let first = client.get(path).await;
        let header = |name: &str| first.headers()[name].to_str().unwrap().to_owned();
        let (tag, cache) = (header("etag"), header("cache-control"));
        assert_eq!((first.status(), cache.as_str()), (StatusCode::OK, "private, max-age=43200, immutable"), "{path}");
        assert!(!first.bytes().await.unwrap().is_empty());
        let again = |tag: &str| client.request(Method::GET, path).header("if-none-match", tag).send();
        let known = again(&tag).await.unwrap();
        let told = known.headers().clone();
        assert_eq!(known.status(), StatusCode::NOT_MODIFIED, "{path}");
        assert_eq!(
            (told["etag"].to_str().unwrap(), told["cache-control"].to_str().unwrap()),
            (tag.as_str(), cache.as_str())
        );
        assert!(known.bytes().await.unwrap().is_empty(), "{path}");
        assert_eq!(again("\"another\"").await.unwrap().status(), StatusCode::OK, "{path}");
    }
}

#[tokio::test]
async fn a_lost_reply_is_repeated_a_changed_one_refused_and_a_gap_told() {
    let client = world().await.sign_in("s2").await;
    let video = lessons(&client, "VideoLesson").await.remove(0);
    let study = open(&client, &video).await;
    let first = beat(&client, &study, 1, json!([{ "start": 0, "end": 500 }])).await;
    assert_eq!(beat(&client, &study, 1, json!([{ "start": 0, "end": 500 }])).await, first);
    let other = json!({ "studyId": text(&study, "id"), "seq": 1, "spans": [{ "start": 0, "end": 501 }], "rate": 1.0, "visible": true });
    assert_eq!(client.refused(BEAT, json!({ "i": other })).await, "CONFLICT");
    let ahead = json!({ "studyId": text(&study, "id"), "seq": 7, "spans": [] });
    let (_, _, gap) = client.post(&json!({ "query": BEAT, "variables": { "i": ahead } })).await;
    assert_eq!(
        (text(&gap, "errors.0.extensions.code").as_str(), at(&gap, "errors.0.extensions.nextSeq")),
        ("GAP", &json!(2))
    );
    let wrong = json!({ "studyId": text(&study, "id"), "seq": 2, "spans": [{ "start": -1, "end": 5 }] });
    assert_eq!(client.refused(BEAT, json!({ "i": wrong })).await, "INVALID");
    let stranger = world().await.sign_in("student").await;
    let stolen = json!({ "studyId": text(&study, "id"), "seq": 2, "spans": [] });
    assert_eq!(stranger.refused(BEAT, json!({ "i": stolen })).await, "NOT_FOUND");
    let second = open(&client, &video).await;
    let lost = beat(&client, &study, 2, json!([{ "start": 500, "end": 900 }])).await;
    assert_eq!((at(&lost, "lease"), at(&lost, "creditedMs")), (&json!("LOST"), &json!(0)));
    assert_eq!(at(&beat(&client, &second, 1, json!([])).await, "lease"), &json!("HELD"));
}

#[tokio::test]
async fn a_reading_earns_points_and_the_ledger_says_why() {
    let lecturer = world().await.sign_in("lecturer").await;
    let course = lecturer.ask("mutation { createCourse(input: { title: \"短读物\", hours: \"0.5\", credits: \"0.1\" }) { course { id } } }", json!({})).await;
    let course = text(&course, "createCourse.course.id");
    let chapter = lecturer
        .ask("mutation($c: ID!) { addChapter(courseId: $c, title: \"一\") { chapter { id } } }", json!({ "c": course }))
        .await;
    let reading = "mutation($c: ID!) { addReadingLesson(chapterId: $c, input: { title: \"一句话\", body: \"积少成多。\" }) { lesson { id } } }";
    let lesson = lecturer.ask(reading, json!({ "c": text(&chapter, "addChapter.chapter.id") })).await;
    lecturer.ask("mutation($c: ID!) { publishCourse(id: $c) { course { status } } }", json!({ "c": course })).await;

    let client = world().await.sign_in("s1").await;
    let balance = "{ viewer { balance { points hours credits } } }";
    let before = client.ask(balance, json!({})).await;
    let study = open(&client, &text(&lesson, "addReadingLesson.lesson.id")).await;
    assert!(text(&study, "material.html").contains("data-block=\"0\""), "{study}");
    tokio::time::sleep(Duration::from_millis(1200)).await;
    let answer = beat(&client, &study, 1, json!([{ "start": 0, "end": 1 }])).await;
    assert_eq!((at(&answer, "completed"), at(&answer, "coverage")), (&json!(true), &json!(1.0)), "{answer}");
    // An entry follows its beat within a second: the next answer tells it.
    tokio::time::sleep(Duration::from_millis(1000)).await;
    let awards = beat(&client, &study, 2, json!([])).await;
    let kinds: Vec<&str> =
        at(&awards, "awards").as_array().unwrap().iter().filter_map(|a| at(a, "measure").as_str()).collect();
    assert!(kinds.contains(&"POINTS") && kinds.contains(&"HOURS") && kinds.contains(&"CREDITS"), "{awards}");
    let after = client.ask(balance, json!({})).await;
    assert_ne!(before, after);
    let ledger = client.ask("{ viewer { entries(first: 5) { nodes { measure amount postedAt rule { key title } lesson { title } note } } } }", json!({})).await;
    let points = at(&ledger, "viewer.entries.nodes")
        .as_array()
        .unwrap()
        .iter()
        .find(|e| text(e, "measure") == "POINTS")
        .unwrap()
        .clone();
    assert_eq!(
        (text(&points, "lesson.title").as_str(), text(&points, "rule.key").as_str()),
        ("一句话", "reading.done")
    );
    lecturer.ask("mutation($c: ID!) { withdrawCourse(id: $c) { course { status } } }", json!({ "c": course })).await;
}

#[tokio::test]
async fn a_video_plays_through_its_signed_path_and_through_no_other() {
    let client = world().await.sign_in("student").await;
    let videos = lessons(&client, "VideoLesson").await;
    let study = open(&client, &videos[0]).await;
    let playlist = text(&study, "material.playlistUrl");
    let master = client.get(&playlist).await;
    assert_eq!(master.headers()["content-type"], "application/vnd.apple.mpegurl");
    let master = master.text().await.unwrap();
    assert!(master.starts_with("#EXTM3U") && master.contains("RESOLUTION=1280x720"), "{master}");
    let prefix = playlist.rsplit_once('/').unwrap().0.to_owned();
    let variant = master.lines().find(|line| !line.starts_with('#') && !line.is_empty()).unwrap().to_owned();
    let media = client.get(&format!("{prefix}/{variant}")).await.text().await.unwrap();
    let segment = media.lines().find(|line| line.ends_with(".m4s")).unwrap();
    let folder = variant.rsplit_once('/').map_or("", |(folder, _)| folder);
    let path = format!("{prefix}/{folder}/{segment}");
    let whole = client.get(&path).await;
    assert_eq!(whole.status(), 200);
    let bytes = whole.bytes().await.unwrap();
    let part = client.request(reqwest::Method::GET, &path).header("range", "bytes=10-19").send().await.unwrap();
    assert_eq!((part.status().as_u16(), part.bytes().await.unwrap()), (206, bytes.slice(10..20)));
    // Without a cookie the signature is enough; with another person's it is refused; a changed signature or file name finds nothing.
    assert_eq!(world().await.anonymous().get(&playlist).await.status(), 200);
    assert_eq!(world().await.sign_in("s1").await.get(&playlist).await.status(), 403);
    let forged: String =
        playlist.chars().rev().collect::<String>().replacen('a', "b", 1).replacen('0', "1", 1).chars().rev().collect();
    assert_ne!(client.get(&forged).await.status(), 200);
    for odd in ["../../secrets/media", "%2e%2e/%2e%2e/secrets/media", "poster.jpg/..", "360p/"] {
        let answer = client.get(&format!("{prefix}/{odd}")).await;
        // The client itself may have made it the address of a page of the app.
        let page = answer.headers()["content-type"].to_str().unwrap().starts_with("text/html");
        assert!(page || answer.status() == 404, "{odd}: {}", answer.status());
    }
    let poster = client.get(&text(&study, "material.posterUrl")).await;
    assert_eq!(poster.headers()["content-type"], "image/jpeg");
    let captions = client.get(&text(&study, "material.captions.0.url")).await;
    assert_eq!(captions.headers()["content-type"], "text/vtt; charset=utf-8");
    assert!(captions.text().await.unwrap().starts_with("WEBVTT"));
}

#[tokio::test]
async fn the_demo_student_is_as_the_contract_says() {
    let client = world().await.sign_in("student").await;
    let asked = "{ viewer { stage today { earned cap } entries(first: 100) { nodes { id } } streak { current best } literacy { score indicators { key score missing } } } }";
    let me = client.ask(asked, json!({})).await;
    assert_eq!(text(&me, "viewer.stage"), "ACTIVIST");
    assert_eq!(text(&me, "viewer.today.earned"), "0");
    assert!(
        at(&me, "viewer.entries.nodes").as_array().unwrap().len() >= 5
            && at(&me, "viewer.streak.best").as_i64().unwrap() >= 2,
        "{me}"
    );
    let indicators = at(&me, "viewer.literacy.indicators").as_array().unwrap().clone();
    assert_eq!(indicators.len(), 5);
    assert_eq!(
        indicators.iter().filter(|i| at(i, "missing") == &json!("NOT_DUE") && at(i, "score").is_null()).count(),
        4,
        "{me}"
    );
    let asked =
        "{ courses(first: 10) { nodes { chapters { lessons { __typename progress { coverage completed } } } } } }";
    let found = client.ask(asked, json!({})).await;
    let all = found.to_string();
    assert!(all.contains("VideoLesson"));
    let chapters = at(&found, "courses.nodes")
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|c| at(c, "chapters").as_array().unwrap().clone())
        .collect::<Vec<_>>();
    let videos: Vec<f64> = chapters
        .iter()
        .flat_map(|c| at(c, "lessons").as_array().unwrap().clone())
        .filter(|l| text(l, "__typename") == "VideoLesson")
        .map(|l| at(&l, "progress.coverage").as_f64().unwrap())
        .collect();
    assert!(
        videos.iter().any(|c| (0.4..0.65).contains(c)) && videos.iter().filter(|c| **c == 0.0).count() >= 2,
        "{videos:?}"
    );
}
