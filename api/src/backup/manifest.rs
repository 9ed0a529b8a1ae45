//! The first member of a backup: what is in it, with the sum of each other member.

use std::collections::BTreeMap;

use platform::dump::Column;
use serde::{Deserialize, Serialize};

pub const FORMAT: &str = "xianfeng-backup";
/// Raise it when a reader of today could not understand the file.
pub const VERSION: u32 = 1;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// Version of the program that wrote it.
    pub program: String,
    /// When it was begun.
    pub at: String,
    /// Where the rows come from; they may go to either engine.
    pub engine: String,
    /// The last migration.
    pub schema: String,
    pub migrations: Vec<String>,
    /// The last number given away, by table.
    pub counters: BTreeMap<String, i64>,
    pub tables: Vec<Listed>,
    pub objects: Objects,
}

/// One table: a line of JSON for each row, an array in the order of the columns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    pub name: String,
    pub rows: u64,
    pub columns: Vec<Column>,
    pub member: Member,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    pub path: String,
    pub size: u64,
    pub sha256: String,
}

/// What lay in the object store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Objects {
    pub count: u64,
    pub bytes: u64,
    /// Whether their bytes are in the file, as `objects/<key>`.
    pub included: bool,
    /// The list: a line of JSON for each.
    pub member: Member,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    pub key: String,
    pub size: u64,
    pub sha256: String,
}

impl Manifest {
    pub fn parse(bytes: &[u8]) -> Result<Self, String> {
        #[derive(Deserialize)]
        struct Head {
            format: String,
            version: u32,
        }
        let head: Head = serde_json::from_slice(bytes).map_err(|_| not_ours())?;
        if head.format != FORMAT {
            return Err(not_ours());
        }
        if head.version > VERSION {
            return Err(
                "备份由更新的程序写成，请用新程序恢复。A newer program wrote this backup: restore with that one."
                    .to_owned(),
            );
        }
        serde_json::from_slice(bytes).map_err(|e| format!("manifest: {e}"))
    }

    /// All members besides the manifest and the objects.
    pub fn members(&self) -> impl Iterator<Item = &Member> {
        self.tables.iter().map(|table| &table.member).chain([&self.objects.member])
    }
}

pub fn not_ours() -> String {
    "这不是先锋学堂的备份文件。This is no backup of Xianfeng.".to_owned()
}
