//! Pictures in a reading: which ones it names, how large they are, and where they are fetched from.

use std::{collections::HashMap, fmt};

use kernel::id::AssetId;
use media::Picture;

use super::html::{Element, Node};

/// The pictures that a text may show, by asset.
pub type Known = HashMap<AssetId, Vec<Picture>>;

/// How the text of a PDF begins.
pub const PAGED: &str = "<figure><img src=\"asset:";

/// How wide a picture stands: the measure of the reading page, on a phone the whole width.
const SIZES: &str = "(min-width: 700px) 640px, 100vw";
/// Of the smaller file.
const SMALL: u32 = 800;

/// A picture of an asset: the asset itself (`large`), one in a document (`picture-001`), or a page of it (`page-0001`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PictureName {
    pub asset: AssetId,
    pub name: String,
}

impl PictureName {
    /// `asset:ID`, `asset:ID/NAME`, or an address at which it was shown: `/pictures/ID/SIGNATURE/FILE`.
    pub fn parse(text: &str) -> Option<Self> {
        let (id, name) = match (text.strip_prefix("asset:"), text.strip_prefix("/pictures/")) {
            (Some(named), _) => named.split_once('/').unwrap_or((named, "large")),
            (None, Some(shown)) => {
                let (id, rest) = shown.split_once('/')?;
                (id, stem(rest.split_once('/')?.1))
            }
            (None, None) => return None,
        };
        Some(Self { asset: id.parse().ok()?, name: stem(name).to_owned() })
    }
}

/// A file's name without its size and kind: what is stored names files, what is written names pictures.
fn stem(file: &str) -> &str {
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    stem.strip_suffix("-small").unwrap_or(stem)
}

impl fmt::Display for PictureName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "asset:{}/{}", self.asset, self.name)
    }
}

/// The assets that a text names, each once; more than `most` are not looked for.
pub fn named(body: &str, most: usize) -> Vec<AssetId> {
    let mut found: Vec<AssetId> = Vec::new();
    for lead in ["asset:", "/pictures/"] {
        for tail in body.split(lead).skip(1) {
            let id: String = tail.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            match id.parse() {
                Ok(id) if !found.contains(&id) && found.len() < most => found.push(id),
                _ => {}
            }
        }
    }
    found
}

pub fn shows(node: &Node) -> bool {
    matches!(node, Node::Element(element) if element.tag == "img" || any(&element.children))
}

/// Whether one of these is, or holds, a picture of ours.
pub fn any(nodes: &[Node]) -> bool {
    let ours = |element: &Element| {
        element.tag == "img" && element.attribute("src").is_some_and(|src| PictureName::parse(src).is_some())
    };
    nodes.iter().any(|node| matches!(node, Node::Element(element) if ours(element) || any(&element.children)))
}

/// A figure that shows a page of a document.
pub fn is_page(element: &Element) -> bool {
    let page = |src: &str| PictureName::parse(src).is_some_and(|name| name.name.starts_with("page-"));
    element.tag == "figure"
        && element.children.iter().any(|node| match node {
            Node::Element(inner) => {
                inner.attribute("src").is_some_and(page)
                    || inner
                        .children
                        .iter()
                        .any(|node| matches!(node, Node::Element(img) if img.attribute("src").is_some_and(page)))
            }
            Node::Text(_) => false,
        })
}

/// Gives every picture its files and size; answers whether one of them is not known. Those go.
pub fn measure(nodes: &mut Vec<Node>, known: &Known) -> bool {
    let mut missing = false;
    nodes.retain_mut(|node| {
        let Node::Element(element) = node else { return true };
        if element.tag != "img" {
            missing |= measure(&mut element.children, known);
            return true;
        }
        let name = element.attribute("src").and_then(PictureName::parse);
        let picture = name.as_ref().and_then(|name| known.get(&name.asset)?.iter().find(|one| one.name == name.name));
        let (Some(name), Some(picture)) = (name, picture) else {
            missing = true;
            return false;
        };
        let alt = element.attribute("alt").unwrap_or_default().to_owned();
        *element = image(&name, picture, alt);
        true
    });
    missing
}

/// The attribute that people write comes last: [`addressed`] stops before it.
fn image(name: &PictureName, picture: &Picture, alt: String) -> Element {
    let file = |file: &str| format!("asset:{}/{file}", name.asset);
    let mut made = Element::new("img", Vec::new()).with("src", file(&picture.large));
    if let Some(small) = &picture.small {
        let both = format!("{} {SMALL}w, {} {}w", file(small), file(&picture.large), picture.width);
        made = made.with("srcset", both).with("sizes", SIZES);
    }
    made.with("width", picture.width.to_string())
        .with("height", picture.height.to_string())
        .with("loading", "lazy")
        .with("alt", alt)
}

/// The text as it is handed out: each picture by its signed address. Only within the tags that we write: what somebody types is never signed.
pub fn addressed(html: &str, path: impl Fn(AssetId) -> String) -> String {
    const LEAD: &str = "<img src=\"";
    let mut out = String::with_capacity(html.len() + html.len() / 8);
    let mut rest = html;
    while let Some((before, tail)) = rest.split_once(LEAD) {
        out.push_str(before);
        out.push_str(LEAD);
        let (ours, after) = tail.split_once(" alt=\"").unwrap_or((tail, ""));
        out.push_str(&signed(ours, &path));
        rest = after;
        if !after.is_empty() {
            out.push_str(" alt=\"");
        }
    }
    out.push_str(rest);
    out
}

fn signed(attributes: &str, path: &impl Fn(AssetId) -> String) -> String {
    let mut out = String::new();
    let mut rest = attributes;
    while let Some((before, tail)) = rest.split_once("asset:") {
        out.push_str(before);
        let named = tail.split_once('/').and_then(|(id, after)| Some((id.parse::<AssetId>().ok()?, after)));
        match named {
            Some((id, after)) => {
                out.push_str(&path(id));
                out.push('/');
                rest = after;
            }
            None => rest = tail,
        }
    }
    out.push_str(rest);
    out
}
