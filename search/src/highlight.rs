//! Why it was found: the matched words of a text, and the stretch of it that shows most of them.
//! Our own, because tantivy's panics on overlapping words. Counts in characters; nothing is ever sliced by bytes.

use std::collections::BTreeSet;

use crate::fold::{self, fold, is_han, is_letter};
use crate::lexicon::Lexicon;
use crate::names::Known;
use crate::sound;
use crate::tokenise;
use crate::wish::{Piece, Unit, Wish};

/// Characters shown of a body.
const WINDOW: usize = 72;
/// How far before the first mark a sentence is looked for.
const LEAD: usize = 18;
/// Marks weighed in one text; more do not make the choice better.
const MOST_MARKS: usize = 400;
/// Characters of a text that are looked through.
const LONGEST_TEXT: usize = 20_000;

/// A stretch of a title or a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// `title` or `body`.
    pub field: &'static str,
    pub text: String,
    /// From, and up to but not with, in Unicode scalar values of `text`; ascending, apart, none empty.
    pub marks: Vec<(usize, usize)>,
    /// Stretches that no line may be broken within, in the same way.
    pub whole: Vec<(usize, usize)>,
}

/// What to look for, folded.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Needle {
    /// Characters side by side.
    Han(Vec<char>),
    /// A word of other letters, as a whole.
    Word(Vec<char>),
    /// Letters that characters sound like; the last syllable may be begun.
    Sound(String),
    /// The first letters of what characters sound like.
    Initials(String),
    /// Characters and letters that stand for characters.
    Mixed(Vec<(Option<char>, String)>),
}

/// Everything that a hit may have been found by.
#[derive(Debug, Default)]
pub(crate) struct Seeker {
    needles: Vec<Needle>,
    /// Looked for only where none of the others is.
    lesser: Vec<Needle>,
}

/// Characters `start..end` answer to a needle.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Mark {
    pub start: usize,
    pub end: usize,
    why: usize,
}

impl Seeker {
    pub fn of(lexicon: &Lexicon, wish: &Wish) -> Seeker {
        let (mut needles, mut lesser) = (BTreeSet::new(), BTreeSet::new());
        let han = |text: &str| Needle::Han(text.chars().collect());
        for unit in &wish.units {
            match unit {
                Unit::Word { text, alike } => {
                    needles.extend([text.as_str()].into_iter().chain(alike.iter().map(String::as_str)).map(han));
                    lesser.extend(tokenise::inner_words(lexicon, text).iter().map(|inner| han(inner)));
                    let letters: Vec<char> = text.chars().collect();
                    lesser.extend(letters.windows(2).map(|pair| Needle::Han(pair.to_vec())));
                }
                Unit::Phrase(text) => needles.extend(fold::runs(text, LONGEST_TEXT).map(|run| match run.han {
                    true => han(run.text),
                    false => Needle::Word(run.text.chars().collect()),
                })),
                Unit::Latin(words) => {
                    for word in words.iter().cloned().chain([words.concat()]) {
                        latin(&word, &mut needles, &mut lesser);
                        needles.extend(lexicon.terms_by_initials(&word).map(|term| han(&term)));
                    }
                }
                Unit::Mixed(pieces) => {
                    needles.insert(Needle::Mixed(mixed(pieces)));
                    for piece in pieces {
                        match piece {
                            Piece::Han(text) => drop(lesser.insert(han(text))),
                            Piece::Latin(word) => drop(lesser.insert(Needle::Word(word.chars().collect()))),
                        }
                    }
                }
            }
        }
        lesser.extend(wish.pairs.iter().map(|pair| han(pair)));
        Seeker { needles: needles.into_iter().collect(), lesser: lesser.into_iter().collect() }
    }

    /// What answers to the wish in folded letters.
    pub fn marks(&self, lexicon: &Lexicon, letters: &[char], title: bool) -> Vec<Mark> {
        let mut starts = None;
        let mut look = |needles: &[Needle], first: usize| -> Vec<Mark> {
            let mut marks = Vec::new();
            for (why, needle) in needles.iter().enumerate() {
                let places: Option<&[bool]> = match needle {
                    // They stand for the words of a title, as the index has it.
                    Needle::Initials(_) if !title => continue,
                    Needle::Initials(_) => Some(starts.get_or_insert_with(|| tokenise::word_starts(lexicon, letters))),
                    _ => None,
                };
                needle.find(letters, places, first + why, &mut marks);
            }
            marks
        };
        let marks = look(&self.needles, 0);
        if marks.is_empty() { look(&self.lesser, self.needles.len()) } else { marks }
    }
}

/// Latin letters may be a word, pinyin, initials, a term of the dictionary.
fn latin(word: &str, needles: &mut BTreeSet<Needle>, lesser: &mut BTreeSet<Needle>) {
    needles.insert(Needle::Word(word.chars().collect()));
    let letters = word.replace('ü', "v");
    if letters.len() < 2 || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return;
    }
    if letters.len() <= 12 {
        needles.insert(Needle::Initials(letters.clone()));
    }
    for cut in sound::cuts(&letters, true) {
        for pair in cut.syllables.windows(2) {
            lesser.insert(Needle::Sound(pair.concat()));
        }
    }
    needles.insert(Needle::Sound(letters));
}

