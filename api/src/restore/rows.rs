//! The rows and the objects of a backup on their way in.

use std::{
    collections::BTreeMap,
    io::{self, BufRead, BufReader, Read},
    path::Path,
};

use bytes::Bytes;
use futures::{SinkExt, channel::mpsc};
use media::Blob;
use platform::dump::Filling;

use crate::{
    backup::{
        Progress, archive,
        manifest::{Kept, Listed, Manifest},
        objects as store, told,
    },
    config::Config,
};

/// Text that goes to the database at once.
const BATCH: usize = 256 << 10;
/// Pieces in which an object is handed over.
const PIECE: usize = 256 << 10;

/// Members are read one after the other, as files; each step of work on them waits for the database.
fn wait<T>(work: impl Future<Output = T>) -> T {
    tokio::task::block_in_place(|| tokio::runtime::Handle::current().block_on(work))
}

/// Everything but what makes it stand.
pub async fn fill(url: &str, file: &Path, manifest: &Manifest) -> Result<Filling, String> {
    let filling = Filling::begin(url, &manifest.migrations).await.map_err(told)?;
    let tables: BTreeMap<&str, &Listed> =
        manifest.tables.iter().map(|table| (table.member.path.as_str(), table)).collect();
    archive::each_member(file, |path, bytes| match tables.get(path) {
        Some(table) if !filling.knows(&table.name) => {
            println!("{} 不是本程序的表，未恢复。This table is not ours and stays out.", table.name);
            Ok(())
        }
        Some(table) => wait(add(&filling, table, bytes)),
        None => Ok(()),
    })?;
    Ok(filling)
}

async fn add(filling: &Filling, table: &Listed, bytes: &mut dyn Read) -> Result<(), String> {
    let (mut batch, mut rows) = (String::with_capacity(BATCH + 4096), 0);
    let mut progress = Progress::new(&table.name);
    let mut reader = BufReader::with_capacity(BATCH, bytes);
    loop {
        let before = batch.len();
        let read = reader.read_line(&mut batch).map_err(|e| e.to_string())?;
        if read > 0 {
            // The line's own end becomes the comma between two rows.
            batch.truncate(before + read - 1);
            batch.push(',');
        }
        if batch.len() >= BATCH || (read == 0 && !batch.is_empty()) {
            batch.pop();
            rows += filling
                .add(&table.name, &table.columns, &batch)
                .await
                .map_err(|e| format!("{}: {}", table.name, told(e)))?;
            batch.clear();
            progress.at(rows);
        }
        if read == 0 {
            break;
        }
    }
    if rows == table.rows { Ok(()) } else { Err(format!("{}: {rows} / {} rows", table.name, table.rows)) }
}

/// The objects of the file into the store; those that it has already stay.
pub fn objects(config: &Config, file: &Path, list: &BTreeMap<String, Kept>) -> Result<(), String> {
    let blob = store::open(config)?;
    let mut progress = Progress::new("objects");
    let mut done = 0;
    archive::each_member(file, |path, bytes| {
        let Some(kept) = store::key_of(path).and_then(|key| list.get(key)) else { return Ok(()) };
        done += 1;
        progress.at(done);
        if wait(store::has(&blob, kept))? {
            return Ok(());
        }
        wait(put(&blob, kept, bytes))
    })?;
    Ok(())
}

/// The file is read here while the store writes elsewhere.
async fn put(blob: &Blob, kept: &Kept, bytes: &mut dyn Read) -> Result<(), String> {
    let (mut pieces, stream) = mpsc::channel::<io::Result<Bytes>>(2);
    let (blob, key) = (blob.clone(), kept.key.clone());
    let writing = tokio::spawn(async move { blob.put_stream(&key, stream).await });
    loop {
        let mut piece = Vec::with_capacity(PIECE);
        bytes.take(PIECE as u64).read_to_end(&mut piece).map_err(|e| e.to_string())?;
        // A store that takes no more tells why below.
        if piece.is_empty() || pieces.send(Ok(piece.into())).await.is_err() {
            break;
        }
    }
    drop(pieces);
    let written = writing.await.map_err(|e| e.to_string())?;
    written.map(drop).map_err(|e| format!("{}: {}", kept.key, told(e)))
}
