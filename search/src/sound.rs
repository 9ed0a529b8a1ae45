//! How Chinese sounds in Latin letters: 党章学习 answers to dangzhang, dangzhangxuexi, xuexi, dz, dzxx and xx.
//! A reading begins and ends where a word does, so that dz does not find every d that meets a z.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::tokenise::{self, Word, is_han};

/// Further readings of common characters, one a line. Part of the index's stamp.
pub(crate) const POLYPHONES: &str = include_str!("../dict/polyphones.txt");

/// Nobody types more syllables without a space; longer readings would only swell the index.
const MOST_SYLLABLES: usize = 8;
/// Readings kept of one stretch of text: characters of several readings multiply.
const MOST_VARIANTS: usize = 4;
/// Prefixes up to here are terms of their own.
pub(crate) const LONGEST_OPENING: usize = 4;
/// Titles are heard up to here.
const LONGEST_TITLE: usize = 80;

static FURTHER: LazyLock<HashMap<char, Vec<&'static str>>> = LazyLock::new(|| {
    let lines = POLYPHONES.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(|line| Some((line.chars().next()?, line.split_whitespace().skip(1).collect()))).collect()
});

/// One way to say the characters `start..end`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub start: usize,
    pub end: usize,
    pub full: String,
    pub initials: String,
}

/// The readings of every run of words in a title.
pub(crate) fn readings(title: &str) -> Vec<Reading> {
    let heard: String = title.chars().take(LONGEST_TITLE).map(tokenise::fold).collect();
    let letters: Vec<char> = heard.chars().collect();
    let words: Vec<Word> = tokenise::words(&heard).into_iter().filter(|word| word.text.chars().all(is_han)).collect();
    let starts: BTreeSet<usize> = words.iter().map(|word| word.start).collect();
    let ends: BTreeSet<usize> = words.iter().map(|word| word.end).collect();
    starts.into_iter().flat_map(|start| from(&letters, start, &ends)).collect()
}

/// The readings that begin at `start`, one for each word end within reach.
fn from(letters: &[char], start: usize, ends: &BTreeSet<usize>) -> Vec<Reading> {
    let mut said = vec![(String::new(), String::new())];
    let mut readings = Vec::new();
    for (ahead, c) in letters.iter().skip(start).take(MOST_SYLLABLES).enumerate() {
        let syllables = syllables(*c);
        if syllables.is_empty() {
            break;
        }
        said = lengthen(&said, &syllables);
        let end = start + ahead + 1;
        if ends.contains(&end) {
            let reading = |(full, initials): &(String, String)| Reading {
                start,
                end,
                full: full.clone(),
                initials: initials.clone(),
            };
            readings.extend(said.iter().map(reading));
        }
    }
    readings
}

/// Every variant so far with every syllable, up to the limit.
fn lengthen(said: &[(String, String)], syllables: &[String]) -> Vec<(String, String)> {
    let add = |(full, initials): &(String, String), syllable: &String| {
        let initial: String = syllable.chars().take(1).collect();
        (format!("{full}{syllable}"), format!("{initials}{initial}"))
    };
    let all = syllables.iter().flat_map(|syllable| said.iter().map(move |variant| add(variant, syllable)));
    all.take(MOST_VARIANTS).collect()
}

/// How a character may be said, the usual way first; nothing for what is not Chinese. ü is typed v.
fn syllables(c: char) -> Vec<String> {
    let Some(usual) = c.to_pinyin() else { return Vec::new() };
    let mut all = vec![typed(usual.plain())];
    for further in FURTHER.get(&c).into_iter().flatten().map(|syllable| typed(syllable)) {
        if !all.contains(&further) {
            all.push(further);
        }
    }
    all
}

/// A Latin word of a query or a syllable as the keyboard has it.
pub(crate) fn typed(latin: &str) -> String {
    latin.replace('ü', "v")
}

/// How one word may be said; nothing for a single character, whose sound says too little.
pub(crate) fn of_word(word: &Word) -> Vec<String> {
    let letters: Vec<char> = word.text.chars().collect();
    if letters.len() < 2 {
        return Vec::new();
    }
    let whole = BTreeSet::from([letters.len()]);
    from(&letters, 0, &whole).into_iter().map(|reading| reading.full).collect()
}

/// Terms of the field `sounds`.
pub(crate) fn full_terms(title: &str) -> Vec<Word> {
    terms(readings(title).into_iter().map(|reading| (reading.start, reading.full)))
}

/// Terms of the field `openings`.
pub(crate) fn opening_terms(title: &str) -> Vec<Word> {
    let lengths = |(start, full): (usize, String)| {
        let opening = move |length| (start, full.chars().take(length).collect::<String>());
        (1..=LONGEST_OPENING).map(opening)
    };
    terms(readings(title).into_iter().map(|reading| (reading.start, reading.full)).flat_map(lengths))
}

/// Terms of the field `initials`; one letter alone says nothing.
pub(crate) fn initial_terms(title: &str) -> Vec<Word> {
    let worth = readings(title).into_iter().filter(|reading| reading.end - reading.start > 1);
    terms(worth.map(|reading| (reading.start, reading.initials)))
}

/// Terms of the field `spoken`.
pub(crate) fn word_terms(body: &str) -> Vec<Word> {
    let said = |word: Word| of_word(&word).into_iter().map(move |sound| (word.start, sound)).collect::<Vec<_>>();
    terms(tokenise::words(body).into_iter().flat_map(said))
}

fn terms(sounds: impl Iterator<Item = (usize, String)>) -> Vec<Word> {
    let mut all: Vec<Word> = sounds.map(|(start, text)| Word { start, end: start + 1, text }).collect();
    all.sort_unstable();
    all.dedup();
    all
}