fn mixed(pieces: &[Piece]) -> Vec<(Option<char>, String)> {
    let mut all = Vec::new();
    for piece in pieces {
        match piece {
            Piece::Han(text) => all.extend(text.chars().map(|c| (Some(c), String::new()))),
            Piece::Latin(letters) => {
                let cut = sound::cuts(letters, true).into_iter().next();
                let (syllables, begun) = cut.map(|cut| (cut.syllables, cut.begun)).unwrap_or_default();
                all.extend(syllables.into_iter().chain(begun).map(|syllable| (None, syllable)));
            }
        }
    }
    all
}

impl Needle {
    /// Only at the places that are true, where there are places.
    fn find(&self, letters: &[char], places: Option<&[bool]>, why: usize, marks: &mut Vec<Mark>) {
        let room = MOST_MARKS.saturating_sub(marks.len());
        let mut at = 0;
        let mut found = 0;
        while let Some(rest) = letters.get(at..).filter(|rest| !rest.is_empty() && found < room) {
            let before = at.checked_sub(1).and_then(|before| letters.get(before));
            let may = places.is_none_or(|places| places.get(at).copied().unwrap_or(false));
            let length = if may { self.length(before, rest) } else { None };
            match length.filter(|length| *length > 0) {
                Some(length) => {
                    marks.push(Mark { start: at, end: at + length, why });
                    found += 1;
                    at += length;
                }
                None => at += 1,
            }
        }
    }

    /// How many letters at the beginning answer.
    fn length(&self, before: Option<&char>, rest: &[char]) -> Option<usize> {
        match self {
            Needle::Han(text) => rest.starts_with(text).then_some(text.len()),
            Needle::Word(word) => {
                let other = |c: Option<&char>| c.is_none_or(|c| !is_letter(*c) || is_han(*c));
                (other(before) && rest.starts_with(word) && other(rest.get(word.len()))).then_some(word.len())
            }
            Needle::Sound(sound) => sounds(rest, sound),
            Needle::Initials(initials) => begins(rest, initials),
            Needle::Mixed(slots) => {
                let fits = |(c, (written, sound)): (&char, &(Option<char>, String))| match written {
                    Some(written) => c == written,
                    None => sound::readings(*c).any(|reading| reading.starts_with(sound.as_str())),
                };
                (rest.len() >= slots.len() && rest.iter().zip(slots).all(fits)).then_some(slots.len())
            }
        }
    }
}

/// How many characters sound like these letters, two at least.
fn sounds(rest: &[char], sound: &str) -> Option<usize> {
    fn from(rest: &[char], sound: &str, so_far: usize) -> Option<usize> {
        if sound.is_empty() {
            return Some(so_far);
        }
        let (first, more) = rest.split_first()?;
        sound::readings(*first).find_map(|reading| match sound.strip_prefix(reading) {
            Some(left) => from(more, left, so_far + 1),
            None if so_far > 0 && reading.starts_with(sound) => Some(so_far + 1),
            None => None,
        })
    }
    from(rest, sound, 0).filter(|length| *length > 1)
}

fn begins(rest: &[char], initials: &str) -> Option<usize> {
    let fits =
        |(c, letter): (&char, u8)| sound::readings(*c).any(|reading| reading.as_bytes().first() == Some(&letter));
    (rest.len() >= initials.len() && rest.iter().zip(initials.bytes()).all(fits)).then_some(initials.len())
}

/// The fragments of a hit: the title if it is marked, the body if there is one.
pub(crate) fn fragments(known: Known<'_>, seeker: &Seeker, title: &str, body: &str) -> Vec<Fragment> {
    let heard = Text::of(title);
    let marks = seeker.marks(known.lexicon, &heard.folded, true);
    let title = (!marks.is_empty()).then(|| heard.cut("title", known, (0, heard.shown.len()), &marks));
    let body = (!body.trim().is_empty()).then(|| {
        let heard = Text::of(body);
        let mut marks = seeker.marks(known.lexicon, &heard.folded, false);
        marks.sort_unstable();
        heard.cut("body", known, window(&heard.shown, &marks), &marks)
    });
    title.into_iter().chain(body).collect()
}

/// Stretches of a title that no line may be broken within.
pub(crate) fn whole(known: Known<'_>, title: &str) -> Vec<(usize, usize)> {
    known.whole(&title.chars().map(fold).collect::<Vec<_>>())
}

/// A text as it is shown and as it is compared, letter by letter.
struct Text {
    shown: Vec<char>,
    folded: Vec<char>,
}

impl Text {
    fn of(text: &str) -> Text {
        let shown: Vec<char> = text.chars().take(LONGEST_TEXT).map(visible).collect();
        let folded = shown.iter().copied().map(fold).collect();
        Text { shown, folded }
    }

