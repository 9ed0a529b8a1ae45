//! What was probably meant when nothing was found: pinyin and Latin words with one slip mended, and Chinese that sounds the same. Only what the
//! searcher would find is offered, and nothing that would touch a person's name.

use std::collections::HashSet;

use tantivy::schema::Field;

use crate::Error;
use crate::reader::Reading;
use crate::schema::Fields;
use crate::sound;
use crate::wish::{Unit, Wish};

/// Ways to mend that are tried, and words of one wish that are mended.
const MOST: usize = 4;
const MOST_WORDS: usize = 3;
/// Shorter letters have too many neighbours to mean one.
const SHORTEST: usize = 4;

/// Another wish in the place of one that found nothing.
pub(crate) struct Near {
    pub wish: Wish,
    /// Of the slip: the least is the likeliest.
    pub unlikely: u8,
    /// What was typed with its words mended, where they are several.
    pub said: Option<String>,
}

/// Letters in the place of others, and how unlikely the slip is.
type Mended = (u8, String);

pub(crate) fn corrections(reading: &Reading<'_>, wish: &Wish) -> Result<Vec<Near>, Error> {
    let mut all = Vec::new();
    for (place, unit) in wish.units.iter().enumerate() {
        match unit {
            Unit::Latin(words) => {
                let found = |letters: &str| is_found(reading, &with(wish, place, vec![letters.to_owned()]));
                for (unlikely, letters) in mended(reading, &words.concat(), found)? {
                    all.push(Near { wish: with(wish, place, vec![letters]), unlikely, said: None });
                }
                if words.len() > 1 && all.is_empty() {
                    all.extend(word_by_word(reading, wish, (place, words))?);
                }
            }
            Unit::Word { .. } if place == 0 => all.extend(alike(reading, wish)),
            Unit::Mixed(_) | Unit::Phrase(_) | Unit::Word { .. } => {}
        }
        if all.len() >= MOST {
            break;
        }
    }
    all.truncate(MOST);
    Ok(all)
}

fn with(wish: &Wish, place: usize, words: Vec<String>) -> Wish {
    let mut units = wish.units.clone();
    if let Some(slot) = units.get_mut(place) {
        *slot = Unit::Latin(words);
    }
    Wish { units, unwanted: wish.unwanted.clone(), ..Wish::default() }
}

fn is_found(reading: &Reading<'_>, wish: &Wish) -> Result<bool, Error> {
    reading.is_any(reading.asking().strict(wish), wish)
}

/// What sounds the same as one run of Chinese, short enough to be a word or two.
fn alike(reading: &Reading<'_>, wish: &Wish) -> Option<Near> {
    let [run] = wish.runs.as_slice() else { return None };
    let short = (2..=8).contains(&run.chars().count());
    let word = |unit: &Unit| unit.word().is_some_and(|word| !reading.lexicon.may_be_name(word));
    if !short || !wish.units.iter().all(word) || reading.known().may_have_name(run) {
        return None;
    }
    let letters = sound::spelled(run);
    let named = reading.known().spells_name(&letters);
    let units = vec![Unit::Latin(vec![letters])];
    (!named).then(|| Near {
        wish: Wish { units, unwanted: wish.unwanted.clone(), ..Wish::default() },
        unlikely: 0,
        said: None,
    })
}

/// Each word that is nowhere, mended for itself; nothing where one cannot be.
fn word_by_word(reading: &Reading<'_>, wish: &Wish, (place, words): (usize, &[String])) -> Result<Vec<Near>, Error> {
    let alone = |letters: &str| Wish {
        units: vec![Unit::Latin(vec![letters.to_owned()])],
        unwanted: wish.unwanted.clone(),
        ..Wish::default()
    };
    let found = |letters: &str| is_found(reading, &alone(letters));
    let (mut ways, mut hurt): (Vec<Vec<Mended>>, usize) = (Vec::new(), 0);
    for word in words {
        if found(word)? {
            ways.push(vec![(0, word.clone())]);
            continue;
        }
        hurt += 1;
        let others = if hurt > MOST_WORDS { Vec::new() } else { mended(reading, word, found)? };
        if others.is_empty() {
            return Ok(Vec::new());
        }
        ways.push(others);
    }
    let most = ways.iter().map(Vec::len).max().unwrap_or(0).min(if hurt == 0 { 0 } else { MOST });
    let way = |n: usize| {
        let chosen: Vec<&Mended> = ways.iter().filter_map(|way| way.get(n).or(way.last())).collect();
        let words: Vec<String> = chosen.iter().map(|(_, letters)| letters.clone()).collect();
        let unlikely = chosen.iter().map(|(unlikely, _)| *unlikely).max().unwrap_or(0);
        let said = (wish.units.len() == 1).then(|| words.join(" "));
        let named = reading.known().spells_name(&words.concat());
        (!named).then(|| Near { wish: with(wish, place, words), unlikely, said })
    };
    Ok((0..most).filter_map(way).collect())
}

/// The letters with one slip mended, the likelier slips first, as far as something is found for them. Whether they are in the index at all is asked
/// before that, because it costs less.
fn mended(
    reading: &Reading<'_>,
    letters: &str,
    found: impl Fn(&str) -> Result<bool, Error>,
) -> Result<Vec<Mended>, Error> {
    let (mut all, mut seen) = (Vec::new(), HashSet::new());
    if letters.len() < SHORTEST {
        return Ok(all);
    }
    for (unlikely, other) in sound::slips(letters) {
        let new = !seen.contains(&other);
        if new && is_indexed(reading, &other)? && !reading.known().spells_name(&other) && found(&other)? {
            all.push((unlikely, other.clone()));
            if all.len() == MOST {
                break;
            }
        }
        seen.insert(other);
    }
    Ok(all)
}

fn is_indexed(reading: &Reading<'_>, letters: &str) -> Result<bool, Error> {
    let fields = reading.fields;
    for field in [fields.title_words, fields.heading_words, fields.body] {
        if is_term(reading, field, letters)? {
            return Ok(true);
        }
    }
    let Some(cut) = sound::cuts(letters, false).into_iter().find(|cut| cut.syllables.len() > 1) else {
        return Ok(false);
    };
    for pair in cut.syllables.windows(2) {
        let pair = pair.concat();
        if !is_term(reading, fields.title_spoken, &pair)? && !is_term(reading, fields.spoken, &pair)? {
            return Ok(false);
        }
    }
    Ok(true)
}

fn is_term(reading: &Reading<'_>, field: Field, text: &str) -> Result<bool, Error> {
    Ok(reading.shelf.searcher.doc_freq(&Fields::term(field, text))? > 0)
}
