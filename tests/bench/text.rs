//! Chinese text in bulk for the search. Real text by others lies beside the checkout in `../shared/data` where it was put there; without it
//! the demo's own readings are used again and again, which is easier for an index: they have few different words.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::Outcome;

/// Of the word lists these: subjects of study, not names of persons.
const LISTS: [&str; 3] = ["THUOCL_law.txt", "THUOCL_caijing.txt", "THUOCL_chengyu.txt"];

/// What documents are made of, and what is asked for.
pub struct Text {
    pub source: &'static str,
    /// The frequent ones first.
    pub words: Vec<String>,
    pub sentences: Vec<String>,
    pub questions: Vec<String>,
}

pub fn read() -> Outcome<Text> {
    let checkout = Path::new(env!("CARGO_MANIFEST_DIR")).parent().ok_or("no checkout")?.to_owned();
    let shared = checkout.join("../shared/data");
    if shared.join("search").is_dir() && shared.join("words").is_dir() {
        real(&shared)
    } else {
        repeated(&checkout.join("api/demo"))
    }
}

fn real(shared: &Path) -> Outcome<Text> {
    let mut sentences = Vec::new();
    for line in fs::read_to_string(shared.join("search/cmrc2018_corpus.jsonl"))?.lines() {
        let passage: Value = serde_json::from_str(line)?;
        sentences.extend(cut(passage.get("text").and_then(Value::as_str).unwrap_or_default()));
    }
    let questions = fs::read_to_string(shared.join("search/cmrc2018_queries.tsv"))?;
    let questions = questions.lines().filter_map(|line| line.split('\t').nth(1)).map(str::to_owned).collect();
    let source = "text: CMRC 2018 passages and THUOCL word lists of ../shared/data";
    Ok(Text { source, words: listed(&shared.join("words"))?, sentences, questions })
}

/// The lists in turn, so that each list's frequent words are in front.
fn listed(folder: &Path) -> Outcome<Vec<String>> {
    let mut all = Vec::new();
    for name in LISTS {
        let text = fs::read_to_string(folder.join(name))?;
        let words = text.lines().filter_map(|line| line.split_whitespace().next());
        all.extend(words.enumerate().map(|(n, word)| (n, word.to_owned())));
    }
    all.sort_by_key(|(n, _)| *n);
    Ok(all.into_iter().map(|(_, word)| word).collect())
}

fn repeated(demo: &Path) -> Outcome<Text> {
    let mut files: Vec<PathBuf> = fs::read_dir(demo)?.filter_map(Result::ok).map(|entry| entry.path()).collect();
    files.retain(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"));
    files.sort();
    let mut sentences = Vec::new();
    for path in files {
        sentences.extend(cut(&fs::read_to_string(path)?));
    }
    // The beginnings of clauses stand for words.
    let clauses = sentences.iter().flat_map(|sentence| sentence.split(['，', '、', '：', '；']));
    let words: Vec<String> = clauses.map(|clause| clause.chars().take(2).collect()).collect();
    let source = "text: the demo's readings repeated, because ../shared/data is missing";
    Ok(Text { source, words, questions: sentences.clone(), sentences })
}

fn cut(text: &str) -> impl Iterator<Item = String> {
    let sentences =
        text.split(['。', '！', '？', '\n']).map(|sentence| sentence.trim_matches(|c: char| !c.is_alphanumeric()));
    sentences.filter(|sentence| sentence.chars().count() >= 8).map(|sentence| format!("{sentence}。"))
}

/// A chance that repeats.
pub struct Dice(u64);

impl Dice {
    pub const fn new(seed: u64) -> Self {
        Self(seed)
    }
    /// Below `many`.
    pub fn below(&mut self, many: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap_or(0) % many.max(1)
    }
    pub fn pick<'a>(&mut self, from: &'a [String]) -> &'a str {
        from.get(self.below(from.len())).map(String::as_str).unwrap_or_default()
    }
    /// The front ones more often, as frequent words are.
    pub fn pick_frequent<'a>(&mut self, from: &'a [String]) -> &'a str {
        let at = (0..3).map(|_| self.below(from.len())).min().unwrap_or(0);
        from.get(at).map(String::as_str).unwrap_or_default()
    }
}
