//! `media verify`: reads every object again and says which are not what they were.

use std::{io::IsTerminal, sync::Arc};

use clap::Subcommand;
use kernel::{clock::SystemClock, id::RandomIds};
use media::{Fault, Found};
use platform::Base;

use crate::{
    app::{self, media_config},
    config::Config,
    flows, secrets,
};

#[derive(Subcommand)]
pub enum Media {
    /// Compare each object with its SHA-256; list what changed, what is gone, and what nobody knows
    Verify,
}

pub async fn run(config: &Config, Media::Verify: Media) -> Result<(), String> {
    let told = |error: kernel::Error| error.to_string();
    // Does not take the folder's lock: it may run beside `serve`.
    let (db, outbox) = (app::database(config).await?, flows::outbox());
    let base = Base { db, outbox, clock: Arc::new(SystemClock::new()), ids: Arc::new(RandomIds), zone: config.zone() };
    let secret = secrets::secret(&config.data_dir, "media").map_err(|e| e.to_string())?;
    let media = media::Media::open(base, media_config(config, secret)).await.map_err(told)?;
    let terminal = std::io::stderr().is_terminal();
    let progress = |found: &Found| {
        if terminal {
            eprint!("\r{} / {}", found.objects, found.expected);
        }
    };
    let found = media.verify_objects(progress).await.map_err(told)?.found;
    if terminal {
        eprintln!();
    }
    tell(&found)
}

fn tell(found: &Found) -> Result<(), String> {
    let Found { objects, bytes, adopted, .. } = found;
    let read = *bytes as f64 / 1e9;
    println!("读取 {objects} 个文件，{read:.2} GB。Read {objects} objects, {read:.2} GB.");
    if *adopted > 0 {
        println!("其中 {adopted} 个此前没有校验值，现已补上。{adopted} had no checksum before and have one now.");
    }
    for wrong in &found.wrong {
        println!("  {}: {}", words(wrong.fault), wrong.key);
    }
    let (faults, listed) = (found.faults(), found.wrong.len());
    if u64::try_from(listed).is_ok_and(|listed| listed < faults) {
        println!("  … 共 {faults} 个。{faults} in all.");
    }
    match faults {
        0 => {
            println!("全部与校验值一致。Every object is what it was.");
            Ok(())
        }
        _ => Err(format!("{faults} 个文件有问题。{faults} objects are not in order.")),
    }
}

const fn words(fault: Fault) -> &'static str {
    match fault {
        Fault::Changed => "内容有变 changed",
        Fault::Missing => "丢失 missing",
        Fault::Unknown => "没有记录 unknown",
        Fault::Unreadable => "读不出来 unreadable",
    }
}