    /// How many letters of a number or a Latin word that a place cuts lie behind it, or before it; 0 where there is no end to them.
    fn cut_off(&self, place: usize, behind: bool) -> usize {
        let joined = |c: &&char| is_letter(**c) && !is_han(**c);
        let (before, after) = self.folded.split_at(place.min(self.folded.len()));
        let before = before.iter().rev().take(LONGEST_JOINED).take_while(joined).count();
        let after = after.iter().take(LONGEST_JOINED).take_while(joined).count();
        let length = if behind { after } else { before };
        if before.min(after) == 0 || length == LONGEST_JOINED { 0 } else { length }
    }

    /// The stretch as shown, with dots where something was left out, and the marks within it. Its ends never lie within what stays whole.
    fn cut(&self, field: &'static str, known: Known<'_>, window: (usize, usize), marks: &[Mark]) -> Fragment {
        let letters = &self.shown;
        let (mut start, mut end) = (window.0 - self.cut_off(window.0, false), window.1 + self.cut_off(window.1, true));
        let around = (start.saturating_sub(MARGIN), (end + MARGIN).min(letters.len()));
        let near = self.folded.get(around.0..around.1).unwrap_or_default();
        let whole: Vec<_> = known.whole(near).into_iter().map(|(from, to)| (from + around.0, to + around.0)).collect();
        for (from, to) in &whole {
            if *from < start && start < *to {
                start = *from;
            }
            if *from < end && end < *to {
                end = *to;
            }
        }
        let blank = |c: &&char| c.is_whitespace();
        start += letters.get(start..end).unwrap_or_default().iter().take_while(blank).count();
        end -= letters.get(start..end).unwrap_or_default().iter().rev().take_while(blank).count();
        let shift = usize::from(letters.iter().take(start).any(|c| !c.is_whitespace()));
        let mut text: String = "…".repeat(shift);
        text.extend(letters.get(start..end).unwrap_or_default());
        if letters.iter().skip(end).any(|c| !c.is_whitespace()) {
            text.push('…');
        }
        let within = |(from, to): (usize, usize)| {
            let (from, to) = (from.max(start), to.min(end));
            (from < to).then(|| (from - start + shift, to - start + shift))
        };
        let marks = merge(marks).into_iter().filter_map(within).collect();
        Fragment { field, text, marks, whole: whole.into_iter().filter_map(within).collect() }
    }
}

/// Numbers and Latin words up to here are not cut.
const LONGEST_JOINED: usize = 24;

/// How far around a window expressions are looked for: the longest there are.
const MARGIN: usize = 48;

/// Line breaks and other control characters become spaces; one for one, so places stay.
fn visible(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

/// Overlapping and touching marks become one.
fn merge(marks: &[Mark]) -> Vec<(usize, usize)> {
    let mut marks: Vec<(usize, usize)> = marks.iter().map(|mark| (mark.start, mark.end)).collect();
    marks.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for (start, end) in marks.into_iter().filter(|(start, end)| start < end) {
        match merged.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => merged.push((start, end)),
        }
    }
    merged
}

/// The stretch that shows most different reasons, then most marks; the earliest of equals. The text's beginning if
/// there are no marks.
fn window(letters: &[char], marks: &[Mark]) -> (usize, usize) {
    let marks = marks.get(..marks.len().min(MOST_MARKS)).unwrap_or_default();
    let worth = |first: usize| {
        let start = marks.get(first).map_or(0, |mark| mark.start);
        let shown = || marks.iter().skip(first).take_while(move |mark| mark.end <= start + WINDOW - LEAD);
        let mut reasons: Vec<usize> = shown().map(|mark| mark.why).collect();
        reasons.sort_unstable();
        reasons.dedup();
        (reasons.len(), shown().count(), std::cmp::Reverse(first))
    };
    let first = if letters.len() > WINDOW { (0..marks.len()).max_by_key(|first| worth(*first)) } else { None };
    let anchor = first.and_then(|first| marks.get(first)).map_or(0, |mark| mark.start);
    let start = begin(letters, anchor);
    (start, finish(letters, start, anchor))
}

/// After the last sentence mark shortly before the anchor, or a few characters before it; early enough to fill the
/// window at the end of a text.
fn begin(letters: &[char], anchor: usize) -> usize {
    if letters.len() <= WINDOW || anchor <= LEAD / 2 {
        return 0;
    }
    let from = anchor.saturating_sub(LEAD);
    let before = letters.get(from..anchor).unwrap_or_default();
    let sentence = before.iter().rposition(|c| is_stop(*c)).map(|place| from + place + 1);
    sentence.unwrap_or_else(|| anchor.saturating_sub(LEAD / 2)).min(letters.len().saturating_sub(WINDOW / 2))
}

/// At the end of a sentence if the last third of the window has one.
fn finish(letters: &[char], start: usize, anchor: usize) -> usize {
    let end = (start + WINDOW).min(letters.len());
    if end == letters.len() {
        return end;
    }
    let from = (start + WINDOW * 2 / 3).max(anchor).min(end);
    let last = letters.get(from..end).unwrap_or_default();
    last.iter().rposition(|c| is_stop(*c)).map_or(end, |place| from + place + 1)
}

fn is_stop(c: char) -> bool {
    matches!(c, '。' | '！' | '？' | '；' | '…' | '!' | '?' | ';' | '.')
}
