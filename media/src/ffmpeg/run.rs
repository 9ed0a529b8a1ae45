//! Runs ffmpeg and ffprobe on foreign bytes: own process group, empty environment, low priority, bounded memory, time and output. When the
//! future is dropped (shutdown) or the time is over, the whole group is killed.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    time::Duration,
};

use kernel::{Error, Result};
use rustix::process::{Pid, Signal, kill_process_group};
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, BufReader},
    process::{Child, Command},
    sync::watch,
};

/// More than this no report of ours is long.
const MOST_OUTPUT: u64 = 1 << 20;
const MOST_ERRORS: u64 = 16 << 10;
const MOST_MEMORY: u64 = 4 << 30;
const LARGEST_FILE: u64 = 40 << 30;

/// The programs, and the two that hold them short where the system has them.
#[derive(Debug, Clone)]
pub struct Tools {
    pub ffmpeg: PathBuf,
    pub ffprobe: PathBuf,
    nice: Option<PathBuf>,
    prlimit: Option<PathBuf>,
}

/// How a run ended, unless the machine failed.
#[derive(Debug)]
pub enum Outcome {
    Done(Vec<u8>),
    /// The program gave up on the file; the last line of what it said.
    Failed(String),
    TimedOut,
}

impl Tools {
    pub fn find(ffmpeg: PathBuf, ffprobe: PathBuf) -> Self {
        let found = |name: PathBuf| in_path(&name).unwrap_or(name);
        let (nice, prlimit) = (in_path(Path::new("nice")), in_path(Path::new("prlimit")));
        Self { ffmpeg: found(ffmpeg), ffprobe: found(ffprobe), nice, prlimit }
    }

    /// Runs to the end and answers what was printed.
    pub async fn read(&self, program: &Path, arguments: &[String], folder: &Path, most: Duration) -> Result<Outcome> {
        let mut child = self.spawn(program, arguments, folder, most)?;
        let stdout = child.stdout.take();
        self.finish(child, most, read_some(stdout, MOST_OUTPUT)).await
    }

    /// Runs ffmpeg, and tells through `reached` to which microsecond it has come.
    pub async fn convert(
        &self,
        arguments: &[String],
        folder: &Path,
        most: Duration,
        reached: &watch::Sender<u64>,
    ) -> Result<Outcome> {
        let mut child = self.spawn(&self.ffmpeg, arguments, folder, most)?;
        let stdout = child.stdout.take();
        self.finish(child, most, follow(stdout, reached)).await
    }

    async fn finish(
        &self,
        mut child: Child,
        most: Duration,
        output: impl Future<Output = std::io::Result<Vec<u8>>>,
    ) -> Result<Outcome> {
        let group = Group(child.id());
        let stderr = child.stderr.take();
        let all = async { tokio::try_join!(output, read_some(stderr, MOST_ERRORS), child.wait()) };
        let ended = tokio::time::timeout(most, all).await;
        let Ok(ended) = ended else {
            drop(group);
            child.wait().await?;
            return Ok(Outcome::TimedOut);
        };
        let (output, errors, status) = ended?;
        group.ended();
        let said = last_line(&errors);
        match status.code() {
            Some(0) => Ok(Outcome::Done(output)),
            Some(_) if said.contains("No space left") => Err(Error::broken("no space left for ffmpeg")),
            Some(_) => Ok(Outcome::Failed(said)),
            None => Err(Error::broken(format!("ffmpeg was killed: {status}"))),
        }
    }

    fn spawn(&self, program: &Path, arguments: &[String], folder: &Path, most: Duration) -> Result<Child> {
        let mut line: Vec<OsString> = Vec::new();
        if let Some(nice) = &self.nice {
            line.extend([nice.into(), "-n".into(), "10".into()]);
        }
        if let Some(prlimit) = &self.prlimit {
            // Two threads may each use the whole time.
            let seconds = most.as_secs() * 2 + 1;
            let limits = [format!("--cpu={seconds}"), format!("--as={MOST_MEMORY}"), format!("--fsize={LARGEST_FILE}")];
            line.push(prlimit.into());
            line.extend(limits.map(OsString::from));
            line.extend(["--core=0", "--nofile=256"].map(OsString::from));
        }
        line.push(program.into());
        line.extend(arguments.iter().map(OsString::from));
        let mut words = line.into_iter();
        let first = words.next().ok_or_else(|| Error::broken("no program"))?;
        let mut command = Command::new(first);
        command.args(words).env_clear().env("LC_ALL", "C.UTF-8").env("TMPDIR", folder).current_dir(folder);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Ok(command.process_group(0).kill_on_drop(true).spawn()?)
    }
}

/// Kills the whole group when it goes out of scope before the run has ended.
struct Group(Option<u32>);

impl Group {
    fn ended(mut self) {
        self.0 = None;
    }
}
impl Drop for Group {
    fn drop(&mut self) {
        let pid = self.0.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // Nothing to do when it is gone already.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
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

/// The absolute path of a program, since it runs without a `PATH`.
pub(crate) fn in_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
