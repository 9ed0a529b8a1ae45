//! A reading's text: Markdown or HTML in, sanitised HTML out, whose top-level elements are numbered blocks. Pure. The sanitiser is ammonia;
//! what it lets through is listed here, and nothing that runs, embeds or styles is on the list.

use std::collections::{HashMap, HashSet};

use kernel::Refusal;
use pulldown_cmark::{Options, Parser, html};

use crate::model::{Block, Format};

/// Characters of a reading as it is sent.
const MOST: usize = 200_000;
/// Elements that are blocks when they stand at the top.
const BLOCKS: [&str; 10] = ["p", "h1", "h2", "h3", "h4", "ul", "ol", "blockquote", "table", "pre"];
const INLINE: [&str; 16] =
    ["a", "b", "strong", "i", "em", "u", "s", "code", "br", "sub", "sup", "li", "thead", "tbody", "tr", "hr"];

/// Sanitised HTML with its blocks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub html: String,
    pub blocks: Vec<Block>,
}

impl Reading {
    pub fn characters(&self) -> u32 {
        self.blocks.iter().map(|block| block.characters).sum()
    }
}

/// What students will see; INVALID for what is empty or too long.
pub fn render(format: Format, body: &str) -> Result<Reading, Refusal> {
    if body.chars().count() > MOST {
        let (zh, en) = (format!("正文最多 {MOST} 字。"), format!("A reading has at most {MOST} characters."));
        return Err(Refusal::invalid("input.body", zh, en));
    }
    let raw = match format {
        Format::Markdown => {
            let mut html = String::new();
            html::push_html(&mut html, Parser::new_ext(body, Options::ENABLE_TABLES));
            html
        }
        Format::Html => body.to_owned(),
    };
    let reading = number(&clean(&raw));
    if reading.characters() == 0 {
        return Err(Refusal::invalid("input.body", "正文是空的。", "The reading is empty."));
    }
    Ok(reading)
}

/// The allow-list. Idempotent: cleaning twice is cleaning once.
pub fn clean(html: &str) -> String {
    let tags: HashSet<&str> = BLOCKS.into_iter().chain(INLINE).chain(["th", "td"]).collect();
    let none: HashMap<&str, HashSet<&str>> = HashMap::from([("a", HashSet::from(["href"]))]);
    ammonia::Builder::new()
        .tags(tags)
        .tag_attributes(none)
        .generic_attributes(HashSet::new())
        .url_schemes(HashSet::from(["http", "https", "mailto"]))
        .url_relative(ammonia::UrlRelative::Deny)
        .link_rel(Some("noopener nofollow"))
        .strip_comments(true)
        .clean(html)
        .to_string()
}

/// Numbers the top-level elements. The input is ammonia's output, so tags are balanced and `<` only begins a tag.
fn number(html: &str) -> Reading {
    let mut out = String::with_capacity(html.len() + 256);
    let mut blocks: Vec<Block> = Vec::new();
    let mut depth = 0_usize;
    let mut text = String::new();
    for piece in pieces(html) {
        match piece {
            Piece::Open(name, tag) => {
                if depth == 0 && BLOCKS.contains(&name) {
                    close_block(&mut blocks, &mut text);
                    open_block(&mut out, &mut blocks, name, tag);
                } else {
                    loose(&mut out, &mut blocks, depth, &mut text, name != "hr");
                    out.push_str(tag);
                }
                depth += usize::from(!matches!(name, "br" | "hr"));
                text.push(' ');
            }
            Piece::Close(tag) => {
                depth = depth.saturating_sub(1);
                out.push_str(tag);
                text.push(' ');
            }
            Piece::Text(words) => {
                loose(&mut out, &mut blocks, depth, &mut text, !words.trim().is_empty());
                out.push_str(words);
                text.push_str(words);
            }
        }
    }
    close_block(&mut blocks, &mut text);
    Reading { html: out, blocks }
}

/// Words that stand at the top outside of any block belong to the block before; where there is none, they begin one.
fn loose(out: &mut String, blocks: &mut Vec<Block>, depth: usize, text: &mut String, says_something: bool) {
    if depth == 0 && says_something && blocks.is_empty() {
        text.clear();
        blocks.push(Block { index: 0, characters: 0, text: String::new() });
        out.push_str("<p data-block=\"0\"></p>");
    }
}

fn open_block(out: &mut String, blocks: &mut Vec<Block>, name: &str, tag: &str) {
    let index = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
    blocks.push(Block { index, characters: 0, text: String::new() });
    out.push('<');
    out.push_str(name);
    out.push_str(&format!(" data-block=\"{index}\""));
    out.push_str(tag.get(1 + name.len()..).unwrap_or(">"));
}

fn close_block(blocks: &mut [Block], text: &mut String) {
    if let Some(block) = blocks.last_mut() {
        block.text = unescape(text);
        block.characters = characters(&block.text);
    }
    text.clear();
}

enum Piece<'a> {
    Open(&'a str, &'a str),
    Close(&'a str),
    Text(&'a str),
}

fn pieces(html: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = html;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if !rest.starts_with('<') {
            let (words, after) = rest.split_at(rest.find('<').unwrap_or(rest.len()));
            rest = after;
            return Some(Piece::Text(words));
        }
        // Ammonia escapes `>` in attribute values, so the first one ends the tag.
        let (tag, after) = rest.split_at(rest.find('>').map_or(rest.len(), |at| at + 1));
        rest = after;
        if tag.starts_with("</") {
            return Some(Piece::Close(tag));
        }
        let name = tag.trim_start_matches('<').split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default();
        Some(Piece::Open(name, tag))
    })
}

/// The entities that ammonia writes.
fn unescape(text: &str) -> String {
    let plain = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&quot;", "\"")
        .replace("&amp;", "&");
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Letters, digits and Han characters: what a reading's time is counted from.
pub fn characters(text: &str) -> u32 {
    u32::try_from(text.chars().filter(|c| c.is_alphanumeric()).count()).unwrap_or(u32::MAX)
}
