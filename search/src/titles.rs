//! What is being typed, turned into a query for titles and tags: as characters, as pinyin or initials of which the last may be only begun.

use tantivy::query::{BooleanQuery, Occur};

use crate::clause::{Clause, all_of, any_of, boosted, characters_after, constant};
use crate::query::{Asking, places};
use crate::wish::{Piece, Unit, Wish};
use crate::{sound, tokenise};

const WORD: f32 = 3.0;

impl Asking<'_> {
    /// Titles and tags that hold what was typed so far, those that begin with it first.
    pub fn titles(&self, wish: &Wish) -> Clause {
        let field = self.fields.title_pairs;
        let mut clauses: Vec<(Occur, Clause)> = Vec::new();
        for unit in &wish.units {
            let clause = match unit {
                Unit::Word { text, .. } | Unit::Phrase(text) => self.title_part(text),
                Unit::Latin(words) => {
                    let whole = words.concat();
                    any_of(vec![self.begun(&whole), all_of(words.iter().map(|word| self.begun(word)).collect())])
                }
                Unit::Mixed(pieces) => self.mixed_title(pieces),
            };
            clauses.push((Occur::Must, clause));
        }
        match wish.units.first() {
            Some(Unit::Word { text, .. }) => {
                let mut from_start = vec![(0, tokenise::SENTINEL.to_owned())];
                from_start.extend(places(text).into_iter().map(|(at, pair)| (at + 1, pair)));
                clauses.push((Occur::Should, boosted(self.in_order(field, from_start), 4.0)));
            }
            Some(Unit::Latin(words)) => {
                let start = words.concat();
                let first = sound::cuts(&start, true).into_iter().next();
                let syllable = first.and_then(|cut| cut.syllables.first().cloned()).unwrap_or(start);
                let opening = self.term(self.fields.title_spoken, &format!("{}{syllable}", tokenise::TITLE_OPENING));
                clauses.push((Occur::Should, constant(opening, 4.0)));
            }
            _ => {}
        }
        Box::new(BooleanQuery::new(clauses))
    }

    /// A single character may be the first of any pair.
    fn title_part(&self, text: &str) -> Clause {
        let field = self.fields.title_pairs;
        if text.chars().nth(1).is_some() {
            return self.phrase(field, text);
        }
        any_of(vec![
            boosted(self.term(self.fields.title_words, text), WORD),
            constant(characters_after(field, text), 1.0),
        ])
    }

    fn begun(&self, letters: &str) -> Clause {
        let mut ways = vec![boosted(self.term(self.fields.title_words, letters), WORD)];
        if letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
            ways.extend([self.title_sound(letters), self.initials(letters)]);
            ways.push(constant(self.opening(letters), 0.5));
        }
        any_of(ways)
    }

    fn mixed_title(&self, pieces: &[Piece]) -> Clause {
        let each = pieces.iter().map(|piece| match piece {
            Piece::Han(text) => self.title_part(text),
            Piece::Latin(text) => self.begun(text),
        });
        all_of(each.collect())
    }
}
