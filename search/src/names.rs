//! Where people's names stand in a text: those of the dictionary, those that a school adds, those of who teaches; and what may be one that nobody
//! listed. A name is neither completed nor altered.

use std::collections::BTreeSet;

use crate::fold::{fold, folded, is_han, is_letter};
use crate::lexicon::{Lexicon, Phrases, merged};
use crate::sound;

/// Behind a name these speak of the person, though the dictionary knows the whole as one word.
const OF_A_PERSON: [&str; 10] = ["主义", "思想", "理论", "精神", "著作", "选集", "文选", "日记", "同志", "纪念馆"];
/// Single characters that no given name begins with.
const NO_GIVEN_NAME: &str = "的了和与及在是也都把被之等而或吗呢不";
/// Before a surname they make a familiar name of it.
const FAMILIAR: &str = "老小阿";
/// Of how many characters a name is looked for around what was found.
const AROUND: usize = 8;

/// Names as they are written and as they sound.
#[derive(Debug, Default)]
pub(crate) struct Names {
    written: Phrases,
    spelled: Vec<Vec<&'static str>>,
}

impl Names {
    /// One character alone is no name.
    pub fn of<'a>(names: impl Iterator<Item = &'a str>) -> Names {
        let names: BTreeSet<&str> = names.filter(|name| name.chars().count() > 1).collect();
        let spelled = |name: &&str| -> Option<Vec<&'static str>> {
            folded(name).chars().map(|c| sound::readings(c).next()).collect()
        };
        Names { written: Phrases::of(names.iter().copied()), spelled: names.iter().filter_map(spelled).collect() }
    }

    /// Whether a name stands in a text as a word, and not as a part of a longer word of the dictionary.
    pub fn stand_alone(&self, jieba: &jieba_rs::Jieba, letters: &[char]) -> bool {
        let words = Words::of(jieba, letters);
        (0..letters.len()).any(|from| {
            let rest = letters.get(from..).unwrap_or_default();
            self.written.lengths_at(rest).any(|length| words.bound(from, from + length))
        })
    }

    fn spelled_in(&self, syllables: &[String]) -> bool {
        self.spelled.iter().any(|name| syllables.windows(name.len()).any(|some| some == name.as_slice()))
    }
}

/// Where the dictionary sees words.
struct Words {
    /// First and behind the last, in characters.
    all: Vec<(usize, usize)>,
}

impl Words {
    fn of(jieba: &jieba_rs::Jieba, letters: &[char]) -> Words {
        let text: String = letters.iter().collect();
        Words { all: jieba.cut(&text, false).into_iter().map(|token| (token.start, token.end)).collect() }
    }

    fn at(&self, place: usize) -> Option<(usize, usize)> {
        let next = self.all.partition_point(|(_, end)| *end <= place);
        self.all.get(next).copied().filter(|(start, _)| *start <= place)
    }

    /// Whether words begin and end where the stretch does.
    fn bound(&self, from: usize, to: usize) -> bool {
        self.at(from).is_some_and(|(start, _)| start == from)
            && self.at(to.saturating_sub(1)).is_some_and(|(_, end)| end == to)
    }

    /// Whether the stretch is a part of one word.
    fn within_one(&self, from: usize, to: usize) -> bool {
        self.at(from).is_some_and(|(_, end)| to <= end)
    }
}

/// The dictionary, and the names of those who teach what is in the index.
#[derive(Clone, Copy)]
pub(crate) struct Known<'a> {
    pub lexicon: &'a Lexicon,
    pub people: &'a Names,
}

