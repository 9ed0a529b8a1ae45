//! From what a lecturer writes to what a student reads: Markdown becomes HTML, HTML is parsed and filtered by an allow-list (ammonia), and
//! what is left is built anew from a short list of elements, so that nothing passes that is not named here. What is shown is the same again
//! when it is put in once more.
//!
//! Pictures are those of the object store alone: `asset:ID` and `asset:ID/NAME` name them, and what is stored keeps these names. Their signed
//! addresses are written in when the text is handed out ([`pictures::addressed`]).
//!
//! Each top-level element with at least one letter, digit or Chinese character is a block, numbered from nought in `data-block`; a rule or
//! a line of dashes is none. A page of a PDF is a block also without text: somebody has to look at it. A block's characters are its letters, digits and Chinese characters (Unicode: Alphabetic and Numeric);
//! punctuation, blanks and signs are not read and not counted.

use std::{
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::UrlRelative;
use pulldown_cmark::{Event, Options, Parser};
use sha2::{Digest, Sha256};

use super::{
    html::{self, Element, Node, text_of},
    pictures::{self, Known, PictureName},
};
use crate::model::{Block, Format};

/// What is left of other elements is their text.
const INLINE: [&str; 12] = ["a", "b", "br", "code", "em", "i", "img", "small", "strong", "sub", "sup", "u"];
const BLOCKS: [&str; 25] = [
    "blockquote",
    "caption",
    "div",
    "figcaption",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "tr",
    "ul",
    "section",
];
/// Lists, quotations and tables within each other: deeper ones lose their marks and keep their text.
const DEEPEST: usize = 16;
const LONGEST_ALT: usize = 500;
/// Elements of Markdown within each other that reach the parser.
const DEEPEST_MARKDOWN: usize = 64;
/// Elements that a body may write itself; those of a document were counted when it was read.
const MOST_TAGS: usize = 10_000;
/// What a page without text counts for: half a minute of looking at the usual pace.
const PAGE_CHARACTERS: u32 = 300;

/// A text that can be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    pub html: String,
    pub blocks: Vec<Block>,
    pub characters: u32,
    /// Of the text as it is shown.
    pub version: String,
}

/// Why a text is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing in it can be read.
    Empty,
    /// More marks than any text needs; a parser's time grows with the square of their depth.
    TooManyTags,
    /// A picture of this name is not there.
    NoPicture,
}

/// Takes some milliseconds for a long text. Every picture that it names must be among `known`.
pub fn reading(format: Format, body: &str, known: &Known) -> Result<Reading, Unfit> {
    if body.split('<').skip(1).filter(|tag| tag.starts_with(|c: char| c.is_ascii_alphabetic())).count() > MOST_TAGS {
        return Err(Unfit::TooManyTags);
    }
    let html = match format {
        Format::Markdown => from_markdown(body),
        Format::Html => body.to_owned(),
    };
    let made = build(&html, known)?;
    if made.missing { Err(Unfit::NoPicture) } else { Ok(made.reading) }
}

/// From what a document became; a picture that could not be kept is left out.
pub fn of_document(html: &str, known: &Known) -> Result<Reading, Unfit> {
    Ok(build(html, known)?.reading)
}

struct Built {
    reading: Reading,
    missing: bool,
}

fn build(html: &str, known: &Known) -> Result<Built, Unfit> {
    let filtered = FILTER.clean(html).to_string();
    let mut nodes = flow(html::parse(&filtered), true, 0);
    let missing = pictures::measure(&mut nodes, known);
    let (html, blocks) = numbered(nodes);
    if blocks.is_empty() {
        return Err(Unfit::Empty);
    }
    let characters = blocks.iter().fold(0, |sum: u32, block| sum.saturating_add(block.characters));
    let digest = Sha256::digest(html.as_bytes());
    let version = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect();
    Ok(Built { reading: Reading { html, blocks, characters, version }, missing })
}

/// The plain text of each block of a sanitised text, for search.
pub fn block_texts(html: &str) -> Vec<(u32, String)> {
    let text = |node: &Node| match node {
        Node::Element(element) => {
            let index = element.attribute("data-block")?.parse().ok()?;
            Some((index, text_of(&element.children).split_whitespace().collect::<Vec<_>>().join(" ")))
        }
        Node::Text(_) => None,
    };
    html::parse(html).iter().filter_map(text).collect()
}

/// The blocks that are headings, and those that are pages of a PDF.
pub fn headings_and_pages(html: &str) -> (HashSet<u32>, HashSet<u32>) {
    let (mut headings, mut pages) = (HashSet::new(), HashSet::new());
    for node in html::parse(html) {
        let Node::Element(element) = node else { continue };
        let Some(index) = element.attribute("data-block").and_then(|index| index.parse().ok()) else { continue };
        if matches!(element.tag.as_str(), "h1" | "h2" | "h3" | "h4" | "h5" | "h6") {
            headings.insert(index);
        } else if pictures::is_page(&element) {
            pages.insert(index);
        }
    }
    (headings, pages)
}

