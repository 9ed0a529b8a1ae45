//! `make bench-search`: how good the search is on labelled questions. CORPUS has a passage a line as JSON (id, title, text), QUERIES a question a line
//! (id, question, id of the passage that answers it, parted by tabs). Whole questions, the same typed as pinyin, two words cut from each;
//! segmentation alone, pairs of characters alone, both. The questions of one half of the passages are told apart from those of the other, so that
//! whoever tunes on one half sees what it does to the other.

use std::collections::HashMap;
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use search::{Document, Index, Kind, Query, Searcher, Way};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Hits that count.
const SHOWN: usize = 10;

/// Makes of a question what is typed.
type Turn = fn(&str) -> String;

struct Question {
    text: String,
    answer: String,
}

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let (Some(corpus), Some(queries)) = (arguments.next(), arguments.next()) else {
        return Err("usage: quality <corpus.jsonl> <queries.tsv> [misses]".into());
    };
    let misses = arguments.next().is_some();
    let passages = passages(&corpus)?;
    let questions = questions(&queries)?;
    let index = filled(&passages)?;
    let mut report = format!(
        "{} passages, {} questions. MRR@10 and Recall@10; the first half, the second half and all questions.\n\n\
         | asked | found by | MRR@10 | Recall@10 | first half | second half | p50 ms | p99 ms |\n\
         | --- | --- | --- | --- | --- | --- | --- | --- |\n",
        passages.len(),
        questions.len()
    );
    let kinds: [(&str, Turn); 3] =
        [("whole question", str::to_owned), ("whole question in pinyin", pinyin), ("two words", two_words)];
    for (asked, turned) in kinds {
        for (found_by, way) in [("both", Way::Both), ("segmentation", Way::Words), ("pairs", Way::Pairs)] {
            if asked.ends_with("pinyin") && way != Way::Both {
                continue;
            }
            let score = measure(&index, &questions, turned, way, misses && way == Way::Both)?;
            writeln!(report, "| {asked} | {found_by} | {}", score.row())?;
        }
    }
    println!("{report}");
    Ok(())
}

fn passages(path: &str) -> Outcome<Vec<Document>> {
    let mut all = Vec::new();
    for line in std::fs::read_to_string(path)?.lines().filter(|line| !line.trim().is_empty()) {
        let passage: HashMap<String, serde_json::Value> = serde_json::from_str(line)?;
        let text = |name: &str| passage.get(name).and_then(|text| text.as_str()).unwrap_or_default().to_owned();
        let id = text("id");
        all.push(Document {
            id: id.clone(),
            group: id.clone(),
            course: id.clone(),
            lesson: Some(id),
            kind: Kind::Reading,
            title: text("title"),
            body: text("text"),
            audience: "/".to_owned(),
            ..Document::default()
        });
    }
    Ok(all)
}

fn questions(path: &str) -> Outcome<Vec<Question>> {
    let text = std::fs::read_to_string(path)?;
    let question = |line: &str| {
        let mut parts = line.split('\t').skip(1);
        Some(Question { text: parts.next()?.to_owned(), answer: parts.next()?.to_owned() })
    };
    Ok(text.lines().filter_map(question).collect())
}

fn filled(passages: &[Document]) -> Outcome<Arc<Index>> {
    let index = Arc::new(Index::in_memory()?);
    let build = index.build()?;
    build.add(passages)?;
    build.finish(0)?;
    Ok(index)
}

/// Without tones and without spaces, as somebody types who has no input method.
fn pinyin(question: &str) -> String {
    search::spelled(question)
}

/// The two longest words that say something, in their order.
fn two_words(question: &str) -> String {
    let words = search::telling_words(question);
    let mut by_length: Vec<usize> = (0..words.len()).collect();
    by_length.sort_by_key(|at| std::cmp::Reverse(words.get(*at).map_or(0, |word| word.chars().count())));
    by_length.truncate(2);
    by_length.sort_unstable();
    by_length.iter().filter_map(|at| words.get(*at).cloned()).collect::<Vec<_>>().join(" ")
}

#[derive(Default)]
struct Half {
    asked: f64,
    found: f64,
    reciprocal: f64,
}

struct Score {
    halves: [Half; 2],
    times: Vec<Duration>,
}

impl Score {
    fn row(&self) -> String {
        let [first, second] = &self.halves;
        let asked = (first.asked + second.asked).max(1.0);
        let share = |half: &Half| {
            format!("{:.3} / {:.3}", half.reciprocal / half.asked.max(1.0), half.found / half.asked.max(1.0))
        };
        let time = |share: usize| {
            let at = (self.times.len().saturating_sub(1)) * share / 100;
            self.times.get(at).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        format!(
            "{:.3} | {:.3} | {} | {} | {:.2} | {:.2} |",
            (first.reciprocal + second.reciprocal) / asked,
            (first.found + second.found) / asked,
            share(first),
            share(second),
            time(50),
            time(99)
        )
    }
}

fn measure(index: &Index, questions: &[Question], turned: Turn, way: Way, tell_misses: bool) -> Outcome<Score> {
    let searcher = Searcher { audiences: vec!["/".to_owned()] };
    let mut score = Score { halves: Default::default(), times: Vec::with_capacity(questions.len()) };
    for question in questions {
        let query = Query { text: turned(&question.text), first: SHOWN, way, ..Query::default() };
        let began = Instant::now();
        let found = index.search(&searcher, &query)?;
        score.times.push(began.elapsed());
        let place = found.hits.iter().position(|hit| hit.lesson.as_deref() == Some(question.answer.as_str()));
        let half = usize::from(question.answer.bytes().map(u32::from).sum::<u32>() % 2 == 1);
        let [first, second] = &mut score.halves;
        let half = if half == 0 { first } else { second };
        half.asked += 1.0;
        match place {
            Some(place) => {
                half.found += 1.0;
                half.reciprocal += 1.0 / f64::from(u32::try_from(place + 1)?);
            }
            None if tell_misses => println!("{} ({} hits) {}", question.answer, found.total, query.text),
            None => {}
        }
    }
    score.times.sort_unstable();
    Ok(score)
}
