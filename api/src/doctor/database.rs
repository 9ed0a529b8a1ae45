//! The database: whether it opens, is whole, has the schema of this program, and refuses what it must.

use std::{fs, path::Path};

use kernel::Result;
use platform::{Db, guards, jobs};

use super::{Finding, Found};
use crate::{backup::told, config::Config, restore};

const DATABASE: &str = "数据库 database";
const WHOLE: &str = "完整性 integrity";
const SCHEMA: &str = "结构 schema";
const GUARDS: &str = "只增不改 append-only";
const LOG: &str = "预写日志 write-ahead log";
const JOBS: &str = "后台任务 jobs";
const INDEX: &str = "检索索引 search index";
/// A log beyond this was not folded back into the database for long.
const LARGE_LOG: u64 = 256 << 20;

pub async fn look(config: &Config) -> Vec<Finding> {
    if let Err(said) = restore::unfinished(&config.data_dir) {
        let why = "数据不完整，serve 会拒绝启动。The data is not complete: serve refuses to start.";
        return vec![(DATABASE, Found::wrong(said, why, "xianfeng restore FILE"))];
    }
    let url = config.database_url();
    let file = url.strip_prefix("sqlite:").map(|path| Path::new(path.trim_start_matches("//")));
    if file.is_some_and(|file| !file.exists()) {
        let text = "尚未建立，首次启动时会建立。Not there yet; it is made at first start.";
        return vec![(DATABASE, Found::Unseen(text.to_owned()))];
    }
    let db = match Db::open_to_read(&url).await {
        Ok(db) => db,
        Err(error) => return vec![(DATABASE, unreachable(&told(error)))],
    };
    let mut findings = vec![(DATABASE, opens(&db, file))];
    if let Some(file) = file {
        findings.push((LOG, log(file)));
    }
    for (name, found) in
        [(WHOLE, whole(&db).await), (SCHEMA, schema(&db).await), (GUARDS, guarded(&db).await), (JOBS, queue(&db).await)]
    {
        findings.push((name, found.unwrap_or_else(|error| unreachable(&told(error)))));
    }
    findings.push((INDEX, index(&config.data_dir)));
    findings
}

fn unreachable(error: &str) -> Found {
    Found::wrong(
        format!("无法读取。It cannot be read: {error}"),
        "没有数据库，什么都不能用。Nothing works without it.",
        "请检查 XIANFENG_DATABASE_URL、网络和文件权限；仍不行请从备份恢复。Look at XIANFENG_DATABASE_URL, the network and the rights of the file; else restore a backup.",
    )
}

fn opens(db: &Db, file: Option<&Path>) -> Found {
    let size = file.and_then(|file| fs::metadata(file).ok()).map(|meta| format!(" {:.1} MB", meta.len() as f64 / 1e6));
    let engine = if db.is_postgres() { "PostgreSQL" } else { "SQLite" };
    Found::Good(format!("{engine}{}", size.unwrap_or_default()))
}

fn log(file: &Path) -> Found {
    let mut name = file.as_os_str().to_owned();
    name.push("-wal");
    let size = fs::metadata(name).map_or(0, |meta| meta.len());
    let shown = format!("{:.1} MB", size as f64 / 1e6);
    if size > LARGE_LOG {
        return Found::wrong(
            shown,
            "有人长时间在读，日志不断变大，会占满磁盘。Somebody has been reading for long; the log grows until the disk is full.",
            "请结束长时间打开数据库的程序，或重启 serve。End the program that keeps the database open, or restart serve.",
        );
    }
    Found::Good(shown)
}

async fn whole(db: &Db) -> Result<Found> {
    Ok(match guards::damage(db).await? {
        None => Found::Good("没有发现损坏。No damage was found.".to_owned()),
        Some(damage) => Found::wrong(
            format!("数据库文件已损坏。The file is damaged: {damage}"),
            "损坏会蔓延，备份也会带上它。Damage spreads, into backups too.",
            "请停止 serve，把数据目录另存一份，再恢复最近的完好备份。Stop serve, keep a copy of the folder, restore the last good backup.",
        ),
    })
}

async fn schema(db: &Db) -> Result<Found> {
    let (pending, unknown) = guards::migrations(db).await?;
    if let Some(newest) = unknown.last() {
        return Ok(Found::wrong(
            format!("数据库来自更新的程序（{newest}）。A newer program made this schema."),
            "旧程序会误解新的数据。An older program misreads what is new.",
            "请换用新程序。Use the newer program.",
        ));
    }
    Ok(match pending.first() {
        None => Found::Good("与本程序一致。That of this program.".to_owned()),
        Some(first) => Found::Unseen(format!(
            "从 {first} 起尚未升级，下次启动时自动完成。It is brought up to date at the next start, from {first} on."
        )),
    })
}

async fn guarded(db: &Db) -> Result<Found> {
    let (growing, unguarded) = guards::growing(db).await?;
    if unguarded.is_empty() {
        return Ok(Found::Good(format!(
            "{} 拒绝改动和删除。The database refuses changes and deletions.",
            growing.join(", ")
        )));
    }
    Ok(Found::wrong(
        format!("{} 的触发器不见了或被停用。Its triggers are gone or switched off.", unguarded.join(", ")),
        "账本和审计记录可以被悄悄改动。The ledger and the audit log can be changed unnoticed.",
        "请查明是谁动了数据库，核对账本（ledger verify），再恢复备份。Find out who changed the database, verify the ledger, restore a backup.",
    ))
}

async fn queue(db: &Db) -> Result<Found> {
    let (waiting, dead) = jobs::counts(db.read()).await?;
    if dead == 0 {
        return Ok(Found::Good(format!("{waiting} 个等待中 waiting")));
    }
    let list: Vec<String> =
        jobs::dead(db.read()).await?.iter().map(|(kind, failure)| format!("{kind}: {failure}")).collect();
    Ok(Found::wrong(
        format!("{dead} 个任务失败。{dead} jobs have failed for good: {}", list.join("; ")),
        "其后果（积分、报表、转码）没有完成。What they should have done is not done: entries, reports, conversions.",
        "请按上面的原因处理后重启；需要帮助时附上本页。Mend the cause named above and restart.",
    ))
}

fn index(data_dir: &Path) -> Found {
    let current = std::fs::read_to_string(data_dir.join("index/current")).unwrap_or_default();
    let meta =
        std::fs::read_to_string(data_dir.join("index").join(current.trim()).join("meta.json")).unwrap_or_default();
    let filled = serde_json::from_str::<serde_json::Value>(&meta).is_ok_and(|meta| meta.get("payload").is_some());
    if filled {
        return Found::Good("已建立。Filled.".to_owned());
    }
    Found::Unseen(
        "下次启动 serve 时建立，或执行 reindex。It is filled when serve starts next, or by reindex.".to_owned(),
    )
}
