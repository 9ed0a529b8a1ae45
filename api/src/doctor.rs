//! `doctor`: what is wrong with this installation, in sentences.

use std::process::{Command, Stdio};

use platform::{Db, jobs};

use crate::{config::Config, secrets};

/// Prints a line for each thing looked at; fails if one of them is wrong.
pub async fn examine(config: &Config) -> Result<(), String> {
    let checks = [
        ("数据目录 data folder", folder(config)),
        ("ffmpeg", program("ffmpeg")),
        ("ffprobe", program("ffprobe")),
        ("数据库 database", database(config).await),
    ];
    let mut wrong = 0;
    for (what, outcome) in checks {
        match outcome {
            Ok(said) => println!("✓ {what}: {said}"),
            Err(said) => {
                wrong += 1;
                println!("✗ {what}: {said}");
            }
        }
    }
    if wrong == 0 { Ok(()) } else { Err(format!("{wrong} 项有问题。{wrong} of these need attention.")) }
}

fn folder(config: &Config) -> Result<String, String> {
    let path = &config.data_dir;
    if !path.exists() {
        return Ok(format!("{} 尚未建立，首次启动时会建立。Not there yet; it is made at first start.", path.display()));
    }
    let private = secrets::is_private(path).map_err(|e| format!("{}: {e}", path.display()))?;
    if !private {
        return Err(format!("{} 可被其他用户读取，请执行 chmod 700。Others can read it: chmod 700.", path.display()));
    }
    Ok(format!("{} 正常。In order.", path.display()))
}

fn program(name: &str) -> Result<String, String> {
    let output = Command::new(name).arg("-version").stderr(Stdio::null()).output();
    let output = output.map_err(|_| format!("没有安装 {name}：apt-get install ffmpeg。It is not installed."))?;
    let text = String::from_utf8_lossy(&output.stdout);
    Ok(text.lines().next().unwrap_or_default().chars().take(60).collect())
}

async fn database(config: &Config) -> Result<String, String> {
    if config.database.url.is_empty() && !config.data_dir.join("xianfeng.db").exists() {
        return Ok("尚未建立，首次启动时会建立。Not there yet; it is made at first start.".to_owned());
    }
    let db = Db::open(&config.database_url(), 1).await.map_err(|e| e.to_string())?;
    db.ping().await.map_err(|e| e.to_string())?;
    let (waiting, dead) = jobs::counts(db.read()).await.map_err(|e| e.to_string())?;
    if dead > 0 {
        let list = jobs::dead(db.read()).await.map_err(|e| e.to_string())?;
        let list: Vec<String> = list.iter().map(|(kind, failure)| format!("{kind}: {failure}")).collect();
        return Err(format!("{dead} 个后台任务失败。{dead} jobs have failed for good: {}", list.join("; ")));
    }
    Ok(format!("正常，{waiting} 个后台任务等待中。In order, {waiting} jobs waiting."))
}
