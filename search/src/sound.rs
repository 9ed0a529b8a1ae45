//! How Chinese sounds in Latin letters: which syllables a character may be, and which syllables typed letters may be.

use std::collections::HashMap;
use std::sync::LazyLock;

use pinyin::ToPinyin;

use crate::fold::fold;

/// Further readings of common characters, one a line. Part of the index's stamp.
pub(crate) const POLYPHONES: &str = include_str!("../dict/polyphones.txt");

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;
/// Readings kept of one character.
const MOST_READINGS: usize = 3;
/// Nobody types more letters without a space.
const LONGEST_TYPED: usize = 200;
/// The longest syllables: zhuang, shuang, chuang.
const LONGEST_SYLLABLE: usize = 6;
/// Ways of cutting typed letters that are looked at.
const MOST_CUTS: usize = 3;

/// Numbers of syllables; zero is none.
type Readings = [u16; MOST_READINGS];

struct Table {
    /// In alphabetical order; the first is empty.
    syllables: Vec<&'static str>,
    numbers: HashMap<&'static str, u16>,
    readings: Vec<Readings>,
    /// The usual characters of each syllable, by its number.
    characters: Vec<Vec<char>>,
}

static TABLE: LazyLock<Table> = LazyLock::new(Table::build);

impl Table {
    fn build() -> Table {
        let further: HashMap<char, Vec<&'static str>> = POLYPHONES
            .lines()
            .filter(|line| !line.starts_with('#'))
            .filter_map(|line| Some((line.chars().next()?, line.split_whitespace().skip(1).collect())))
            .collect();
        let said = |c: char| -> Vec<&'static str> {
            let mut all: Vec<&'static str> = c.to_pinyin().map(|usual| typed(usual.plain())).into_iter().collect();
            for syllable in further.get(&c).into_iter().flatten() {
                if !all.contains(syllable) {
                    all.push(syllable);
                }
            }
            all.retain(|syllable| syllable.bytes().all(|byte| byte.is_ascii_lowercase()));
            all.truncate(MOST_READINGS);
            all
        };
        let all: Vec<(char, Vec<&'static str>)> =
            (FIRST..=LAST).filter_map(char::from_u32).map(|c| (c, said(c))).collect();
        let mut syllables: Vec<&'static str> = all.iter().flat_map(|(_, said)| said.iter().copied()).collect();
        syllables.push("");
        syllables.sort_unstable();
        syllables.dedup();
        let number = |at: usize| u16::try_from(at).unwrap_or(0);
        let numbers: HashMap<&'static str, u16> =
            syllables.iter().enumerate().map(|(at, syllable)| (*syllable, number(at))).collect();
        let mut characters = vec![Vec::new(); syllables.len()];
        let readings = all.iter().map(|(c, said)| {
            let mut readings = Readings::default();
            for (slot, syllable) in readings.iter_mut().zip(said) {
                *slot = numbers.get(syllable).copied().unwrap_or(0);
                let usual = *c >= '\u{4e00}' && fold(*c) == *c;
                if let Some(list) = characters.get_mut(usize::from(*slot)).filter(|_| usual) {
                    list.push(*c);
                }
            }
            readings
        });
        let readings = readings.collect();
        Table { syllables, numbers, readings, characters }
    }

    fn syllable(&self, number: u16) -> &'static str {
        self.syllables.get(usize::from(number)).copied().unwrap_or_default()
    }
}

/// ü as the keyboard has it.
fn typed(syllable: &'static str) -> &'static str {
    match syllable {
        "lü" => "lv",
        "nü" => "nv",
        "lüe" => "lve",
        "nüe" => "nve",
        "lüan" => "luan",
        other => other,
    }
}

pub(crate) fn warm() {
    LazyLock::force(&TABLE);
}

/// How a folded character may be said, the usual way first; nothing for what is not Chinese.
pub(crate) fn readings(c: char) -> impl Iterator<Item = &'static str> + Clone {
    let place = u32::from(c).checked_sub(FIRST).and_then(|place| usize::try_from(place).ok());
    let numbers = place.and_then(|place| TABLE.readings.get(place)).copied().unwrap_or_default();
    numbers.into_iter().take_while(|number| *number > 0).map(|number| TABLE.syllable(number))
}

