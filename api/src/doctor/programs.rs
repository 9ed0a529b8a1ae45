//! The programs that make videos playable.

use std::process::{Command, Stdio};

use super::{Finding, Found};

/// What a conversion needs of ffmpeg.
const ENCODERS: [&str; 3] = ["libx264", "aac", "mjpeg"];
const WHY: &str = "没有它，上传的视频无法播放。Without it no uploaded video can be played.";
const REMEDY: &str = "apt-get install ffmpeg";

pub fn look() -> Vec<Finding> {
    vec![("ffmpeg", ffmpeg()), ("ffprobe", version("ffprobe")), ("沙箱 sandbox", sandbox())]
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
