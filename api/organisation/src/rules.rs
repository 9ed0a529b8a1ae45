//! How names sort and how paths grow. Pure.

use pinyin::ToPinyin;

/// Surnames that are not read as the character usually is.
const SURNAMES: [(char, &str); 14] = [
    ('曾', "zeng"),
    ('单', "shan"),
    ('解', "xie"),
    ('仇', "qiu"),
    ('区', "ou"),
    ('查', "zha"),
    ('朴', "piao"),
    ('盖', "ge"),
    ('任', "ren"),
    ('华', "hua"),
    ('乐', "yue"),
    ('缪', "miao"),
    ('翟', "zhai"),
    ('尉', "yu"),
];

/// The syllables of a name without tones, a blank between characters; what is not Chinese stays, in lower case.
/// 尉 is read yù only in 尉迟; alone it is wèi.
pub fn sort_key(name: &str) -> String {
    let name = name.trim();
    let surname = name.chars().next().and_then(|first| {
        let known = SURNAMES.iter().find(|(c, _)| *c == first).map(|(_, reading)| *reading)?;
        Some(if first == '尉' && !name.starts_with("尉迟") { "wei" } else { known })
    });
    let mut key = String::new();
    let mut chinese_before = false;
    for (n, character) in name.chars().enumerate() {
        let plain = character.to_pinyin().map(|reading| reading.plain());
        let reading = surname.filter(|_| n == 0).or(plain);
        if n > 0 && (chinese_before || reading.is_some()) && !key.ends_with(' ') {
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

pub fn path_beneath(parent: &str, number: i32) -> String {
    format!("{parent}{number}.")
}
