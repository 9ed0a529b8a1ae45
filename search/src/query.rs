//! A wish turned into a query of the index. Chinese is asked for word by word and by neighbouring characters, Latin letters as written, as pinyin
//! and as initials; whom it is for is part of every query.

use std::collections::BTreeSet;
use std::sync::Arc;

use tantivy::query::{BooleanQuery, EmptyQuery, Occur, PhraseQuery, TermQuery};
use tantivy::schema::{Field, IndexRecordOption};

use crate::clause::{Clause, all_of, any_of, best_of, boosted, characters_after, constant, pooled, prefix};
use crate::document::Kind;
use crate::fold::{self, LONGEST_RUN};
use crate::gate::For;
use crate::lexicon::Lexicon;
use crate::page::Cursor;
use crate::schema::{Fields, Gate};
use crate::terms::{Single, Terms};
use crate::wish::{Piece, Unit, Wish};
use crate::{sound, tokenise};

/// What a title and a heading count, against one for the body.
pub(crate) const TITLE: f32 = 3.0;
const HEADING: f32 = 1.8;
/// What neighbouring characters count, beside words and where there is no word.
const PAIR: f32 = 0.6;
/// What stands for the word that was typed.
const ALIKE: f32 = 0.6;
const SOUND: f32 = 0.5;
/// Of documents that have all words, above those that have only some.
pub(crate) const ALL_WORDS: f32 = 1000.0;

/// On whose behalf is searched: documents for other audiences are neither found, counted nor suggested.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Searcher {
    pub audiences: Vec<String>,
}

/// Which of the two ways to find Chinese is used; both, but for comparing them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Way {
    #[default]
    Both,
    Words,
    Pairs,
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
    pub stage: Option<String>,
    pub year: Option<i32>,
    /// How many hits, at most 100.
    pub first: usize,
    /// Only hits behind this one.
    pub after: Option<Cursor>,
    /// Today, counted as [`crate::Document::day`]: what is fresh depends on it.
    pub day: i32,
    pub way: Way,
}

/// Makes clauses for one index.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub fields: &'a Fields,
    pub lexicon: &'a Lexicon,
    pub way: Way,
    pub terms: &'a Arc<Terms>,
}

