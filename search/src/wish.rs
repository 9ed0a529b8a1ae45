//! What the searcher typed, understood: words, phrases in quotes, Latin letters, Chinese and Latin mixed, and what is not wanted. Any text has a
//! meaning; what is unbalanced is read as if it were not there.

use crate::fold::{self, fold};
use crate::lexicon::Lexicon;
use crate::{sound, tokenise};

/// More is not read: a query is a few words.
const LONGEST_TEXT: usize = 200;
/// Words beyond these are not asked for; they bound what one search can cost.
const MOST_WORDS: usize = 20;
/// Neighbouring characters asked for beside the words.
const MOST_PAIRS: usize = 24;
/// Letters of a Latin word that are read.
const LONGEST_LATIN: usize = 200;

/// Words that say nothing of the subject; asked for only when there is nothing else.
const EMPTY_WORDS: [&str; 62] = [
    "的",
    "了",
    "和",
    "与",
    "及",
    "在",
    "是",
    "也",
    "都",
    "把",
    "被",
    "之",
    "等",
    "而",
    "或",
    "吗",
    "呢",
    "我",
    "他",
    "她",
    "它",
    "其",
    "该",
    "这",
    "那",
    "有",
    "于",
    "由",
    "为",
    "从",
    "到",
    "对",
    "中",
    "个",
    "哪",
    "谁",
    "何",
    "几",
    "什么",
    "怎么",
    "如何",
    "怎样",
    "为什么",
    "为何",
    "哪个",
    "哪些",
    "哪里",
    "哪年",
    "哪位",
    "哪种",
    "多少",
    "是否",
    "什么样",
    "他们",
    "这个",
    "那个",
    "一个",
    "以及",
    "进行",
    "请问",
    "关于",
    "地",
];

/// One thing that is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A Chinese word, and what means the same.
    Word { text: String, alike: Vec<String> },
    /// These letters side by side, punctuation not minded.
    Phrase(String),
    /// Latin words with nothing Chinese between them: dang zhang.
    Latin(Vec<String>),
    /// Chinese and Latin without a space between: 党shi.
    Mixed(Vec<Piece>),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Piece {
    Han(String),
    Latin(String),
}

/// The typed text, understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Wish {
    pub units: Vec<Unit>,
    /// Phrases and words that must not be there.
    pub unwanted: Vec<String>,
    /// Chinese characters that stand together in the text, and not in quotes.
    pub runs: Vec<String>,
    /// Neighbouring characters that are no word of the wish, and say something.
    pub pairs: Vec<String>,
}

/// A stretch of the typed text without a space, or what stands in quotes.
struct Chunk {
    text: String,
    quoted: bool,
    unwanted: bool,
}

impl Wish {
    pub fn read(lexicon: &Lexicon, text: &str) -> Wish {
        let text: Vec<char> = text.chars().take(LONGEST_TEXT).map(fold).collect();
        let mut wish = Wish::default();
        for chunk in chunks(&text) {
            let letters: String = chunk.text.chars().filter(|c| fold::is_letter(*c)).collect();
            match (letters.is_empty(), chunk.unwanted, chunk.quoted) {
                (true, ..) => {}
                (_, true, _) => wish.unwanted.push(chunk.text),
                (_, _, true) => wish.units.push(Unit::Phrase(chunk.text)),
                _ => wish.add(lexicon, &chunk.text),
            }
        }
        wish.join_latin();
        wish.without_empty_words();
        wish.units.truncate(MOST_WORDS);
        wish.unwanted.truncate(MOST_WORDS);
        wish.add_pairs();
        wish
    }

    pub fn is_empty(&self) -> bool {
        self.units.is_empty()
    }

    /// Whether it is a sentence rather than a few words: the best answer then need not have all of them.
    pub fn is_sentence(&self) -> bool {
        let weight = |unit: &Unit| match unit {
            Unit::Latin(words) => syllables(&words.concat()).map_or(words.len(), |many| many / 2).max(1),
            Unit::Word { .. } | Unit::Phrase(_) | Unit::Mixed(_) => 1,
        };
        self.units.iter().map(weight).sum::<usize>() > 3
    }

    fn add(&mut self, lexicon: &Lexicon, chunk: &str) {
        let runs: Vec<_> = fold::runs(chunk, LONGEST_LATIN).collect();
        let mut at = 0;
        while let Some(run) = runs.get(at) {
            let touching = runs.get(at..).unwrap_or_default().windows(2);
            let touch = |pair: &&[fold::Run<'_>]| matches!(pair, [one, two] if one.start + one.len == two.start);
            let many = 1 + touching.take_while(touch).count();
            let group = runs.get(at..at + many).unwrap_or_default();
            if many > 1 && group.iter().all(|run| run.han || sound::begins_or_is(run.text)) {
                let piece = |run: &fold::Run<'_>| match run.han {
                    true => Piece::Han(run.text.to_owned()),
                    false => Piece::Latin(run.text.to_owned()),
                };
                self.units.push(Unit::Mixed(group.iter().map(piece).collect()));
                at += many;
                continue;
            }
            match run.han {
                true => self.add_han(lexicon, run),
                false => self.units.push(Unit::Latin(vec![run.text.to_owned()])),
            }
            at += 1;
        }
    }

