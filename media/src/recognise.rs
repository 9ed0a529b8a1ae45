//! Speech into captions, by a command of the school's own: it gets the sound of a video and prints WebVTT. None is bundled. The command is
//! trusted (whoever runs the server has set it) but still held short: own process group, low priority, bounded files, memory and time.

use std::{
    ffi::OsString,
    io::ErrorKind,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use futures::TryStreamExt;
use kernel::{Error, Refusal, Result, id::AssetId, text::Text};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    process::{Child, Command},
    sync::watch,
    time::Instant,
};

use crate::{
    Media,
    ffmpeg::{
        lifeline::{self, Reach, watched},
        probe,
        run::Outcome,
        sandbox::{Room, in_path},
    },
    landing::Spool,
    rules::Container,
    service::sweep::LOCK,
};

const SOUND_TIME: Duration = Duration::from_secs(1800);
/// Of what a command prints; captions are far shorter.
const MOST_OUTPUT: u64 = 1 << 20;
const MOST_ERRORS: usize = 16 << 10;
const LARGEST_FILE: u64 = 4 << 30;
/// The file in the command's folder in which it may write how far it is, 0 to 1.
const PROGRESS: &str = "progress";
const LOOK: Duration = Duration::from_millis(500);

/// The command, and what it may take.
#[derive(Debug, Clone)]
pub struct Recogniser {
    /// Program and its first arguments; the path of a WAV file (16 kHz, mono) and the language follow.
    pub command: Vec<String>,
    pub most: Duration,
    /// Bytes of memory; none: as much as there is.
    pub memory: Option<u64>,
}

/// What came of it, unless the machine failed.
#[derive(Debug)]
pub enum Heard {
    /// What the command printed.
    Captions(Vec<u8>),
    Failed(Text),
}

fn failed(zh: impl Into<String>, en: impl Into<String>) -> Heard {
    Heard::Failed(Text::new(zh, en))
}

impl Media {
    /// Whether the school has set a command.
    pub fn recognises(&self) -> bool {
        self.0.recogniser.is_some()
    }

    /// Runs the command on the sound of a video; `reached` hears how far it is. When the future is dropped everything ends with it.
    pub async fn recognise(&self, asset: AssetId, language: &str, reached: &watch::Sender<f64>) -> Result<Heard> {
        let Some(recogniser) = &self.0.recogniser else {
            return Ok(failed("学校没有设置语音识别程序。", "The school has set no speech recognition."));
        };
        let scratch = tempfile::tempdir_in(self.scratch())?;
        let lock = Spool::lock(&scratch.path().join(LOCK)).await?;
        let _lock = lock.ok_or_else(|| Error::broken("somebody sweeps this folder"))?;
        let sound = match self.sound(asset, scratch.path()).await? {
            Ok(sound) => sound,
            Err(why) => return Ok(why),
        };
        run(recogniser, &sound, language, scratch.path(), reached).await
    }

    /// The sound alone, as every recogniser takes it; else why there is none.
    async fn sound(&self, asset: AssetId, folder: &Path) -> Result<Result<PathBuf, Heard>> {
        let source = folder.join("source");
        let mut file = tokio::fs::File::create(&source).await?;
        let mut stream = self.original(asset, None).await?.stream;
        while let Some(bytes) = stream.try_next().await? {
            file.write_all(&bytes).await?;
        }
        file.flush().await?;
        let mut head = vec![0; 4096];
        let mut opened = tokio::fs::File::open(&source).await?;
        let read = opened.read(&mut head).await?;
        head.truncate(read);
        let container = Container::sniff(&head).ok_or_else(Refusal::not_found)?;
        let tools = &self.0.tools;
        let text = tools.sandbox.inside(&source)?;
        let mut arguments: Vec<String> = ["-hide_banner", "-nostdin", "-v", "error", "-y"].map(str::to_owned).into();
        arguments.extend(probe::input(container, &text));
        let rest = "-map 0:a:0 -vn -sn -dn -ac 1 -ar 16000 -c:a pcm_s16le -map_metadata -1 -t 21601 -f wav sound.wav";
        arguments.extend(rest.split_whitespace().map(str::to_owned));
        let room = Room { folder, source: &source };
        let done = tools.read(&tools.ffmpeg, &arguments, room, SOUND_TIME).await?;
        tokio::fs::remove_file(&source).await?;
        took_out(&done).map(|done| done.map(|()| folder.join("sound.wav")))
    }
}

/// A program that was killed is no verdict on the video: that is tried again.
pub(crate) fn took_out(outcome: &Outcome) -> Result<Result<(), Heard>> {
    Ok(match outcome {
        Outcome::Done(_) => Ok(()),
        Outcome::Failed(_) => Err(failed("视频中没有可以识别的声音。", "The video has no sound to recognise.")),
        Outcome::TimedOut => Err(failed(
            "从视频中取出声音超时，请稍后重试。",
            "Taking the sound out of the video took too long; please try again later.",
        )),
        Outcome::Killed => return Err(Error::broken("the program that takes out the sound was killed")),
    })
}

