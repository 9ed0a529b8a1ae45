//! The first picture of a lesson on a phone with a slow line, in real Chromium: the script does it, this tells it.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde_json::Value;

use crate::{
    Outcome,
    report::{Measured, Report, Unit},
    school::Server,
};

const RUNS: &str = "5";

pub fn measure(server: &Server, report: &mut Report) -> Outcome<()> {
    let web = Path::new(env!("CARGO_MANIFEST_DIR")).join("../web");
    let there = |name: &str| Command::new(name).arg("--version").stdout(Stdio::null()).status().is_ok();
    let chromium = std::env::var_os("CHROMIUM").map_or_else(|| PathBuf::from("/usr/bin/chromium"), PathBuf::from);
    if !(there("node") && chromium.exists() && web.join("node_modules").exists()) {
        report.note(
            "First picture: Node or Chromium is missing (tests/install.sh node chromium), so it was not measured.",
        );
        return Ok(());
    }
    let address = format!("http://{}", server.address);
    let mut command = Command::new("node");
    let told = command.args(["scripts/first-frame.mjs", &address, RUNS]).current_dir(web).output()?;
    if !told.status.success() {
        return Err(format!("first picture: {}", String::from_utf8_lossy(&told.stderr)).into());
    }
    let told: Value = serde_json::from_slice(&told.stdout)?;
    let runs = |name: &str| {
        let list = told.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
        Measured::new(Unit::Time, list.iter().filter_map(Value::as_f64).collect())
    };
    report.figure("first picture on a phone, 1.6 Mbit/s and 150 ms, from a tap", &runs("tap"), None, "≤ 2500 ms");
    report.figure("the same by its address in an empty browser", &runs("cold"), None, "");
    report.note(format!(
        "First picture: a film of moving test pictures with grain; its renditions (bits/s of the busiest stretch) {}. The tap is on the course's page, \
         three seconds after that was opened in an empty browser; without a cache all of the program comes over the same line.",
        told.get("renditions").unwrap_or(&Value::Null)
    ));
    Ok(())
}
