//! What was probably meant when nothing was found: pinyin and Latin words with one slip mended, and Chinese that sounds the same. Only what is in
//! the index is offered, and nothing that would touch a person's name.

use tantivy::schema::Field;

use crate::Error;
use crate::reader::Reading;
use crate::schema::Fields;
use crate::sound;
use crate::wish::{Unit, Wish};

/// Ways to mend that are tried.
const MOST: usize = 4;

/// Another wish in the place of one that found nothing.
pub(crate) struct Near {
    pub wish: Wish,
}

pub(crate) fn corrections(reading: &Reading<'_>, wish: &Wish) -> Result<Vec<Near>, Error> {
    let lexicon = reading.lexicon;
    let mut all = Vec::new();
    for (place, unit) in wish.units.iter().enumerate() {
        let others = match unit {
            Unit::Latin(words) => mended(reading, &words.concat())?,
            Unit::Word { text, .. } if alone(wish) => {
                let named = lexicon.may_be_name(text) || wish.runs.iter().any(|run| lexicon.may_be_name(run));
                if named { Vec::new() } else { alike(wish) }
            }
            Unit::Mixed(_) | Unit::Phrase(_) | Unit::Word { .. } => Vec::new(),
        };
        for letters in others {
            if lexicon.spells_name(&letters) {
                continue;
            }
            let mut units = wish.units.clone();
            match unit {
                Unit::Word { .. } => units = vec![Unit::Latin(vec![letters])],
                Unit::Latin(_) | Unit::Mixed(_) | Unit::Phrase(_) => {
                    if let Some(slot) = units.get_mut(place) {
                        *slot = Unit::Latin(vec![letters]);
                    }
                }
            }
            all.push(Near { wish: Wish { units, unwanted: wish.unwanted.clone(), ..Wish::default() } });
        }
    }
    all.truncate(MOST);
    Ok(all)
}

/// One run of Chinese, short enough to be a word or two.
fn alone(wish: &Wish) -> bool {
    let short = |run: &String| (2..=8).contains(&run.chars().count());
    wish.runs.len() == 1 && wish.runs.iter().all(short) && wish.units.iter().all(|unit| unit.word().is_some())
}

/// What sounds the same as the Chinese of the wish.
fn alike(wish: &Wish) -> Vec<String> {
    wish.runs.first().map(|run| sound::spelled(run)).into_iter().collect()
}

/// The letters with one slip mended, the more frequent first.
fn mended(reading: &Reading<'_>, letters: &str) -> Result<Vec<String>, Error> {
    if letters.len() < 4 {
        return Ok(Vec::new());
    }
    let fields = reading.fields;
    let mut all = Vec::new();
    for other in sound::slips(letters) {
        let mut weight = 0;
        for field in [fields.title_words, fields.heading_words, fields.body] {
            weight += count(reading, field, &other)?;
        }
        if let Some(cut) = sound::cuts(&other, false).into_iter().find(|cut| cut.syllables.len() > 1) {
            let mut least = u64::MAX;
            for pair in cut.syllables.windows(2) {
                let pair = pair.concat();
                let many = count(reading, fields.title_spoken, &pair)? + count(reading, fields.spoken, &pair)?;
                least = least.min(many);
                if least == 0 {
                    break;
                }
            }
            weight += least;
        }
        if weight > 0 {
            all.push((weight, other));
        }
    }
    all.sort_unstable_by(|a, b| b.cmp(a));
    all.dedup_by(|a, b| a.1 == b.1);
    all.truncate(MOST);
    Ok(all.into_iter().map(|(_, letters)| letters).collect())
}

fn count(reading: &Reading<'_>, field: Field, text: &str) -> Result<u64, Error> {
    Ok(reading.shelf.searcher.doc_freq(&Fields::term(field, text))?)
}
