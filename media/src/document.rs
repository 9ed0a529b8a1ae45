//! From a document to what a reading is made of: text as HTML of a few elements, and pictures. A PDF becomes its pages, each a picture with
//! its text; a DOCX becomes headings, paragraphs, lists and tables. What comes out is still to be sanitised by who shows it: a picture stands
//! in it as `<img src="picture:NAME">`.

pub(crate) mod docx;
pub(crate) mod pdf;
mod xml;

/// Characters of text that one document may hold: a thick book.
pub(crate) const MOST_TEXT: usize = 2_000_000;

/// Text for HTML.
pub(crate) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
