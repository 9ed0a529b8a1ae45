//! The restore drill: a backup taken while people study comes back on an empty machine, on either engine, with every fact that had been
//! acknowledged before it was begun; and a backup that is not whole brings back nothing.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};

use crate::{
    client::{Client, at, text},
    world::{run, run_on, serve_on, world},
};

const VIDEO: &str = "{ courses(first: 10) { nodes { chapters { lessons { __typename id } } } } }";
const OPEN: &str = "mutation($id: ID!) { openStudy(lessonId: $id) { id nextSeq covered { start end } material { ... on VideoMaterial { playlistUrl } } } }";
const BEAT: &str = "mutation($i: HeartbeatInput!) { heartbeat(input: $i) { nextSeq coverage } }";
const DRAFT: &str = "mutation($t: String!) { createCourse(input: { title: $t }) { course { id } } }";
const ENTRIES: &str =
    "{ viewer { balance { points hours credits } entries(first: 100) { nodes { id measure amount postedAt } } } }";

/// A school somewhere, and the people who use it.
struct Place {
    data: PathBuf,
    database: Option<String>,
}

/// What was acknowledged before a backup was begun.
struct Facts {
    student: String,
    lecturer: String,
    study: Value,
    beat: Value,
    course: String,
    ledger: Value,
}

impl Place {
    fn run(&self, arguments: &[&str]) -> (bool, String) {
        run_on(&self.data, self.database.as_deref(), arguments)
    }

    /// Saves it while somebody studies and somebody writes; what they do meanwhile is in it or not.
    async fn back_up(&self, url: &str, file: &Path) -> Facts {
        let (student, lecturer) = (sign_in(url, "s5").await, sign_in(url, "lecturer").await);
        let study = open(&student).await;
        let mut beat = Value::Null;
        for seq in 1..=3 {
            tokio::time::sleep(Duration::from_millis(150)).await;
            beat = play(&student, &study, seq).await;
        }
        let made = lecturer.ask(DRAFT, json!({ "t": "备份之前" })).await;
        let ledger = student.ask(ENTRIES, json!({})).await;
        let going = Arc::new(AtomicBool::new(true));
        let (goes, player, on) = (going.clone(), student.clone(), study.clone());
        let traffic = tokio::spawn(async move {
            for seq in (4..).take_while(|_| goes.load(Ordering::Relaxed)) {
                play(&player, &on, seq).await;
            }
        });
        let (data, database, file) = (self.data.clone(), self.database.clone(), file.to_owned());
        let saved = tokio::task::spawn_blocking(move || {
            run_on(&data, database.as_deref(), &["backup", file.to_str().unwrap(), "--objects"])
        });
        let (good, said) = saved.await.unwrap();
        going.store(false, Ordering::Relaxed);
        traffic.await.unwrap();
        assert!(good && said.contains("The secrets are not in it"), "{said}");
        let course = text(&made, "createCourse.course.id");
        let (student, lecturer) = (student.cookie.unwrap(), lecturer.cookie.unwrap());
        Facts { student, lecturer, study, beat, course, ledger }
    }

    fn restore(&self, file: &Path) -> String {
        let (good, said) = self.run(&["restore", file.to_str().unwrap()]);
        assert!(good && said.contains("All objects are there") && said.contains("The index was rebuilt"), "{said}");
        said
    }

    /// It serves, and knows what it knew.
    async fn holds(&self, facts: &Facts) {
        let server = serve_on(&self.data, self.database.as_deref());
        let student = with_cookie(&server.url, &facts.student);
        let ledger = student.ask(ENTRIES, json!({})).await;
        let all = at(&ledger, "viewer.entries.nodes").as_array().unwrap();
        for entry in at(&facts.ledger, "viewer.entries.nodes").as_array().unwrap() {
            assert!(all.contains(entry), "{entry} is gone");
        }
        let again = open(&student).await;
        let (before, after) = (at(&facts.beat, "coverage").as_f64().unwrap(), covered(&again));
        assert!(before > 0.0 && after >= 450, "{} ms of {before}", after);
        let lecturer = with_cookie(&server.url, &facts.lecturer);
        let course = lecturer.ask("query($c: ID!) { course(id: $c) { title } }", json!({ "c": facts.course })).await;
        assert_eq!(text(&course, "course.title"), "备份之前");
        let found = student.ask("{ search(query: \"dangzhang\", first: 5) { totalCount } }", json!({})).await;
        assert!(at(&found, "search.totalCount").as_i64() > Some(0), "{found}");
        let missing = text(&facts.study, "id").is_empty();
        assert!(!missing && student.get(&text(&again, "material.playlistUrl")).await.status() == 200);
    }
}

