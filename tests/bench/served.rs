//! Search as a server answers it: in the demo school, then in the same school with 200,000 paragraphs in readings that were written into it; how soon
//! an edit is found, how long the real `reindex` takes, and how much memory the server holds meanwhile.

use std::{
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    Outcome, contract, http,
    limits::{JSON, Limits},
    load::{self, Rota, Run},
    process,
    report::{Loads, Measured, Report, Unit},
    school::{Place, Server},
    text::{self, Dice, Text},
};

const RUNS: usize = 3;
/// Courses, readings of each, paragraphs of each: 200,000.
const COURSES: usize = 40;
const READINGS: usize = 5;
const PARAGRAPHS: usize = 1_000;
const EDITS: usize = 15;
const PATIENCE: Duration = Duration::from_secs(120);
const FOUND: &str = "query($q: String!) { search(query: $q, first: 3) { rebuilding nodes { title } } }";

/// The title of what is written last: once it is found, all before it is.
const LAST: &str = "jieweibiaoji";

/// Words of the demo's courses, in Chinese, as pinyin and as initials.
const ASKED: [&str; 12] = [
    "党章",
    "党员的义务",
    "权利",
    "思想汇报",
    "学术诚信",
    "文件的字号",
    "培训班",
    "dangzhang",
    "yiwu",
    "xscx",
    "日期",
    "怎样写",
];

/// One connection, so that a time is that of one search; then many, for how many are answered.
pub fn in_the_demo(server: &Server, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let loads = Loads::of(&asked(server, &ASKED.map(str::to_owned), 1, report)?);
    let (p50, p99) = (&limits.json_alone.p50, &limits.json_alone.p99);
    report.figure("search over GraphQL in the demo school, one connection, p50", &loads.p50, Some((JSON, p50)), "");
    report.figure("search over GraphQL in the demo school, p99", &loads.p99, Some((JSON, p99)), "");
    Ok(())
}

pub fn at_large(binary: &Path, data: &Path, report: &mut Report) -> Outcome<()> {
    let server = Server::start(binary, Place::folder(data))?;
    thread::sleep(Duration::from_secs(3));
    let idle = memory(&server);
    let school = Written::new(&server, &text::read()?)?;
    school.until_found(LAST)?;
    let mut most = vec![("after 200,000 paragraphs were written and followed", memory(&server))];
    let loads = Loads::of(&asked(&server, &school.queries, 32, report)?);
    report.figure(
        "search over GraphQL in 200,000 paragraphs of 40 courses, 32 connections",
        &loads.rate,
        None,
        "≥ 1,500/s",
    );
    report.figure("search over GraphQL in 200,000 paragraphs of 40 courses, p99", &loads.p99, None, "");
    most.push(("after searching", memory(&server)));
    let soon = school.edits(&school.small)?;
    report.figure("from the answer to an edit until it is found, a course of a few paragraphs", &soon, None, "≤ 1 s");
    let soon = school.edits(&school.long)?;
    report.figure("from the answer to an edit until it is found, a course of 5,000 paragraphs", &soon, None, "≤ 1 s");
    most.push(("after edits", memory(&server)));
    let (took, served, own) = reindex(binary, data, &server)?;
    report.figure("`xianfeng reindex` of 200,000 paragraphs from the database, beside a server", &took, None, "≤ 15 s");
    most.push(("beside `reindex`, which itself holds", served));
    most.push(("in `reindex` itself", own));
    std::fs::remove_dir_all(data.join("index"))?;
    let (took, held) = remade(&server, &school)?;
    report.figure("a lost index of 200,000 paragraphs is whole again, by the server itself", &took, None, "≤ 15 s");
    most.push(("while the server makes the index anew", held));
    for (when, held) in most {
        let held = Measured::new(Unit::Megabytes, vec![held - idle]);
        report.figure(format!("search: resident memory above idle, {when}"), &held, None, "≤ 250 MB");
    }
    Ok(())
}

fn memory(server: &Server) -> f64 {
    process::resident_mb(server.pid).unwrap_or(f64::NAN)
}

/// What the lecturer of the demo wrote into it.
struct Written<'a> {
    server: &'a Server,
    lecturer: String,
    student: String,
    queries: Vec<String>,
    /// Chapters of published courses.
    small: String,
    long: String,
}

impl<'a> Written<'a> {
    fn new(server: &'a Server, text: &Text) -> Outcome<Self> {
        let (lecturer, student) = (server.sign_in("lecturer")?, server.sign_in("student")?);
        let mut dice = Dice::new(5);
        let words =
            |dice: &mut Dice, many: usize| (0..many).map(|_| dice.pick_frequent(&text.words)).collect::<Vec<_>>();
        let queries = (0..300).map(|_| words(&mut dice, 2).join(" ")).collect();
        let (small, long) = (String::new(), String::new());
        let mut written = Self { server, lecturer, student, queries, small, long };
        for _ in 0..COURSES {
            let (course, chapter) = written.course(&words(&mut dice, 4).concat())?;
            for _ in 0..READINGS {
                let paragraphs: Vec<&str> = (0..PARAGRAPHS).map(|_| dice.pick(&text.sentences)).collect();
                written.reading(&chapter, &words(&mut dice, 4).concat(), &paragraphs.join("\n\n"))?;
            }
            written.ask("PublishCourse", &json!({ "id": course }))?;
            written.long = chapter;
        }
        let (course, chapter) = written.course("一门短课")?;
        written.reading(&chapter, LAST, "最后写下的一段。")?;
        written.ask("PublishCourse", &json!({ "id": course }))?;
        written.small = chapter;
        Ok(written)
    }

