//! A small tree of an XML part, read with limits. Entities other than the five of XML are never expanded, and a document type is refused.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

use crate::model::Unfit;

/// Elements in one part, and elements within each other: more than any text has.
const MOST_ELEMENTS: usize = 1_000_000;
const DEEPEST: usize = 200;

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    /// Without its prefix: `w:p` is `p`.
    pub name: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Element(Element),
    Text(String),
}

impl Element {
    pub fn elements(&self) -> impl Iterator<Item = &Element> {
        self.children.iter().filter_map(|node| match node {
            Node::Element(element) => Some(element),
            Node::Text(_) => None,
        })
    }
    pub fn child(&self, name: &str) -> Option<&Element> {
        self.elements().find(|element| element.name == name)
    }
    /// The element at the end of these names.
    pub fn at(&self, path: &[&str]) -> Option<&Element> {
        path.iter().try_fold(self, |element, name| element.child(name))
    }
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
    /// The first of this name, however deep.
    pub fn find(&self, name: &str) -> Option<&Element> {
        self.elements().find_map(|element| if element.name == name { Some(element) } else { element.find(name) })
    }
}

pub fn parse(text: &str) -> Result<Element, Unfit> {
    let mut reader = Reader::from_str(text);
    let mut open = vec![Element::default()];
    let mut count = 0;
    loop {
        match reader.read_event().map_err(|_| Unfit::DocumentBroken)? {
            Event::Start(start) => {
                count += 1;
                open.push(element(&start)?);
            }
            Event::Empty(start) => {
                count += 1;
                let made = element(&start)?;
                put(&mut open, Node::Element(made));
            }
            Event::End(_) => {
                let made = open.pop().ok_or(Unfit::DocumentBroken)?;
                put(&mut open, Node::Element(made));
            }
            Event::Text(text) => {
                put(&mut open, Node::Text(text.to_string()));
            }
            Event::CData(text) => put(&mut open, Node::Text(text.to_string())),
            Event::GeneralRef(name) => {
                if let Some(c) = character(&name) {
                    put(&mut open, Node::Text(c.to_string()));
                }
            }
            Event::DocType(_) => return Err(Unfit::DocumentBroken),
            Event::Eof => break,
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
        }
        if count > MOST_ELEMENTS || open.len() > DEEPEST {
            return Err(Unfit::DocumentTooComplex);
        }
    }
    match (open.pop(), open.is_empty()) {
        (Some(root), true) => Ok(root),
        _ => Err(Unfit::DocumentBroken),
    }
}

fn put(open: &mut [Element], node: Node) {
    if let Some(parent) = open.last_mut() {
        parent.children.push(node);
    }
}

fn element(start: &BytesStart<'_>) -> Result<Element, Unfit> {
    let name = start.local_name().as_ref().to_owned();
    let mut attributes = Vec::new();
    for attribute in start.attributes() {
        let attribute = attribute.map_err(|_| Unfit::DocumentBroken)?;
        attributes.push((attribute.key.local_name().as_ref().to_owned(), unescape(&attribute.value)));
    }
    Ok(Element { name, attributes, children: Vec::new() })
}

fn unescape(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once('&') {
        out.push_str(before);
        match tail.split_once(';') {
            Some((name, after)) => {
                out.extend(character(name));
                rest = after;
            }
            None => {
                out.push('&');
                rest = tail;
            }
        }
    }
    out.push_str(rest);
    out
}

/// One of the five of XML, or a number.
fn character(name: &str) -> Option<char> {
    match name {
        "amp" => Some('&'),
        "lt" => Some('<'),
        "gt" => Some('>'),
        "quot" => Some('"'),
        "apos" => Some('\''),
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)
        }
    }
}
