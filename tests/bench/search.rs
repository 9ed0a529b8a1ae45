//! Search: over 200,000 documents in the crate itself, on one thread, beside what SQLite and PostgreSQL bring along.

use std::{path::Path, process::Command, sync::Arc, time::Instant};

use search::{Document, Index, Kind, Query, Searcher};

use crate::{
    Outcome,
    load::Run,
    process,
    report::{Loads, Measured, Report, Unit},
    rivals,
    text::{self, Dice, Text},
};

const DOCUMENTS: usize = 200_000;
const COURSE: usize = 50;
const RUNS: usize = 3;
const QUERIES: usize = 1_000;
/// Half of the courses are for the whole school, the rest for one of its colleges.
pub const SCHOOL: &str = "/school/";
const COLLEGES: usize = 7;
const TODAY: i32 = 740_000;
/// The first argument of this program when it is to tell of its memory.
pub const RESIDENT: &str = "resident";

pub fn in_the_crate(folder: &Path, report: &mut Report) -> Outcome<()> {
    let text = text::read()?;
    let documents = documents(&text).collect::<Vec<_>>();
    let bytes: usize = documents.iter().map(|d| d.title.len() + d.body.len()).sum();
    let characters: usize = documents.iter().map(|d| d.title.chars().count() + d.body.chars().count()).sum();
    report.note(format!(
        "Search in the crate: {DOCUMENTS} documents of {} characters on average, {:.1} MB of UTF-8; {}.",
        characters / DOCUMENTS,
        bytes as f64 / 1e6,
        text.source
    ));
    let index = built(folder, &documents, bytes, report)?;
    resident(folder, report)?;
    let asked: Vec<_> = questions(&text, &documents).into();
    let mut hits = Vec::new();
    for (what, queries) in &asked {
        let (loads, total) = self::asked(&index, queries)?;
        hits.push(format!("{total} for {what}"));
        report.figure(format!("search in 200,000 documents, {what}, p50"), &loads.p50, None, "≤ 0.5 ms");
        report.figure(format!("search in 200,000 documents, {what}, p99"), &loads.p99, None, "≤ 5 ms");
        report.figure(format!("search in 200,000 documents, {what}, one thread"), &loads.rate, None, "≥ 1,000/s");
    }
    report.note(format!(
        "Each search filters by audience and kind, counts by kind, course, lecturer, stage and year, and answers the first 10 hits with \
         fragments; hits on average: {}.",
        hits.join(", ")
    ));
    let typing = typed(&documents);
    let (suggested, _) = measured(&typing, |text| Ok(index.suggest(&searcher(), text, 8)?.len()))?;
    report.figure("suggestions in 200,000 documents, p50", &suggested.p50, None, "");
    report.figure("suggestions in 200,000 documents, p99", &suggested.p99, None, "≤ 5 ms");
    rivals::measure(folder, &documents, &asked, &index, report)
}

/// Made three ways: on one indexing thread, anew as a whole, and one document at a time.
fn built(folder: &Path, documents: &[Document], bytes: usize, report: &mut Report) -> Outcome<Arc<Index>> {
    let one = Index::open(&folder.join("one"))?;
    let (given, began) = (documents.to_vec(), Instant::now());
    one.replace(&[], given)?;
    let rate = DOCUMENTS as f64 / began.elapsed().as_secs_f64();
    let rate = Measured::new(Unit::PerSecond, vec![rate]);
    report.figure("search: indexing on one thread, documents", &rate, None, "≥ 15,000/s");
    drop(one);
    let index = Arc::new(Index::open(&folder.join("index"))?);
    let began = Instant::now();
    let build = index.build()?;
    for part in documents.chunks(1_000) {
        build.add(part)?;
    }
    build.finish(1)?;
    report.figure(
        "search: the whole index anew, from documents in memory",
        &Measured::times([began.elapsed()]),
        None,
        "≤ 15 s",
    );
    let sizes = index.sizes()?;
    let all: u64 = sizes.iter().map(|(_, size)| size).sum();
    let share = |(name, size): &(String, u64)| format!("{name} {:.3}", *size as f64 / bytes as f64);
    let told: Vec<String> = sizes.iter().filter(|(_, size)| *size > 100_000).map(share).collect();
    report.figure(
        "search: the index on disk",
        &Measured::new(Unit::Megabytes, vec![all as f64 / 1e6]),
        Some(("the text", &Measured::new(Unit::Megabytes, vec![bytes as f64 / 1e6]))),
        "≤ 3.5 × the text",
    );
    report.note(format!("Shares of the index, each as a multiple of the text: {}.", told.join(", ")));
    let times = documents.iter().step_by(DOCUMENTS / 30).map(|document| {
        let (group, before) = (format!("new_{}", document.id), Instant::now());
        index.replace(std::slice::from_ref(&group), vec![Document { group: group.clone(), ..document.clone() }])?;
        Ok(before.elapsed())
    });
    let times = times.collect::<Outcome<Vec<_>>>()?;
    report.figure("search: one document more, until it is found", &Measured::times(times), None, "≤ 1 s");
    Ok(index)
}

