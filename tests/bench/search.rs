//! Search: over 50,000 documents in the crate itself, on one thread, and over GraphQL in the demo school, which is small: there the way to the
//! index is measured, here the index.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use search::{Document, Index, Kind, Query, Searcher};
use serde_json::json;

use crate::{
    Outcome, contract,
    limits::{JSON, Limits},
    load::{self, Rota, Run},
    report::{Loads, Measured, Report, Unit},
    school::Server,
    text::{self, Dice, Text},
};

const DOCUMENTS: usize = 50_000;
const COURSE: usize = 50;
const RUNS: usize = 3;
const QUERIES: usize = 1_500;
/// Half of the courses are for the whole school, the rest for one of its colleges.
const SCHOOL: &str = "/school/";
const COLLEGES: usize = 7;

pub fn in_the_crate(folder: &Path, report: &mut Report) -> Outcome<()> {
    let text = text::read()?;
    let documents = documents(&text);
    let characters: usize = documents.iter().map(|d| d.title.chars().count() + d.body.chars().count()).sum();
    report.note(format!(
        "Search in the crate: {DOCUMENTS} documents of {} characters on average; {}.",
        characters / DOCUMENTS,
        text.source
    ));
    let index = Index::open(folder)?;
    let began = Instant::now();
    index.replace(&[], documents.clone())?;
    let rate = DOCUMENTS as f64 / began.elapsed().as_secs_f64();
    report.figure("search: indexing on one thread, documents", &Measured::new(Unit::PerSecond, vec![rate]), None, "");
    let mut hits = Vec::new();
    for (what, queries) in questions(&text, &documents) {
        let (loads, total) = asked(&index, &queries)?;
        let scan = scanned(&documents, &queries);
        hits.push(format!("{total} for {what}"));
        let limit = Some(("reading all text", &scan));
        report.figure(format!("search in 50,000 documents, {what}, p50"), &loads.p50, limit, "");
        report.figure(format!("search in 50,000 documents, {what}, p99"), &loads.p99, limit, "≤ 10 ms");
    }
    report.note(format!(
        "Each search filters by audience and kind, counts by kind, and answers the first 20 hits with fragments; hits on average: {}. Beside it \
         stands what going through all text in memory for the same words takes on one core.",
        hits.join(", ")
    ));
    Ok(())
}

fn documents(text: &Text) -> Vec<Document> {
    let mut dice = Dice::new(1);
    (0..DOCUMENTS).map(|n| document(n, text, &mut dice)).collect()
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
    Document {
        id: format!("les_{n}"),
        group: format!("crs_{course}"),
        kind,
        title,
        body,
        audience,
        passage: kind == Kind::Transcript,
        course: format!("crs_{course}"),
        lesson: (kind != Kind::Course).then(|| format!("les_{n}")),
        lecturers: vec![format!("per_{}", course % 40)],
        block: (kind == Kind::Reading).then_some(0),
        start_ms: (kind == Kind::Transcript).then_some(1_000),
    }
}

/// Words of what is there, so that something is found.
fn questions(text: &Text, documents: &[Document]) -> [(&'static str, Vec<String>); 3] {
    let mut dice = Dice::new(2);
    let words = (0..QUERIES)
        .map(|_| format!("{} {}", dice.pick_frequent(&text.words), dice.pick_frequent(&text.words)))
        .collect();
    let runs = (0..QUERIES).map(|_| run(documents, &mut dice)).collect();
    let asked = (0..QUERIES).map(|_| dice.pick(&text.questions).to_owned()).collect();
    [("two frequent words", words), ("eight characters of a body", runs), ("a whole question", asked)]
}

fn run(documents: &[Document], dice: &mut Dice) -> String {
    let body = documents.get(dice.below(documents.len())).map(|d| d.body.as_str()).unwrap_or_default();
    let from = dice.below(body.chars().count().saturating_sub(8));
    body.chars().skip(from).take(8).collect()
}

/// The searches of each run, and how many hits one has on average.
fn asked(index: &Index, queries: &[String]) -> Outcome<(Loads, usize)> {
    let searcher = Searcher { audiences: vec![SCHOOL.to_owned(), format!("{SCHOOL}1/")] };
    let mut hits = 0;
    let mut runs = Vec::new();
    for n in 0..=RUNS {
        let (mut run, began) = (Run::default(), Instant::now());
        for text in queries {
            let kinds = vec![Kind::Video, Kind::Reading, Kind::Transcript];
            let query = Query { text: text.clone(), kinds, first: 20, ..Query::default() };
            let before = Instant::now();
            let found = index.search(&searcher, &query)?;
            run.times.push(before.elapsed());
            hits += found.total;
        }
        run.took = began.elapsed();
        // The first run only warms up.
        if n > 0 {
            runs.push(run);
        }
    }
    Ok((Loads::of(&runs), hits / (queries.len().max(1) * (RUNS + 1))))
}

/// No index: every text is looked through for every word.
fn scanned(documents: &[Document], queries: &[String]) -> Measured {
    let times = queries.iter().take(RUNS).map(|query| {
        let words: Vec<&str> = query.split(' ').collect();
        let before = Instant::now();
        let found = documents
            .iter()
            .filter(|d| words.iter().all(|word| d.title.contains(word) || d.body.contains(word)))
            .count();
        std::hint::black_box(found);
        before.elapsed()
    });
    Measured::times(times)
}

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

/// One connection, so that a time is that of one search.
pub fn over_graphql(server: &Server, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let cookie = server.sign_in("student")?;
    let request = |text: &&str| {
        let filter = json!({ "kinds": ["VIDEO", "READING", "TRANSCRIPT"] });
        contract::request(&cookie, "Search", &json!({ "query": text, "first": 20, "filter": filter }))
    };
    let requests = ASKED.iter().map(request).collect::<Outcome<Vec<_>>>()?;
    let mut runs = Vec::new();
    for n in 0..=RUNS {
        let (run, _) =
            load::closed(server.address, vec![Rota::new(requests.clone(), contract::is_good)], Duration::from_secs(2))?;
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
    let loads = Loads::of(&runs);
    report.figure(
        "search over GraphQL in the demo school, one connection, p50",
        &loads.p50,
        Some((JSON, &limits.json_alone.p50)),
        "",
    );
    report.figure("search over GraphQL in the demo school, p99", &loads.p99, Some((JSON, &limits.json_alone.p99)), "");
    Ok(())
}