/// The characters that may be said so.
pub(crate) fn characters(syllable: &str) -> &'static [char] {
    let number = TABLE.numbers.get(syllable).copied().unwrap_or(0);
    TABLE.characters.get(usize::from(number)).map(Vec::as_slice).unwrap_or_default()
}

/// The characters of all syllables that begin so.
pub(crate) fn characters_begun(letters: &str) -> Vec<char> {
    let at = TABLE.syllables.partition_point(|syllable| *syllable < letters);
    let begun = TABLE.syllables.iter().skip(at).take_while(|syllable| syllable.starts_with(letters));
    begun.flat_map(|syllable| characters(syllable)).copied().collect()
}

pub(crate) fn is_syllable(letters: &str) -> bool {
    !letters.is_empty() && TABLE.numbers.contains_key(letters)
}

/// Whether some syllable begins so.
pub(crate) fn begins_syllable(letters: &str) -> bool {
    let at = TABLE.syllables.partition_point(|syllable| *syllable < letters);
    TABLE.syllables.get(at).is_some_and(|syllable| syllable.starts_with(letters))
}

/// Typed letters cut into syllables; the last may be only begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cut {
    pub syllables: Vec<String>,
    pub begun: Option<String>,
}

/// The ways to read typed letters as syllables, those of fewest syllables first. Only small letters and ü.
pub(crate) fn cuts(letters: &str, may_be_begun: bool) -> Vec<Cut> {
    let letters: String = letters.replace('ü', "v");
    if letters.is_empty() || letters.len() > LONGEST_TYPED || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let mut ways: Vec<Vec<Vec<usize>>> = vec![Vec::new(); letters.len() + 1];
    if let Some(start) = ways.first_mut() {
        start.push(vec![0]);
    }
    for end in 1..=letters.len() {
        let mut here: Vec<Vec<usize>> = Vec::new();
        for start in end.saturating_sub(LONGEST_SYLLABLE)..end {
            let Some(before) = ways.get(start).filter(|before| !before.is_empty()) else { continue };
            if letters.get(start..end).is_some_and(is_syllable) {
                here.extend(before.iter().map(|way| way.iter().copied().chain([end]).collect()));
            }
        }
        here.sort_by_key(Vec::len);
        here.truncate(MOST_CUTS);
        if let Some(slot) = ways.get_mut(end) {
            *slot = here;
        }
    }
    let cut = |way: &Vec<usize>| -> Vec<String> {
        way.windows(2)
            .filter_map(|edge| match edge {
                [from, to] => letters.get(*from..*to).map(str::to_owned),
                _ => None,
            })
            .collect()
    };
    let whole = ways.last().map(Vec::as_slice).unwrap_or_default();
    let mut all: Vec<Cut> = whole.iter().map(|way| Cut { syllables: cut(way), begun: None }).collect();
    if all.is_empty() && may_be_begun {
        for split in (letters.len().saturating_sub(LONGEST_SYLLABLE)..letters.len()).rev() {
            let Some(rest) = letters.get(split..).filter(|rest| begins_syllable(rest)) else { continue };
            let before = ways.get(split).map(Vec::as_slice).unwrap_or_default();
            all.extend(before.iter().map(|way| Cut { syllables: cut(way), begun: Some(rest.to_owned()) }));
        }
        all.sort_by_key(|cut| cut.syllables.len());
        all.truncate(MOST_CUTS);
    }
    all
}

