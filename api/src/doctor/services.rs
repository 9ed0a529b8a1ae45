//! The object store, and who can reach the server.

use std::sync::Arc;

use bytes::Bytes;
use kernel::{Ids, Result, clock::SystemClock, id::RandomIds};
use media::{Blob, StoreConfig};
use platform::{Base, Db, Outbox};

use super::{Finding, Found};
use crate::{app, backup::told, config::Config};

const STORE: &str = "对象库 object store";
const ROOM: &str = "上传空间 room for uploads";
const WITNESS: &str = "见证文件 witness file";
const REDIS: &str = "缓存 Redis";
const ADDRESS: &str = "监听地址 address";

pub async fn look(config: &Config) -> Vec<Finding> {
    let mut found = vec![(STORE, store(config).await), (WITNESS, witness(config)), (ADDRESS, address(config).await)];
    if config.store.url.is_empty() {
        found.push((ROOM, room(config)));
    }
    if !config.redis.url.is_empty() {
        found.push((REDIS, redis(config).await));
    }
    found
}

/// Where checkpoints are appended: there, and to be written to.
fn witness(config: &Config) -> Found {
    let path = config.witness();
    let name = path.display();
    if !path.exists() {
        return Found::Unseen(format!("{name} 尚未建立，首次封存时会建立。Not there yet; the first seal makes it."));
    }
    match std::fs::OpenOptions::new().append(true).open(&path) {
        Ok(_) => Found::Good(format!("{name} 可追加。It can be appended to.")),
        Err(error) => Found::wrong(
            format!("{name} 不能写入。It cannot be written to: {error}"),
            "封存的检查点无处留存，删改账本尾部就无人知道。A cut of the ledger's tail would go unnoticed.",
            "请检查权限与所在磁盘；最好放在另一块盘上。Look at its rights and disk, which is best another one.",
        ),
    }
}

/// Below the reserve no upload begins any more.
fn room(config: &Config) -> Found {
    let gigabytes = |bytes: u64| format!("{:.1} GB", bytes as f64 / f64::from(1 << 30));
    match media::free(&config.data_dir) {
        Ok(free) if free <= config.uploads.reserve_mb << 20 => Found::wrong(
            format!("只剩 {}，不再接收上传。Only {} are left; no upload begins.", gigabytes(free), gigabytes(free)),
            "讲师不能再上传视频和材料。Lecturers cannot upload any more.",
            "请清理或换更大的磁盘，或改用 S3。Make room, use a larger disk, or S3.",
        ),
        Ok(free) => Found::Good(format!("尚余 {}。{} are left.", gigabytes(free), gigabytes(free))),
        Err(error) => Found::Unseen(format!("{}: {error}", config.data_dir.display())),
    }
}

async fn redis(config: &Config) -> Found {
    let ping = [vec!["PING".to_owned()]];
    let asked = match platform::Cache::open(&config.redis.url) {
        Ok(cache) => cache.send(&ping).await.map(drop).map_err(|trouble| format!("{trouble:?}")),
        Err(error) => Err(told(error)),
    };
    match asked {
        Ok(()) => Found::Good("有应答。It answers.".to_owned()),
        Err(error) => Found::wrong(
            format!("没有应答。No answer: {error}"),
            "排行榜改从内存计算，各进程各算一份。Boards are made in memory, by each process for itself.",
            "请检查 XIANFENG_REDIS_URL 和 Redis 服务。Look at XIANFENG_REDIS_URL and at Redis.",
        ),
    }
}

/// A probe is put, read back and deleted.
async fn store(config: &Config) -> Found {
    let place = app::store_config(config);
    let name = match &place {
        StoreConfig::Folder(folder) if !folder.exists() => {
            return Found::Unseen("尚未建立，首次启动时会建立。Not there yet; it is made at first start.".to_owned());
        }
        StoreConfig::Folder(folder) => folder.display().to_string(),
        StoreConfig::S3(s3) => s3.url.clone(),
        StoreConfig::Memory => String::new(),
    };
    match probe(&place).await {
        Ok(()) => Found::Good(format!("{name} 可写、可读、可删。It takes, gives back and deletes.")),
        Err(error) => Found::wrong(
            format!("{name} 不可用。It does not work: {}", told(error)),
            "视频、图片和导出都存放在那里。Videos, pictures and exports are kept there.",
            "请检查 XIANFENG_STORE_* 设置、网络、权限和剩余空间。Look at XIANFENG_STORE_*, the network, rights and room.",
        ),
    }
}

async fn probe(place: &StoreConfig) -> Result<()> {
    let blob = Blob::open(place)?;
    // Nobody else's: two doctors may look at once.
    let key = format!("doctor/{}", data_encoding::HEXLOWER.encode(&RandomIds.secret().as_bytes()[..8]));
    blob.put(&key, Bytes::from_static(b"probe")).await?;
    let read = blob.get(&key, None, "").await?.bytes().await;
    blob.delete(&key).await?;
    if read?.as_ref() == b"probe" { Ok(()) } else { Err(kernel::Error::broken("it gave back something else")) }
}

async fn address(config: &Config) -> Found {
    let (address, local) = (config.address(), config.address().ip().is_loopback());
    match open_to_all(config).await {
        Ok(true) if !local => Found::wrong(
            format!("{address}：演示账号的公开密码仍然有效。A demo password still works."),
            "任何人都能以管理员身份登录；serve 会拒绝启动。Anybody could sign in as an admin; serve refuses to start.",
            "请只监听 127.0.0.1，或换一个没有演示数据的数据目录。Listen on 127.0.0.1 only, or use a data folder without the demo.",
        ),
        Ok(true) => Found::Good(format!("{address}，仅本机；演示密码有效。This machine only; demo passwords work.")),
        Ok(false) if local => {
            Found::Good(format!("{address}，仅本机，应由代理转发。This machine only: a proxy speaks to it."))
        }
        Ok(false) => Found::Good(format!("{address}，没有演示密码。No demo password works.")),
        Err(error) => Found::Unseen(format!("{address}；{}", told(error))),
    }
}

async fn open_to_all(config: &Config) -> Result<bool> {
    let url = config.database_url();
    if url.strip_prefix("sqlite:").is_some_and(|path| !std::path::Path::new(path.trim_start_matches("//")).exists()) {
        return Ok(false);
    }
    let base = Base {
        db: Db::open_to_read(&url).await?,
        outbox: Outbox::default(),
        clock: Arc::new(SystemClock::new()),
        ids: Arc::new(RandomIds),
        zone: config.zone(),
    };
    let works = identity::Identity::new(base.clone()).demo_password_works().await?;
    base.db.close().await?;
    Ok(works)
}
