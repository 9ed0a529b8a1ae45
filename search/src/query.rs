//! What the searcher typed, turned into a query of the index. There are no operators: any text is a wish for words.
//! Chinese is asked for word by word, Latin letters as written, as pinyin and as initials.

use std::collections::BTreeSet;
use std::ops::Bound;

use tantivy::query::{
    BooleanQuery, BoostQuery, ConstScoreQuery, EmptyQuery, Occur, PhraseQuery, Query as Engine, RangeQuery, TermQuery,
    TermSetQuery,
};
use tantivy::schema::{Field, IndexRecordOption};

use crate::document::Kind;
use crate::reader::Cursor;
use crate::schema::Fields;
use crate::{sound, tokenise};

/// More is not read: a query is a few words.
const LONGEST_TEXT: usize = 200;
/// Words beyond these are not asked for; they bound what one search can cost.
const MOST_WORDS: usize = 20;
/// Words that say nothing of the subject; asked for only when there is nothing else.
const EMPTY_WORDS: [&str; 22] = [
    "的", "了", "和", "与", "及", "在", "是", "也", "都", "把", "被", "之", "等", "而", "或", "吗", "呢", "我", "什么",
    "怎么", "如何", "怎样",
];

/// On whose behalf is searched: documents for other audiences are neither found, counted nor suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searcher {
    pub audiences: Vec<String>,
}

/// What is searched for.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Query {
    /// Any text; read up to 200 characters.
    pub text: String,
    /// Only these kinds; all when empty.
    pub kinds: Vec<Kind>,
    pub course: Option<String>,
    pub lecturer: Option<String>,
    /// How many hits, at most 100.
    pub first: usize,
    /// Only hits behind this one.
    pub after: Option<Cursor>,
}

/// A stretch of the typed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Chinese characters that stand together, their words and the words within those.
    Han { letters: Vec<char>, words: Vec<Place>, inner: Vec<String> },
    /// Latin words with nothing Chinese between them: dang zhang.
    Latin(Vec<String>),
}

/// A word and how many characters stand before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub offset: usize,
    pub text: String,
}

/// The typed text, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub parts: Vec<Part>,
}

type Clause = Box<dyn Engine>;

impl Wish {
    pub fn read(text: &str) -> Wish {
        let text: String = text.chars().take(LONGEST_TEXT).collect();
        let mut parts: Vec<Part> = Vec::new();
        for run in tokenise::runs(&text) {
            match parts.last_mut() {
                Some(Part::Latin(words)) if !run.han => words.push(run.text),
                _ if run.han => parts.push(han(&run)),
                _ => parts.push(Part::Latin(vec![run.text])),
            }
        }
        parts.retain(has_words);
        Wish { parts }.without_empty_words().shortened()
    }

    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// Every word of the wish must be there.
    pub fn strict(&self, fields: &Fields) -> Clause {
        all_of(self.parts.iter().map(|part| part.strict(fields)).collect())
    }

    /// Any word will do, words within words too: asked when the strict wish finds nothing at all.
    pub fn loose(&self, fields: &Fields) -> Clause {
        any_of(self.parts.iter().flat_map(|part| part.loose(fields)).collect())
    }

