//! The list that lies in a folder of objects: each file with its size and SHA-256. Its own checksum is in the database.

use serde::{Deserialize, Serialize};

/// The list's own name.
pub const LIST: &str = "list.json";

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "version")]
pub enum List {
    #[serde(rename = "1")]
    V1 { files: Vec<Entry> },
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub name: String,
    pub size: u64,
    pub sha256: String,
}

impl List {
    pub fn new(mut files: Vec<Entry>) -> Self {
        files.sort_by(|a, b| a.name.cmp(&b.name));
        Self::V1 { files }
    }
    pub fn files(&self) -> &[Entry] {
        let Self::V1 { files } = self;
        files
    }
    /// Bytes of all files.
    pub fn size(&self) -> u64 {
        self.files().iter().map(|file| file.size).sum()
    }
}
