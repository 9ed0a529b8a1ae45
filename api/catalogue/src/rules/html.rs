//! A small tree of elements, read from and written as the HTML that a sanitiser's serialiser writes: every tag closed in order, every
//! attribute in double quotes. It reads no other HTML.

/// Elements deeper than this are opened into their parents. Readings come out far flatter, so that what is written is read back the same.
const DEEPEST: usize = 128;
const VOID: [&str; 3] = ["br", "hr", "img"];

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node {
    Text(String),
    Element(Element),
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Element {
    pub tag: String,
    pub attributes: Vec<(String, String)>,
    pub children: Vec<Node>,
}

impl Element {
    pub fn new(tag: &str, children: Vec<Node>) -> Self {
        Self { tag: tag.to_owned(), attributes: Vec::new(), children }
    }
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.attributes.push((name.to_owned(), value.into()));
        self
    }
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Reads well-formed HTML; comments and declarations do not occur.
pub fn parse(html: &str) -> Vec<Node> {
    let mut reader = Reader::default();
    let mut rest = html;
    while let Some((text, tail)) = rest.split_once('<') {
        reader.text(text);
        let Some((tag, after)) = split_tag(tail) else { break };
        reader.tag(tag);
        rest = after;
    }
    reader.text(rest.split('<').next().unwrap_or_default());
    reader.end()
}

/// Splits at the `>` that ends the tag: one inside quotes does not.
fn split_tag(text: &str) -> Option<(&str, &str)> {
    let mut quoted = false;
    let end = text.char_indices().find(|(_, c)| {
        quoted ^= *c == '"';
        *c == '>' && !quoted
    });
    let (tag, after) = text.split_at(end?.0);
    Some((tag, after.strip_prefix('>')?))
}

#[derive(Default)]
struct Reader {
    root: Element,
    open: Vec<Element>,
    /// Open elements that are too deep to be kept.
    beyond: usize,
}

impl Reader {
    fn add(&mut self, node: Node) {
        self.open.last_mut().unwrap_or(&mut self.root).children.push(node);
    }
    fn text(&mut self, text: &str) {
        if !text.is_empty() {
            self.add(Node::Text(unescape(text)));
        }
    }
    fn tag(&mut self, tag: &str) {
        if tag.starts_with('/') {
            return self.close();
        }
        let (name, rest) = tag.split_once([' ', '/']).unwrap_or((tag, ""));
        let element = Element { tag: name.to_owned(), attributes: attributes(rest), children: Vec::new() };
        if VOID.contains(&name) {
            self.add(Node::Element(element));
        } else if self.open.len() < DEEPEST {
            self.open.push(element);
        } else {
            self.beyond += 1;
        }
    }
    fn close(&mut self) {
        if self.beyond > 0 {
            self.beyond -= 1;
        } else if let Some(element) = self.open.pop() {
            self.add(Node::Element(element));
        }
    }
    fn end(mut self) -> Vec<Node> {
        while let Some(element) = self.open.pop() {
            self.add(Node::Element(element));
        }
        self.root.children
    }
}

fn attributes(mut rest: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    while let Some((name, (value, tail))) = rest.split_once("=\"").and_then(|(n, t)| Some((n, t.split_once('"')?))) {
        found.push((name.trim().to_owned(), unescape(value)));
        rest = tail;
    }
    found
}

/// Control characters that entities smuggle in are left out.
fn unescape(text: &str) -> String {
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    super::storable(&text.replace("&nbsp;", "\u{a0}").replace("&amp;", "&"))
}

fn escape(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('"', "&quot;").replace('\u{a0}', "&nbsp;")
}

pub fn write(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(&escape(text).replace("&quot;", "\"")),
            Node::Element(element) => write_element(element, out),
        }
    }
}

pub fn write_element(element: &Element, out: &mut String) {
    let attributes = element.attributes.iter().map(|(name, value)| format!(" {name}=\"{}\"", escape(value)));
    out.push_str(&format!("<{}{}>", element.tag, attributes.collect::<String>()));
    if !VOID.contains(&element.tag.as_str()) {
        write(&element.children, out);
        out.push_str(&format!("</{}>", element.tag));
    }
}

/// The text alone; where elements stand beside each other, with a line end or a blank between.
pub fn text_of(nodes: &[Node]) -> String {
    let mut out = String::new();
    gather(nodes, &mut out);
    out
}

fn gather(nodes: &[Node], out: &mut String) {
    for node in nodes {
        match node {
            Node::Text(text) => out.push_str(text),
            Node::Element(element) => {
                gather(&element.children, out);
                match element.tag.as_str() {
                    "td" | "th" => out.push(' '),
                    "br" | "p" | "li" | "tr" | "pre" | "caption" | "h2" | "h3" | "h4" => out.push('\n'),
                    _ => {}
                }
            }
        }
    }
}