impl Known<'_> {
    /// Where people's names stand in folded letters.
    pub fn names(self, letters: &[char]) -> Vec<(usize, usize)> {
        let mut words = None;
        let (mut found, mut at) = (Vec::new(), 0);
        while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty()) {
            let both = [&self.lexicon.names, self.people].into_iter();
            let mut lengths: Vec<usize> = both.flat_map(|names| names.written.lengths_at(rest)).collect();
            lengths.sort_unstable_by(|a, b| b.cmp(a));
            let named = lengths.into_iter().find(|length| {
                let words = words.get_or_insert_with(|| Words::of(&self.lexicon.jieba, letters));
                stands(words, letters, at, at + length)
            });
            match named {
                Some(length) => {
                    found.push((at, at + length));
                    at += length;
                }
                None => at += 1,
            }
        }
        found
    }

    /// Where names stand, and what may be one: what follows a surname and is no word of the dictionary.
    pub fn possible_names(self, letters: &[char]) -> Vec<(usize, usize)> {
        let mut all = self.names(letters);
        let words = Words::of(&self.lexicon.jieba, letters).all;
        for (place, (start, end)) in words.iter().enumerate() {
            let next = words.get(place + 1).filter(|(next, _)| next == end);
            all.extend(self.guess(letters, (*start, *end), next.copied()));
        }
        all
    }

    fn guess(self, letters: &[char], word: (usize, usize), next: Option<(usize, usize)>) -> Option<(usize, usize)> {
        let (start, end) = word;
        let (first, second) = (*letters.get(start)?, letters.get(start + 1).copied());
        if end - start == 2 && FAMILIAR.contains(first) && second.is_some_and(|c| self.lexicon.is_surname(c)) {
            return Some(word);
        }
        if !self.lexicon.is_surname(first) || end - start > 2 {
            return None;
        }
        let (from, to) = next.filter(|(from, _)| letters.get(*from).is_some_and(|c| is_han(*c)))?;
        let single = to - from == 1;
        let given = !letters.get(from).is_some_and(|c| NO_GIVEN_NAME.contains(*c));
        match (end - start, single) {
            (1, false) => Some((start, to.min(start + 3))),
            (1, true) if given => Some((start, letters.len().min(start + 3))),
            (2, true) if given => Some((start, to)),
            _ => None,
        }
    }

    /// Whether a name is, or may be, in a text.
    pub fn may_have_name(self, text: &str) -> bool {
        let letters: Vec<char> = text.chars().map(fold).collect();
        !self.possible_names(&letters).is_empty()
    }

    /// Whether what was found touches what is, or may be, a name; letters are those of the whole text.
    pub fn touches_name(self, letters: &[char], from: usize, to: usize) -> bool {
        let (start, end) = (from.saturating_sub(AROUND), (to + AROUND).min(letters.len()));
        let near = letters.get(start..end).unwrap_or_default();
        let touches = |name: &(usize, usize)| name.0 + start < to && from < name.1 + start;
        self.possible_names(near).iter().any(touches)
    }

    /// Whether letters spell a name, or something in which one is.
    pub fn spells_name(self, letters: &str) -> bool {
        let Some(cut) = sound::cuts(letters, false).into_iter().next() else { return false };
        self.lexicon.names.spelled_in(&cut.syllables) || self.people.spelled_in(&cut.syllables)
    }

    /// Stretches of folded letters that must not be cut: fixed expressions, names, book titles.
    pub fn whole(self, letters: &[char]) -> Vec<(usize, usize)> {
        let mut all = self.lexicon.fixed(letters);
        all.extend(self.names(letters));
        merged(all)
    }
}

/// 于敏 does not stand in 关于敏感, nor 万里 in 万里长征; but 毛泽东 in 毛泽东思想.
fn stands(words: &Words, letters: &[char], from: usize, to: usize) -> bool {
    let behind = letters.get(to..).unwrap_or_default();
    if letters.get(from).is_some_and(|c| !is_han(*c)) {
        let other = |c: Option<&char>| c.is_none_or(|c| !is_letter(*c) || is_han(*c));
        return other(from.checked_sub(1).and_then(|before| letters.get(before))) && other(behind.first());
    }
    let of_a_person = || {
        OF_A_PERSON.iter().any(|word| word.chars().zip(behind).filter(|(a, b)| a == *b).count() == word.chars().count())
    };
    words.bound(from, to) || words.within_one(from, to) && (to - from > 2 || of_a_person())
}