/// In a process of its own: this one holds all documents.
fn resident(folder: &Path, report: &mut Report) -> Outcome<()> {
    let copy = folder.join("resident");
    let own = std::env::current_exe()?;
    std::fs::create_dir_all(&copy)?;
    let status = Command::new("cp").arg("-r").arg(folder.join("index")).arg(&copy).status()?;
    let output = Command::new(own).arg(RESIDENT).arg(copy.join("index")).output()?;
    let told = String::from_utf8_lossy(&output.stdout);
    let told: Vec<f64> = told.split_whitespace().filter_map(|number| number.parse().ok()).collect();
    match told.as_slice() {
        [searching, writing, making] if status.success() => {
            for (when, more) in [("searching", searching), ("writing", writing), ("making the index anew", making)] {
                let more = Measured::new(Unit::Megabytes, vec![*more]);
                report.figure(format!("search: resident memory above idle, while {when}"), &more, None, "≤ 250 MB");
            }
        }
        _ => report.note(format!("Resident memory was not measured: {}", String::from_utf8_lossy(&output.stderr))),
    }
    std::fs::remove_dir_all(copy)?;
    Ok(())
}

/// How much memory an open index takes with a thousand searches; with changes between them; and while all is made anew. Printed in MB.
pub fn tell_resident(folder: &Path) -> Outcome<()> {
    let pid = std::process::id();
    search::warm();
    drop(Index::in_memory()?);
    let text = text::read()?;
    let before = process::resident_mb(pid).ok_or("no /proc")?;
    let more = || process::resident_mb(pid).unwrap_or(0.0) - before;
    let index = Arc::new(Index::open(folder)?);
    let mut dice = Dice::new(7);
    let mut search = || -> Outcome<f64> {
        let text = format!("{} {}", dice.pick_frequent(&text.words), dice.pick_frequent(&text.words));
        index.search(&searcher(), &asking(&text))?;
        Ok(more())
    };
    let mut searching: f64 = 0.0;
    for _ in 0..QUERIES {
        searching = searching.max(search()?);
    }
    let mut writing = searching;
    for document in documents(&text).step_by(DOCUMENTS / 100) {
        let group = document.group.clone();
        index.replace(std::slice::from_ref(&group), vec![document])?;
        writing = writing.max(search()?);
    }
    let mut making = writing;
    let (build, mut all) = (index.build()?, documents(&text));
    loop {
        let part: Vec<Document> = all.by_ref().take(1_000).collect();
        if part.is_empty() {
            break;
        }
        build.add(&part)?;
        making = making.max(search()?);
    }
    build.finish(2)?;
    println!("{searching} {writing} {}", making.max(more()));
    Ok(())
}

fn documents(text: &Text) -> impl Iterator<Item = Document> {
    let mut dice = Dice::new(1);
    (0..DOCUMENTS).map(move |n| document(n, text, &mut dice))
}

