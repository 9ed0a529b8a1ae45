//! A school of its own asks for one reviewer: a course goes to review, comes back with a reason, is published, gets a draft, and every
//! version is kept with who reviewed it. In the demo school the media library shows, previews and guards its files.

use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::{run, serve, world},
};

const PUBLISH: &str = "mutation($i: ID!) { publishCourse(id: $i) { course { id status } } }";
const QUEUE: &str = "{ reviewPolicy submissions(first: 10) { totalCount nodes { id title mayReview wanted } } }";

/// Signed in with a password of their own.
async fn settled(url: &str, name: &str, password: &str) -> Client {
    let client = Client::sign_in(url, name, password).await;
    let change = "mutation($c: String!, $n: String!) { changePassword(current: $c, new: $n) { viewer { id } } }";
    client.ask(change, json!({ "c": password, "n": "long-enough-7531" })).await;
    client
}

fn created(data: &std::path::Path, name: &str, role: &str, more: &[&str]) -> String {
    let arguments = ["user", "create", "--username", name, "--name", name, "--number", name, "--role", role];
    let (good, said) = run(data, &[&arguments, more].concat());
    assert!(good, "{said}");
    said.trim().rsplit(' ').next().unwrap().to_owned()
}

async fn written(lecturer: &Client) -> String {
    let made = lecturer.ask("mutation { createCourse(input: { title: \"党史\" }) { course { id } } }", json!({})).await;
    let course = text(&made, "createCourse.course.id");
    let chapter = "mutation($i: ID!) { addChapter(courseId: $i, title: \"第一章\") { chapter { id } } }";
    let chapter = lecturer.ask(chapter, json!({ "i": course })).await;
    let reading = "mutation($c: ID!) { addReadingLesson(chapterId: $c, input: { title: \"导读\", body: \"学习党章。\" }) { lesson { id } } }";
    lecturer.ask(reading, json!({ "c": text(&chapter, "addChapter.chapter.id") })).await;
    course
}

