//! DOCX: a zip of XML parts. Read with limits before anything is unpacked; what is not text, table or picture is left out.

use std::{
    collections::HashMap,
    io::{Cursor, Read},
};

use zip::{ZipArchive, result::ZipError};

use super::{
    MOST_TEXT, escape,
    xml::{self, Element, Node},
};
use crate::model::Unfit;

const MOST_ENTRIES: usize = 2_000;
/// Bytes of one part, and of all parts together, once they are unpacked.
const LARGEST_PART: u64 = 64 << 20;
const MOST_UNPACKED: u64 = 256 << 20;
const MOST_PICTURES: usize = 100;
const DOCUMENT: &str = "word/document.xml";
/// Levels of a list, from 0: Word knows nine.
const DEEPEST: u8 = 8;

/// A document as HTML, and its pictures by the names that stand in it.
#[derive(Debug)]
pub struct Docx {
    pub html: String,
    /// Name (`picture-001`) and bytes, as they lie in the file.
    pub pictures: Vec<(String, Vec<u8>)>,
}

/// Takes some hundred milliseconds for a thick document.
pub fn read(bytes: &[u8]) -> Result<Docx, Unfit> {
    let mut parts = Parts::open(bytes)?;
    let document = xml::parse(&parts.text(DOCUMENT)?.ok_or(Unfit::NotDocument)?)?;
    let body = document.at(&["document", "body"]).ok_or(Unfit::DocumentBroken)?;
    let mut writer = Writer {
        links: parts.relations()?,
        headings: parts.headings()?,
        lists: parts.lists()?,
        names: HashMap::new(),
        order: Vec::new(),
        text: 0,
    };
    let html = writer.flow(body)?;
    let mut pictures = Vec::new();
    for (target, name) in std::mem::take(&mut writer.order) {
        if let Some(bytes) = parts.bytes(&target)? {
            pictures.push((name, bytes));
        }
    }
    Ok(Docx { html, pictures })
}

/// What holds a password, or was written by a Word of before 2007, begins like this.
pub fn is_compound(head: &[u8]) -> bool {
    head.starts_with(&[0xD0, 0xCF, 0x11, 0xE0])
}

struct Parts<'a> {
    zip: ZipArchive<Cursor<&'a [u8]>>,
    /// Bytes that may still be unpacked.
    left: u64,
}

impl<'a> Parts<'a> {
    fn open(bytes: &'a [u8]) -> Result<Self, Unfit> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|_| Unfit::DocumentBroken)?;
        if zip.len() > MOST_ENTRIES {
            return Err(Unfit::DocumentTooComplex);
        }
        let mut claimed = 0_u64;
        for index in 0..zip.len() {
            let entry = zip.by_index_raw(index).map_err(|_| Unfit::DocumentBroken)?;
            if entry.encrypted() {
                return Err(Unfit::Locked);
            }
            claimed = claimed.saturating_add(entry.size());
        }
        if claimed > MOST_UNPACKED {
            return Err(Unfit::DocumentTooComplex);
        }
        Ok(Self { zip, left: MOST_UNPACKED })
    }

    /// What a part holds; sizes that a zip claims may lie, so the bytes are counted as they come.
    fn bytes(&mut self, name: &str) -> Result<Option<Vec<u8>>, Unfit> {
        let entry = match self.zip.by_name(name) {
            Ok(entry) => entry,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(_) => return Err(Unfit::DocumentBroken),
        };
        let most = self.left.min(LARGEST_PART);
        let mut bytes = Vec::new();
        entry.take(most + 1).read_to_end(&mut bytes).map_err(|_| Unfit::DocumentBroken)?;
        let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        if size > most {
            return Err(Unfit::DocumentTooComplex);
        }
        self.left -= size;
        Ok(Some(bytes))
    }

