//! Text into terms: words by jieba with the party's vocabulary, pairs of characters, and how both sound. Everything counts in characters or
//! letters, so that folding never shifts a place in the text.

use std::sync::Arc;

use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::fold::{self, LONGEST_RUN, Run, fold};
use crate::lexicon::Lexicon;
use crate::sound;

pub(crate) const WORDS: &str = "words";
pub(crate) const PAIRS: &str = "pairs";
pub(crate) const TITLE_PAIRS: &str = "title_pairs";
pub(crate) const SPOKEN: &str = "spoken";
pub(crate) const TITLE_SPOKEN: &str = "title_spoken";

/// Stands before the first letter of a title; no text folds to it, it is no letter.
pub(crate) const SENTINEL: &str = "^";
/// What the terms of a title's sound begin with, apart from whole pairs of syllables: initials of a pair anywhere, of a pair that begins a word,
/// the beginnings of a word's first syllable, the same of the title.
pub(crate) const INITIALS: &str = "1";
pub(crate) const WORD_INITIALS: &str = "2";
pub(crate) const OPENING: &str = "3";
pub(crate) const TITLE_OPENING: &str = "4";

/// Titles are heard up to here.
const LONGEST_TITLE: usize = 80;

/// A word of a text and where it stands, in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Word {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// The words of a run of a query: each character belongs to one of them.
pub(crate) fn plain_words(lexicon: &Lexicon, run: &Run<'_>) -> Vec<Word> {
    if !run.han {
        return vec![Word { start: run.start, end: run.start + run.len, text: run.text.to_owned() }];
    }
    let word = |token: jieba_rs::Token<'_>| Word {
        start: run.start + token.start,
        end: run.start + token.end,
        text: token.word.to_owned(),
    };
    lexicon.jieba.cut(run.text, true).into_iter().map(word).collect()
}

/// The whole text cut into words, blanks and signs: put together again they are the text.
pub fn pieces(text: &str) -> Vec<&str> {
    static COMMON: std::sync::LazyLock<Arc<Lexicon>> =
        std::sync::LazyLock::new(|| Lexicon::of(&crate::Words::default()));
    COMMON.jieba.cut(text, false).into_iter().map(|token| token.word).collect()
}

/// The words inside a longer word (积极分子 in 入党积极分子), each of two characters or more.
pub(crate) fn inner_words(lexicon: &Lexicon, word: &str) -> Vec<String> {
    if word.chars().count() < 3 {
        return Vec::new();
    }
    let tokens = lexicon.jieba.cut_all(word).into_iter();
    tokens
        .filter(|token| token.end - token.start > 1 && token.word != word)
        .map(|token| token.word.to_owned())
        .collect()
}

/// The terms of one text, in one buffer that is used again for the next.
#[derive(Default, Clone)]
struct Sink {
    text: String,
    /// Where each term ends in the buffer, and its position.
    ends: Vec<(usize, usize)>,
}

impl Sink {
    fn term(&mut self, position: usize, parts: &[&str]) {
        for part in parts {
            self.text.push_str(part);
        }
        self.ends.push((self.text.len(), position));
    }
    fn letters(&mut self, position: usize, letters: &[char]) {
        self.text.extend(letters);
        self.ends.push((self.text.len(), position));
    }
}

/// Where words begin in folded letters, as the sound of a title has it.
pub(crate) fn word_starts(lexicon: &Lexicon, letters: &[char]) -> Vec<bool> {
    let folded: String = letters.iter().collect();
    let mut starts = vec![false; letters.len()];
    for run in fold::runs(&folded, LONGEST_RUN).filter(|run| run.han) {
        for token in lexicon.jieba.cut_for_search(run.text, true) {
            if let Some(start) = starts.get_mut(run.start + token.start) {
                *start = true;
            }
        }
    }
    starts
}

/// Words, with the words inside longer words; they overlap.
fn words(lexicon: &Lexicon, folded: &str, sink: &mut Sink) {
    for run in fold::runs(folded, LONGEST_RUN) {
        if !run.han {
            sink.term(run.rank, &[run.text]);
            continue;
        }
        for token in lexicon.jieba.cut_for_search(run.text, true) {
            sink.term(run.rank + token.start, &[token.word]);
        }
    }
}

/// Pairs of neighbouring characters; the last of a run alone, so that no character is without a term; other words as they are.
fn pairs(_: &Lexicon, folded: &str, sink: &mut Sink) {
    pairs_from(folded, 0, sink);
}

fn title_pairs(_: &Lexicon, folded: &str, sink: &mut Sink) {
    sink.term(0, &[SENTINEL]);
    pairs_from(folded, 1, sink);
}

fn pairs_from(folded: &str, shift: usize, sink: &mut Sink) {
    let mut behind_latin = false;
    for run in fold::runs(folded, LONGEST_RUN) {
        if !run.han {
            sink.term(run.rank + shift, &[run.text]);
            behind_latin = true;
            continue;
        }
        // 2023年 is asked for as two terms, and 年 is not the whole run everywhere.
        if std::mem::take(&mut behind_latin)
            && run.len > 1
            && let Some(first) = run.text.chars().next()
        {
            sink.letters(run.rank + shift, &[first]);
        }
        let mut letters = run.text.chars().enumerate().peekable();
        while let Some((at, c)) = letters.next() {
            match letters.peek() {
                Some((_, next)) => sink.letters(run.rank + shift + at, &[c, *next]),
                None => sink.letters(run.rank + shift + at, &[c]),
            }
        }
    }
}

