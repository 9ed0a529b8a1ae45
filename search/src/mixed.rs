//! Chinese and Latin letters in one word, as input methods leave it: 党shi, 党zhangxuexi.

use tantivy::query::{EmptyQuery, TermSetQuery};
use tantivy::schema::Field;

use crate::clause::{Clause, all_of, any_of, constant, prefix};
use crate::query::{Asking, TITLE};
use crate::schema::Fields;
use crate::sound;
use crate::wish::Piece;

impl Asking<'_> {
    /// 党shi: the characters as written, the syllables as any character that sounds so; two syllables side by side as they are heard.
    pub(crate) fn mixed(&self, pieces: &[Piece]) -> Clause {
        let mut slots: Vec<Slot> = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Han(text) => slots.extend(text.chars().map(Slot::Written)),
                Piece::Latin(letters) => {
                    let Some(cut) = sound::cuts(letters, true).into_iter().next() else { return Box::new(EmptyQuery) };
                    slots.extend(cut.syllables.into_iter().map(Slot::Heard));
                    slots.extend(cut.begun.map(Slot::Begun));
                }
            }
        }
        let each = slots.windows(2).filter_map(|pair| match pair {
            [Slot::Heard(first), Slot::Heard(second)] => Some(self.heard(&format!("{first}{second}"), false)),
            [Slot::Heard(first), Slot::Begun(begun)] => Some(self.heard(&format!("{first}{begun}"), true)),
            [first, second] => Some(self.one_of(&first.characters(), &second.characters())),
            _ => None,
        });
        all_of(each.collect())
    }

    /// Two syllables side by side, the second perhaps only begun.
    fn heard(&self, pair: &str, begun: bool) -> Clause {
        let of = |field: Field| if begun { prefix(field, pair) } else { self.term(field, pair) };
        any_of(vec![constant(of(self.fields.title_spoken), TITLE), constant(of(self.fields.spoken), 1.0)])
    }

    fn one_of(&self, first: &[char], second: &[char]) -> Clause {
        let pairs: Vec<String> =
            first.iter().flat_map(|a| second.iter().map(move |b| [*a, *b].iter().collect())).collect();
        let set = |field: Field| {
            let terms = pairs.iter().map(|pair| Fields::term(field, pair));
            Box::new(TermSetQuery::new(terms)) as Clause
        };
        any_of(vec![constant(set(self.fields.title_pairs), TITLE), constant(set(self.fields.pairs), 1.0)])
    }
}

/// What stands at a place of a mixed word.
enum Slot {
    Written(char),
    Heard(String),
    Begun(String),
}

impl Slot {
    fn characters(&self) -> Vec<char> {
        match self {
            Slot::Written(c) => vec![*c],
            Slot::Heard(syllable) => sound::characters(syllable).to_vec(),
            Slot::Begun(letters) => sound::characters_begun(letters),
        }
    }
}
