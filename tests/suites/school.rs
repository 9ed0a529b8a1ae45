//! The courses of the suites, made as a lecturer makes them: films are uploaded, converted, asked questions about, and published.

use std::{collections::BTreeMap, path::Path, process::Command, time::Duration};

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    line::Line,
    sdl::Sdl,
    world::{ORDINARY, Server},
};

/// What the cases study.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Twelve and a half minutes, with questions where the server knows any.
    pub long: String,
    pub reading: String,
    /// Ten videos of about two minutes each.
    pub many: Vec<String>,
    pub swap: Swap,
    /// The right option of each question, by its prompt: only who wrote them knows.
    pub right: BTreeMap<String, String>,
}

/// A lesson whose video is replaced: by one of the same length, and by a longer one.
#[derive(Debug, Clone, Default)]
pub struct Swap {
    pub course: String,
    pub lesson: String,
    pub same: String,
    pub longer: String,
}

const LONG_S: i64 = 750;
const UPLOAD: &str =
    "mutation($n: String!) { createUpload(input: { fileName: $n, purpose: VIDEO }) { asset { id } uploadUrl } }";
const COURSE: &str =
    "mutation($t: String!) { createCourse(input: { title: $t, hours: \"1\", credits: \"0.5\" }) { course { id } } }";
const CHAPTER: &str = "mutation($c: ID!) { addChapter(courseId: $c, title: \"一\") { chapter { id } } }";
const VIDEO: &str = "mutation($c: ID!, $t: String!, $a: ID!) { addVideoLesson(chapterId: $c, input: { title: $t, assetId: $a }) { lesson { id } } }";
const READING: &str = "mutation($c: ID!, $b: String!) { addReadingLesson(chapterId: $c, input: { title: \"读物\", body: $b }) { lesson { id } } }";
const PUBLISH: &str = "mutation($c: ID!) { publishCourse(id: $c) { course { status } } }";
const QUESTION: &str = "mutation($l: ID!, $s: Int!, $e: Int!, $p: String!, $o: [String!]!, $r: Int!) {
    addQuestion(lessonId: $l, input: { start: $s, end: $e, prompt: $p, options: $o, right: $r })";

pub async fn publish(server: &Server, sdl: &Sdl) -> Plan {
    let lecturer = Line::sign_in(&server.url, "lecturer").await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut plan = Plan::default();
    let demo =
        lecturer.ask("{ assets(first: 20, purpose: VIDEO) { nodes { id } } }", json!({})).await.data("assets.nodes");
    let demo: Vec<String> = demo.as_array().expect("assets").iter().map(|asset| text(&asset["id"])).collect();
    assert!(!demo.is_empty(), "the demo school has videos");

    let (course, chapter) = course(&lecturer, "十个视频").await;
    for number in 0..10 {
        let asset = &demo[number % demo.len()];
        plan.many.push(video(&lecturer, &chapter, &format!("视频{number}"), asset).await);
    }
    lecturer.ask(PUBLISH, json!({ "c": course })).await.data("publishCourse");

    let (course, chapter) = self::course(&lecturer, "长视频与读物").await;
    let film = upload(&lecturer, &film(folder.path(), LONG_S, "testsrc2")).await;
    plan.long = video(&lecturer, &chapter, "长视频", &film).await;
    let body: String = (1..=12).map(|n| format!("第{n}段。{}\n\n", "学而时习之，不亦说乎。".repeat(9))).collect();
    let made = lecturer.ask(READING, json!({ "c": chapter, "b": body })).await;
    plan.reading = text(&made.data("addReadingLesson.lesson.id"));
    plan.right = questions(&lecturer, sdl, &plan.long).await;
    lecturer.ask(PUBLISH, json!({ "c": course })).await.data("publishCourse");

    let (course, chapter) = self::course(&lecturer, "换过的视频").await;
    let mut swap = Vec::new();
    for (seconds, source) in [(60, "testsrc2"), (60, "testsrc"), (90, "testsrc2")] {
        swap.push(upload(&lecturer, &self::film(folder.path(), seconds, source)).await);
    }
    let lesson = video(&lecturer, &chapter, "会换的视频", &swap[0]).await;
    lecturer.ask(PUBLISH, json!({ "c": course })).await.data("publishCourse");
    plan.swap = Swap { course, lesson, same: swap[1].clone(), longer: swap[2].clone() };
    plan
}

