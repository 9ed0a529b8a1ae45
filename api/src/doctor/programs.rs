//! The programs that make videos playable and documents readable.

use std::{
    path::Path,
    process::{Command, Stdio},
};

use super::{Finding, Found};
use crate::config::Config;

/// What a conversion needs of ffmpeg.
const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];
const WHY: &str = "没有它，上传的视频无法播放。Without it no uploaded video can be played.";
const REMEDY: &str = "apt-get install ffmpeg";

pub fn look(config: &Config) -> Vec<Finding> {
    let mut found = vec![
        ("ffmpeg", ffmpeg()),
        ("ffprobe", version("ffprobe")),
        ("沙箱 sandbox", sandbox()),
        ("poppler", poppler()),
    ];
    found.extend(config.captions.command.first().map(|program| ("captions", recogniser(program))));
    found
}

/// The program of the school's own that turns speech into captions.
fn recogniser(program: &str) -> Found {
    let places = std::env::var_os("PATH").unwrap_or_default();
    let in_path = || std::env::split_paths(&places).any(|folder| folder.join(program).is_file());
    if Path::new(program).is_file() || !program.contains('/') && in_path() {
        return Found::Good(program.to_owned());
    }
    let why = "没有它，字幕不能自动识别。Without it no speech is recognised.";
    Found::wrong(
        format!("找不到 {program}。{program} is not there."),
        why,
        "captions.command / XIANFENG_CAPTIONS_COMMAND",
    )
}

/// The three programs that read a PDF.
fn poppler() -> Found {
    let there = |program: &&str| Command::new(program).arg("-v").stdin(Stdio::null()).output().is_ok();
    let lacking: Vec<&str> = ["pdfinfo", "pdftotext", "pdftoppm"].into_iter().filter(|name| !there(name)).collect();
    if lacking.is_empty() {
        return Found::Good("pdfinfo, pdftotext, pdftoppm".to_owned());
    }
    let lacking = lacking.join(", ");
    let why = "没有它，PDF 不能做成阅读课。Without it no PDF becomes a reading.";
    Found::wrong(
        format!("没有安装 {lacking}。{lacking} is not installed."),
        why,
        "apt-get install poppler-utils poppler-data",
    )
}

/// Conversions work without it, under limits and with a pinned reader; it is the second wall.
fn sandbox() -> Found {
    match media::sandbox() {
        Ok(path) => Found::Good(format!(
            "{} · 视频转换不能访问网络和其他文件。Conversions reach no network and no other file.",
            path.display()
        )),
        Err(why) => Found::wrong(
            format!("视频转换没有沙箱。Conversions run without a sandbox: {why}"),
            "上传的视频若利用了解码器的漏洞，就可能读到本机的文件。A video that exploits a decoder could read files of this machine.",
            "apt-get install bubblewrap，并允许非特权用户命名空间。And allow unprivileged user namespaces.",
        ),
    }
}

fn output(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn version(program: &str) -> Found {
    match output(program, &["-version"]) {
        Some(text) => Found::Good(text.lines().next().unwrap_or_default().chars().take(60).collect()),
        None => Found::wrong(format!("没有安装 {program}。{program} is not installed."), WHY, REMEDY),
    }
}

fn ffmpeg() -> Found {
    let installed = version("ffmpeg");
    let Found::Good(version) = installed else { return installed };
    let known = output("ffmpeg", &["-hide_banner", "-encoders"]).unwrap_or_default();
    let names: Vec<&str> = known.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    let lacking: Vec<&str> = ENCODERS.into_iter().filter(|name| !names.contains(name)).collect();
    if lacking.is_empty() {
        return Found::Good(format!("{version} · {}", ENCODERS.join(", ")));
    }
    let lacking = lacking.join(", ");
    Found::wrong(format!("{version} 缺少编码器 {lacking}。It lacks the encoders {lacking}."), WHY, REMEDY)
}