/// Neighbouring syllables of typed letters, of every way to cut them into as few syllables as can be: long letters have too many ways to look at each.
pub(crate) fn neighbours(letters: &str) -> Vec<String> {
    let letters: String = letters.replace('ü', "v");
    if letters.len() > LONGEST_TYPED || !letters.bytes().all(|byte| byte.is_ascii_lowercase()) {
        return Vec::new();
    }
    let syllable = |from: usize, to: usize| letters.get(from..to).filter(|part| is_syllable(part));
    let fewest = |reach: &dyn Fn(usize) -> Option<usize>, edges: Vec<usize>| edges.into_iter().filter_map(reach).min();
    // How many syllables it takes at least from the beginning to here, and from here to the end.
    let (mut before, mut behind) = (vec![None; letters.len() + 1], vec![None; letters.len() + 1]);
    before.first_mut().into_iter().chain(behind.last_mut()).for_each(|end| *end = Some(0));
    for at in 1..=letters.len() {
        let edges = (at.saturating_sub(LONGEST_SYLLABLE)..at).filter(|from| syllable(*from, at).is_some()).collect();
        let least = fewest(&|from| before.get(from).copied().flatten(), edges);
        before.get_mut(at).into_iter().for_each(|slot| *slot = least.map(|many| many + 1));
    }
    for at in (0..letters.len()).rev() {
        let ends = at + 1..=(at + LONGEST_SYLLABLE).min(letters.len());
        let edges = ends.filter(|to| syllable(at, *to).is_some()).collect();
        let least = fewest(&|to| behind.get(to).copied().flatten(), edges);
        behind.get_mut(at).into_iter().for_each(|slot| *slot = least.map(|many| many + 1));
    }
    let Some(least) = before.last().copied().flatten() else { return Vec::new() };
    let mut all = Vec::new();
    for middle in 1..letters.len() {
        for from in middle.saturating_sub(LONGEST_SYLLABLE)..middle {
            let Some(reached) = before.get(from).copied().flatten() else { continue };
            let Some(first) = syllable(from, middle) else { continue };
            for to in middle + 1..=(middle + LONGEST_SYLLABLE).min(letters.len()) {
                let left = behind.get(to).copied().flatten();
                if let Some(second) = syllable(middle, to)
                    && left.is_some_and(|left| reached + 2 + left <= least)
                {
                    all.push([first, second].concat());
                }
            }
        }
    }
    all
}

/// The usual sound of a folded text's Chinese characters, as somebody would type it: for measuring, and for finding what sounds alike.
pub(crate) fn spelled(text: &str) -> String {
    let mut spelled = String::new();
    for c in text.chars() {
        match readings(c).next() {
            Some(syllable) => spelled.push_str(syllable),
            None => spelled.push(c),
        }
    }
    spelled
}

/// Letters one slip away, the likelier slips first, each with how unlikely it is: two swapped, one too many, one left out, one other.
pub(crate) fn slips(letters: &str) -> Vec<(u8, String)> {
    let bytes = letters.as_bytes();
    if bytes.len() > LONGEST_RUN_FOR_SLIPS || !bytes.iter().all(u8::is_ascii_lowercase) {
        return Vec::new();
    }
    let mut all = Vec::with_capacity(bytes.len() * 54 + 26);
    let join = |parts: [&[u8]; 3]| String::from_utf8(parts.concat()).unwrap_or_default();
    for at in 0..=bytes.len() {
        let (before, after) = bytes.split_at(at);
        if let [first, rest @ ..] = after {
            all.push((1, join([before, rest, &[]])));
            if let [second, rest @ ..] = rest
                && first != second
            {
                all.push((0, join([before, &[*second, *first], rest])));
            }
        }
        for letter in b'a'..=b'z' {
            if let [first, rest @ ..] = after
                && *first != letter
            {
                all.push((3, join([before, &[letter], rest])));
            }
            all.push((2, join([before, &[letter], after])));
        }
    }
    all.sort_by_key(|(unlikely, _)| *unlikely);
    all
}

/// Slips in longer letters are too many to look at.
const LONGEST_RUN_FOR_SLIPS: usize = 24;

/// Whether letters are syllables, the last of which may be only begun.
pub(crate) fn begins_or_is(letters: &str) -> bool {
    !cuts(letters, true).is_empty()
}
