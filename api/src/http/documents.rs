//! Parsed documents by their text: clients send the same few, and parsing is 40 % of what GraphQL adds to a heartbeat. What is too long is
//! refused before it is parsed.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use async_graphql::{
    Name, Positioned,
    parser::{
        parse_query,
        types::{DocumentOperations, ExecutableDocument, FragmentDefinition, Selection, SelectionSet},
    },
};
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
    /// The document with the one operation that is to be run and the fragments that it reaches: a client may send a file of many
    /// operations, and the variables of the others are nobody's concern.
    pub fn parse(&self, text: &str, operation: Option<&str>) -> Result<Arc<ExecutableDocument>, Refusal> {
        let key = format!("{}\n{text}", operation.unwrap_or_default());
        if let Some(known) = self.0.get(&key) {
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
        let document = Arc::new(only(document, operation)?);
        if text.len() <= KEPT {
            self.0.insert(key, document.clone());
        }
        Ok(document)
    }
}

fn only(mut document: ExecutableDocument, operation: Option<&str>) -> Result<ExecutableDocument, Refusal> {
    let DocumentOperations::Multiple(operations) = &mut document.operations else { return Ok(document) };
    let unknown = || Refusal::new(Code::Invalid, "文档中没有这个操作。", "The document has no such operation.");
    let chosen = match operation {
        Some(name) => operations.remove(name).ok_or_else(unknown)?,
        None if operations.len() == 1 => return Ok(document),
        None => {
            let (zh, en) = (
                "文档含有多个操作，须用 operationName 指明。",
                "The document has several operations; operationName must name one.",
            );
            return Err(Refusal::new(Code::Invalid, zh, en));
        }
    };
    let mut reached = HashSet::new();
    reach(&chosen.node.selection_set.node, &document.fragments, &mut reached);
    document.fragments.retain(|name, _| reached.contains(name));
    document.operations = DocumentOperations::Single(chosen);
    Ok(document)
}

/// Names of the fragments that a selection uses, through one another; each is looked into once.
fn reach(
    selection: &SelectionSet,
    fragments: &HashMap<Name, Positioned<FragmentDefinition>>,
    reached: &mut HashSet<Name>,
) {
    for item in &selection.items {
        match &item.node {
            Selection::Field(field) => reach(&field.node.selection_set.node, fragments, reached),
            Selection::InlineFragment(inline) => reach(&inline.node.selection_set.node, fragments, reached),
            Selection::FragmentSpread(spread) => {
                let name = &spread.node.fragment_name.node;
                if let Some(fragment) = fragments.get(name).filter(|_| reached.insert(name.clone())) {
                    reach(&fragment.node.selection_set.node, fragments, reached);
                }
            }
        }
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
        assert_eq!(documents.parse(&flood, None).unwrap_err().code, Code::Invalid);
        assert!(documents.parse("{ __typename ", None).is_err());
        let first = documents.parse("{ __typename }", None).unwrap();
        assert!(Arc::ptr_eq(&first, &documents.parse("{ __typename }", None).unwrap()));
    }

    #[test]
    fn of_many_operations_only_the_named_one_is_run() {
        let documents = Documents::default();
        let many = "query A { ...F } query B($x: Int!) { b(x: $x) } fragment F on Query { a ...G } fragment G on Query { g } fragment H on Query { h }";
        let document = documents.parse(many, Some("A")).unwrap();
        assert!(matches!(document.operations, DocumentOperations::Single(_)));
        let mut fragments: Vec<&str> = document.fragments.keys().map(|name| name.as_str()).collect();
        fragments.sort_unstable();
        assert_eq!(fragments, ["F", "G"]);
        assert!(documents.parse(many, Some("C")).is_err() && documents.parse(many, None).is_err());
    }
}
