//! `backup FILE`: the school as it was at one moment, in one tar file, while `serve` goes on. It holds the database as lines that both engines
//! read, and a list of the objects with their sums; the objects themselves on request; the secrets never (they go into a file of their own).

pub mod archive;
pub mod manifest;
pub mod objects;
mod progress;
pub mod secrets;

use std::path::{Path, PathBuf};

use futures::{StreamExt, TryStreamExt};
use kernel::{
    Clock,
    clock::{SystemClock, rfc3339},
};
use platform::dump::{Snapshot, Table};

use crate::config::Config;
use archive::Writer;
use manifest::{Listed, Manifest, Objects};
pub use progress::Progress;

/// What was asked for on the command line.
pub struct Asked {
    pub file: PathBuf,
    /// Where to write the secrets, if at all.
    pub secrets: Option<PathBuf>,
    /// With the bytes of the objects, not only their list.
    pub objects: bool,
}

/// A failure as a sentence; refusals speak both languages themselves.
pub fn told(error: kernel::Error) -> String {
    error.refusal().map_or_else(|| error.to_string(), |r| format!("{} {}", r.text.zh, r.text.en))
}

/// The same of a file.
pub fn told_of(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

pub async fn backup(config: &Config, asked: &Asked) -> Result<(), String> {
    refuse_overwriting(&asked.file)?;
    if let Some(file) = &asked.secrets {
        refuse_overwriting(file)?;
    }
    let mut part = archive::Part::create(&asked.file)?;
    let manifest = write(config, asked, part.writer()).await?;
    let sum = part.finish(&manifest)?;
    println!("{}", done(&asked.file, &manifest, &sum));
    if let Some(file) = &asked.secrets {
        secrets::save(&config.data_dir, file)?;
        println!(
            "密钥已另存于 {}：请与备份分开保管，两者在一起就能冒充本校。The secrets are in a file of their own: keep it apart from the backup; who has both can pass for this school.",
            file.display()
        );
    } else {
        println!("密钥不在备份里；用 --secrets FILE 另存。The secrets are not in it: save them with --secrets FILE.");
    }
    if !asked.objects && manifest.objects.count > 0 {
        println!(
            "视频等文件只记了清单，请同时保存对象库（或加 --objects）。Of videos and other files only the list is in it: save the object store beside it (or add --objects)."
        );
    }
    Ok(())
}

fn refuse_overwriting(file: &Path) -> Result<(), String> {
    if file.exists() {
        return Err(format!("{}: 已经存在，不会覆盖。It exists and is not overwritten.", file.display()));
    }
    Ok(())
}

fn done(file: &Path, manifest: &Manifest, sum: &str) -> String {
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let Objects { count, bytes, included, .. } = &manifest.objects;
    let (with, size) =
        (if *included { "含内容 with their bytes" } else { "仅清单 listed" }, archive::megabytes(*bytes));
    format!(
        "已备份 Backed up: {} · {} · {} · {rows} 行 rows · {count} 个对象 objects ({size}, {with}) · SHA-256 {sum}",
        file.display(),
        manifest.at,
        manifest.engine
    )
}

/// Everything but the manifest, which is answered.
async fn write(config: &Config, asked: &Asked, writer: &mut Writer) -> Result<Manifest, String> {
    let at = rfc3339(SystemClock::new().now());
    let opened = Snapshot::of(&config.database_url()).await;
    let snapshot = opened.map_err(|e| {
        format!("没有可备份的数据库。There is no database to back up in {}: {}", config.data_dir.display(), told(e))
    })?;
    let mut tables = Vec::new();
    for table in snapshot.tables().await.map_err(told)? {
        tables.push(rows(&snapshot, &table, writer).await?);
    }
    let (migrations, counters) = (snapshot.migrations().await.map_err(told)?, snapshot.counters().await.map_err(told)?);
    let engine = snapshot.engine().to_owned();
    snapshot.close().await.map_err(told)?;
    // What the snapshot refers to was stored before its row was written, and objects never change: the list may only hold more.
    let objects = objects::save(config, asked.objects, writer).await?;
    Ok(Manifest {
        format: manifest::FORMAT.to_owned(),
        version: manifest::VERSION,
        program: env!("CARGO_PKG_VERSION").to_owned(),
        at,
        engine,
        schema: migrations.last().cloned().unwrap_or_default(),
        migrations,
        counters,
        tables,
        objects,
    })
}

async fn rows(snapshot: &Snapshot, table: &Table, writer: &mut Writer) -> Result<Listed, String> {
    let mut progress = Progress::new(&table.name);
    let mut lines = Box::pin(snapshot.lines(table).await.map_err(told)?.ready_chunks(512));
    writer.begin(&format!("tables/{}.jsonl", table.name))?;
    let mut rows = 0;
    while let Some(some) = lines.next().await {
        for line in some {
            writer.write(line.map_err(told)?.as_bytes())?;
            writer.write(b"\n")?;
            rows += 1;
        }
        progress.at(rows);
    }
    Ok(Listed { name: table.name.clone(), rows, columns: table.columns.clone(), member: writer.end()? })
}

/// Sums and stores a stream; `each` is called with every piece.
pub async fn drain(object: media::Object, mut each: impl FnMut(&[u8]) -> Result<(), String>) -> Result<(), String> {
    let mut stream = object.stream;
    while let Some(bytes) = stream.try_next().await.map_err(|e| e.to_string())? {
        each(&bytes)?;
    }
    Ok(())
}