static FILTER: LazyLock<ammonia::Builder<'static>> = LazyLock::new(|| {
    let mut filter = ammonia::Builder::empty();
    filter
        .tags(INLINE.into_iter().chain(BLOCKS).collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        .tag_attributes(HashMap::from([
            ("a", HashSet::from(["href", "title"])),
            ("img", HashSet::from(["src", "alt"])),
            ("ol", HashSet::from(["start"])),
            ("td", HashSet::from(["colspan", "rowspan"])),
            ("th", HashSet::from(["colspan", "rowspan"])),
        ]))
        .url_schemes(HashSet::from(["asset", "http", "https", "mailto"]))
        // What a link or a picture may lead to is decided when it is built anew.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(None)
        .strip_comments(true);
    filter
});

/// CommonMark with tables. HTML within passes on to the filter. A line end between Chinese characters is none in the text.
fn from_markdown(body: &str) -> String {
    let (mut after_chinese, mut depth) = (false, 0_usize);
    let events = Parser::new_ext(body, Options::ENABLE_TABLES).filter(|event| match event {
        Event::Text(text) => {
            after_chinese = text.chars().next_back().is_some_and(|c| !c.is_ascii());
            true
        }
        Event::SoftBreak => !after_chinese,
        Event::Start(_) => {
            depth += 1;
            depth <= DEEPEST_MARKDOWN
        }
        Event::End(_) => {
            depth = depth.saturating_sub(1);
            depth < DEEPEST_MARKDOWN
        }
        _ => true,
    });
    let mut html = String::with_capacity(body.len() * 3 / 2);
    pulldown_cmark::html::push_html(&mut html, events);
    html
}

/// Blocks beside each other. What stands loose between them becomes a paragraph where `wrap` says so.
fn flow(nodes: Vec<Node>, wrap: bool, depth: usize) -> Vec<Node> {
    let mut out = Vec::new();
    add_flow(nodes, wrap, depth, &mut out);
    out
}

fn add_flow(nodes: Vec<Node>, wrap: bool, depth: usize, out: &mut Vec<Node>) {
    if depth >= DEEPEST {
        return out.extend(phrasing(nodes, &mut Vec::new()));
    }
    let mut run = Vec::new();
    for node in nodes {
        match node {
            Node::Element(element) if holds_block(&element) => {
                flush(&mut run, wrap, out);
                add_block(element, wrap, depth, out);
            }
            loose => run.push(loose),
        }
    }
    flush(&mut run, wrap, out);
}

fn is_block(tag: &str) -> bool {
    BLOCKS.contains(&tag)
}

fn holds_block(element: &Element) -> bool {
    let within = |node: &Node| matches!(node, Node::Element(inner) if holds_block(inner));
    is_block(&element.tag) || element.children.iter().any(within)
}

fn flush(run: &mut Vec<Node>, wrap: bool, out: &mut Vec<Node>) {
    let nodes = phrasing(std::mem::take(run), &mut Vec::new());
    if is_blank(&nodes) {
        return;
    }
    if wrap {
        return out.push(Node::Element(Element::new("p", nodes)));
    }
    // Two runs that were lines of their own stay apart.
    if out.last().is_some_and(|node| !matches!(node, Node::Element(e) if is_block(&e.tag))) {
        out.push(Node::Element(Element::new("br", Vec::new())));
    }
    out.extend(nodes);
}

fn add_block(element: Element, wrap: bool, depth: usize, out: &mut Vec<Node>) {
    let made = match element.tag.as_str() {
        "hr" => return out.push(Node::Element(Element::new("hr", Vec::new()))),
        "p" => Element::new("p", phrasing(element.children, &mut Vec::new())),
        "h1" | "h2" => Element::new("h2", phrasing(element.children, &mut Vec::new())),
        "h3" => Element::new("h3", phrasing(element.children, &mut Vec::new())),
        "h4" | "h5" | "h6" => Element::new("h4", phrasing(element.children, &mut Vec::new())),
        "pre" => preformatted(&element),
        "ul" | "ol" => list(element, depth),
        "blockquote" => Element::new("blockquote", flow(element.children, true, depth + 1)),
        "table" => table(element, depth),
        "figure" if pictures::any(&element.children) => Element::new("figure", flow(element.children, true, depth + 1)),
        // A division, a stray item or cell, or an inline element around blocks: what is in it stands in its place.
        _ => return add_flow(element.children, wrap, depth, out),
    };
    if !is_blank(&made.children) {
        out.push(Node::Element(made));
    }
}

fn is_blank(nodes: &[Node]) -> bool {
    text_of(nodes).trim().is_empty() && !nodes.iter().any(pictures::shows)
}

/// The text with line ends, as code: nothing else has to stand in its columns.
fn preformatted(element: &Element) -> Element {
    let text = Node::Text(text_of(&element.children));
    Element::new("pre", vec![Node::Element(Element::new("code", vec![text]))])
}

