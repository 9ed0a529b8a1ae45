//! The documents of the contract as a client sends them: one operation with the fragments it uses, without comments.

use serde_json::{Value, json};

use crate::{Outcome, http};

const STUDENT: &str = include_str!("../contract/student.graphql");
const LECTURER: &str = include_str!("../contract/lecturer.graphql");

/// The text of an operation.
pub fn operation(name: &str) -> Outcome<String> {
    let all = definitions();
    let found =
        all.iter().find(|text| second_word(text) == name).ok_or_else(|| format!("the contract lacks {name}"))?;
    let fragments = all.iter().filter(|text| found.contains(&format!("...{}", second_word(text))));
    Ok(std::iter::once(found).chain(fragments).cloned().collect::<Vec<_>>().join("\n"))
}

/// The request for an operation.
pub fn request(cookie: &str, name: &str, variables: &Value) -> Outcome<Vec<u8>> {
    let body = json!({ "query": operation(name)?, "operationName": name, "variables": variables });
    Ok(http::post("/graphql", cookie, &body.to_string()))
}

/// Whether the answer is free of errors.
pub fn is_good(body: &[u8]) -> bool {
    const ERRORS: &[u8] = b"\"errors\"";
    !body.windows(ERRORS.len()).any(|part| part == ERRORS)
}

/// A definition begins where a line begins with a letter.
fn definitions() -> Vec<String> {
    let lines =
        STUDENT.lines().chain(LECTURER.lines()).map(|line| line.split('#').next().unwrap_or_default().trim_end());
    let mut all: Vec<String> = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match all.last_mut() {
            Some(open) if !line.starts_with(char::is_alphabetic) => *open = format!("{open}\n{line}"),
            _ => all.push(line.to_owned()),
        }
    }
    all
}

/// The name in `query Home {` or `mutation Heartbeat($input: …`.
fn second_word(text: &str) -> &str {
    text.split(|c: char| !c.is_alphanumeric()).nth(1).unwrap_or_default()
}
