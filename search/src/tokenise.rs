//! Text into words: folding of width and case, jieba with the party's own vocabulary, and the analysers of the index.
//! Everything counts in characters (Unicode scalar values), so that folding can never shift a place in the text.

use std::sync::LazyLock;

use jieba_rs::Jieba;
use tantivy::tokenizer::{Token, TokenStream, Tokenizer, TokenizerManager};

use crate::sound;

pub(crate) const WORDS: &str = "words";
pub(crate) const CHARACTERS: &str = "characters";
pub(crate) const SOUNDS: &str = "sounds";
pub(crate) const OPENINGS: &str = "openings";
pub(crate) const INITIALS: &str = "initials";
pub(crate) const SPOKEN: &str = "spoken";

/// Words that jieba does not know or would cut apart, one a line. Part of the index's stamp.
pub(crate) const PARTY_TERMS: &str = include_str!("../dict/party_terms.txt");

/// Stands before the first character of a title; no text folds to it, it is not alphanumeric.
pub(crate) const SENTINEL: &str = "^";

/// A run without a break longer than this is cut: nobody types it, and a term has a greatest length.
const LONGEST_RUN: usize = 40;

static JIEBA: LazyLock<Jieba> = LazyLock::new(|| {
    let mut jieba = Jieba::new();
    for term in PARTY_TERMS.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#')) {
        jieba.add_word(term, None, None);
    }
    jieba
});

/// A word and where it stands, in characters.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Word {
    pub start: usize,
    pub end: usize,
    pub text: String,
}

/// Letters that stand together: Chinese characters, or letters and digits of anything else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Run {
    pub start: usize,
    pub text: String,
    pub han: bool,
}

/// Loads the dictionary now rather than in the first search.
pub(crate) fn warm() {
    LazyLock::force(&JIEBA);
}

/// Folds width and case, one character to one character.
pub(crate) fn fold(c: char) -> char {
    let narrow = match c {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c),
        other => other,
    };
    let mut lower = narrow.to_lowercase();
    match (lower.next(), lower.next()) {
        (Some(one), None) => one,
        _ => narrow,
    }
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '々' | '〇')
}

/// The folded runs of a text, in order; all else (marks, spaces, emoji) only separates them.
pub(crate) fn runs(text: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut open = 0;
    for (place, c) in text.chars().map(fold).enumerate() {
        if !c.is_alphanumeric() && !is_han(c) {
            open = 0;
            continue;
        }
        let han = is_han(c);
        match runs.last_mut() {
            Some(run) if open > 0 && run.han == han && (han || open < LONGEST_RUN) => {
                run.text.push(c);
                open += 1;
            }
            _ => {
                runs.push(Run { start: place, text: c.to_string(), han });
                open = 1;
            }
        }
    }
    runs
}

/// The words of a query: each character belongs to one of them.
pub(crate) fn plain_words(run: &Run) -> Vec<Word> {
    if !run.han {
        return vec![Word { start: run.start, end: run.start + run.text.chars().count(), text: run.text.clone() }];
    }
    let word = |token: jieba_rs::Token<'_>| Word {
        start: run.start + token.start,
        end: run.start + token.end,
        text: token.word.to_owned(),
    };
    JIEBA.cut(&run.text, true).into_iter().map(word).collect()
}

/// The whole text cut into words, blanks and signs: put together again they are the text.
pub fn pieces(text: &str) -> Vec<&str> {
    JIEBA.cut(text, false).into_iter().map(|token| token.word).collect()
}

/// The words inside a longer word (积极分子 in 入党积极分子), each of two characters or more.
pub(crate) fn inner_words(word: &Word) -> Vec<Word> {
    if word.end - word.start < 3 || !word.text.chars().all(is_han) {
        return Vec::new();
    }
    let inner = |token: jieba_rs::Token<'_>| Word {
        start: word.start + token.start,
        end: word.start + token.end,
        text: token.word.to_owned(),
    };
    let shorter = |inner: &Word| inner.end - inner.start > 1 && inner.text != word.text;
    JIEBA.cut_all(&word.text).into_iter().map(inner).filter(shorter).collect()
}

/// The words of a document, with the words inside longer words, ordered by place. They overlap.
pub(crate) fn words(text: &str) -> Vec<Word> {
    let mut all = Vec::new();
    for word in runs(text).iter().flat_map(plain_words) {
        all.extend(inner_words(&word));
        all.push(word);
    }
    all.sort_unstable();
    all.dedup();
    all
}

fn characters(text: &str) -> Vec<Word> {
    let sentinel = Word { start: 0, end: 1, text: SENTINEL.to_owned() };
    let letters = runs(text).into_iter().flat_map(|run| run.text.chars().collect::<Vec<_>>()).enumerate();
    let letter = |(place, c): (usize, char)| Word { start: place + 1, end: place + 2, text: c.to_string() };
    std::iter::once(sentinel).chain(letters.map(letter)).collect()
}

/// Makes the analysers known to an index; they must be there before anything is written or read.
pub(crate) fn register(analysers: &TokenizerManager) {
    analysers.register(WORDS, Analyser::of(words));
    analysers.register(CHARACTERS, Analyser::of(characters));
    analysers.register(SOUNDS, Analyser::of(sound::full_terms));
    analysers.register(OPENINGS, Analyser::of(sound::opening_terms));
    analysers.register(INITIALS, Analyser::of(sound::initial_terms));
    analysers.register(SPOKEN, Analyser::of(sound::word_terms));
}

/// A function from text to words, in the shape tantivy asks for.
#[derive(Clone)]
struct Analyser {
    cut: fn(&str) -> Vec<Word>,
    token: Token,
}

impl Analyser {
    fn of(cut: fn(&str) -> Vec<Word>) -> Self {
        Analyser { cut, token: Token::default() }
    }
}

impl Tokenizer for Analyser {
    type TokenStream<'a> = Words<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> Words<'a> {
        Words { rest: (self.cut)(text).into_iter(), token: &mut self.token }
    }
}

/// Positions are places in the text: only so do overlapping words keep phrases true. Offsets are not used by us.
struct Words<'a> {
    rest: std::vec::IntoIter<Word>,
    token: &'a mut Token,
}

impl TokenStream for Words<'_> {
    fn advance(&mut self) -> bool {
        let Some(word) = self.rest.next() else { return false };
        *self.token = Token {
            offset_from: word.start,
            offset_to: word.end,
            position: word.start,
            text: word.text,
            position_length: 1,
        };
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