    fn add_han(&mut self, lexicon: &Lexicon, run: &fold::Run<'_>) {
        self.runs.push(run.text.to_owned());
        let letters: Vec<char> = run.text.chars().collect();
        let words = tokenise::plain_words(lexicon, run);
        let mut free = 0;
        for word in words {
            let start = word.start - run.start;
            if start < free {
                continue;
            }
            let (end, text) = match lexicon.alike_at(letters.get(start..).unwrap_or_default()) {
                Some(longer) if longer.chars().count() >= word.end - word.start => {
                    (start + longer.chars().count(), longer)
                }
                _ => (start + word.end - word.start, word.text),
            };
            free = end;
            let alike = lexicon.alike(&text).to_vec();
            self.units.push(Unit::Word { text, alike });
        }
    }

    /// dang zhang is one wish, and so is marx reader.
    fn join_latin(&mut self) {
        let mut joined: Vec<Unit> = Vec::new();
        for unit in self.units.drain(..) {
            match (joined.last_mut(), unit) {
                (Some(Unit::Latin(words)), Unit::Latin(more)) => words.extend(more),
                (_, unit) => joined.push(unit),
            }
        }
        self.units = joined;
        for unit in &mut self.units {
            if let Unit::Latin(words) = unit {
                words.truncate(MOST_WORDS * 2);
            }
        }
    }

    /// 党章的义务 asks for 党章 and 义务; 的 alone asks for 的.
    fn without_empty_words(&mut self) {
        let tells = |unit: &Unit| match unit {
            Unit::Word { text, .. } => !EMPTY_WORDS.contains(&text.as_str()),
            Unit::Phrase(_) | Unit::Latin(_) | Unit::Mixed(_) => true,
        };
        if self.units.iter().any(tells) {
            self.units.retain(tells);
        }
    }

    fn add_pairs(&mut self) {
        let telling: Vec<String> = self.units.iter().filter_map(Unit::word).map(str::to_owned).collect();
        let empty = |c: &char| EMPTY_WORDS.iter().any(|word| word.len() == c.len_utf8() && word.starts_with(*c));
        for run in &self.runs {
            let letters: Vec<char> = run.chars().collect();
            for pair in letters.windows(2) {
                let text: String = pair.iter().collect();
                let within = telling.contains(&text);
                if !within && !pair.iter().any(empty) && !self.pairs.contains(&text) {
                    self.pairs.push(text);
                }
            }
        }
        self.pairs.truncate(MOST_PAIRS);
    }
}

impl Unit {
    pub fn word(&self) -> Option<&str> {
        match self {
            Unit::Word { text, .. } => Some(text),
            Unit::Phrase(_) | Unit::Latin(_) | Unit::Mixed(_) => None,
        }
    }
}

/// How many syllables the letters are, if they are Chinese.
pub(crate) fn syllables(letters: &str) -> Option<usize> {
    sound::cuts(letters, true).first().map(|cut| cut.syllables.len())
}

fn closing(opening: char) -> Option<char> {
    match opening {
        '"' => Some('"'),
        '“' => Some('”'),
        '「' => Some('」'),
        '『' => Some('』'),
        _ => None,
    }
}

fn chunks(text: &[char]) -> Vec<Chunk> {
    let mut all = Vec::new();
    let mut at = 0;
    while let Some(c) = text.get(at) {
        if c.is_whitespace() || c.is_control() {
            at += 1;
            continue;
        }
        let next = text.get(at + 1).copied();
        let unwanted = *c == '-' && next.is_some_and(|next| fold::is_letter(next) || closing(next).is_some());
        at += usize::from(unwanted);
        let (chunk, length) = chunk(text.get(at..).unwrap_or_default());
        let (text, quoted) = chunk;
        all.push(Chunk { text: text.iter().collect(), quoted, unwanted });
        at += length.max(1);
    }
    all
}

/// What stands in quotes, if they close; else up to the next space or quote. With how much of the text it takes.
fn chunk(text: &[char]) -> ((&[char], bool), usize) {
    let close = text.first().and_then(|c| closing(*c));
    let inside = text.get(1..).unwrap_or_default();
    if let Some(length) = close.and_then(|close| inside.iter().position(|c| *c == close)) {
        return ((inside.get(..length).unwrap_or_default(), true), length + 2);
    }
    let ends = |c: &char| c.is_whitespace() || c.is_control() || closing(*c).is_some();
    let length = inside.iter().position(ends).map_or(text.len(), |length| length + 1);
    ((text.get(..length).unwrap_or_default(), false), length)
}