async fn run(
    recogniser: &Recogniser,
    sound: &Path,
    language: &str,
    folder: &Path,
    reached: &watch::Sender<f64>,
) -> Result<Heard> {
    let mut child = match spawn(recogniser, sound, language, folder) {
        Ok(child) => child,
        Err(error) => {
            tracing::warn!(%error, "the speech recogniser cannot be started");
            return Ok(failed("语音识别程序无法启动，请联系管理员。", "The speech recognition cannot be started."));
        }
    };
    let held = lifeline::held(&mut child);
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let reading = async {
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        if let (Some(stdout), Some(mut stderr)) = (stdout, stderr) {
            tokio::try_join!(bounded(stdout, &mut output), last_bytes(&mut stderr, &mut errors))?;
        }
        Ok::<_, std::io::Error>((output, errors, child.wait().await?))
    };
    let watching = watch_progress(folder.join(PROGRESS), reached);
    let deadline = Instant::now() + recogniser.most;
    let ended = tokio::select! {
        ended = reading => ended,
        () = watching => return Err(Error::broken("the watch of a recogniser ended")),
        () = tokio::time::sleep_until(deadline) => {
            let minutes = recogniser.most.as_secs().div_ceil(60);
            let zh = format!("语音识别超过 {minutes} 分钟，已停止。");
            return Ok(failed(zh, format!("The speech recognition took more than {minutes} minutes and was stopped.")));
        }
    };
    let (output, errors, status) = match ended {
        Err(error) if error.kind() == ErrorKind::FileTooLarge => {
            return Ok(failed(
                "语音识别程序输出过长，已停止。",
                "The speech recognition printed too much and was stopped.",
            ));
        }
        ended => ended?,
    };
    held.ended();
    if status.success() {
        return Ok(Heard::Captions(output));
    }
    let said = last_line(&errors);
    tracing::info!(%status, said, "the speech recogniser failed");
    let zh = format!("语音识别失败：{}", or(&said, "程序没有说明原因"));
    Ok(failed(zh, format!("The speech recognition failed: {}", or(&said, "it gave no reason"))))
}

fn or<'a>(said: &'a str, none: &'a str) -> &'a str {
    if said.is_empty() { none } else { said }
}

fn spawn(recogniser: &Recogniser, sound: &Path, language: &str, folder: &Path) -> Result<Child> {
    let mut line: Vec<OsString> = Vec::new();
    if let Some(nice) = in_path(Path::new("nice")) {
        line.extend([nice.into(), "-n".into(), "15".into()]);
    }
    if let Some(prlimit) = in_path(Path::new("prlimit")) {
        line.push(prlimit.into());
        line.extend([format!("--fsize={LARGEST_FILE}").into(), "--core=0".into(), "--nofile=1024".into()]);
        line.extend(recogniser.memory.map(|bytes| OsString::from(format!("--as={bytes}"))));
    }
    let (program, rest) = recogniser.command.split_first().ok_or_else(|| Error::broken("no command"))?;
    line.extend(watched(Reach::Group));
    line.push(in_path(Path::new(program)).ok_or_else(|| Error::broken(format!("{program} is not there")))?.into());
    line.extend(rest.iter().map(OsString::from));
    line.extend([sound.into(), language.into()]);
    let mut words = line.into_iter();
    let first = words.next().ok_or_else(|| Error::broken("no command"))?;
    let mut command = Command::new(first);
    command.args(words).env_clear().env("LC_ALL", "C.UTF-8").env("TMPDIR", folder).current_dir(folder);
    for name in ["PATH", "HOME"] {
        command.envs(std::env::var_os(name).map(|value| (name, value)));
    }
    lifeline::tie(&mut command);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command.process_group(0).kill_on_drop(true).spawn()?)
}

/// All that is printed, unless it is more than captions ever are.
async fn bounded(pipe: impl tokio::io::AsyncRead + Unpin, kept: &mut Vec<u8>) -> std::io::Result<()> {
    pipe.take(MOST_OUTPUT + 1).read_to_end(kept).await?;
    if kept.len() > usize::try_from(MOST_OUTPUT).unwrap_or(usize::MAX) {
        return Err(ErrorKind::FileTooLarge.into());
    }
    Ok(())
}

async fn last_bytes(pipe: &mut (impl tokio::io::AsyncRead + Unpin), kept: &mut Vec<u8>) -> std::io::Result<()> {
    let mut piece = [0; 4096];
    loop {
        let read = pipe.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        kept.extend(piece.iter().take(read));
        let beyond = kept.len().saturating_sub(MOST_ERRORS);
        kept.drain(..beyond);
    }
}

fn last_line(errors: &[u8]) -> String {
    let text = String::from_utf8_lossy(errors);
    let line = text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().trim();
    line.chars().filter(|c| !c.is_control()).take(200).collect()
}

/// Never ends by itself.
async fn watch_progress(file: PathBuf, reached: &watch::Sender<f64>) {
    loop {
        tokio::time::sleep(LOOK).await;
        let Ok(text) = tokio::fs::read_to_string(&file).await else { continue };
        if let Ok(share) = text.trim().parse::<f64>() {
            reached.send_if_modified(|last| {
                let further = share.is_finite() && share > *last && share <= 1.0;
                if further {
                    *last = share;
                }
                further
            });
        }
    }
}