async fn course(lecturer: &Line, title: &str) -> (String, String) {
    let course = text(&lecturer.ask(COURSE, json!({ "t": title })).await.data("createCourse.course.id"));
    let chapter = lecturer.ask(CHAPTER, json!({ "c": course })).await.data("addChapter.chapter.id");
    (course, text(&chapter))
}

async fn video(lecturer: &Line, chapter: &str, title: &str, asset: &str) -> String {
    let made = lecturer.ask(VIDEO, json!({ "c": chapter, "t": title, "a": asset })).await;
    text(&made.data("addVideoLesson.lesson.id"))
}

/// Two questions on each minute, so that after a wrong answer there is another one.
async fn questions(lecturer: &Line, sdl: &Sdl, lesson: &str) -> BTreeMap<String, String> {
    let mut right = BTreeMap::new();
    if !sdl.has("Mutation", "addQuestion") {
        return right;
    }
    let document = format!("{QUESTION}{} }}", sdl.selection("Mutation", "addQuestion", 1));
    for number in 0..LONG_S / 30 {
        let (minute, place) = (number / 2, number % 4);
        let prompt = format!("第{}分钟，第{}问：画面里是什么？", minute + 1, number % 2 + 1);
        let options: Vec<String> = (0..4).map(|option| format!("第{number}题之{option}")).collect();
        right.insert(prompt.clone(), options[usize::try_from(place).expect("small")].clone());
        let end = ((minute + 1) * 60).min(LONG_S) * 1000;
        let question = json!({ "l": lesson, "s": minute * 60_000, "e": end, "p": prompt, "o": options, "r": place });
        lecturer.ask(&document, question).await.data("addQuestion");
    }
    right
}

/// A small film that converts quickly.
fn film(folder: &Path, seconds: i64, source: &str) -> Vec<u8> {
    let file = folder.join(format!("{source}-{seconds}.mp4"));
    let input = format!("{source}=size=320x180:rate=5:duration={seconds}");
    let made = Command::new("ffmpeg")
        .args([
            "-v",
            "error",
            "-f",
            "lavfi",
            "-i",
            &input,
            "-c:v",
            "libx264",
            "-preset",
            "ultrafast",
            "-pix_fmt",
            "yuv420p",
            "-y",
        ])
        .arg(&file)
        .status();
    assert!(made.expect("ffmpeg").success());
    std::fs::read(file).expect("a film")
}

/// Through tus; answers the asset once it is ready.
async fn upload(lecturer: &Line, bytes: &[u8]) -> String {
    let made = lecturer.ask(UPLOAD, json!({ "n": "片.mp4" })).await;
    let (asset, url) = (text(&made.data("createUpload.asset.id")), text(&made.data("createUpload.uploadUrl")));
    let tus = |method, path: &str| lecturer.request(method, path).header("tus-resumable", "1.0.0");
    let created = tus(Method::POST, &url).header("upload-length", bytes.len()).send().await.expect("an upload");
    let location = created.headers()["location"].to_str().expect("a path").to_owned();
    let sent = tus(Method::PATCH, &location).header("upload-offset", 0);
    let sent = sent.header("content-type", "application/offset+octet-stream").body(bytes.to_vec());
    assert_eq!(sent.send().await.expect("an upload").status(), 204);
    for _ in 0..1_200 {
        let found = lecturer.ask("query($i: ID!) { asset(id: $i) { status failure } }", json!({ "i": asset })).await;
        match text(&found.data("asset.status")).as_str() {
            "READY" => return asset,
            "FAILED" => panic!("{}", found.data("asset.failure")),
            _ => tokio::time::sleep(Duration::from_millis(100)).await,
        }
    }
    panic!("the conversion did not end");
}

pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

impl Plan {
    pub fn write(&self) -> Value {
        let swap = json!([self.swap.course, self.swap.lesson, self.swap.same, self.swap.longer]);
        json!({ "long": self.long, "reading": self.reading, "many": self.many, "swap": swap, "right": self.right })
    }
    pub fn read(plan: &Value) -> Self {
        let [course, lesson, same, longer] = [0, 1, 2, 3].map(|at| text(&plan["swap"][at]));
        let right = plan["right"].as_object().expect("an object").iter();
        Self {
            long: text(&plan["long"]),
            reading: text(&plan["reading"]),
            many: plan["many"].as_array().expect("a list").iter().map(text).collect(),
            swap: Swap { course, lesson, same, longer },
            right: right.map(|(prompt, option)| (prompt.clone(), text(option))).collect(),
        }
    }
}

/// The program that everybody gets, for what must not be in it.
pub fn released() -> std::path::PathBuf {
    crate::world::binary(ORDINARY)
}
