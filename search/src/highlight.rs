//! Why it was found: the matched words of a text, and the stretch of it that shows most of them.
//! Our own, because tantivy's panics on overlapping words. Counts in characters; nothing is ever sliced by bytes.

use std::collections::HashSet;

use crate::query::{Part, Wish};
use crate::sound::{self, Reading};
use crate::tokenise::{self, Word};

/// Characters shown of a body.
const WINDOW: usize = 72;
/// How far before the first mark a sentence is looked for.
const LEAD: usize = 18;
/// Marks weighed in one text; more do not make the choice better.
const MOST_MARKS: usize = 400;

/// A stretch of a title or a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fragment {
    /// `title` or `body`.
    pub field: &'static str,
    pub text: String,
    /// From, and up to but not with, in Unicode scalar values of `text`; ascending, apart, none empty.
    pub marks: Vec<(usize, usize)>,
}

/// What to look for.
#[derive(Debug, Default)]
pub(crate) struct Seeker {
    words: HashSet<String>,
    runs: Vec<Vec<char>>,
    sounds: Vec<String>,
}

/// Characters `start..end` answer to a word, a run or a sound of the wish.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Mark {
    start: usize,
    end: usize,
    why: String,
}

impl Seeker {
    pub fn of(wish: &Wish) -> Seeker {
        let mut seeker = Seeker::default();
        for part in &wish.parts {
            match part {
                Part::Han { letters, words, inner } => {
                    seeker.runs.push(letters.clone());
                    seeker.words.extend(words.iter().map(|word| word.text.clone()).chain(inner.iter().cloned()));
                }
                Part::Latin(words) => {
                    seeker.words.extend(words.iter().cloned());
                    seeker.sounds.extend(words.iter().cloned().chain([words.concat()]).map(|word| sound::typed(&word)));
                }
            }
        }
        seeker.sounds.retain(|sound| sound.len() > 1);
        seeker
    }

    fn in_title(&self, title: &str) -> Vec<Mark> {
        let mut marks = self.written(&tokenise::words(title));
        let letters: Vec<char> = title.chars().map(tokenise::fold).collect();
        marks.extend(self.runs.iter().flat_map(|run| places(&letters, run)));
        if !self.sounds.is_empty() {
            let readings = sound::readings(title);
            marks.extend(self.sounds.iter().flat_map(|sound| heard(&readings, sound)));
        }
        marks
    }

    fn in_body(&self, body: &str) -> Vec<Mark> {
        let words = tokenise::words(body);
        let mut marks = self.written(&words);
        if !self.sounds.is_empty() {
            marks.extend(words.iter().filter(|word| self.says(word)).map(mark));
        }
        marks
    }

    fn written(&self, words: &[Word]) -> Vec<Mark> {
        words.iter().filter(|word| self.words.contains(&word.text)).map(mark).collect()
    }

    fn says(&self, word: &Word) -> bool {
        sound::of_word(word).iter().any(|sound| self.sounds.contains(sound))
    }
}

fn mark(word: &Word) -> Mark {
    Mark { start: word.start, end: word.end, why: word.text.clone() }
}

/// Where the run stands in the text.
fn places(letters: &[char], run: &[char]) -> Vec<Mark> {
    if run.is_empty() {
        return Vec::new();
    }
    let here = letters.windows(run.len()).enumerate().filter(|(_, window)| *window == run);
    here.map(|(start, _)| Mark { start, end: start + run.len(), why: run.iter().collect() }).collect()
}

/// What sounds so: exactly, or else the shortest that begin so.
fn heard(readings: &[Reading], sound: &str) -> Vec<Mark> {
    let mark = |reading: &Reading| Mark { start: reading.start, end: reading.end, why: sound.to_owned() };
    let exact = |reading: &&Reading| reading.full == sound || (reading.initials == sound && sound.len() > 1);
    let marks: Vec<Mark> = readings.iter().filter(exact).map(mark).collect();
    if !marks.is_empty() {
        return marks;
    }
    let mut begun: Vec<Mark> = readings.iter().filter(|reading| reading.full.starts_with(sound)).map(mark).collect();
    begun.sort_unstable();
    begun.dedup_by_key(|mark| mark.start);
    begun
}

/// The fragments of a hit: the title if it is marked, the body if there is one.
pub(crate) fn fragments(seeker: &Seeker, title: &str, body: &str) -> Vec<Fragment> {
    let in_title = seeker.in_title(title);
    let title = (!in_title.is_empty()).then(|| whole("title", title, in_title));
    let body = (!body.trim().is_empty()).then(|| best("body", body, seeker.in_body(body)));
    title.into_iter().chain(body).collect()
}

fn whole(field: &'static str, text: &str, marks: Vec<Mark>) -> Fragment {
    let letters: Vec<char> = text.chars().map(visible).collect();
    cut(field, &letters, 0, letters.len(), &merge(marks))
}

fn best(field: &'static str, text: &str, mut marks: Vec<Mark>) -> Fragment {
    let letters: Vec<char> = text.chars().map(visible).collect();
    marks.sort_unstable();
    let (start, end) = window(&letters, &marks);
    cut(field, &letters, start, end, &merge(marks))
}

/// Line breaks and other control characters become spaces; one for one, so places stay.
fn visible(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

/// Overlapping and touching marks become one.
fn merge(mut marks: Vec<Mark>) -> Vec<(usize, usize)> {
    marks.sort_unstable();
    let mut merged: Vec<(usize, usize)> = Vec::new();
    for mark in marks.into_iter().filter(|mark| mark.start < mark.end) {
        match merged.last_mut() {
            Some(last) if mark.start <= last.1 => last.1 = last.1.max(mark.end),
            _ => merged.push((mark.start, mark.end)),
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
        let reasons = shown().map(|mark| &mark.why).collect::<HashSet<_>>().len();
        (reasons, shown().count(), std::cmp::Reverse(first))
    };
    let first = (0..marks.len()).max_by_key(|first| worth(*first));
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

/// The stretch as shown, with dots where something was left out, and the marks within it.
fn cut(field: &'static str, letters: &[char], start: usize, end: usize, marks: &[(usize, usize)]) -> Fragment {
    let blank = |c: &&char| c.is_whitespace();
    let start = start + letters.get(start..end).unwrap_or_default().iter().take_while(blank).count();
    let end = end - letters.get(start..end).unwrap_or_default().iter().rev().take_while(blank).count();
    let shift = usize::from(start > 0 && letters.iter().take(start).any(|c| !c.is_whitespace()));
    let mut text: String = "…".repeat(shift);
    text.extend(letters.get(start..end).unwrap_or_default());
    if letters.iter().skip(end).any(|c| !c.is_whitespace()) {
        text.push('…');
    }
    let within = |(from, to): &(usize, usize)| {
        let (from, to) = ((*from).max(start), (*to).min(end));
        (from < to).then(|| (from - start + shift, to - start + shift))
    };
    Fragment { field, text, marks: marks.iter().filter_map(within).collect() }
}