    fn text(&mut self, name: &str) -> Result<Option<String>, Unfit> {
        let Some(bytes) = self.bytes(name)? else { return Ok(None) };
        let text = String::from_utf8(bytes).map_err(|_| Unfit::DocumentBroken)?;
        Ok(Some(text.trim_start_matches('\u{feff}').to_owned()))
    }

    fn part(&mut self, name: &str) -> Result<Option<Element>, Unfit> {
        self.text(name)?.map(|text| xml::parse(&text)).transpose()
    }

    /// What each relation of the text leads to; parts are told from the root of the zip.
    fn relations(&mut self) -> Result<HashMap<String, Target>, Unfit> {
        let Some(root) = self.part("word/_rels/document.xml.rels")? else { return Ok(HashMap::new()) };
        let target = |element: &Element| {
            let (id, to) = (element.attribute("Id")?.to_owned(), element.attribute("Target")?);
            let outside = element.attribute("TargetMode") == Some("External");
            let inside = to.strip_prefix('/').map_or_else(|| format!("word/{to}"), str::to_owned);
            Some((id, if outside { Target::Outside(to.to_owned()) } else { Target::Part(inside) }))
        };
        Ok(root.child("Relationships").into_iter().flat_map(Element::elements).filter_map(target).collect())
    }

    /// The level of each style that is a heading, whatever its name in the language of the author.
    fn headings(&mut self) -> Result<HashMap<String, u8>, Unfit> {
        let Some(root) = self.part("word/styles.xml")? else { return Ok(HashMap::new()) };
        let heading = |style: &Element| {
            let id = style.attribute("styleId")?.to_owned();
            let name = style.child("name").and_then(|name| name.attribute("val")).unwrap_or_default().to_lowercase();
            let outline = style.at(&["pPr", "outlineLvl"]).and_then(|level| level.attribute("val")?.parse::<u8>().ok());
            let named = name.strip_prefix("heading ").and_then(|level| level.parse::<u8>().ok());
            let level = if name == "title" { Some(1) } else { named.or(outline.map(|level| level + 1)) };
            level.filter(|level| (1..=6).contains(level)).map(|level| (id, level))
        };
        Ok(root.child("styles").into_iter().flat_map(Element::elements).filter_map(heading).collect())
    }

    /// Whether each level of each list counts.
    fn lists(&mut self) -> Result<HashMap<String, Levels>, Unfit> {
        let Some(root) = self.part("word/numbering.xml")? else { return Ok(HashMap::new()) };
        let Some(root) = root.child("numbering") else { return Ok(HashMap::new()) };
        let level = |level: &Element| {
            let at = level.attribute("ilvl").and_then(|at| at.parse::<u8>().ok()).unwrap_or(0);
            Some((at, level.child("numFmt")?.attribute("val")? != "bullet"))
        };
        let levels = |list: &Element| {
            list.elements().filter(|element| element.name == "lvl").filter_map(level).collect::<Levels>()
        };
        let kinds: HashMap<&str, Levels> = root
            .elements()
            .filter(|element| element.name == "abstractNum")
            .filter_map(|list| Some((list.attribute("abstractNumId")?, levels(list))))
            .collect();
        let list = |number: &Element| {
            let kind = number.child("abstractNumId")?.attribute("val")?;
            Some((number.attribute("numId")?.to_owned(), kinds.get(kind)?.clone()))
        };
        Ok(root.elements().filter(|element| element.name == "num").filter_map(list).collect())
    }
}

/// By level: whether it counts, or has a sign before each item.
type Levels = HashMap<u8, bool>;

#[derive(Clone, Copy)]
struct Item {
    level: u8,
    counts: bool,
}

/// Lists within each other, the outermost first; of each the last item is still open.
#[derive(Default)]
struct Lists(Vec<Item>);

