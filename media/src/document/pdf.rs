//! What poppler's programs are told, and what is read from what they say. Pure.

use super::escape;
use crate::model::Unfit;

/// A longer document is a book: it is split into lessons.
pub const MOST_PAGES: u32 = 300;
/// Pages that one run renders: progress is told between runs.
pub const AT_ONCE: u32 = 8;
const WIDTH: u32 = 1240;
/// A page longer than so many times its width is a trap: rendered to our width it has no end.
const LONGEST: f64 = 6.0;

/// What `pdfinfo` says of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct About {
    pub pages: u32,
}

pub fn info(source: &str) -> Vec<String> {
    let last = MOST_PAGES.to_string();
    ["-enc", "UTF-8", "-f", "1", "-l", &last, source].map(str::to_owned).to_vec()
}

/// All text, a form feed after each page, in the order in which it is read.
pub fn text(source: &str, target: &str) -> Vec<String> {
    ["-enc", "UTF-8", "-eol", "unix", source, target].map(str::to_owned).to_vec()
}

pub fn render(source: &str, first: u32, last: u32, prefix: &str) -> Vec<String> {
    let (first, last, width) = (first.to_string(), last.to_string(), WIDTH.to_string());
    let words = ["-jpeg", "-jpegopt", "quality=85", "-f", &first, "-l", &last, "-scale-to-x", &width, "-scale-to-y"];
    words.into_iter().chain(["-1", source, prefix]).map(str::to_owned).collect()
}

pub fn about(said: &str) -> Result<About, Unfit> {
    let value = |name: &str| {
        said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(|value| value.trim().to_owned())
    };
    // Opened without a password, but its author allows no copy of the text.
    if value("Encrypted").is_some_and(|said| said.contains("copy:no")) {
        return Err(Unfit::Locked);
    }
    if said.lines().filter_map(page_size).any(|(width, height)| height > width * LONGEST || width < 1.0) {
        return Err(Unfit::DocumentTooComplex);
    }
    let pages = value("Pages").and_then(|pages| pages.parse().ok()).unwrap_or(0);
    match pages {
        0 => Err(Unfit::DocumentBroken),
        1..=MOST_PAGES => Ok(About { pages }),
        _ => Err(Unfit::TooManyPages),
    }
}

/// `Page    1 size:      595 x 842 pts (A4)`.
fn page_size(line: &str) -> Option<(f64, f64)> {
    let (_, size) = line.strip_prefix("Page ")?.split_once("size:")?;
    let mut words = size.split_whitespace();
    let width = words.next()?.parse().ok()?;
    (words.next()? == "x").then_some((width, words.next()?.parse().ok()?))
}

/// Why a program gave up, from the last line that it wrote.
pub fn why(said: &str) -> Unfit {
    let locked = ["Incorrect password", "Copying of text", "password"].iter().any(|word| said.contains(word));
    if locked { Unfit::Locked } else { Unfit::DocumentBroken }
}

/// The text of each page.
pub fn pages(text: &str, count: u32) -> Vec<String> {
    let mut pages: Vec<String> = text.split('\u{c}').map(str::to_owned).collect();
    pages.resize(usize::try_from(count).unwrap_or(0), String::new());
    pages
}

/// One figure a page: its picture, and its text by paragraphs.
pub fn html(pages: &[String]) -> String {
    let mut out = String::new();
    for (number, text) in (1..).zip(pages) {
        let name = page_name(number);
        out.push_str(&format!("<figure><img src=\"picture:{name}\" alt=\"第 {number} 页\">"));
        for paragraph in paragraphs(text) {
            out.push_str(&format!("<p>{}</p>", escape(&paragraph)));
        }
        out.push_str("</figure>\n");
    }
    out
}

pub fn page_name(number: u32) -> String {
    format!("page-{number:04}")
}

/// Lines of a page flow together, without a blank between Chinese characters; an empty line and a line that ends far before the others end
/// a paragraph.
fn paragraphs(text: &str) -> Vec<String> {
    let clean: String = text.chars().filter(|c| !c.is_control() || *c == '\n').collect();
    let widest = clean.lines().map(|line| width(line.trim())).max().unwrap_or(0);
    let mut done = Vec::new();
    let mut open = String::new();
    for line in clean.lines().map(str::trim) {
        if line.is_empty() {
            close(&mut open, &mut done);
            continue;
        }
        if open.chars().next_back().is_some_and(|c| c.is_ascii() && c != '-') && line.is_ascii_start() {
            open.push(' ');
        }
        open.push_str(line);
        if width(line) * 10 < widest * 8 {
            close(&mut open, &mut done);
        }
    }
    close(&mut open, &mut done);
    done
}

fn close(open: &mut String, done: &mut Vec<String>) {
    if !open.is_empty() {
        done.push(std::mem::take(open));
    }
}

/// Chinese characters are two wide.
fn width(line: &str) -> usize {
    line.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum()
}

trait Start {
    fn is_ascii_start(&self) -> bool;
}
impl Start for str {
    fn is_ascii_start(&self) -> bool {
        self.chars().next().is_some_and(|c| c.is_ascii())
    }
}
