//! Relay connections by keyset: a cursor holds the sort value and the id of its row, so that no row is skipped for another's insertion.

use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Refusal, Result};

/// What a list was asked for: `first` is 1 to 100, `after` a cursor that this server made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    pub first: u64,
    pub after: Option<String>,
}

impl Page {
    pub fn try_new(first: i32, after: Option<String>) -> Result<Self, Refusal> {
        match u64::try_from(first) {
            Ok(first @ 1..=100) => Ok(Self { first, after }),
            _ => Err(Refusal::invalid("first", "每页条数须在 1 到 100 之间。", "`first` must be between 1 and 100.")),
        }
    }
    /// The sort value and id that the cursor holds; a cursor that cannot be read is refused.
    pub fn after<T: DeserializeOwned>(&self) -> Result<Option<T>> {
        self.after.as_deref().map(decode).transpose()
    }
    /// One row more than asked for tells whether there is a next page.
    pub const fn limit(&self) -> u64 {
        self.first + 1
    }
}

/// Opaque to clients: the key as JSON, in hexadecimal.
pub fn encode(key: &impl Serialize) -> String {
    let json = serde_json::to_vec(key).expect("a cursor key is plain data");
    json.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn decode<T: DeserializeOwned>(cursor: &str) -> Result<T> {
    let refused = || {
        Error::from(Refusal::invalid(
            "after",
            "分页位置无效，请从第一页重新开始。",
            "This cursor is not valid; start from the first page.",
        ))
    };
    let pairs = cursor.as_bytes().chunks(2).map(|pair| std::str::from_utf8(pair).ok().filter(|p| p.len() == 2));
    let bytes: Option<Vec<u8>> = pairs.map(|pair| pair.and_then(|p| u8::from_str_radix(p, 16).ok())).collect();
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).ok_or_else(refused)
}

/// One page: each node with its cursor.
#[derive(Debug, Clone)]
pub struct Connection<T> {
    pub edges: Vec<(String, T)>,
    pub has_next: bool,
    pub has_previous: bool,
    /// Counted only where the list promises a total.
    pub total: Option<u64>,
}

impl<T> Connection<T> {
    /// From up to `page.limit()` rows in order, and what identifies each row in the sort.
    pub fn new<K: Serialize>(page: &Page, mut rows: Vec<T>, key: impl Fn(&T) -> K) -> Self {
        let first = usize::try_from(page.first).unwrap_or(usize::MAX);
        let has_next = rows.len() > first;
        rows.truncate(first);
        let edges = rows.into_iter().map(|row| (encode(&key(&row)), row)).collect();
        Self { edges, has_next, has_previous: page.after.is_some(), total: None }
    }
    pub fn with_total(mut self, total: u64) -> Self {
        self.total = Some(total);
        self
    }
    pub fn map<U>(self, f: impl Fn(T) -> U) -> Connection<U> {
        let edges = self.edges.into_iter().map(|(cursor, node)| (cursor, f(node))).collect();
        Connection { edges, has_next: self.has_next, has_previous: self.has_previous, total: self.total }
    }
    pub fn nodes(&self) -> impl Iterator<Item = &T> {
        self.edges.iter().map(|(_, node)| node)
    }
}
