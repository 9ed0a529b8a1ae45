//! The clock of the machine, which dates every entry and ends every day.

use std::{
    path::Path,
    process::{Command, Stdio},
    time::UNIX_EPOCH,
};

use kernel::{
    Clock, Millis,
    clock::{SystemClock, parse_rfc3339, rfc3339},
};

use super::{Finding, Found};
use crate::config::Config;

const CLOCK: &str = "时钟 clock";
const SYNC: &str = "校时 time service";
/// No copy of this program is older.
const EARLIEST: &str = "2026-01-01T00:00:00Z";
const LATEST: &str = "2100-01-01T00:00:00Z";
/// Files may be ahead by so much, after a small correction of the clock.
const SLACK_MS: Millis = 5 * 60_000;
/// Written at every turn, so they tell when this program last ran.
const WRITTEN: [&str; 4] = ["xianfeng.db", "xianfeng.db-wal", "lock", "secrets/media"];

const WHY: &str = "每条记录的时间和每天的上限都由它决定。It dates every entry and ends every day.";

pub fn look(config: &Config) -> Vec<Finding> {
    vec![(CLOCK, clock(config)), (SYNC, service())]
}

fn clock(config: &Config) -> Found {
    let now = SystemClock::new().now();
    let (zone, shown) = (&config.time_zone, rfc3339(now));
    let sane = parse_rfc3339(EARLIEST).zip(parse_rfc3339(LATEST)).is_some_and(|(from, to)| (from..to).contains(&now));
    let remedy = "请校准系统时间（timedatectl set-ntp true）。Set the clock of the system.";
    if !sane {
        return Found::wrong(format!("现在是 {shown}？It says {shown}."), WHY, remedy);
    }
    let newest = WRITTEN.iter().filter_map(|name| written(&config.data_dir.join(name))).max().unwrap_or(0);
    if newest > now + SLACK_MS {
        return Found::wrong(
            format!(
                "数据写于 {}，比现在（{shown}）还晚：时钟被往回拨了。The data was written at {}: the clock was set back.",
                rfc3339(newest),
                rfc3339(newest)
            ),
            WHY,
            remedy,
        );
    }
    let day = config.zone().day(now);
    Found::Good(format!("{shown}，学校的今天是 {day}（{zone}）。The school's day is {day}."))
}

fn written(path: &Path) -> Option<Millis> {
    let since = std::fs::metadata(path).ok()?.modified().ok()?.duration_since(UNIX_EPOCH).ok()?;
    Millis::try_from(since.as_millis()).ok()
}

fn service() -> Found {
    let asked = ["show", "--property=NTPSynchronized", "--value"];
    let output = Command::new("timedatectl").args(asked).stdin(Stdio::null()).stderr(Stdio::null()).output();
    match output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned()).as_deref() {
        Ok("yes") => Found::Good("系统时间由校时服务保持。The clock is kept by a time service.".to_owned()),
        Ok("no") => Found::wrong(
            "系统时间没有与校时服务同步。The clock is not kept by a time service.",
            WHY,
            "timedatectl set-ntp true，或安装 chrony。Or install chrony.",
        ),
        _ => Found::Unseen("这台机器没有说明是否校时。This machine does not tell.".to_owned()),
    }
}
