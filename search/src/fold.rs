//! Folding: width, case, and traditional characters become one form, one character to one character, so that a place in the folded text is the
//! same place in the text as written.

use std::sync::LazyLock;

/// Pairs of a traditional and a simplified character. Part of the index's stamp.
pub(crate) const TRADITIONAL: &str = include_str!("../dict/traditional.txt");

const FIRST: u32 = 0x3400;
const LAST: u32 = 0x9fff;

/// A run without a break longer than this is cut when indexed: nobody types it, and a term has a greatest length.
pub(crate) const LONGEST_RUN: usize = 40;

static SIMPLE: LazyLock<Vec<char>> = LazyLock::new(|| {
    let mut simple: Vec<char> = (FIRST..=LAST).filter_map(char::from_u32).collect();
    let pairs = TRADITIONAL.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    for pair in pairs {
        let mut both = pair.chars();
        if let (Some(written), Some(folded)) = (both.next(), both.next())
            && let Some(slot) = place(written).and_then(|place| simple.get_mut(place))
        {
            *slot = folded;
        }
    }
    simple
});

fn place(c: char) -> Option<usize> {
    usize::try_from(u32::from(c).checked_sub(FIRST)?).ok()
}

pub(crate) fn fold(c: char) -> char {
    match c {
        '\0'..='\x7f' => c.to_ascii_lowercase(),
        '\u{3400}'..='\u{9fff}' => place(c).and_then(|place| SIMPLE.get(place)).copied().unwrap_or(c),
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => {
            let narrow = u32::from(c).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(c);
            narrow.to_ascii_lowercase()
        }
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{323af}' | '々' | '〇')
}

/// What belongs to a word; all else (marks, spaces, emoji) only separates.
pub(crate) fn is_letter(c: char) -> bool {
    match c {
        '\0'..='\x7f' => c.is_ascii_alphanumeric(),
        _ => is_han(c) || c.is_alphanumeric(),
    }
}

pub(crate) fn folded(text: &str) -> String {
    text.chars().map(fold).collect()
}

/// Letters that stand together: Chinese characters, or letters and digits of anything else.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Run<'a> {
    /// In characters.
    pub start: usize,
    /// In letters: what separates runs is not counted.
    pub rank: usize,
    pub len: usize,
    pub text: &'a str,
    pub han: bool,
}

/// The runs of a folded text, in order; those that are not Chinese are cut at `longest`.
pub(crate) fn runs(folded: &str, longest: usize) -> impl Iterator<Item = Run<'_>> {
    let mut letters = folded.char_indices().enumerate().peekable();
    let mut rank = 0;
    std::iter::from_fn(move || {
        while letters.next_if(|(_, (_, c))| !is_letter(*c)).is_some() {}
        let (start, (from, first)) = letters.next()?;
        let han = is_han(first);
        let (mut len, mut to) = (1, from + first.len_utf8());
        while let Some((_, (at, c))) =
            letters.next_if(|(_, (_, c))| is_letter(*c) && is_han(*c) == han && (han || len < longest))
        {
            to = at + c.len_utf8();
            len += 1;
        }
        rank += len;
        Some(Run { start, rank: rank - len, len, text: folded.get(from..to)?, han })
    })
}
