//! How long `serve` takes until it can serve, and how much memory it holds when nothing is asked of it.

use std::{
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    Outcome, process,
    report::{Measured, Report, Unit},
    school::{Place, Server},
};

const STARTS: usize = 5;
/// How many of them stay to be weighed, and how long they idle before.
const WEIGHED: usize = 3;
const IDLE: Duration = Duration::from_secs(5);

pub fn measure(binary: &Path, data: &Path, report: &mut Report) -> Outcome<()> {
    let bare = (0..STARTS).map(|_| version(binary)).collect::<Outcome<Vec<_>>>()?;
    let (mut ready, mut memory) = (Vec::new(), Vec::new());
    for n in 0..STARTS {
        let server = Server::start(binary, Place::folder(data))?;
        ready.push(server.ready);
        if n < WEIGHED {
            thread::sleep(IDLE);
            memory.extend(process::resident_mb(server.pid));
        }
    }
    let bare = Measured::times(bare);
    report.figure(
        "`serve`, from start to ready",
        &Measured::times(ready),
        Some(("the program's `--version`", &bare)),
        "≤ 1 s",
    );
    if memory.is_empty() {
        report.note("Resident memory: this system does not tell it in /proc.");
    } else {
        report.figure("`serve` idle, resident memory", &Measured::new(Unit::Megabytes, memory), None, "≤ 120 MB");
    }
    Ok(())
}

/// What starting a process of this program costs when it has nothing to do.
fn version(binary: &Path) -> Outcome<Duration> {
    let began = Instant::now();
    let status = Command::new(binary).arg("--version").stdout(Stdio::null()).status()?;
    if status.success() { Ok(began.elapsed()) } else { Err("the program does not tell its version".into()) }
}