fn list(element: Element, depth: usize) -> Element {
    let start = element.attribute("start").filter(|n| is_number(n, 6)).map(str::to_owned);
    let mut items = Vec::new();
    for child in element.children {
        let content = match child {
            Node::Element(item) if item.tag == "li" => flow(item.children, false, depth + 1),
            stray => flow(vec![stray], false, depth + 1),
        };
        if !is_blank(&content) {
            items.push(Node::Element(Element::new("li", content)));
        }
    }
    let made = Element::new(&element.tag, items);
    match start {
        Some(start) if made.tag == "ol" => made.with("start", start),
        _ => made,
    }
}

fn is_number(text: &str, digits: usize) -> bool {
    !text.is_empty() && text.len() <= digits && text.bytes().all(|b| b.is_ascii_digit())
}

fn table(element: Element, depth: usize) -> Element {
    let (mut caption, mut head, mut body) = (None, Vec::new(), Vec::new());
    for part in elements(element.children) {
        match part.tag.as_str() {
            "caption" => caption = Some(Element::new("caption", phrasing(part.children, &mut Vec::new()))),
            "thead" => head.extend(rows(part.children, depth)),
            "tr" => body.extend(rows(vec![Node::Element(part)], depth)),
            _ => body.extend(rows(part.children, depth)),
        }
    }
    let mut parts: Vec<Node> = caption.filter(|c| !is_blank(&c.children)).map(Node::Element).into_iter().collect();
    for (tag, rows) in [("thead", head), ("tbody", body)] {
        if !rows.is_empty() {
            parts.push(Node::Element(Element::new(tag, rows)));
        }
    }
    Element::new("table", parts)
}

fn elements(nodes: Vec<Node>) -> impl Iterator<Item = Element> {
    nodes.into_iter().filter_map(|node| match node {
        Node::Element(element) => Some(element),
        Node::Text(_) => None,
    })
}

fn rows(nodes: Vec<Node>, depth: usize) -> Vec<Node> {
    let row = |row: Element| {
        let cells: Vec<Node> =
            elements(row.children).filter(|c| c.tag == "td" || c.tag == "th").map(|c| cell(c, depth)).collect();
        (!cells.is_empty()).then(|| Node::Element(Element::new("tr", cells)))
    };
    elements(nodes).filter(|element| element.tag == "tr").filter_map(row).collect()
}

fn cell(element: Element, depth: usize) -> Node {
    let spans: Vec<(String, String)> =
        element.attributes.into_iter().filter(|(_, value)| is_number(value, 2)).collect();
    let made = Element::new(&element.tag, flow(element.children, false, depth + 1));
    Node::Element(Element { attributes: spans, ..made })
}

/// Words within a line. An element within another of its kind, a link without an address and whatever is no inline element give their text.
fn phrasing(nodes: Vec<Node>, open: &mut Vec<String>) -> Vec<Node> {
    let mut out = Vec::new();
    for node in nodes {
        let Node::Element(element) = node else {
            out.push(node);
            continue;
        };
        match inline(&element, open) {
            Some(made) if made.tag == "br" || made.tag == "img" => out.push(Node::Element(made)),
            Some(made) => {
                open.push(element.tag);
                let children = phrasing(element.children, open);
                open.pop();
                out.push(Node::Element(Element { children, ..made }));
            }
            None => {
                if is_block(&element.tag) {
                    out.push(Node::Text(" ".to_owned()));
                }
                out.extend(phrasing(element.children, open));
            }
        }
    }
    out
}

fn inline(element: &Element, open: &[String]) -> Option<Element> {
    if !INLINE.contains(&element.tag.as_str()) || open.contains(&element.tag) {
        return None;
    }
    let bare = Element::new(&element.tag, Vec::new());
    if element.tag == "img" {
        let name = element.attribute("src").and_then(PictureName::parse)?;
        let alt = element.attribute("alt").unwrap_or_default().chars().take(LONGEST_ALT).collect::<String>();
        return Some(bare.with("src", name.to_string()).with("alt", alt));
    }
    if element.tag != "a" {
        return Some(bare);
    }
    let link = bare.with("href", element.attribute("href").filter(|url| is_outward(url))?);
    let titled = match element.attribute("title") {
        Some(title) => link.with("title", title),
        None => link,
    };
    Some(titled.with("rel", "noopener nofollow"))
}

fn is_outward(url: &str) -> bool {
    let starts = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    ["http://", "https://", "mailto:"].into_iter().any(starts)
}

fn numbered(nodes: Vec<Node>) -> (String, Vec<Block>) {
    let (mut html, mut blocks) = (String::new(), Vec::new());
    for element in elements(nodes) {
        let count = text_of(&element.children).chars().filter(|c| c.is_alphanumeric()).count();
        let characters = match u32::try_from(count).unwrap_or(u32::MAX) {
            0 if pictures::is_page(&element) => PAGE_CHARACTERS,
            counted => counted,
        };
        if characters == 0 {
            html::write_element(&element, &mut html);
        } else {
            let index = u32::try_from(blocks.len()).unwrap_or(u32::MAX);
            html::write_element(&element.with("data-block", index.to_string()), &mut html);
            blocks.push(Block { index, characters });
        }
        html.push('\n');
    }
    (html, blocks)
}