/// A course, then its videos, readings and what is spoken: titles of four words, bodies of a few sentences.
fn document(n: usize, text: &Text, dice: &mut Dice) -> Document {
    let course = n / COURSE;
    let kind = match n % COURSE {
        0 => Kind::Course,
        1..=4 => Kind::Video,
        5..=24 => Kind::Reading,
        _ => Kind::Transcript,
    };
    let title = [(); 4].map(|()| dice.pick_frequent(&text.words)).concat();
    let sentences = 1 + dice.below(4);
    let body = (0..sentences).map(|_| dice.pick(&text.sentences)).collect();
    let audience = if course.is_multiple_of(2) { SCHOOL.to_owned() } else { format!("{SCHOOL}{}/", course % COLLEGES) };
    let lesson = format!("les_{n}");
    let stages = ["APPLICANT", "ACTIVIST", "CANDIDATE", "MEMBER"];
    Document {
        id: lesson.clone(),
        group: format!("crs_{course}"),
        kind,
        title,
        body,
        audience,
        passage: kind == Kind::Transcript,
        course: format!("crs_{course}"),
        lesson: (kind != Kind::Course).then_some(lesson),
        lecturers: vec![format!("per_{}", course % 40)],
        block: (kind == Kind::Reading).then_some(0),
        start_ms: (kind == Kind::Transcript).then_some(1_000),
        stages: stages.get(course % 5).map(|stage| (*stage).to_owned()).into_iter().collect(),
        required: course.is_multiple_of(3),
        day: TODAY - i32::try_from(course % 900).unwrap_or(0),
        year: Some(2024 + i32::try_from(course % 3).unwrap_or(0)),
        ..Document::default()
    }
}

/// Words of what is there, so that something is found.
fn questions(text: &Text, documents: &[Document]) -> [(&'static str, Vec<String>); 5] {
    let mut dice = Dice::new(2);
    let mut words = |many: usize| -> Vec<String> {
        let one = |dice: &mut Dice| (0..many).map(|_| dice.pick_frequent(&text.words)).collect::<Vec<_>>();
        (0..QUERIES).map(|_| one(&mut dice).join(" ")).collect()
    };
    let (two, three) = (words(2), words(3));
    let runs = (0..QUERIES).map(|_| run(documents, &mut dice)).collect();
    let asked: Vec<String> = (0..QUERIES).map(|_| dice.pick(&text.questions).to_owned()).collect();
    let pinyin = (0..QUERIES).map(|_| search::spelled(dice.pick_frequent(&text.words))).collect();
    [
        ("two frequent words", two),
        ("three frequent words", three),
        ("eight characters of a body", runs),
        ("a whole question", asked),
        ("a word in pinyin", pinyin),
    ]
}

fn run(documents: &[Document], dice: &mut Dice) -> String {
    let body = documents.get(dice.below(documents.len())).map(|d| d.body.as_str()).unwrap_or_default();
    let from = dice.below(body.chars().count().saturating_sub(8));
    body.chars().skip(from).take(8).collect()
}

/// What stands in the box while titles are typed: one to four characters, or the pinyin of them.
fn typed(documents: &[Document]) -> Vec<String> {
    let mut dice = Dice::new(3);
    let one = |n: usize| {
        let title = documents.get(dice.below(documents.len())).map(|d| d.title.as_str()).unwrap_or_default();
        let begun: String = title.chars().take(1 + n % 4).collect();
        if n.is_multiple_of(2) { begun } else { search::spelled(&begun).chars().take(1 + n % 9).collect() }
    };
    (0..QUERIES).map(one).collect()
}

pub fn searcher() -> Searcher {
    Searcher { audiences: vec![SCHOOL.to_owned(), format!("{SCHOOL}1/")] }
}

pub fn asking(text: &str) -> Query {
    let kinds = vec![Kind::Video, Kind::Reading, Kind::Transcript];
    Query { text: text.to_owned(), kinds, first: 10, day: TODAY, ..Query::default() }
}

/// The searches of each run, and how many hits one has on average.
fn asked(index: &Index, queries: &[String]) -> Outcome<(Loads, usize)> {
    measured(queries, |text| Ok(index.search(&searcher(), &asking(text))?.total))
}

fn measured(queries: &[String], mut ask: impl FnMut(&str) -> Outcome<usize>) -> Outcome<(Loads, usize)> {
    let (mut hits, mut runs) = (0, Vec::new());
    for n in 0..=RUNS {
        let (mut run, began) = (Run::default(), Instant::now());
        for text in queries {
            let before = Instant::now();
            hits += ask(text)?;
            run.times.push(before.elapsed());
        }
        run.took = began.elapsed();
        // The first run only warms up.
        if n > 0 {
            runs.push(run);
        }
    }
    Ok((Loads::of(&runs), hits / (queries.len().max(1) * (RUNS + 1))))
}