impl Asking<'_> {
    /// Every word of the wish must be there.
    pub fn strict(&self, wish: &Wish) -> Clause {
        let mut clauses: Vec<(Occur, Clause)> = wish.units.iter().map(|unit| (Occur::Must, self.unit(unit))).collect();
        clauses.extend(wish.runs.iter().filter_map(|run| self.together(run)).map(|run| (Occur::Should, run)));
        Box::new(BooleanQuery::new(clauses))
    }

    /// The characters as they were typed, whatever words segmentation sees in them.
    pub fn literal(&self, wish: &Wish) -> Clause {
        let other = wish.units.iter().filter(|unit| unit.word().is_none()).map(|unit| self.unit(unit));
        all_of(wish.runs.iter().map(|run| self.exactly(run)).chain(other).collect())
    }

    /// Any word will do; what has them all stands above.
    pub fn loose(&self, wish: &Wish) -> Clause {
        let mut clauses: Vec<Clause> = wish.units.iter().flat_map(|unit| self.parts(unit)).collect();
        if self.way != Way::Words {
            clauses.extend(wish.pairs.iter().flat_map(|pair| self.pair(pair)));
        }
        if !wish.is_sentence() {
            clauses.push(constant(self.strict(wish), ALL_WORDS));
        }
        pooled(clauses)
    }

    /// What the searcher may see and asked for. Scores nothing, so it cannot change the order. Kinds are left to the
    /// collector, which counts all of them.
    pub fn gated(&self, wish: Clause, seen: For, query: &Query) -> Clause {
        let mut clauses: Vec<(Occur, Clause)> = vec![(Occur::Must, wish), (Occur::Must, Box::new(seen))];
        let mut only = |gate: Gate, value: &str| {
            let clause = Box::new(TermQuery::new(self.fields.gate(gate, value), IndexRecordOption::Basic));
            clauses.push((Occur::Must, constant(clause, 0.0)));
        };
        if let Some(course) = &query.course {
            only(Gate::Course, course);
        }
        if let Some(lecturer) = &query.lecturer {
            only(Gate::Lecturer, lecturer);
        }
        if let Some(stage) = &query.stage {
            only(Gate::Stage, stage);
        }
        if let Some(year) = query.year {
            only(Gate::Year, &year.to_string());
        }
        Box::new(BooleanQuery::new(clauses))
    }

    fn unit(&self, unit: &Unit) -> Clause {
        match unit {
            Unit::Word { text, alike } => self.word(text, alike),
            Unit::Phrase(text) => self.exactly(text),
            Unit::Latin(words) => {
                let each = words.iter().map(|word| self.latin(word)).collect();
                let mut ways = vec![all_of(each)];
                if words.len() > 1 {
                    ways.push(self.sounded(&words.concat()));
                }
                any_of(ways)
            }
            Unit::Mixed(pieces) => {
                let each = pieces.iter().map(|piece| match piece {
                    Piece::Han(text) => {
                        let words =
                            fold::runs(text, LONGEST_RUN).flat_map(|run| tokenise::plain_words(self.lexicon, &run));
                        all_of(words.map(|word| self.word(&word.text, &[])).collect())
                    }
                    Piece::Latin(text) => self.latin(text),
                });
                any_of(vec![boosted(self.mixed(pieces), 2.0), all_of(each.collect())])
            }
        }
    }

    /// What of a unit may be there alone.
    fn parts(&self, unit: &Unit) -> Vec<Clause> {
        match unit {
            Unit::Word { text, alike } => {
                let mut all = self.alone(text);
                all.extend(alike.iter().map(|other| boosted(self.other(other), ALIKE)));
                if self.way != Way::Pairs {
                    all.extend(tokenise::inner_words(self.lexicon, text).iter().flat_map(|inner| self.scored(inner)));
                }
                if self.way == Way::Pairs {
                    all.extend(pairs_of(text).iter().flat_map(|pair| self.pair(pair)));
                }
                all
            }
            Unit::Latin(words) => {
                let mut all: Vec<Clause> = words.iter().flat_map(|word| self.written(word)).collect();
                all.extend(words.iter().map(|word| self.syllables(word)));
                if words.len() > 1 {
                    all.push(self.syllables(&words.concat()));
                }
                all
            }
            Unit::Phrase(_) | Unit::Mixed(_) => vec![self.unit(unit)],
        }
    }

    /// A word wherever it stands, as a word or across what segmentation took for words.
    fn word(&self, text: &str, alike: &[String]) -> Clause {
        let mut ways = self.scored(text);
        if self.way == Way::Both && text.chars().nth(1).is_some() {
            ways.extend(self.side_by_side(text));
        }
        let own = any_of(ways);
        if alike.is_empty() {
            return own;
        }
        // The best of them counts, not their sum: what says it in two ways is no better than what says it in one.
        let others = alike.iter().map(|other| boosted(self.other(other), ALIKE));
        best_of(std::iter::once(own).chain(others).collect())
    }

    /// A word of two characters that may be there alone. What segmentation took for a word of the wish it may have cut elsewhere in a text; the
    /// better of both ways counts, not their sum.
    fn alone(&self, text: &str) -> Vec<Clause> {
        let mut letters = text.chars();
        let two = letters.by_ref().take(2).filter(|c| fold::is_han(*c)).count() == 2 && letters.next().is_none();
        if self.way != Way::Both || !two {
            return self.scored(text);
        }
        let ways = [any_of(self.written(text).into()), any_of(self.pair(text).into())];
        vec![best_of(ways.into())]
    }

    /// A word as segmentation sees it; in the title, in headings, in the text.
    fn scored(&self, text: &str) -> Vec<Clause> {
        if self.way == Way::Pairs {
            return vec![self.exactly(text)];
        }
        self.written(text).into()
    }

    fn written(&self, text: &str) -> [Clause; 3] {
        [
            boosted(self.term(self.fields.title_words, text), TITLE),
            boosted(self.term(self.fields.heading_words, text), HEADING),
            self.term(self.fields.body, text),
        ]
    }

    /// What means the same: a word, or several side by side.
    fn other(&self, text: &str) -> Clause {
        let exactly = constant(self.exactly(text), 0.5);
        any_of(self.written(text).into_iter().chain([exactly]).collect())
    }

    /// Two characters side by side.
    fn pair(&self, pair: &str) -> [Clause; 2] {
        let title = boosted(self.term(self.fields.title_pairs, pair), PAIR * TITLE);
        [title, boosted(self.term(self.fields.pairs, pair), PAIR)]
    }

    /// The letters side by side in the title or in the text, wherever jieba sees words.
    pub fn exactly(&self, text: &str) -> Clause {
        if let Some(only) = only_character(text) {
            return self.character(only);
        }
        any_of(self.side_by_side(text).into())
    }

    fn side_by_side(&self, text: &str) -> [Clause; 2] {
        let (title, body) = (self.phrase(self.fields.title_pairs, text), self.phrase(self.fields.pairs, text));
        [boosted(title, PAIR * TITLE), boosted(body, PAIR)]
    }

    /// A longer run of the wish as a whole: a title that has it is what was meant.
    fn together(&self, run: &str) -> Option<Clause> {
        let several = run.chars().nth(2).is_some() && self.way != Way::Words;
        several.then(|| any_of(self.side_by_side(run).into()))
    }

    /// Each second pair of a run is enough to hold it together, at its place.
    pub(crate) fn phrase(&self, field: Field, text: &str) -> Clause {
        self.in_order(field, places(text))
    }

    /// A Latin word as written, as pinyin, as initials.
    fn latin(&self, word: &str) -> Clause {
        any_of(self.written(word).into_iter().chain([self.sounded(word)]).collect())
    }

    /// Letters as pinyin or initials of a title, as pinyin of the text, as a term of the dictionary.
    fn sounded(&self, letters: &str) -> Clause {
        let letters = letters.replace('ü', "v");
        if letters.len() < 2 || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
            return Box::new(EmptyQuery);
        }
        let mut ways = vec![boosted(self.initials(&letters), 1.2), boosted(self.title_sound(&letters), 1.6)];
        for cut in sound::cuts(&letters, false).iter().filter(|cut| cut.syllables.len() > 1) {
            let each = cut.syllables.windows(2).map(|pair| self.term(self.fields.spoken, &pair.concat()));
            ways.push(boosted(all_of(each.collect()), SOUND));
        }
        ways.extend(self.lexicon.terms_by_initials(&letters).map(|text| boosted(self.other(&text), ALIKE)));
        any_of(ways)
    }

    /// Each pair of neighbouring syllables for itself.
    fn syllables(&self, letters: &str) -> Clause {
        let pairs: BTreeSet<String> = sound::neighbours(letters).into_iter().collect();
        let each = pairs.iter().flat_map(|pair| {
            let title = boosted(self.term(self.fields.title_spoken, pair), TITLE);
            [title, self.term(self.fields.spoken, pair)]
        });
        any_of(each.collect())
    }

    /// The first letters of the words of a title.
    pub(crate) fn initials(&self, letters: &str) -> Clause {
        let field = self.fields.title_spoken;
        let pairs: Vec<&str> = (0..letters.len().saturating_sub(1)).filter_map(|at| letters.get(at..at + 2)).collect();
        let Some((first, rest)) = pairs.split_first().filter(|_| letters.len() <= 12) else {
            return Box::new(EmptyQuery);
        };
        let mut places = vec![(0, format!("{}{first}", tokenise::WORD_INITIALS))];
        places.extend(rest.iter().enumerate().map(|(at, pair)| (at + 1, format!("{}{pair}", tokenise::INITIALS))));
        self.in_order(field, places)
    }

    /// Pinyin of a part of a title, the last syllable of which may be only begun.
    pub(crate) fn title_sound(&self, letters: &str) -> Clause {
        let field = self.fields.title_spoken;
        let mut ways: Vec<Clause> = Vec::new();
        for cut in sound::cuts(letters, true) {
            let pairs = cut.syllables.windows(2).enumerate().map(|(at, pair)| (at, pair.concat()));
            let mut each = vec![self.in_order(field, pairs.collect())];
            match (&cut.begun, cut.syllables.as_slice()) {
                (None, [only]) | (Some(only), []) => each = vec![constant(self.opening(only), 0.5)],
                (Some(begun), [.., last]) => {
                    let more = constant(prefix(field, &format!("{last}{begun}")), 0.5);
                    each = if cut.syllables.len() > 1 { vec![each.remove(0), more] } else { vec![more] };
                }
                (None, _) => {}
            }
            ways.push(all_of(each));
        }
        any_of(ways)
    }

    /// A word of a title whose first syllable begins so.
    pub(crate) fn opening(&self, letters: &str) -> Clause {
        self.term(self.fields.title_spoken, &format!("{}{letters}", tokenise::OPENING))
    }

    pub(crate) fn term(&self, field: Field, text: &str) -> Clause {
        Box::new(Single::of(Fields::term(field, text), self.terms))
    }

    /// tantivy refuses, by panic, a phrase of one word.
    pub(crate) fn in_order(&self, field: Field, places: Vec<(usize, String)>) -> Clause {
        match places.as_slice() {
            [] => Box::new(EmptyQuery),
            [(_, only)] => self.term(field, only),
            all => Box::new(PhraseQuery::new_with_offset(
                all.iter().map(|(at, text)| (*at, Fields::term(field, text))).collect(),
            )),
        }
    }

    /// Any text that has a character of these, as the last resort for a single one.
    pub fn character(&self, c: char) -> Clause {
        let text = c.to_string();
        let sets = [self.fields.title_pairs, self.fields.pairs].map(|field| characters_after(field, &text));
        constant(any_of(sets.into_iter().collect()), 1.0)
    }
}