/// Pairs of neighbouring syllables, in every reading.
fn spoken(_: &Lexicon, folded: &str, sink: &mut Sink) {
    for run in fold::runs(folded, LONGEST_RUN).filter(|run| run.han) {
        spoken_pairs(&run, sink);
    }
}

fn spoken_pairs(run: &Run<'_>, sink: &mut Sink) {
    let mut letters = run.text.chars().enumerate().peekable();
    while let Some((at, c)) = letters.next() {
        let Some((_, next)) = letters.peek() else { return };
        for first in sound::readings(c) {
            for second in sound::readings(*next) {
                sink.term(run.rank + at, &[first, second]);
            }
        }
    }
}

/// Syllables, initials and openings of a title.
fn title_spoken(lexicon: &Lexicon, folded: &str, sink: &mut Sink) {
    let end = folded.char_indices().nth(LONGEST_TITLE).map_or(folded.len(), |(at, _)| at);
    let folded = folded.get(..end).unwrap_or_default();
    for run in fold::runs(folded, LONGEST_RUN).filter(|run| run.han) {
        spoken_pairs(&run, sink);
        let letters: Vec<char> = run.text.chars().collect();
        let mut starts = vec![false; letters.len()];
        for token in lexicon.jieba.cut_for_search(run.text, true) {
            if let Some(start) = starts.get_mut(token.start) {
                *start = true;
            }
        }
        for (at, c) in letters.iter().enumerate() {
            let (place, begins) = (run.rank + at, starts.get(at).copied().unwrap_or(false));
            if begins {
                openings(place, *c, sink);
            }
            if let Some(next) = letters.get(at + 1) {
                initials(place, *c, *next, begins, sink);
            }
        }
    }
}

fn openings(place: usize, c: char, sink: &mut Sink) {
    for syllable in sound::readings(c) {
        for length in 1..=syllable.len() {
            let beginning = syllable.get(..length).unwrap_or_default();
            sink.term(place, &[OPENING, beginning]);
            if place == 0 {
                sink.term(place, &[TITLE_OPENING, beginning]);
            }
        }
    }
}

fn initials(place: usize, c: char, next: char, begins: bool, sink: &mut Sink) {
    let initial = |syllable: &'static str| syllable.get(..1).unwrap_or_default();
    let mut seen: [(&str, &str); 4] = Default::default();
    let mut many = 0;
    for first in sound::readings(c).map(initial) {
        for second in sound::readings(next).map(initial) {
            if seen.get(..many).is_some_and(|seen| seen.contains(&(first, second))) {
                continue;
            }
            if let Some(slot) = seen.get_mut(many) {
                *slot = (first, second);
                many += 1;
            }
            sink.term(place, &[INITIALS, first, second]);
            if begins {
                sink.term(place, &[WORD_INITIALS, first, second]);
            }
        }
    }
}

/// The words of a text.
#[cfg(test)]
pub(crate) fn all_words(lexicon: &Lexicon, text: &str) -> Vec<String> {
    collected(words, lexicon, text)
}

/// How a title sounds, as the index has it.
#[cfg(test)]
pub(crate) fn all_sounds(lexicon: &Lexicon, title: &str) -> Vec<String> {
    collected(title_spoken, lexicon, title)
}

#[cfg(test)]
fn collected(cut: Cut, lexicon: &Lexicon, text: &str) -> Vec<String> {
    let mut sink = Sink::default();
    cut(lexicon, &fold::folded(text), &mut sink);
    let mut from = 0;
    let ends = sink.ends.iter().map(|(end, _)| *end);
    ends.map(|end| sink.text.get(std::mem::replace(&mut from, end)..end).unwrap_or_default().to_owned()).collect()
}

/// Makes the analysers known to an index; they must be there before anything is written or read.
pub(crate) fn register(analysers: &TokenizerManager, lexicon: &Arc<Lexicon>) {
    let all: [(&str, Cut); 5] =
        [(WORDS, words), (PAIRS, pairs), (TITLE_PAIRS, title_pairs), (SPOKEN, spoken), (TITLE_SPOKEN, title_spoken)];
    for (name, cut) in all {
        analysers.register(name, Analyser::of(cut, lexicon));
    }
}

type Cut = fn(&Lexicon, &str, &mut Sink);

/// A function from folded text to terms, in the shape tantivy asks for.
#[derive(Clone)]
struct Analyser {
    cut: Cut,
    lexicon: Arc<Lexicon>,
    folded: String,
    sink: Sink,
    token: Token,
}

impl Analyser {
    fn of(cut: Cut, lexicon: &Arc<Lexicon>) -> Self {
        let lexicon = lexicon.clone();
        Analyser { cut, lexicon, folded: String::new(), sink: Sink::default(), token: Token::default() }
    }
}

impl Tokenizer for Analyser {
    type TokenStream<'a> = Terms<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Terms<'a> {
        self.folded.clear();
        self.folded.extend(text.chars().map(fold));
        self.sink.text.clear();
        self.sink.ends.clear();
        (self.cut)(&self.lexicon, &self.folded, &mut self.sink);
        Terms { sink: &self.sink, next: 0, from: 0, token: &mut self.token }
    }
}

/// Positions are places in the text: only so do overlapping words keep phrases true. Offsets are not used by us.
struct Terms<'a> {
    sink: &'a Sink,
    next: usize,
    from: usize,
    token: &'a mut Token,
}

impl TokenStream for Terms<'_> {
    fn advance(&mut self) -> bool {
        let Some((end, position)) = self.sink.ends.get(self.next) else { return false };
        self.token.text.clear();
        self.token.text.push_str(self.sink.text.get(self.from..*end).unwrap_or_default());
        self.token.position = *position;
        self.token.position_length = 1;
        self.from = *end;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
