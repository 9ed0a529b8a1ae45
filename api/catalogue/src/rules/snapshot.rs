//! Names by content.

use kernel::Result;
use sha2::{Digest, Sha256};

use crate::model::Snapshot;

/// SHA-256, in hex.
pub fn hash(text: &str) -> String {
    Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The same content has the same.
pub fn digest(snapshot: &Snapshot) -> Result<String> {
    Ok(hash(&serde_json::to_string(snapshot)?))
}
