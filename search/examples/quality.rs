//! `make bench-search`: how good the search is on labelled questions. CORPUS has a passage a line as JSON (id, title, text), QUERIES a question a line
//! (id, question, id of the passage that answers it, parted by tabs). Whole questions, the same typed as pinyin, and two words of each, cut
//! without the searcher's help: by the segmenter's own dictionary, and at random. Segmentation alone, pairs of characters alone, both. The questions of one half of the passages are told apart from those of the other, so that
//! whoever tunes on one half sees what it does to the other.

use std::collections::{HashMap, HashSet};
use std::error::Error;
use std::fmt::Write;
use std::sync::Arc;
use std::time::{Duration, Instant};

use search::{Document, Index, Kind, Query, Searcher, Way};

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Hits that count.
const SHOWN: usize = 10;

/// Of all questions so many in a hundred have a word that says nothing.
const COMMON: usize = 2;
/// A random stretch has so many characters.
const STRETCH: [usize; 3] = [2, 3, 4];

/// Makes of a question what is typed.
type Turn<'a> = Box<dyn Fn(&str) -> String + 'a>;

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
    let cutter = Cutter::of(&questions);
    let kinds: [(&str, Turn<'_>); 4] = [
        ("whole question", Box::new(str::to_owned)),
        ("whole question in pinyin", Box::new(search::spelled)),
        ("its two longest words", Box::new(|question| cutter.words(question))),
        ("two stretches of it", Box::new(|question| cutter.stretches(question))),
    ];
    for (asked, turned) in kinds {
        for (found_by, way) in [("both", Way::Both), ("segmentation", Way::Words), ("pairs", Way::Pairs)] {
            let score = measure(&index, &questions, &*turned, way, misses && way == Way::Both)?;
            writeln!(report, "| {asked} | {found_by} | {}", score.row())?;
        }
    }
    writeln!(
        report,
        "\nPinyin is always found by pairs of syllables; segmentation and pairs differ for it only in words that are written in Latin letters. \
         The two longest words are those of jieba's own dictionary without our lists, and the two stretches are of two to four characters, at \
         random, between signs: neither is cut by the searcher. Left out are words, and pairs of characters, that stand in more than {COMMON} of \
         a hundred questions."
    )?;
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

/// Cuts questions as somebody would who does not know how the searcher does.
struct Cutter {
    jieba: jieba_rs::Jieba,
    common: HashSet<String>,
}

impl Cutter {
    fn of(questions: &[Question]) -> Self {
        let jieba = jieba_rs::Jieba::new();
        let mut many: HashMap<String, usize> = HashMap::new();
        for question in questions {
            let words = jieba.cut(&question.text, false).into_iter().map(|token| token.word.to_owned());
            let each: HashSet<String> = words.chain(pairs(&question.text)).collect();
            each.into_iter().for_each(|text| *many.entry(text).or_insert(0) += 1);
        }
        let common = many.into_iter().filter(|(_, many)| many * 100 > questions.len() * COMMON);
        Self { jieba, common: common.map(|(text, _)| text).collect() }
    }

    fn words(&self, question: &str) -> String {
        let tokens = self.jieba.cut(question, false).into_iter().map(|token| token.word);
        let telling = |word: &&str| word.chars().any(char::is_alphanumeric) && !self.common.contains(*word);
        let words: Vec<&str> = tokens.filter(telling).collect();
        let mut by_length: Vec<usize> = (0..words.len()).collect();
        by_length.sort_by_key(|at| std::cmp::Reverse(words.get(*at).map_or(0, |word| word.chars().count())));
        by_length.truncate(2);
        by_length.sort_unstable();
        by_length.iter().filter_map(|at| words.get(*at).copied()).collect::<Vec<_>>().join(" ")
    }

    /// The same for the same question.
    fn stretches(&self, question: &str) -> String {
        let mut chance = question.bytes().fold(7u64, |sum, byte| sum.wrapping_mul(31).wrapping_add(u64::from(byte)));
        let mut below = |many: usize| {
            chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(chance >> 33).unwrap_or(0) % many.max(1)
        };
        let letters: Vec<char> = question.chars().collect();
        let mut found: Vec<(usize, usize)> = Vec::new();
        for _ in 0..50 {
            let (from, length) = (below(letters.len()), STRETCH.get(below(STRETCH.len())).copied().unwrap_or(2));
            let Some(stretch) = letters.get(from..from + length) else { continue };
            let text: String = stretch.iter().collect();
            let apart = found.iter().all(|(start, end)| from + length < *start || *end < from);
            let telling =
                stretch.iter().all(|c| c.is_alphanumeric()) && !pairs(&text).any(|pair| self.common.contains(&pair));
            if apart && telling {
                found.push((from, from + length));
            }
            if found.len() == 2 {
                break;
            }
        }
        found.sort_unstable();
        let text = |(from, to): &(usize, usize)| letters.get(*from..*to).unwrap_or_default().iter().collect::<String>();
        found.iter().map(text).collect::<Vec<_>>().join(" ")
    }
}

fn pairs(text: &str) -> impl Iterator<Item = String> {
    let letters: Vec<char> = text.chars().collect();
    (1..letters.len()).filter_map(move |at| Some(letters.get(at - 1..=at)?.iter().collect()))
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

fn measure(
    index: &Index,
    questions: &[Question],
    turned: &dyn Fn(&str) -> String,
    way: Way,
    tell_misses: bool,
) -> Outcome<Score> {
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
