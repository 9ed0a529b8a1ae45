//! `restore FILE`: a school comes back into an empty data folder and an empty database, or nothing does. Every sum is checked before anything is
//! written; while it is under way a folder `restoring` marks the data folder, which no other command opens then. It ends with the checks that a
//! person would make: the ledger, the objects, the search index.

mod place;
mod rows;

use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use crate::{
    app::App,
    backup::{
        archive,
        manifest::{Kept, Manifest},
        objects, told, told_of,
    },
    config::Config,
};
use place::Place;

pub use place::unfinished;

/// What was asked for on the command line.
pub struct Asked {
    pub file: PathBuf,
    /// What `backup --secrets` wrote.
    pub secrets: Option<PathBuf>,
    /// Only look whether the file is whole.
    pub check: bool,
}

/// Names that are printed; all are in a file.
const NAMED: usize = 20;

pub async fn restore(config: &Config, asked: &Asked) -> Result<(), String> {
    let (manifest, sum) = archive::manifest(&asked.file)?;
    let list = whole(&asked.file, &manifest, &sum)?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    let (at, engine, schema) = (&manifest.at, &manifest.engine, &manifest.schema);
    println!("备份完好 The backup is whole: {at} · {engine} · {schema} · {rows} 行 rows · SHA-256 {sum}");
    if asked.check {
        return Ok(());
    }
    let place = Place::take(config)?;
    if let Err(fault) = put(config, asked, &manifest, &list, &place).await {
        place.clear()?;
        return Err(fault);
    }
    place.open_up()?;
    after(config, &list, asked.secrets.is_some()).await
}

/// Reads every byte; answers the list of objects.
fn whole(file: &Path, manifest: &Manifest, sum: &str) -> Result<BTreeMap<String, Kept>, String> {
    let mut awaited: BTreeMap<&str, _> = manifest.members().map(|member| (member.path.as_str(), member)).collect();
    let (mut list, mut found) = (BTreeMap::new(), BTreeMap::new());
    let seal = archive::each_member(file, |path, bytes| {
        if let Some(key) = objects::key_of(path) {
            found.insert(key.to_owned(), archive::sum_of(bytes).map_err(told_of(file))?);
            return Ok(());
        }
        let member = awaited.remove(path).ok_or_else(|| damaged(path))?;
        let (size, sum) = if path == manifest.objects.member.path {
            let mut text = Vec::new();
            std::io::Read::read_to_end(bytes, &mut text).map_err(told_of(file))?;
            list = kept(&text)?;
            archive::sum_of(&mut text.as_slice()).map_err(told_of(file))?
        } else {
            archive::sum_of(bytes).map_err(told_of(file))?
        };
        if size == member.size && sum == member.sha256 { Ok(()) } else { Err(damaged(path)) }
    })?;
    if seal != sum {
        return Err(damaged(archive::MANIFEST));
    }
    if let Some(path) = awaited.keys().next() {
        return Err(damaged(path));
    }
    if manifest.objects.included {
        let broken = list.values().find(|kept| found.get(&kept.key) != Some(&(kept.size, kept.sha256.clone())));
        if let Some(kept) = broken {
            return Err(damaged(&kept.key));
        }
    }
    Ok(list)
}

fn kept(text: &[u8]) -> Result<BTreeMap<String, Kept>, String> {
    let lines = BufReader::new(text).lines().map(|line| {
        let line = line.map_err(|e| e.to_string())?;
        let kept: Kept = serde_json::from_str(&line).map_err(|e| e.to_string())?;
        Ok((kept.key.clone(), kept))
    });
    lines.collect()
}

fn damaged(what: &str) -> String {
    format!("备份已损坏，什么也没有恢复：{what}。The backup is damaged, nothing was restored.")
}

