//! Runs ffmpeg and ffprobe on foreign bytes: in the sandbox, own process group, empty environment, low priority, bounded memory, time and
//! output. When the future is dropped (shutdown) or the time is over, the whole group is killed; when this process dies, so does the program.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use kernel::{Error, Result};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    runtime::Handle,
    sync::{oneshot, watch},
};

use super::{
    lifeline,
    sandbox::{Room, Sandbox, in_path},
};

/// More than this no report of ours is long.
const MOST_OUTPUT: u64 = 1 << 20;
const MOST_ERRORS: u64 = 16 << 10;
/// Behind a program that ended by a signal shells and bubblewrap give this and the signal's number.
const SIGNALLED: i32 = 128;
/// What a hostile file does to a decoder, and what the limits do to it: abort, bad instruction, bus, arithmetic, segment, system call, time, size.
const CRASHES: [i32; 8] = [4, 6, 7, 8, 11, 24, 25, 31];

/// What a full disk is called: by the system, and by the library with which poppler writes pages.
const FULL: [&str; 3] = ["No space left on device", "Disk quota exceeded", "out of disk space"];

/// The programs, and what holds them.
#[derive(Debug, Clone)]
pub struct Tools {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    pub sandbox: Sandbox,
}

/// How a run ended, unless the machine failed.
#[derive(Debug)]
pub enum Outcome {
    Done(Vec<u8>),
    /// The program gave up on the file, or broke on it; the last line of what it said.
    Failed(String),
    TimedOut,
    /// Somebody killed it: perhaps the system, because memory ran out.
    Killed,
}

impl Tools {
    pub fn find(ffmpeg: PathBuf, ffprobe: PathBuf, sandbox: Sandbox) -> Self {
        let found = |name: PathBuf| in_path(&name).unwrap_or(name);
        Self { ffmpeg: found(ffmpeg), ffprobe: found(ffprobe), sandbox }
    }

    /// Runs to the end and answers what was printed.
    pub async fn read(&self, program: &Path, arguments: &[String], room: Room<'_>, most: Duration) -> Result<Outcome> {
        let mut child = self.spawn(program, arguments, room, most).await?;
        let stdout = child.stdout.take();
        self.finish(child, most, read_some(stdout, MOST_OUTPUT)).await
    }

    /// Runs ffmpeg, and tells through `reached` to which microsecond it has come.
    pub async fn convert(
        &self,
        arguments: &[String],
        room: Room<'_>,
        most: Duration,
        reached: &watch::Sender<u64>,
    ) -> Result<Outcome> {
        let mut child = self.spawn(&self.ffmpeg, arguments, room, most).await?;
        let stdout = child.stdout.take();
        self.finish(child, most, follow(stdout, reached)).await
    }

    async fn finish(
        &self,
        mut child: Child,
        most: Duration,
        output: impl Future<Output = std::io::Result<Vec<u8>>>,
    ) -> Result<Outcome> {
        let held = lifeline::held(&mut child);
        let stderr = child.stderr.take();
        let all = async { tokio::try_join!(output, read_some(stderr, MOST_ERRORS), child.wait()) };
        let ended = tokio::time::timeout(most, all).await;
        let Ok(ended) = ended else {
            drop(held);
            child.wait().await?;
            return Ok(Outcome::TimedOut);
        };
        let (output, errors, status) = ended?;
        held.ended();
        let said = last_line(&errors);
        // Some writers go on after it and end well.
        if FULL.iter().any(|word| errors.windows(word.len()).any(|part| part == word.as_bytes())) {
            return Err(Error::broken("no space left for ffmpeg"));
        }
        let signal = match status.code() {
            Some(0) => return Ok(Outcome::Done(output)),
            Some(code) if code > SIGNALLED => code - SIGNALLED,
            // What went wrong before the program began is not the file's fault.
            Some(_) if said.starts_with("bwrap:") => return Err(Error::broken(said)),
            Some(_) => return Ok(Outcome::Failed(said)),
            None => std::os::unix::process::ExitStatusExt::signal(&status).unwrap_or_default(),
        };
        Ok(if CRASHES.contains(&signal) { Outcome::Failed(format!("signal {signal}")) } else { Outcome::Killed })
    }

    async fn spawn(&self, program: &Path, arguments: &[String], room: Room<'_>, most: Duration) -> Result<Child> {
        let mut words = self.sandbox.line(program, room, most).into_iter();
        let first = words.next().ok_or_else(|| Error::broken("no program"))?;
        let mut command = Command::new(first);
        command.args(words).args(arguments).env_clear().env("LC_ALL", "C.UTF-8").current_dir(room.folder);
        lifeline::tie(&mut command);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command.process_group(0).kill_on_drop(true);
        start(command).await
    }
}

type Start = Box<dyn FnOnce() + Send>;

/// Starts a program from a thread that lives as long as the process: Linux kills what is to die with its parent when the very thread that
/// started it ends, and threads of a runtime come and go.
async fn start(mut command: Command) -> Result<Child> {
    static STARTER: std::sync::OnceLock<std::sync::mpsc::Sender<Start>> = std::sync::OnceLock::new();
    let starter = STARTER.get_or_init(|| {
        let (sender, receiver) = std::sync::mpsc::channel::<Start>();
        std::thread::spawn(move || receiver.into_iter().for_each(|start| start()));
        sender
    });
    let (runtime, (told, started)) = (Handle::current(), oneshot::channel());
    let start: Start = Box::new(move || {
        let _entered = runtime.enter();
        // Whoever gave up waiting drops the child, and with it the program.
        drop(told.send(command.spawn()));
    });
    starter.send(start).map_err(|_| Error::broken("no program can be started any more"))?;
    Ok(started.await.map_err(|_| Error::broken("no program can be started any more"))??)
}

/// The first `most` bytes; the rest is read and thrown away, so that nobody waits on a full pipe.
async fn read_some(pipe: Option<impl AsyncRead + Unpin>, most: u64) -> std::io::Result<Vec<u8>> {
    let mut kept = Vec::new();
    if let Some(mut pipe) = pipe {
        (&mut pipe).take(most).read_to_end(&mut kept).await?;
        tokio::io::copy(&mut pipe, &mut tokio::io::sink()).await?;
    }
    Ok(kept)
}

async fn follow(pipe: Option<impl AsyncRead + Unpin>, reached: &watch::Sender<u64>) -> std::io::Result<Vec<u8>> {
    if let Some(pipe) = pipe {
        let mut lines = BufReader::new(pipe).lines();
        while let Some(line) = lines.next_line().await? {
            if let Some(micros) = line.strip_prefix("out_time_us=").and_then(|micros| micros.parse().ok()) {
                reached.send_replace(micros);
            }
        }
    }
    Ok(Vec::new())
}

fn last_line(errors: &[u8]) -> String {
    let text = String::from_utf8_lossy(errors);
    text.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().chars().take(300).collect()
}
