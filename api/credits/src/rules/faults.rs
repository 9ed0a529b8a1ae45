//! Reading TOML so that every fault is told at once, each with its line and column.

use std::{collections::BTreeMap, fmt, sync::Arc};

use kernel::{Amount, Day, text::Text};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::pack::{Basis, Number};

/// More than anybody reads.
const MOST: usize = 100;

/// What is wrong at one place; both numbers count from one, columns in characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub line: usize,
    pub column: usize,
    pub text: Text,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}: {}", self.line, self.column, self.text.en)
    }
}

impl Fault {
    /// The place and the sentence, in both languages.
    pub fn told(&self) -> Text {
        let (line, column) = (self.line, self.column);
        Text::new(
            format!("第 {line} 行第 {column} 列：{}", self.text.zh),
            format!("Line {line}, column {column}: {}", self.text.en),
        )
    }
}

/// A table and where it begins; `path` names it within its pack.
#[derive(Clone, Copy)]
pub struct Part<'a> {
    pub table: &'a DeTable<'a>,
    pub at: usize,
}

pub struct Reader<'a> {
    text: &'a str,
    faults: Vec<(usize, Text)>,
    pub bases: BTreeMap<String, Arc<Basis>>,
}

impl<'a> Reader<'a> {
    pub const fn new(text: &'a str) -> Self {
        Self { text, faults: Vec::new(), bases: BTreeMap::new() }
    }

    /// All faults in the order of their places; none is good.
    pub fn faults(mut self) -> Vec<Fault> {
        self.faults.sort_by_key(|(at, _)| *at);
        let told = |(at, text): (usize, Text)| {
            let (line, column) = place(self.text, at);
            Fault { line, column, text }
        };
        self.faults.into_iter().take(MOST).map(told).collect()
    }

    pub fn fault(&mut self, at: usize, zh: impl Into<String>, en: impl Into<String>) {
        self.faults.push((at, Text::new(zh, en)));
    }

    /// Faults every key that is none of `known`.
    pub fn only(&mut self, part: Part<'a>, known: &[&str]) {
        for key in part.table.keys() {
            let name = key.get_ref().as_ref();
            if !known.contains(&name) {
                let list = known.join("、");
                let zh = format!("这里没有名为「{name}」的项，可用的有：{list}。");
                self.fault(key.span().start, zh, format!("Unknown key \"{name}\"; known here: {}.", known.join(", ")));
            }
        }
    }

    fn wrong(&mut self, node: &Spanned<DeValue<'_>>, zh: &str, en: &str) {
        let found = node.get_ref().type_str();
        self.fault(node.span().start, format!("这里应为{zh}。"), format!("Expected {en}, found {found}."));
    }

    fn missing(&mut self, part: Part<'a>, key: &str) {
        self.fault(part.at, format!("缺少「{key}」。"), format!("\"{key}\" is missing."));
    }

    /// A text that is not blank, and its place.
    pub fn text(&mut self, part: Part<'a>, key: &str) -> Option<(&'a str, usize)> {
        let found = self.maybe_text(part, key);
        if !part.table.contains_key(key) {
            self.missing(part, key);
        }
        found
    }

    pub fn maybe_text(&mut self, part: Part<'a>, key: &str) -> Option<(&'a str, usize)> {
        let node = part.table.get(key)?;
        let Some(text) = node.get_ref().as_str() else {
            self.wrong(node, "带引号的文字", "a string");
            return None;
        };
        if text.trim().is_empty() {
            self.fault(node.span().start, format!("「{key}」不能为空。"), format!("\"{key}\" must not be empty."));
            return None;
        }
        Some((text, node.span().start))
    }

    pub fn flag(&mut self, part: Part<'a>, key: &str) -> bool {
        let Some(node) = part.table.get(key) else { return false };
        let found = node.get_ref().as_bool();
        if found.is_none() {
            self.wrong(node, " true 或 false", "true or false");
        }
        found.unwrap_or(false)
    }

    pub fn part(&mut self, part: Part<'a>, key: &str) -> Option<Part<'a>> {
        let node = part.table.get(key)?;
        self.table(node)
    }

    fn table(&mut self, node: &'a Spanned<DeValue<'a>>) -> Option<Part<'a>> {
        let Some(table) = node.get_ref().as_table() else {
            self.wrong(node, "一个表", "a table");
            return None;
        };
        Some(Part { table, at: node.span().start })
    }