impl Lists {
    /// Begins an item at its level. Levels that were left out on the way down are not there.
    fn begin(&mut self, item: Item, out: &mut String) {
        while self.0.iter().rev().nth(1).is_some_and(|outer| outer.level >= item.level) {
            self.close(out);
        }
        match self.0.last_mut() {
            Some(last) if last.level >= item.level && last.counts == item.counts => {
                last.level = item.level;
                return out.push_str("</li><li>");
            }
            Some(last) if last.level >= item.level => self.close(out),
            _ => {}
        }
        out.push_str(if item.counts { "<ol><li>" } else { "<ul><li>" });
        self.0.push(item);
    }

    fn close(&mut self, out: &mut String) {
        out.push_str(self.0.pop().map_or("", |item| if item.counts { "</li></ol>" } else { "</li></ul>" }));
    }

    fn end(&mut self, out: &mut String) {
        while !self.0.is_empty() {
            self.close(out);
        }
    }
}

enum Target {
    Outside(String),
    Part(String),
}

struct Writer {
    links: HashMap<String, Target>,
    headings: HashMap<String, u8>,
    lists: HashMap<String, Levels>,
    /// Names of the pictures met so far, by their part.
    names: HashMap<String, String>,
    order: Vec<(String, String)>,
    /// Characters written so far.
    text: usize,
}

impl Writer {
    /// Paragraphs and tables beside each other; those of one list go into one element, lists within it into its items.
    fn flow(&mut self, parent: &Element) -> Result<String, Unfit> {
        let mut out = String::new();
        let mut lists = Lists::default();
        for element in parent.elements() {
            if let Some(item) = self.item_of(element) {
                let words = self.runs(element)?;
                if !words.is_empty() {
                    lists.begin(item, &mut out);
                    out.push_str(&words);
                }
                continue;
            }
            lists.end(&mut out);
            match element.name.as_str() {
                "p" => out.push_str(&self.paragraph(element)?),
                "tbl" => out.push_str(&self.table(element)?),
                "sdt" | "sdtContent" | "ins" | "moveTo" | "smartTag" | "customXml" => {
                    out.push_str(&self.flow(element)?)
                }
                _ => {}
            }
        }
        lists.end(&mut out);
        Ok(out)
    }

    /// None: no item of a list. A heading that is numbered stays a heading.
    fn item_of(&self, element: &Element) -> Option<Item> {
        if element.name != "p" || self.level_of(element).is_some() {
            return None;
        }
        let numbering = element.at(&["pPr", "numPr"])?;
        let number = numbering.child("numId")?.attribute("val").filter(|number| *number != "0")?;
        let level = numbering.child("ilvl").and_then(|level| level.attribute("val")?.parse().ok()).unwrap_or(0);
        let level = DEEPEST.min(level);
        let levels = self.lists.get(number);
        let counts = levels.and_then(|levels| levels.get(&level).or_else(|| levels.get(&0))).copied().unwrap_or(false);
        Some(Item { level, counts })
    }

    fn level_of(&self, paragraph: &Element) -> Option<u8> {
        let style = paragraph.at(&["pPr", "pStyle"]).and_then(|style| style.attribute("val"));
        style.and_then(|style| self.headings.get(style).copied())
    }

    fn paragraph(&mut self, paragraph: &Element) -> Result<String, Unfit> {
        let words = self.runs(paragraph)?;
        if words.is_empty() {
            return Ok(String::new());
        }
        Ok(match self.level_of(paragraph) {
            Some(level) => format!("<h{level}>{words}</h{level}>"),
            None => format!("<p>{words}</p>"),
        })
    }

    fn table(&mut self, table: &Element) -> Result<String, Unfit> {
        let mut out = "<table>".to_owned();
        for row in table.elements().filter(|element| element.name == "tr") {
            out.push_str("<tr>");
            for cell in row.elements().filter(|element| element.name == "tc") {
                let property = |name: &str| cell.at(&["tcPr", name]);
                // The lower part of a cell over several rows: it stays empty, so that columns keep their place.
                let lower = property("vMerge").is_some_and(|merge| merge.attribute("val") != Some("restart"));
                let wide = property("gridSpan").and_then(|span| span.attribute("val")?.parse::<u8>().ok()).unwrap_or(1);
                out.push_str(&if wide > 1 { format!("<td colspan=\"{wide}\">") } else { "<td>".to_owned() });
                out.push_str(&if lower { String::new() } else { self.flow(cell)? });
                out.push_str("</td>");
            }
            out.push_str("</tr>");
        }
        out.push_str("</table>");
        Ok(out)
    }

