//! Parsed documents by their text: clients send the same few, and parsing is 40 % of what GraphQL adds to a heartbeat. What is too long is
//! refused before it is parsed.

use std::sync::Arc;

use async_graphql::parser::{parse_query, types::ExecutableDocument};
use kernel::{Code, Refusal};
use moka::sync::Cache;

/// A document of the contract has under 400 tokens.
const TOKENS: usize = 2_000;
/// Longer texts are not worth their memory.
const KEPT: usize = 16_384;

#[derive(Clone)]
pub struct Documents(Cache<String, Arc<ExecutableDocument>>);

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::new(512))
    }
}

impl Documents {
    pub fn parse(&self, text: &str) -> Result<Arc<ExecutableDocument>, Refusal> {
        if let Some(known) = self.0.get(text) {
            return Ok(known);
        }
        if tokens(text) > TOKENS {
            return Err(Refusal::new(Code::Invalid, "查询文档过大。", "The document is too large."));
        }
        let document = parse_query(text).map_err(|error| {
            Refusal::new(
                Code::Invalid,
                format!("查询文档无法解析：{error}"),
                format!("The document cannot be parsed: {error}"),
            )
        })?;
        let document = Arc::new(document);
        if text.len() <= KEPT {
            self.0.insert(text.to_owned(), document.clone());
        }
        Ok(document)
    }
}

/// An upper bound of the lexical tokens: names, numbers and strings count one, each punctuator one; comments none.
fn tokens(text: &str) -> usize {
    let mut count = 0;
    let mut in_word = false;
    let mut comment = false;
    for byte in text.bytes() {
        if comment {
            comment = byte != b'\n';
            continue;
        }
        let word = byte.is_ascii_alphanumeric() || byte == b'_' || !byte.is_ascii();
        let blank = byte.is_ascii_whitespace() || byte == b',';
        comment = byte == b'#';
        count += usize::from(!comment && !blank && (!word || !in_word));
        in_word = word;
    }
    count
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_are_counted_before_parsing() {
        let cases =
            [("", 0), ("{ a }", 3), ("query Q($x: Int!) { a(b: $x) }", 18), ("# only a comment", 0), ("{a,b}", 4)];
        for (text, expected) in cases {
            assert_eq!(tokens(text), expected, "{text}");
        }
    }

    #[test]
    fn an_alias_flood_is_refused_and_a_known_document_is_kept() {
        let documents = Documents::default();
        let flood = format!("{{ {} }}", "a:__typename ".repeat(1000));
        assert_eq!(documents.parse(&flood).unwrap_err().code, Code::Invalid);
        assert!(documents.parse("{ __typename ").is_err());
        let first = documents.parse("{ __typename }").unwrap();
        assert!(Arc::ptr_eq(&first, &documents.parse("{ __typename }").unwrap()));
    }
}