/// The Chinese character that is all of the letters of a text.
fn only_character(text: &str) -> Option<char> {
    let mut letters = text.chars().filter(|c| fold::is_letter(*c));
    letters.next().filter(|c| fold::is_han(*c) && letters.next().is_none())
}

fn pairs_of(text: &str) -> Vec<String> {
    let letters: Vec<char> = text.chars().collect();
    letters.windows(2).map(|pair| pair.iter().collect()).collect()
}

/// The terms that hold a text together, with their places: each second pair and the last.
pub(crate) fn places(text: &str) -> Vec<(usize, String)> {
    let mut all = Vec::new();
    let runs: Vec<_> = fold::runs(text, LONGEST_RUN).collect();
    for (place, run) in runs.iter().enumerate() {
        if !run.han {
            all.push((run.rank, run.text.to_owned()));
            continue;
        }
        let letters: Vec<char> = run.text.chars().collect();
        for at in 0..letters.len() {
            let last = at + 2 == letters.len();
            if let Some([a, b]) = letters.get(at..at + 2)
                && (at % 2 == 0 || last)
            {
                all.push((run.rank + at, [*a, *b].iter().collect()));
            }
        }
        // Alone at the end, or before other letters; within Chinese that only signs part, its neighbours have to do.
        if let [only] = letters.as_slice()
            && runs.get(place + 1).is_none_or(|next| !next.han)
            && !place.checked_sub(1).and_then(|before| runs.get(before)).is_some_and(|before| before.han)
        {
            all.push((run.rank, only.to_string()));
        }
    }
    all
}