    fn ask(&self, operation: &str, variables: &Value) -> Outcome<Value> {
        self.server.ask(&self.lecturer, operation, variables)
    }

    fn course(&self, title: &str) -> Outcome<(String, String)> {
        let id = |answer: &Value, at: &str| answer.pointer(at).and_then(Value::as_str).map(str::to_owned);
        let made = self.ask("CreateCourse", &json!({ "input": { "title": title } }))?;
        let course = id(&made, "/createCourse/course/id").ok_or("a course without an id")?;
        let made = self.ask("AddChapter", &json!({ "courseId": course, "title": "第一章" }))?;
        Ok((course, id(&made, "/addChapter/chapter/id").ok_or("a chapter without an id")?))
    }

    fn reading(&self, chapter: &str, title: &str, body: &str) -> Outcome<()> {
        let input = json!({ "title": title, "body": body });
        self.ask("AddReadingLesson", &json!({ "chapterId": chapter, "input": input }))?;
        Ok(())
    }

    /// Whether what bears this title is found, and whether the index is being made. What only sounds like it is something else.
    fn found(&self, title: &str) -> Outcome<(bool, bool)> {
        let body = json!({ "query": FOUND, "variables": { "q": title } });
        let told = http::ask(self.server.address, &http::post("/graphql", &self.student, &body.to_string()))?;
        let answer: Value = serde_json::from_slice(&told.body)?;
        let search = answer.pointer("/data/search").ok_or_else(|| format!("a search failed: {answer}"))?;
        let mut nodes = search.get("nodes").and_then(Value::as_array).into_iter().flatten();
        let it = nodes.any(|node| node.get("title").and_then(Value::as_str) == Some(title));
        Ok((it, search.get("rebuilding").and_then(Value::as_bool).unwrap_or(false)))
    }

    fn until_found(&self, words: &str) -> Outcome<Duration> {
        let began = Instant::now();
        while !self.found(words)?.0 {
            if began.elapsed() > PATIENCE {
                return Err(format!("{words} was not found within {} s", PATIENCE.as_secs()).into());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(began.elapsed())
    }

    /// A lesson more in a published course, again and again.
    fn edits(&self, chapter: &str) -> Outcome<Measured> {
        let each = (0..EDITS).map(|n| {
            let words = format!("xinzeng{n}of{chapter}");
            self.reading(chapter, &words, "又写下的一段。")?;
            let soon = self.until_found(&words)?;
            thread::sleep(Duration::from_millis(300));
            Ok(soon)
        });
        Ok(Measured::times(each.collect::<Outcome<Vec<_>>>()?))
    }
}

/// The time it took, the most that the server held beside it, and the most that it held itself.
fn reindex(binary: &Path, data: &Path, server: &Server) -> Outcome<(Measured, f64, f64)> {
    let mut command = Command::new(binary);
    command.arg("reindex").arg("--data-dir").arg(data).stdin(Stdio::null()).stdout(Stdio::null());
    let began = Instant::now();
    let mut child = Ended(Place::folder(data).give(&mut command).spawn()?);
    let (mut beside, mut own): (f64, f64) = (0.0, 0.0);
    while began.elapsed() < PATIENCE {
        if let Some(status) = child.0.try_wait()? {
            let took = began.elapsed();
            // The server takes it over at its next look.
            thread::sleep(Duration::from_secs(2));
            let beside = beside.max(memory(server));
            return if status.success() {
                Ok((Measured::times([took]), beside, own))
            } else {
                Err("reindex failed".into())
            };
        }
        beside = beside.max(memory(server));
        own = own.max(process::resident_mb(child.0.id()).unwrap_or(0.0));
        thread::sleep(Duration::from_millis(20));
    }
    Err("reindex did not end".into())
}

struct Ended(Child);

impl Drop for Ended {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// Until the server says that nothing is missing, and the most that it held.
fn remade(server: &Server, school: &Written<'_>) -> Outcome<(Measured, f64)> {
    let (began, mut most, mut said) = (Instant::now(), memory(server), false);
    while began.elapsed() < PATIENCE {
        let (found, rebuilding) = school.found(LAST)?;
        said |= rebuilding;
        most = most.max(memory(server));
        if said && !rebuilding && found {
            return Ok((Measured::times([began.elapsed()]), most));
        }
        thread::sleep(Duration::from_millis(5));
    }
    Err("the index was not made again".into())
}

fn asked(server: &Server, queries: &[String], connections: usize, report: &mut Report) -> Outcome<Vec<Run>> {
    let cookie = server.sign_in("student")?;
    let request = |text: &String| {
        let filter = json!({ "kinds": ["VIDEO", "READING", "TRANSCRIPT"] });
        contract::request(&cookie, "Search", &json!({ "query": text, "first": 10, "filter": filter }))
    };
    let requests = queries.iter().map(request).collect::<Outcome<Vec<_>>>()?;
    let mut runs = Vec::new();
    for n in 0..=RUNS {
        let rotas = (0..connections).map(|place| {
            let mut own = requests.clone();
            let turn = place * own.len() / connections.max(1);
            own.rotate_left(turn);
            Rota::new(own, contract::is_good)
        });
        let (run, _) = load::closed(server.address, rotas.collect(), Duration::from_secs(3))?;
        if let Some(complaint) = &run.complaint {
            report.note(format!(
                "Search over GraphQL: {} answers were not as they should be, the first: `{complaint}`.",
                run.refused
            ));
        }
        if n > 0 {
            runs.push(run);
        }
    }
    Ok(runs)
}
