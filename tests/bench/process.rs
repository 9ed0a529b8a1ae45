//! What Linux tells of a process; elsewhere nothing is told.

use std::{fs, time::Duration};

/// Unit of the CPU times in `/proc/…/stat`, on every Linux that the program is made for.
const TICKS_PER_SECOND: u32 = 100;

/// Memory that is really there, in MB.
pub fn resident_mb(pid: u32) -> Option<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

/// What all threads together have used so far.
pub fn cpu(pid: u32) -> Option<Duration> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in brackets may hold anything; user and system time are the 12th and 13th field behind it.
    let fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11).take(2);
    let ticks = fields.map(|field| field.parse::<u32>().ok()).sum::<Option<u32>>()?;
    Some(Duration::from_secs(1) * ticks / TICKS_PER_SECOND)
}

/// How many were waiting for a core on average during the last minute.
pub fn load_average() -> Option<String> {
    fs::read_to_string("/proc/loadavg").ok()?.split(' ').next().map(str::to_owned)
}