    /// Titles that hold what was typed so far, those that begin with it first.
    pub fn titles(&self, fields: &Fields) -> Clause {
        let mut clauses: Vec<(Occur, Clause)> =
            self.parts.iter().map(|part| (Occur::Must, part.in_title(fields))).collect();
        if let Some(Part::Han { letters, .. }) = self.parts.first() {
            clauses.push((Occur::Should, boosted(beginning(fields, letters), 4.0)));
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// 党章的义务 asks for 党章 and 义务; 的 alone asks for 的.
    fn without_empty_words(mut self) -> Wish {
        let telling = |word: &Place| !EMPTY_WORDS.contains(&word.text.as_str());
        let tells = |part: &Part| match part {
            Part::Han { words, .. } => words.iter().any(telling),
            Part::Latin(_) => true,
        };
        if self.parts.iter().any(tells) {
            self.parts.retain(tells);
            for part in &mut self.parts {
                if let Part::Han { words, .. } = part {
                    words.retain(telling);
                }
            }
        }
        self
    }

    /// So many words of all parts together, and so many within those.
    fn shortened(mut self) -> Wish {
        let (mut left, mut inner_left) = (MOST_WORDS, MOST_WORDS);
        for part in &mut self.parts {
            match part {
                Part::Latin(words) => shorten(words, &mut left),
                Part::Han { words, inner, .. } => {
                    shorten(words, &mut left);
                    shorten(inner, &mut inner_left);
                }
            }
        }
        self.parts.retain(has_words);
        self
    }
}

/// Keeps the first words of all parts together.
fn shorten<T>(words: &mut Vec<T>, left: &mut usize) {
    words.truncate(*left);
    *left -= words.len();
}

fn has_words(part: &Part) -> bool {
    match part {
        Part::Han { words, .. } => !words.is_empty(),
        Part::Latin(words) => !words.is_empty(),
    }
}

fn han(run: &tokenise::Run) -> Part {
    let words = tokenise::plain_words(run);
    let inner = words.iter().flat_map(tokenise::inner_words).map(|word| word.text).collect();
    let place = |word: tokenise::Word| Place { offset: word.start.saturating_sub(run.start), text: word.text };
    Part::Han { letters: run.text.chars().collect(), words: words.into_iter().map(place).collect(), inner }
}

impl Part {
    fn strict(&self, fields: &Fields) -> Clause {
        match self {
            Part::Han { letters, words, .. } => {
                let mut clauses: Vec<(Occur, Clause)> =
                    words.iter().map(|word| (Occur::Must, written(fields, &word.text))).collect();
                clauses.extend(phrase(fields.body, words).map(|near| (Occur::Should, near)));
                let words = Box::new(BooleanQuery::new(clauses));
                any_of(vec![words, boosted(together(fields, letters), 4.0)])
            }
            Part::Latin(words) => any_of(vec![joined(fields, words), all_of(singly(fields, words))]),
        }
    }

    fn loose(&self, fields: &Fields) -> Vec<Clause> {
        match self {
            Part::Han { words, inner, .. } => {
                let all: BTreeSet<&String> = words.iter().map(|word| &word.text).chain(inner).collect();
                all.into_iter().map(|word| written(fields, word)).collect()
            }
            Part::Latin(words) => std::iter::once(joined(fields, words)).chain(singly(fields, words)).collect(),
        }
    }

    fn in_title(&self, fields: &Fields) -> Clause {
        match self {
            Part::Han { letters, words, .. } => {
                let words = words.iter().map(|word| term(fields.heading, &word.text)).collect();
                any_of(vec![boosted(together(fields, letters), 2.0), all_of(words)])
            }
            Part::Latin(words) => {
                let each = words.iter().map(|word| any_of(vec![term(fields.heading, word), begun(fields, word)]));
                any_of(vec![begun(fields, &words.concat()), all_of(each.collect())])
            }
        }
    }
}

/// A word as it is written, in the title or in the text.
fn written(fields: &Fields, word: &str) -> Clause {
    any_of(vec![boosted(term(fields.heading, word), 3.0), term(fields.body, word)])
}

fn singly(fields: &Fields, words: &[String]) -> Vec<Clause> {
    words.iter().map(|word| any_of(vec![written(fields, word), sounded(fields, word)])).collect()
}

/// dang zhang as dangzhang.
fn joined(fields: &Fields, words: &[String]) -> Clause {
    sounded(fields, &words.concat())
}

/// A Latin word as pinyin or initials: of the title, and weakly of a word of the text.
fn sounded(fields: &Fields, latin: &str) -> Clause {
    let sound = sound::typed(latin);
    if sound.len() < 2 || !sound.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Box::new(EmptyQuery);
    }
    any_of(vec![
        boosted(term(fields.sounds, &sound), 2.0),
        boosted(term(fields.initials, &sound), 1.5),
        constant(opening(fields, &sound), 0.5),
        constant(term(fields.spoken, &sound), 0.5),
    ])
}

/// Pinyin or initials of a title that are still being typed.
fn begun(fields: &Fields, latin: &str) -> Clause {
    let sound = sound::typed(latin);
    if !sound.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Box::new(EmptyQuery);
    }
    let mut clauses = vec![
        boosted(term(fields.sounds, &sound), 2.0),
        boosted(term(fields.initials, &sound), 2.0),
        constant(opening(fields, &sound), 1.0),
    ];
    if sound.len() > 1 {
        clauses.push(constant(prefix(fields.initials, &sound), 0.5));
    }
    any_of(clauses)
}

