//! The objects of a backup: their list with sums, their bytes where asked for, and whether a store holds what a list says.

use std::collections::BTreeMap;

use media::{Blob, StoreConfig};
use sha2::{Digest, Sha256};

use super::{
    Progress,
    archive::{Writer, hex},
    drain,
    manifest::{Kept, Objects},
    told,
};
use crate::{app, config::Config};

pub const LIST: &str = "objects.jsonl";
const FOLDER: &str = "objects/";

/// The key of an object that is a member of this path.
pub fn key_of(path: &str) -> Option<&str> {
    path.strip_prefix(FOLDER)
}

/// The store of these settings; none where its folder is not there yet.
fn store(config: &Config) -> Result<Option<Blob>, String> {
    let place = app::store_config(config);
    match &place {
        StoreConfig::Folder(folder) if !folder.exists() => Ok(None),
        _ => Blob::open(&place).map(Some).map_err(told),
    }
}

/// Writes the objects if asked for, and the list.
pub async fn save(config: &Config, included: bool, writer: &mut Writer) -> Result<Objects, String> {
    let mut kept: Vec<Kept> = Vec::new();
    if let Some(blob) = store(config)? {
        let mut progress = Progress::new("objects");
        for key in blob.list("").await.map_err(told)? {
            kept.extend(one(&blob, key, included.then_some(&mut *writer)).await?);
            progress.at(u64::try_from(kept.len()).unwrap_or(0));
        }
    }
    writer.begin(LIST)?;
    for object in &kept {
        writer.write(&serde_json::to_vec(object).map_err(|e| e.to_string())?)?;
        writer.write(b"\n")?;
    }
    let count = u64::try_from(kept.len()).map_err(|e| e.to_string())?;
    let bytes = kept.iter().map(|object| object.size).sum();
    Ok(Objects { count, bytes, included, member: writer.end()? })
}

/// None for one that was swept away since the keys were listed: nothing refers to it any more.
async fn one(blob: &Blob, key: String, into: Option<&mut Writer>) -> Result<Option<Kept>, String> {
    let object = match blob.get(&key, None, "").await {
        Ok(object) => object,
        Err(error) if error.refusal().is_some() => return Ok(None),
        Err(error) => return Err(format!("{key}: {error}")),
    };
    let size = object.size;
    let sha256 = match into {
        None => sum(object).await?,
        Some(writer) => {
            writer.begin(&format!("{FOLDER}{key}"))?;
            drain(object, |bytes| writer.write(bytes)).await?;
            writer.end()?.sha256
        }
    };
    Ok(Some(Kept { key, size, sha256 }))
}

async fn sum(object: media::Object) -> Result<String, String> {
    let mut sum = Sha256::new();
    drain(object, |bytes| {
        sum.update(bytes);
        Ok(())
    })
    .await?;
    Ok(hex(sum))
}

/// What a store holds under the key of an object.
#[derive(PartialEq, Eq)]
enum Found {
    Same,
    Other,
    Nothing,
}

async fn find(blob: &Blob, kept: &Kept) -> Result<Found, String> {
    match blob.get(&kept.key, None, "").await {
        Ok(object) if object.size != kept.size => Ok(Found::Other),
        Ok(object) => Ok(if sum(object).await? == kept.sha256 { Found::Same } else { Found::Other }),
        Err(error) if error.refusal().is_some() => Ok(Found::Nothing),
        Err(error) => Err(format!("{}: {error}", kept.key)),
    }
}

/// What the store lacks of a list, as sentences.
pub async fn lacking(config: &Config, list: &BTreeMap<String, Kept>) -> Result<Vec<String>, String> {
    let Some(blob) = store(config)? else {
        return Ok(list.keys().map(|key| missing(key)).collect());
    };
    let (mut lacking, mut progress) = (Vec::new(), Progress::new("objects"));
    for (n, kept) in (1..).zip(list.values()) {
        match find(&blob, kept).await? {
            Found::Same => {}
            Found::Other => lacking.push(format!("{} 内容不同 differs", kept.key)),
            Found::Nothing => lacking.push(missing(&kept.key)),
        }
        progress.at(n);
    }
    Ok(lacking)
}

fn missing(key: &str) -> String {
    format!("{key} 缺失 missing")
}

/// A store to put objects into, made if it is not there.
pub fn open(config: &Config) -> Result<Blob, String> {
    Blob::open(&app::store_config(config)).map_err(told)
}

/// Whether the store has this object already; another one under its key is refused, for objects never change.
pub async fn has(blob: &Blob, kept: &Kept) -> Result<bool, String> {
    match find(blob, kept).await? {
        Found::Same => Ok(true),
        Found::Nothing => Ok(false),
        Found::Other => Err(format!("{}: 对象库中已有另一个。The store holds another one under this key.", kept.key)),
    }
}
