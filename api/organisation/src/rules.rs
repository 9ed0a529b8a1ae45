//! How names sort, how paths grow, what will do. Pure.

use kernel::Refusal;
use pinyin::ToPinyin;

use crate::model::Term;

/// Surnames whose reading is not the one that the character usually has.
const SURNAMES: [(&str, &[&str]); 38] = [
    ("万俟", &["mo", "qi"]),
    ("尉迟", &["yu", "chi"]),
    ("澹台", &["tan", "tai"]),
    ("长孙", &["zhang", "sun"]),
    ("鲜于", &["xian", "yu"]),
    ("曾", &["zeng"]),
    ("单", &["shan"]),
    ("解", &["xie"]),
    ("仇", &["qiu"]),
    ("区", &["ou"]),
    ("查", &["zha"]),
    ("朴", &["piao"]),
    ("盖", &["ge"]),
    ("任", &["ren"]),
    ("华", &["hua"]),
    ("乐", &["yue"]),
    ("缪", &["miao"]),
    ("翟", &["zhai"]),
    ("尉", &["wei"]),
    ("覃", &["qin"]),
    ("召", &["shao"]),
    ("员", &["yun"]),
    ("折", &["she"]),
    ("种", &["chong"]),
    ("秘", &["bi"]),
    ("盛", &["sheng"]),
    ("洗", &["xian"]),
    ("冼", &["xian"]),
    ("逄", &["pang"]),
    ("车", &["che"]),
    ("重", &["chong"]),
    ("黑", &["he"]),
    ("祭", &["zhai"]),
    ("宿", &["su"]),
    ("石", &["shi"]),
    ("谌", &["chen"]),
    ("臧", &["zang"]),
    ("应", &["ying"]),
];

/// What is looked for in names and numbers: letters, digits and characters, words a blank apart; nothing that means more than itself.
pub fn searched(text: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() { c } else { ' ' };
    let text: String = text.chars().take(40).map(plain).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The syllables of a name without tones, a blank between characters; what is not Chinese stays, in lower case.
pub fn sort_key(name: &str) -> String {
    let name = name.trim();
    let surname = SURNAMES.iter().find(|(surname, _)| name.starts_with(surname)).map_or(&[][..], |(_, read)| *read);
    let mut key = String::new();
    let mut chinese_before = false;
    for (n, character) in name.chars().enumerate() {
        let plain = character.to_pinyin().map(|reading| reading.plain());
        let reading = surname.get(n).copied().or(plain);
        if n > 0 && (chinese_before || reading.is_some()) && !key.ends_with(' ') && !character.is_whitespace() {
            key.push(' ');
        }
        match reading {
            Some(syllable) => key.push_str(syllable),
            None => key.extend(character.to_lowercase()),
        }
        chinese_before = reading.is_some();
    }
    key
}

/// Trimmed text of a name, a number, a title.
pub fn check_text(path: &str, text: &str, most: usize) -> Result<(), Refusal> {
    if (1..=most).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Refusal::invalid(path, format!("须为 1 到 {most} 字。"), format!("This takes 1 to {most} characters.")))
}

/// A term begins before it ends, and beside the others.
pub fn check_term(new: &Term, others: &[Term]) -> Result<(), Refusal> {
    if new.ends < new.starts {
        return Err(Refusal::invalid("ends", "学期的结束日期早于开始日期。", "The term ends before it starts."));
    }
    match others.iter().find(|other| other.starts <= new.ends && new.starts <= other.ends) {
        None => Ok(()),
        Some(other) => Err(Refusal::conflict(
            format!("与学期“{}”的日期重叠。", other.name),
            format!("The term overlaps with {}.", other.name),
        )),
    }
}

pub fn path_beneath(parent: &str, number: i32) -> String {
    format!("{parent}{number}.")
}
