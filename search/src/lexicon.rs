//! Words as data: the party's vocabulary, what means the same, which expressions stay whole, which words are people's names. A school adds its
//! own in files of the same shape.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use jieba_rs::Jieba;
use rustc_hash::FxHashMap;

use crate::fold::{self, fold, folded};
use crate::names::Names;
use crate::{schema, sound};

/// Words that jieba does not know or would cut apart, one a line. Part of the index's stamp.
pub(crate) const TERMS: &str = include_str!("../dict/party_terms.txt");
const SYNONYMS: &str = include_str!("../dict/synonyms.txt");
const FIXED: &str = include_str!("../dict/fixed.txt");
const NAMES: &str = include_str!("../dict/names.txt");
const SURNAMES: &str = include_str!("../dict/surnames.txt");

const BYTE_ORDER: char = '\u{feff}';

/// A book title up to so many characters stays whole.
const LONGEST_TITLE: usize = 40;

/// Terms of the dictionary that typed letters may mean.
const MOST_TERMS: usize = 6;

/// What a school adds, as texts of lines; empty where it adds nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Words {
    /// Terms, one a line: words of their own. A change makes the index anew.
    pub terms: String,
    /// What means the same, a group a line, parted by spaces.
    pub synonyms: String,
    /// Expressions that stay whole, one a line.
    pub fixed: String,
    /// Names of people, one a line.
    pub names: String,
}

impl Words {
    /// `terms.txt`, `synonyms.txt`, `fixed.txt` and `names.txt` of a folder; what is not there adds nothing.
    pub fn read(folder: &Path) -> io::Result<Words> {
        let read = |name: &str| match fs::read_to_string(folder.join(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(String::new()),
            // Editors of some systems begin a file with a mark that is no letter of the first line.
            other => other.map(|text| text.trim_start_matches(BYTE_ORDER).to_owned()),
        };
        let (terms, synonyms) = (read("terms.txt")?, read("synonyms.txt")?);
        Ok(Words { terms, synonyms, fixed: read("fixed.txt")?, names: read("names.txt")? })
    }
}

/// A term of the dictionary as it may be typed.
#[derive(Debug, Clone)]
pub(crate) struct Term {
    pub text: String,
    pub folded: Vec<char>,
}

/// Phrases looked for in folded text, by their first character, the longest first. Each character of what is shown is looked up.
#[derive(Debug, Default)]
pub(crate) struct Phrases(FxHashMap<char, Vec<Vec<char>>>);

impl Phrases {
    pub fn of<'a>(lines: impl Iterator<Item = &'a str>) -> Phrases {
        let mut all: FxHashMap<char, Vec<Vec<char>>> = FxHashMap::default();
        for line in lines {
            let letters: Vec<char> = line.chars().map(fold).collect();
            if let Some(first) = letters.first() {
                all.entry(*first).or_default().push(letters);
            }
        }
        for list in all.values_mut() {
            list.sort_by_key(|letters| std::cmp::Reverse(letters.len()));
        }
        Phrases(all)
    }

    /// How long the phrases are that stand at the beginning, the longest first.
    pub fn lengths_at(&self, letters: &[char]) -> impl Iterator<Item = usize> {
        let all = letters.first().and_then(|first| self.0.get(first)).map(Vec::as_slice).unwrap_or_default();
        all.iter().filter(|phrase| letters.starts_with(phrase)).map(Vec::len)
    }