/// Everything that may fail, into places that do not count yet.
async fn put(
    config: &Config,
    asked: &Asked,
    manifest: &Manifest,
    list: &BTreeMap<String, Kept>,
    place: &Place,
) -> Result<(), String> {
    let names = asked.secrets.as_ref().map(|file| place.put_secrets(file)).transpose()?;
    let filling = rows::fill(place.url(), &asked.file, manifest).await?;
    if manifest.objects.included {
        rows::objects(config, &asked.file, list)?;
    }
    place.show_secrets()?;
    let added = filling.finish(&manifest.counters).await.map_err(told)?;
    place.show_database()?;
    let rows: u64 = manifest.tables.iter().map(|table| table.rows).sum();
    println!("数据库已恢复 The database is back: {} 张表 tables, {rows} 行 rows", manifest.tables.len());
    if let Some(first) = added.first() {
        println!("结构已从 {} 升级 The schema was brought up to date, from {first} on", manifest.schema);
    }
    match names {
        Some(names) => println!("密钥已恢复 The secrets are back: {}", names.join(", ")),
        None => println!(
            "没有给出密钥，首次启动时会生成新的：旧的播放链接失效，账本从新密钥继续封存。No secrets were given; new ones are made at first start: old play links end, and the ledger goes on under a new key."
        ),
    }
    Ok(())
}

/// The school stands; what is wrong with it is told, all of it.
async fn after(config: &Config, list: &BTreeMap<String, Kept>, secrets: bool) -> Result<(), String> {
    let mut wrong = Vec::new();
    wrong.extend(missing(config, list).await?);
    wrong.extend(ledger(config, secrets).await.err());
    let app = App::open(config).await?;
    let documents = catalogue::jobs::reindex(&app.houses.catalogue, &app.houses.index).await.map_err(told)?;
    println!("索引已重建，共 {documents} 篇。The index was rebuilt: {documents} documents.");
    app.houses.base.db.clone().close().await.map_err(told)?;
    if wrong.is_empty() {
        println!("恢复完成。Restored.");
        return Ok(());
    }
    Err(format!("已恢复，但有 {} 处需要处理。Restored, but:\n{}", wrong.len(), wrong.join("\n")))
}

/// Whether the ledger that came back is sound: read anew by a reader of its own, and its balances are those of its entries. Without the
/// secrets the key is not at hand: then the signatures are held against the key that the blocks name, and it is said so.
async fn ledger(config: &Config, secrets: bool) -> Result<(), String> {
    let app = App::open(config).await?;
    let wrong = app.houses.credits.rebuild().await.map_err(told)?.rows();
    let named = app.houses.credits.named_keys().await.map_err(told)?;
    app.houses.base.db.clone().close().await.map_err(told)?;
    drop(app);
    if !secrets && let Some(key) = named.last() {
        println!(
            "密钥未随备份恢复：签名按分块自述的公钥核对，请与另外保存的公钥比对：{key}。今后封存用新密钥，请把它写入 ledger.former_keys。\n\
             The secrets were not restored: signatures are held against the key that the blocks name; compare it with the one kept apart, and \
             write it into ledger.former_keys, for from now on a new key seals."
        );
    }
    crate::ledger::verify(config, if secrets { &[] } else { &named }).await?;
    if wrong > 0 {
        return Err(format!(
            "备份中有 {wrong} 条余额与账本不符，已按账本重算。{wrong} balances of the backup were not those of the ledger; they were made anew."
        ));
    }
    Ok(())
}

async fn missing(config: &Config, list: &BTreeMap<String, Kept>) -> Result<Option<String>, String> {
    let lacking = objects::lacking(config, list).await?;
    if lacking.is_empty() {
        println!("对象齐全 All objects are there: {}", list.len());
        return Ok(None);
    }
    let all = config.data_dir.join("missing-objects.txt");
    std::fs::write(&all, lacking.join("\n") + "\n").map_err(told_of(&all))?;
    let mut named: Vec<String> = lacking.iter().take(NAMED).map(|line| format!("  {line}")).collect();
    if lacking.len() > NAMED {
        named.push(format!("  … {}", all.display()));
    }
    Ok(Some(format!(
        "对象库缺少 {} 个文件，相应的视频无法播放；请把当时保存的对象库放回原处。The store lacks {} objects, whose videos cannot be played: put the saved store in its place.\n{}",
        lacking.len(),
        lacking.len(),
        named.join("\n")
    )))
}
