//! The data folder, the secrets in it, and the disk beneath.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    os::unix::fs::{MetadataExt, OpenOptionsExt},
    path::Path,
};

use kernel::{Clock, clock::SystemClock};

use super::{Finding, Found};
use crate::config::Config;

const FOLDER: &str = "数据目录 data folder";
const SECRETS: &str = "密钥 secrets";
const SPACE: &str = "空间 space";
const DISK: &str = "磁盘 disk";
/// Less than this share, or than this many bytes, is too little.
const LEAST_SHARE: u64 = 10;
const LEAST_BYTES: u64 = 2 << 30;
/// A sync that takes longer makes each answer wait.
const SLOW_MS: i64 = 50;
const SYNCS: usize = 5;

pub fn look(config: &Config) -> Vec<Finding> {
    let folder = &config.data_dir;
    if !folder.exists() {
        let text =
            format!("{} 尚未建立，首次启动时会建立。Not there yet; it is made at first start.", folder.display());
        return vec![(FOLDER, Found::Unseen(text))];
    }
    let told = |name, found: io::Result<Found>| {
        let broken = |error| {
            Found::wrong(
                format!("{} 无法读取。It cannot be read: {error}", folder.display()),
                "程序不能在这里保存任何东西。Nothing can be kept here.",
                "请检查目录的属主和权限。Look at the owner and the rights of the folder.",
            )
        };
        (name, found.unwrap_or_else(broken))
    };
    vec![
        told(FOLDER, rights(folder, true)),
        told(SECRETS, secrets(folder)),
        told(SPACE, space(folder)),
        told(DISK, disk(folder)),
    ]
}

/// Owned by who runs this, closed to everybody else.
fn rights(path: &Path, folder: bool) -> io::Result<Found> {
    let meta = fs::metadata(path)?;
    let (own, shown) = (rustix::process::geteuid().as_raw(), path.display());
    if meta.uid() != own {
        return Ok(Found::wrong(
            format!(
                "{shown} 属于用户 {}，而不是运行本程序的 {own}。It belongs to user {}, not to {own}, who runs this.",
                meta.uid(),
                meta.uid()
            ),
            "属主可以读取和改动其中的一切。Its owner may read and change everything in it.",
            format!("chown -R {own} {shown}，或以属主身份运行。Or run this as its owner."),
        ));
    }
    let (open, mode) = (meta.mode() & 0o077 != 0, if folder { "700" } else { "600" });
    if open {
        return Ok(Found::wrong(
            format!("{shown} 可被其他用户访问（{:o}）。Others may look into it.", meta.mode() & 0o777),
            "里面有学员的记录和本校的密钥。It holds the students' records and the school's secrets.",
            format!("chmod {mode} {shown}"),
        ));
    }
    Ok(Found::Good(format!("{shown} 只有本用户可以访问。Only this user may look into it.")))
}

fn secrets(folder: &Path) -> io::Result<Found> {
    let secrets = folder.join("secrets");
    if !secrets.exists() {
        return Ok(Found::Unseen("首次启动时生成。Made at first start.".to_owned()));
    }
    let folder = rights(&secrets, true)?;
    if matches!(folder, Found::Wrong(_)) {
        return Ok(folder);
    }
    let mut names = Vec::new();
    for entry in fs::read_dir(&secrets)? {
        let path = entry?.path();
        let found = rights(&path, false)?;
        if matches!(found, Found::Wrong(_)) {
            return Ok(found);
        }
        if fs::metadata(&path)?.len() != 32 && path.extension().is_none() {
            return Ok(Found::wrong(
                format!("{} 不是 32 字节。It does not hold 32 bytes.", path.display()),
                "程序无法用它启动。The program cannot start with it.",
                "请从另存的密钥文件恢复（backup --secrets）。Take it from the file that backup --secrets wrote.",
            ));
        }
        names.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
    }
    names.sort();
    Ok(Found::Good(format!("{}：只有本用户可以读取。Only this user may read them.", names.join(", "))))
}

fn space(folder: &Path) -> io::Result<Found> {
    let disk = rustix::fs::statvfs(folder)?;
    let (free, all) = (disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize);
    let shown = format!("{:.1} GB / {:.1} GB", free as f64 / 1e9, all as f64 / 1e9);
    if free < LEAST_BYTES || free < all / LEAST_SHARE {
        return Ok(Found::wrong(
            format!("只剩 {shown}。Only so much is free."),
            "磁盘写满后，学习记录无法保存，学员会看到错误。When the disk is full no study is recorded.",
            "请扩容，或移走旧的导出、备份和日志。Make room: a larger disk, or move old exports, backups and logs.",
        ));
    }
    // Some file systems count no files.
    if disk.f_files > 0 && disk.f_favail < disk.f_files / 20 {
        return Ok(Found::wrong(
            format!("可建的文件只剩 {} 个。Only {} more files can be made.", disk.f_favail, disk.f_favail),
            "视频由许多小文件组成，届时无法发布。A video is many small files: none can be published then.",
            "请换一个 inode 更多的文件系统，或清理小文件。Use a file system with more inodes, or remove small files.",
        ));
    }
    Ok(Found::Good(format!("{shown} 可用 free")))
}

/// What each acknowledged answer costs here.
fn disk(folder: &Path) -> io::Result<Found> {
    let (clock, probe) = (SystemClock::new(), folder.join("doctor.probe"));
    let mut took = Vec::with_capacity(SYNCS);
    let mut file: File = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(&probe)?;
    for _ in 0..SYNCS {
        let began = clock.monotonic();
        file.write_all(&[0; 4096])?;
        file.sync_data()?;
        took.push(clock.monotonic() - began);
    }
    fs::remove_file(&probe)?;
    took.sort_unstable();
    let median = took.get(SYNCS / 2).copied().unwrap_or(0);
    if median > SLOW_MS {
        return Ok(Found::wrong(
            format!("写入并落盘一次要 {median} 毫秒。A write and a sync take {median} ms."),
            "每次心跳都要等记录落盘后才答复。Each heartbeat is answered after its record is on disk.",
            "请把数据目录放在 SSD 上，不要放在网络盘。Put the data folder on an SSD, not on a network drive.",
        ));
    }
    Ok(Found::Good(format!("写入并落盘一次 {median} 毫秒。A write and a sync take {median} ms.")))
}