/// The characters side by side in a title, wherever jieba sees words.
fn together(fields: &Fields, letters: &[char]) -> Clause {
    let terms = letters.iter().map(|letter| Fields::term(fields.characters, &letter.to_string()));
    in_order(terms.collect())
}

/// The same at the very beginning of a title.
fn beginning(fields: &Fields, letters: &[char]) -> Clause {
    let sentinel = std::iter::once(Fields::term(fields.characters, tokenise::SENTINEL));
    in_order(
        sentinel.chain(letters.iter().map(|letter| Fields::term(fields.characters, &letter.to_string()))).collect(),
    )
}

/// tantivy refuses, by panic, a phrase of one word.
fn in_order(mut terms: Vec<tantivy::Term>) -> Clause {
    match terms.len() {
        0 => Box::new(EmptyQuery),
        1 => terms.pop().map_or_else(|| Box::new(EmptyQuery) as Clause, of_term),
        _ => Box::new(PhraseQuery::new(terms)),
    }
}

/// The words at their distances from each other; nothing for a single word.
fn phrase(field: Field, words: &[Place]) -> Option<Clause> {
    let places: Vec<_> = words.iter().map(|word| (word.offset, Fields::term(field, &word.text))).collect();
    (places.len() > 1).then(|| Box::new(PhraseQuery::new_with_offset(places)) as Clause)
}

/// Only what the searcher may see and asked for. Scores nothing, so it cannot change the order. Kinds are left to the
/// collector, which counts all of them.
pub(crate) fn gate(fields: &Fields, searcher: &Searcher, query: &Query) -> Vec<Clause> {
    let audiences = searcher.audiences.iter().map(|audience| Fields::term(fields.audience, audience));
    let mut clauses: Vec<Clause> = vec![constant(Box::new(TermSetQuery::new(audiences)), 0.0)];
    if let Some(course) = &query.course {
        clauses.push(constant(term(fields.course, course), 0.0));
    }
    if let Some(lecturer) = &query.lecturer {
        clauses.push(constant(term(fields.lecturer, lecturer), 0.0));
    }
    clauses
}

pub(crate) fn all_of(clauses: Vec<Clause>) -> Clause {
    Box::new(BooleanQuery::intersection(clauses))
}

fn any_of(clauses: Vec<Clause>) -> Clause {
    Box::new(BooleanQuery::union(clauses))
}

fn boosted(clause: Clause, boost: f32) -> Clause {
    Box::new(BoostQuery::new(clause, boost))
}

fn constant(clause: Clause, score: f32) -> Clause {
    Box::new(ConstScoreQuery::new(clause, score))
}

fn term(field: Field, text: &str) -> Clause {
    of_term(Fields::term(field, text))
}

fn of_term(term: tantivy::Term) -> Clause {
    Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))
}

/// Pinyin of a title that begins so.
fn opening(fields: &Fields, sound: &str) -> Clause {
    if sound.len() <= sound::LONGEST_OPENING { term(fields.openings, sound) } else { prefix(fields.sounds, sound) }
}

/// Terms of small letters that begin so: `{` is the character behind `z`.
fn prefix(field: Field, start: &str) -> Clause {
    let end = Fields::term(field, &format!("{start}{{"));
    Box::new(RangeQuery::new(Bound::Included(Fields::term(field, start)), Bound::Excluded(end)))
}
