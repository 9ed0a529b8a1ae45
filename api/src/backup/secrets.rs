//! The secrets of a school in a file of their own, for whoever keeps them apart from the backups.

use std::{
    collections::BTreeMap,
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::{DirBuilderExt, OpenOptionsExt},
    path::Path,
};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};

use super::{archive, told_of};

const FORMAT: &str = "xianfeng-secrets";

#[derive(Serialize, Deserialize)]
struct Saved {
    format: String,
    /// Name → its bytes in hexadecimal.
    secrets: BTreeMap<String, String>,
}

/// Writes them; nobody else may read the file.
pub fn save(data_dir: &Path, file: &Path) -> Result<(), String> {
    let folder = data_dir.join("secrets");
    let mut secrets = BTreeMap::new();
    for entry in fs::read_dir(&folder).map_err(told_of(&folder))? {
        let path = entry.map_err(told_of(&folder))?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        // A secret that is just being made has this name.
        if path.is_file() && path.extension().is_none_or(|end| end != "new") {
            secrets.insert(name, HEXLOWER.encode(&fs::read(&path).map_err(told_of(&path))?));
        }
    }
    let text = serde_json::to_vec_pretty(&Saved { format: FORMAT.to_owned(), secrets }).map_err(|e| e.to_string())?;
    write_new(file, &text)
}

/// Puts them into a folder that is not there yet; answers their names.
pub fn put_back(file: &Path, folder: &Path) -> Result<Vec<String>, String> {
    let text = fs::read(file).map_err(told_of(file))?;
    let saved: Saved = serde_json::from_slice(&text).map_err(|_| not_ours(file))?;
    if saved.format != FORMAT {
        return Err(not_ours(file));
    }
    fs::DirBuilder::new().mode(0o700).create(folder).map_err(told_of(folder))?;
    for (name, hex) in &saved.secrets {
        let plain = !name.is_empty() && !name.starts_with('.') && !name.contains('/');
        let bytes = HEXLOWER.decode(hex.as_bytes()).ok().filter(|_| plain).ok_or_else(|| not_ours(file))?;
        write_new(&folder.join(name), &bytes)?;
    }
    Ok(saved.secrets.into_keys().collect())
}

fn not_ours(file: &Path) -> String {
    format!("{}: 不是密钥文件。This is no file of secrets.", file.display())
}

fn write_new(path: &Path, bytes: &[u8]) -> Result<(), String> {
    let told = told_of(path);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path).map_err(&told)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(&told)?;
    archive::sync_folder_of(path).map_err(told)
}