    /// Words within a paragraph; what was struck by a reviewer is gone.
    fn runs(&mut self, parent: &Element) -> Result<String, Unfit> {
        let mut out = String::new();
        for element in parent.elements() {
            match element.name.as_str() {
                "r" => out.push_str(&self.run(element)?),
                "hyperlink" => out.push_str(&self.link(element)?),
                "ins" | "moveTo" | "smartTag" | "sdt" | "sdtContent" | "fldSimple" | "customXml" => {
                    out.push_str(&self.runs(element)?)
                }
                _ => {}
            }
        }
        Ok(out)
    }

    fn link(&mut self, element: &Element) -> Result<String, Unfit> {
        let words = self.runs(element)?;
        let target = element.attribute("id").and_then(|id| self.links.get(id));
        Ok(match target {
            Some(Target::Outside(url)) if !words.is_empty() => format!("<a href=\"{}\">{words}</a>", escape(url)),
            _ => words,
        })
    }

    fn run(&mut self, run: &Element) -> Result<String, Unfit> {
        let mut words = String::new();
        for element in run.elements() {
            match element.name.as_str() {
                "t" => {
                    let text: String = element.children.iter().filter_map(text_of).collect();
                    self.text += text.chars().count();
                    words.push_str(&escape(&text));
                }
                "tab" => words.push(' '),
                "br" | "cr" if element.attribute("type").is_none() => words.push_str("<br>"),
                // How a word is spoken stands above it; the word itself is the text.
                "ruby" => {
                    let base = element.child("rubyBase").map(|base| self.runs(base)).transpose()?;
                    words.push_str(&base.unwrap_or_default());
                }
                "noBreakHyphen" => words.push('-'),
                "drawing" | "pict" | "AlternateContent" => words.push_str(&self.picture(element)),
                _ => {}
            }
        }
        if self.text > MOST_TEXT {
            return Err(Unfit::DocumentTooComplex);
        }
        let on = |name: &str| {
            let mark = run.at(&["rPr", name]);
            mark.is_some_and(|mark| !matches!(mark.attribute("val"), Some("0" | "false" | "none")))
        };
        let mark = |words: String, on: bool, tag: &str| {
            if on && !words.trim().is_empty() { format!("<{tag}>{words}</{tag}>") } else { words }
        };
        let words = mark(words, on("u"), "u");
        let words = mark(words, on("i"), "em");
        Ok(mark(words, on("b"), "strong"))
    }

    /// Twice the same picture is kept once.
    fn picture(&mut self, element: &Element) -> String {
        let id = element.find("blip").and_then(|blip| blip.attribute("embed"));
        let id = id.or_else(|| element.find("imagedata").and_then(|data| data.attribute("id")));
        let Some(Target::Part(part)) = id.and_then(|id| self.links.get(id)) else { return String::new() };
        let named = element.find("docPr").and_then(|about| about.attribute("descr")).unwrap_or_default();
        let name = match self.names.get(part) {
            Some(name) => name.clone(),
            None if self.order.len() >= MOST_PICTURES => return String::new(),
            None => {
                let name = format!("picture-{:03}", self.order.len() + 1);
                self.names.insert(part.clone(), name.clone());
                self.order.push((part.clone(), name.clone()));
                name
            }
        };
        format!("<img src=\"picture:{name}\" alt=\"{}\">", escape(named))
    }
}

fn text_of(node: &Node) -> Option<&str> {
    match node {
        Node::Text(text) => Some(text),
        Node::Element(_) => None,
    }
}