    fn within(&self, letters: &[char]) -> Vec<(usize, usize)> {
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
            match self.lengths_at(rest).next() {
                Some(length) => {
                    found.push((at, at + length));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }
}

/// All of it, ready for use.
pub(crate) struct Lexicon {
    pub jieba: Jieba,
    pub terms: Vec<Term>,
    synonyms: HashMap<String, Vec<String>>,
    longest_synonym: usize,
    fixed: Phrases,
    pub names: Names,
    surnames: HashSet<char>,
    /// Of everything that shapes what is on disk.
    pub stamp: u64,
}

static COMMON: LazyLock<Arc<Lexicon>> = LazyLock::new(|| Arc::new(Lexicon::build(&Words::default())));

impl Lexicon {
    /// The shared one where the school adds nothing.
    pub fn of(words: &Words) -> Arc<Lexicon> {
        if *words == Words::default() { COMMON.clone() } else { Arc::new(Lexicon::build(words)) }
    }

    fn build(words: &Words) -> Lexicon {
        sound::warm();
        let mut jieba = Jieba::new();
        let mut terms = Vec::new();
        let mut known = HashSet::new();
        for text in lines(TERMS).chain(lines(&words.terms)) {
            let term = Term { text: text.to_owned(), folded: text.chars().map(fold).collect() };
            if known.insert(term.folded.clone()) {
                jieba.add_word(&folded(text), None, None);
                terms.push(term);
            }
        }
        let names = Names::of(lines(NAMES).chain(lines(&words.names)));
        let groups = lines(SYNONYMS).chain(lines(&words.synonyms));
        let synonyms = synonyms(groups, |text| names.stand_alone(&jieba, text));
        let stamped = [fold::TRADITIONAL, sound::POLYPHONES, TERMS, &words.terms].concat();
        Lexicon {
            jieba,
            terms,
            longest_synonym: synonyms.keys().map(|text| text.chars().count()).max().unwrap_or(0),
            synonyms,
            fixed: Phrases::of(lines(FIXED).chain(lines(&words.fixed))),
            names,
            surnames: lines(SURNAMES).flat_map(str::chars).collect(),
            stamp: schema::fingerprint(stamped.as_bytes()),
        }
    }

    /// What means the same as a folded text.
    pub fn alike(&self, text: &str) -> &[String] {
        self.synonyms.get(text).map(Vec::as_slice).unwrap_or_default()
    }

    /// The longest text with others that mean the same that stands at the beginning of folded letters.
    pub fn alike_at(&self, letters: &[char]) -> Option<String> {
        let longest = self.longest_synonym.min(letters.len());
        let candidate = |length: usize| letters.get(..length).map(|letters| letters.iter().collect::<String>());
        (2..=longest).rev().filter_map(candidate).find(|text| self.synonyms.contains_key(text))
    }

    /// Terms of the dictionary that these letters are the initials of. Two letters are too few to mean one.
    pub fn terms_by_initials(&self, letters: &str) -> impl Iterator<Item = String> {
        let means = move |term: &&Term| term.folded.len() == letters.len() && self.begins(term, letters);
        let terms = self.terms.iter().filter(move |term| letters.len() > 2 && means(term));
        terms.take(MOST_TERMS).map(|term| term.folded.iter().collect())
    }

    /// Whether the letters are the initials that a term begins with.
    pub fn begins(&self, term: &Term, letters: &str) -> bool {
        term.folded.len() >= letters.len()
            && term
                .folded
                .iter()
                .zip(letters.bytes())
                .all(|(c, letter)| sound::readings(*c).any(|syllable| syllable.as_bytes().first() == Some(&letter)))
    }

    pub fn is_surname(&self, c: char) -> bool {
        self.surnames.contains(&c)
    }

    /// Whether a folded word of the query may be somebody's name: two or three characters behind a surname that are no other word.
    pub fn may_be_name(&self, word: &str) -> bool {
        let letters: Vec<char> = word.chars().collect();
        let named = matches!(letters.len(), 2 | 3) && letters.first().is_some_and(|first| self.is_surname(*first));
        let known = || self.jieba.tag(word, false).first().is_some_and(|tag| tag.word == word && tag.tag != "nr");
        named && !known()
    }

    /// Fixed expressions and book titles in folded letters; they may overlap.
    pub fn fixed(&self, letters: &[char]) -> Vec<(usize, usize)> {
        let mut all = self.fixed.within(letters);
        let mut open = None;
        for (at, c) in letters.iter().enumerate() {
            match c {
                '《' => open = Some(at),
                '》' => {
                    if let Some(from) = open.take()
                        && at - from <= LONGEST_TITLE
                    {
                        all.push((from, at + 1));
                    }
                }
                _ => {}
            }
        }
        all
    }
}

/// Overlapping stretches become one; those that only touch stay two.
pub(crate) fn merged(mut all: Vec<(usize, usize)>) -> Vec<(usize, usize)> {
    all.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (from, to) in all {
        match merged.last_mut() {
            Some(last) if from < last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

/// Each text of a group leads to the others. A group in which a name stands is left out: names are not put in the place of other words.
fn synonyms<'a>(
    groups: impl Iterator<Item = &'a str>,
    has_name: impl Fn(&[char]) -> bool,
) -> HashMap<String, Vec<String>> {
    let mut all: HashMap<String, Vec<String>> = HashMap::new();
    for group in groups {
        let group: Vec<String> = group.split_whitespace().map(folded).collect();
        if group.iter().any(|text| has_name(&text.chars().collect::<Vec<_>>())) {
            continue;
        }
        for text in &group {
            let others = group.iter().filter(|other| *other != text).cloned();
            all.entry(text.clone()).or_default().extend(others);
        }
    }
    all
}

/// Lines that say something.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.trim_start_matches(BYTE_ORDER).lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}