    /// The tables of a list; none where the key is absent.
    pub fn parts(&mut self, part: Part<'a>, key: &str) -> Vec<Part<'a>> {
        self.nodes(part, key).into_iter().filter_map(|node| self.table(node)).collect()
    }

    fn nodes(&mut self, part: Part<'a>, key: &str) -> Vec<&'a Spanned<DeValue<'a>>> {
        let Some(node) = part.table.get(key) else { return Vec::new() };
        let Some(list) = node.get_ref().as_array() else {
            self.wrong(node, "一个列表", "a list");
            return Vec::new();
        };
        if list.is_empty() {
            self.fault(node.span().start, format!("「{key}」不能是空列表。"), format!("\"{key}\" must not be empty."));
        }
        list.iter().collect()
    }

    /// Words of a list, each one of `known` and each once.
    pub fn words(&mut self, part: Part<'a>, key: &str, known: &[&str]) -> Vec<&'a str> {
        let mut found: Vec<&'a str> = Vec::new();
        for node in self.nodes(part, key) {
            let Some(word) = node.get_ref().as_str() else {
                self.wrong(node, "带引号的文字", "a string");
                continue;
            };
            if self.one_of(word, node.span().start, known) {
                if found.contains(&word) {
                    let at = node.span().start;
                    self.fault(at, format!("「{word}」重复了。"), format!("\"{word}\" is there twice."));
                }
                found.push(word);
            }
        }
        found
    }

    pub fn one_of(&mut self, word: &str, at: usize, known: &[&str]) -> bool {
        let good = known.contains(&word);
        if !good {
            let zh = format!("「{word}」不可用，可用的有：{}。", known.join("、"));
            self.fault(at, zh, format!("\"{word}\" is none of {}.", known.join(", ")));
        }
        good
    }

    /// A number with its basis: `{ value = "1", basis = "name" }`.
    pub fn number(&mut self, part: Part<'a>, key: &str, path: &str) -> Option<(Number, usize)> {
        if !part.table.contains_key(key) {
            self.missing(part, key);
            return None;
        }
        self.maybe_number(part, key, path)
    }

    pub fn maybe_number(&mut self, part: Part<'a>, key: &str, path: &str) -> Option<(Number, usize)> {
        let part = self.part(part, key)?;
        self.only(part, &["value", "basis", "note"]);
        let value = self.text(part, "value").and_then(|(text, at)| self.positive(text, at));
        let basis = self.text(part, "basis").and_then(|(name, at)| self.basis(name, at));
        let note = self.maybe_text(part, "note").map(|(note, _)| note.to_owned());
        Some((Number { value: value?, path: path.to_owned(), basis: basis?, note }, part.at))
    }

    fn positive(&mut self, text: &str, at: usize) -> Option<Amount> {
        let read = text.parse().ok().filter(|amount| *amount > Amount::ZERO);
        if read.is_none() {
            let zh = format!("「{text}」不是正数，或小数超过三位。");
            self.fault(at, zh, format!("\"{text}\" is not a positive decimal of at most three places."));
        }
        read
    }

    fn basis(&mut self, name: &str, at: usize) -> Option<Arc<Basis>> {
        let found = self.bases.get(name).cloned();
        if found.is_none() {
            let zh = format!("没有名为「{name}」的依据，请在 [basis.{name}] 中写明。");
            self.fault(at, zh, format!("There is no basis named \"{name}\"; write it as [basis.{name}]."));
        }
        found
    }

    pub fn day(&mut self, part: Part<'a>, key: &str) -> Option<Day> {
        let (text, at) = self.maybe_text(part, key)?;
        let day = text.parse().ok();
        if day.is_none() {
            let zh = format!("「{text}」不是日期，应写作 2026-09-01。");
            self.fault(at, zh, format!("\"{text}\" is not a day; write it as 2026-09-01."));
        }
        day
    }
}

/// Line and column of a byte.
fn place(text: &str, at: usize) -> (usize, usize) {
    let before = text.get(..at).unwrap_or(text);
    let line = before.rsplit('\n').next().unwrap_or_default();
    (before.matches('\n').count() + 1, line.chars().count() + 1)
}