fn with_cookie(url: &str, cookie: &str) -> Client {
    let mut client = Client::new(url);
    client.cookie = Some(cookie.to_owned());
    client
}

async fn sign_in(url: &str, name: &str) -> Client {
    Client::sign_in(url, name, "demo-xianfeng").await
}

/// The last video, its first pieces fetched as a player does.
async fn open(client: &Client) -> Value {
    let found = client.ask(VIDEO, json!({})).await;
    let courses = at(&found, "courses.nodes").as_array().unwrap().iter();
    let chapters = courses.flat_map(|course| at(course, "chapters").as_array().unwrap());
    let mut lessons = chapters.flat_map(|chapter| at(chapter, "lessons").as_array().unwrap());
    let video = lessons.rfind(|lesson| text(lesson, "__typename") == "VideoLesson").unwrap();
    let study = at(&client.ask(OPEN, json!({ "id": text(video, "id") })).await, "openStudy").clone();
    let playlist = text(&study, "material.playlistUrl");
    let prefix = playlist.rsplit_once('/').unwrap().0;
    let master = client.get(&playlist).await.text().await.unwrap();
    let variant = master.lines().find(|line| !line.starts_with('#') && !line.is_empty()).unwrap();
    let list = client.get(&format!("{prefix}/{variant}")).await.text().await.unwrap();
    let folder = variant.rsplit_once('/').map_or("", |(folder, _)| folder);
    let pieces = list.lines().filter(|line| line.ends_with(".m4s")).take(3);
    for piece in ["init.mp4"].into_iter().chain(pieces) {
        client.get(&format!("{prefix}/{folder}/{piece}")).await.bytes().await.unwrap();
    }
    study
}

async fn play(client: &Client, study: &Value, seq: i64) -> Value {
    let spans = json!([{ "start": (seq - 1) * 150, "end": seq * 150 }]);
    let input = json!({ "studyId": text(study, "id"), "seq": seq, "spans": spans, "rate": 1.0, "visible": true });
    at(&client.ask(BEAT, json!({ "i": input })).await, "heartbeat").clone()
}

fn covered(study: &Value) -> i64 {
    let spans = at(study, "covered").as_array().unwrap().iter();
    spans.map(|span| at(span, "end").as_i64().unwrap() - at(span, "start").as_i64().unwrap()).sum()
}

/// Table → its sum, as the manifest of a backup has it: the ledger and its seals among them.
fn sums(file: &Path) -> Vec<(String, String)> {
    let bytes = fs::read(file).unwrap();
    let manifest = serde_json::Deserializer::from_slice(&bytes[512..]).into_iter::<Value>().next().unwrap().unwrap();
    let tables = at(&manifest, "tables").as_array().unwrap().iter();
    // A restore ends with a verification, which notes what it found.
    let told = tables.map(|table| (text(table, "name"), text(table, "member.sha256")));
    told.filter(|(name, _)| name != "credits_check").collect()
}

/// A backup of what was restored has the same rows, to the byte.
fn same(place: &Place, file: &Path) {
    let again = file.with_extension(format!("{}.tar", place.database.is_some()));
    let (good, said) = place.run(&["backup", again.to_str().unwrap()]);
    assert!(good && said.contains("only the list is in it"), "{said}");
    assert_eq!(sums(&again), sums(file));
}

#[tokio::test]
async fn a_backup_taken_while_people_study_comes_back_whole_on_either_engine() {
    let folder = tempfile::tempdir().unwrap();
    let running = Place { data: world().await.data.path().join("school"), database: None };
    let file = folder.path().join("one.tar");
    let facts = running.back_up(&world().await.url, &file).await;
    let back = Place { data: folder.path().join("back"), database: None };
    let said = back.restore(&file);
    assert!(said.contains("No secrets were given"), "{said}");
    same(&back, &file);
    back.holds(&facts).await;
    still_append_only(&back.data).await;
    let Ok(server) = std::env::var("XIANFENG_TEST_POSTGRES") else { return };
    // The school has grown: it moves to PostgreSQL, lives there, and comes back from there.
    let name = platform::testing::create(&server).await;
    let moved = Place { data: folder.path().join("moved"), database: Some(format!("{server}/{name}")) };
    moved.restore(&file);
    same(&moved, &file);
    moved.holds(&facts).await;
    let (second, serving) = (folder.path().join("two.tar"), serve_on(&moved.data, moved.database.as_deref()));
    let facts = moved.back_up(&serving.url, &second).await;
    drop(serving);
    let home = Place { data: folder.path().join("home"), database: None };
    home.restore(&second);
    same(&home, &second);
    home.holds(&facts).await;
    let occupied = Place { data: folder.path().join("other"), database: moved.database.clone() };
    let (good, said) = occupied.run(&["restore", second.to_str().unwrap()]);
    assert!(!good && said.contains("The database is not empty"), "{said}");
    platform::testing::drop_database(&server, &name).await;
}