#[tokio::test]
async fn a_new_school_looks_at_a_course_before_students_do() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("school");
    let chief = created(&data, "chief", "admin", &["--school", "新学校"]);
    let teacher = created(&data, "teacher", "lecturer", &[]);
    let wei = created(&data, "wei", "student", &[]);
    let server = serve(&data);
    let chief = settled(&server.url, "chief", &chief).await;
    let teacher = settled(&server.url, "teacher", &teacher).await;
    let wei = settled(&server.url, "wei", &wei).await;

    let course = written(&teacher).await;
    let sent = teacher.ask(PUBLISH, json!({ "i": course })).await;
    assert_eq!(text(&sent, "publishCourse.course.status"), "IN_REVIEW");
    let queue = chief.ask(QUEUE, json!({})).await;
    assert_eq!((text(&queue, "reviewPolicy").as_str(), at(&queue, "submissions.totalCount")), ("ONE", &json!(1)));
    let submission = text(&queue, "submissions.nodes.0.id");
    let look = "query($i: ID!) { submission(id: $i) { outcome contents { tags stages chapters { lessons { html } } } differences { lessons { change title } } } }";
    let seen = chief.ask(look, json!({ "i": submission })).await;
    assert!(text(&seen, "submission.contents.chapters.0.lessons.0.html").contains("学习党章"), "{seen}");
    assert_eq!(text(&seen, "submission.differences.lessons.0.change"), "ADDED");
    assert_eq!(
        wei.refused("query($i: ID!) { submission(id: $i) { id } }", json!({ "i": submission })).await,
        "FORBIDDEN"
    );

    let back = "mutation($i: ID!, $r: String!) { sendBackSubmission(id: $i, reason: $r) { course { status } } }";
    chief.ask(back, json!({ "i": submission, "r": "请补充出处" })).await;
    let told =
        "query($i: ID!) { course(id: $i) { status submission { outcome reviews { reason reviewer { name } } } } }";
    let told = teacher.ask(told, json!({ "i": course })).await;
    assert_eq!(text(&told, "course.submission.reviews.0.reason"), "请补充出处");
    assert_eq!(
        (at(&seen, "submission.contents.tags"), at(&seen, "submission.contents.stages")),
        (&json!([]), &json!([]))
    );
    let source = "mutation($i: ID!) { updateCourse(id: $i, input: { source: \"《党章》\", edition: \"第 1 版\" }) { course { source } } }";
    teacher.ask(source, json!({ "i": course })).await;
    teacher.ask(PUBLISH, json!({ "i": course })).await;
    let queue = chief.ask(QUEUE, json!({})).await;
    let approve = "mutation($i: ID!) { approveSubmission(id: $i) { course { id status version } } }";
    let done = chief.ask(approve, json!({ "i": text(&queue, "submissions.nodes.0.id") })).await;
    assert_eq!(
        (text(&done, "approveSubmission.course.status").as_str(), text(&done, "approveSubmission.course.id")),
        ("PUBLISHED", course.clone())
    );

    let draft = "mutation($i: ID!) { draftCourse(id: $i) { course { id status chapters { lessons { id } } } } }";
    let draft = teacher.ask(draft, json!({ "i": course })).await;
    let lesson = text(&draft, "draftCourse.course.chapters.0.lessons.0.id");
    let rename = "mutation($i: ID!) { updateLesson(id: $i, input: { title: \"新导读\" }) { lesson { id } } }";
    teacher.ask(rename, json!({ "i": lesson })).await;
    let outline =
        "query($i: ID!) { course(id: $i) { chapters { lessons { title } } draft { id } versions { number } } }";
    let known = wei.ask(outline, json!({ "i": course })).await;
    assert_eq!(text(&known, "course.chapters.0.lessons.0.title"), "导读");
    assert_eq!((at(&known, "course.draft"), at(&known, "course.versions")), (&Value::Null, &Value::Null));
    let draft = text(&draft, "draftCourse.course.id");
    assert_eq!(wei.refused("query($i: ID!) { course(id: $i) { id } }", json!({ "i": draft })).await, "NOT_FOUND");
    // What it is filed under stands with the version, and in what changed.
    let label = "mutation($i: ID!) { labelCourse(id: $i, input: { tags: [\"党章\", \"入门\"], stages: [ACTIVIST] }) { course { id } } }";
    teacher.ask(label, json!({ "i": draft })).await;
    teacher.ask(PUBLISH, json!({ "i": draft })).await;
    let queue = chief.ask(QUEUE, json!({})).await;
    let submission = text(&queue, "submissions.nodes.0.id");
    let look = "query($i: ID!) { submission(id: $i) { contents { tags stages } differences { fields { field before after } } } }";
    let seen = chief.ask(look, json!({ "i": submission })).await;
    assert_eq!(at(&seen, "submission.contents"), &json!({ "tags": ["党章", "入门"], "stages": ["ACTIVIST"] }));
    let changed = json!([
        { "field": "tags", "before": "", "after": "党章、入门" },
        { "field": "stages", "before": "", "after": "ACTIVIST" },
    ]);
    assert_eq!(at(&seen, "submission.differences.fields"), &changed);
    chief.ask(approve, json!({ "i": submission })).await;
    assert_eq!(text(&wei.ask(outline, json!({ "i": course })).await, "course.chapters.0.lessons.0.title"), "新导读");
    let history = "query($i: ID!) { course(id: $i) { versions { number source edition contents { tags stages } reviewers { name } differences { lessons { change fields { field before after } } } } } }";
    let history = teacher.ask(history, json!({ "i": course })).await;
    assert_eq!(at(&history, "course.versions.0.number"), &json!(2));
    assert_eq!(text(&history, "course.versions.0.reviewers.0.name"), "chief");
    assert_eq!(text(&history, "course.versions.1.edition"), "第 1 版");
    assert_eq!(text(&history, "course.versions.0.contents.tags.0"), "党章");
    assert_eq!(at(&history, "course.versions.1.contents.tags"), &json!([]));
    assert_eq!(
        at(&history, "course.versions.0.differences.lessons.0.fields"),
        &json!([{ "field": "title", "before": "导读", "after": "新导读" }])
    );
}

#[tokio::test]
async fn the_library_shows_where_a_video_is_used_and_plays_it_to_who_asked() {
    let world = world().await;
    let (lecturer, secretary) = (world.sign_in("lecturer").await, world.sign_in("secretary").await);
    let asked = "{ library(first: 50, filter: { purpose: VIDEO, statuses: [READY] }) { totalCount nodes { previewUrl mayChange sizeKb uses { courseId courseTitle lessonTitle } asset { id } } } }";
    let found = lecturer.ask(asked, json!({})).await;
    let nodes = found["library"]["nodes"].as_array().unwrap();
    let used =
        nodes.iter().find(|node| !node["uses"].as_array().unwrap().is_empty()).expect("a video of the demo course");
    assert!(used["mayChange"] == json!(true) && used["sizeKb"].as_i64().unwrap() > 0, "{used}");
    let preview = text(used, "previewUrl");
    let played = lecturer.get(&preview).await;
    assert_eq!((played.status().as_u16(), played.text().await.unwrap().starts_with("#EXTM3U")), (200, true));
    assert_eq!(world.anonymous().get(&preview).await.status(), 200, "a player sends no cookie");
    assert_eq!(secretary.get(&preview).await.status(), 403, "somebody else's");
    let forged = preview.replacen("ast_", "ast_0", 1);
    assert_eq!(lecturer.get(&forged).await.status(), 404);
    let delete = "mutation($i: ID!) { deleteAsset(id: $i) { item { deletedAt } } }";
    assert_eq!(lecturer.refused(delete, json!({ "i": text(used, "asset.id") })).await, "CONFLICT");
}