async fn still_append_only(data: &Path) {
    use sea_orm::ConnectionTrait;
    let db = platform::Db::open(&format!("sqlite:{}", data.join("xianfeng.db").display()), 1).await.unwrap();
    for sql in
        ["UPDATE credits_entry SET amount = amount + 1", "DELETE FROM credits_entry", "DELETE FROM platform_audit"]
    {
        let tx = db.begin().await.unwrap();
        let refused = tx.execute_unprepared(sql).await.unwrap_err();
        assert!(refused.to_string().contains("only grows"), "{refused}");
    }
    db.close().await.unwrap();
}

/// A small backup: without the objects, which the folder of the school still has.
async fn saved(folder: &Path) -> PathBuf {
    let (file, secrets) = (folder.join("school.tar"), folder.join("secrets.json"));
    let school = world().await.data.path().join("school");
    let arguments = ["backup", file.to_str().unwrap(), "--secrets", secrets.to_str().unwrap()];
    let (good, said) = run(&school, &arguments);
    assert!(good && said.contains("keep it apart from the backup"), "{said}");
    file
}

fn entries(folder: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut names: Vec<String> = entries.map(|e| e.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.retain(|name| name != "lock");
    names
}

#[tokio::test]
async fn a_backup_that_is_not_whole_brings_back_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path()).await;
    let whole = fs::read(&file).unwrap();
    assert!(run(folder.path(), &["restore", file.to_str().unwrap(), "--check"]).0);
    let (broken, target) = (folder.path().join("broken.tar"), folder.path().join("target"));
    let places = [0, 300, 600, 4096, whole.len() / 2, whole.len() * 3 / 4, whole.len() - 1500];
    let flipped = places.map(|place| {
        let mut bytes = whole.clone();
        // Zeroes between members say nothing.
        let place = (place..).find(|place| whole[*place] != 0).unwrap();
        bytes[place] ^= 0x20;
        bytes
    });
    let cut = [0, 100, 512, 300 << 10, whole.len() / 2, whole.len() - 2000].map(|end| whole[..end].to_vec());
    for (n, bytes) in flipped.into_iter().chain(cut).enumerate() {
        fs::write(&broken, bytes).unwrap();
        let (good, said) = run(&target, &["restore", broken.to_str().unwrap()]);
        assert!(!good, "{n}: {said}");
        assert_eq!(entries(&target), Vec::<String>::new(), "{n}: {said}");
    }
}

#[tokio::test]
async fn nothing_is_ever_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path()).await;
    let before = fs::read(&file).unwrap();
    let school = world().await.data.path().join("school");
    let (good, said) = run(&school, &["backup", file.to_str().unwrap()]);
    assert!(!good && said.contains("not overwritten"), "{said}");
    assert_eq!(fs::read(&file).unwrap(), before);
    let target = folder.path().join("target");
    fs::create_dir(&target).unwrap();
    fs::write(target.join("notes.txt"), "mine").unwrap();
    let (good, said) = run(&target, &["restore", file.to_str().unwrap()]);
    assert!(!good && said.contains("is not empty"), "{said}");
    assert_eq!(entries(&target), ["notes.txt"]);
    let (good, said) = run(&school, &["restore", file.to_str().unwrap()]);
    assert!(!good && said.contains("Another xianfeng is using"), "{said}");
}

#[tokio::test]
async fn a_restore_that_was_cut_short_is_no_school_and_may_be_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let file = saved(folder.path()).await;
    let target = folder.path().join("target");
    fs::create_dir_all(target.join("restoring")).unwrap();
    fs::create_dir(target.join("secrets")).unwrap();
    fs::write(target.join("xianfeng.db.restoring"), "half").unwrap();
    let (good, said) = run(&target, &["serve", "--listen", "127.0.0.1:0"]);
    assert!(!good && said.contains("A restore into this folder did not end"), "{said}");
    let secrets = folder.path().join("secrets.json");
    let arguments = ["restore", file.to_str().unwrap(), "--secrets", secrets.to_str().unwrap()];
    let (good, said) = run(&target, &arguments);
    // All is back but the objects, which this backup only lists: told, with their names.
    assert!(!good && said.contains("secrets are back") && said.contains("lacks"), "{said}");
    assert!(fs::read_to_string(target.join("missing-objects.txt")).unwrap().contains("master.m3u8"));
    let school = world().await.data.path().join("school");
    assert_eq!(fs::read(target.join("secrets/media")).unwrap(), fs::read(school.join("secrets/media")).unwrap());
    assert!(!target.join("restoring").exists() && !target.join("xianfeng.db.restoring").exists());
}
