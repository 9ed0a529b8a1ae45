//! The real program as a process that can be killed and stopped. It ends with this process, however that ends: its shell waits on a pipe.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, kill_process};

/// Where a school lies: its data folder and, unless it is SQLite within it, its database.
#[derive(Clone)]
pub struct School {
    pub data: PathBuf,
    pub database: Option<String>,
}

pub fn binary() -> PathBuf {
    if let Ok(path) = std::env::var("XIANFENG_BINARY") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("this test has a path");
    let path = test.ancestors().nth(2).expect("target/debug/deps").join("xianfeng");
    assert!(path.exists(), "{} is missing: cargo build -p api", path.display());
    path
}

impl School {
    pub fn at(data: &Path) -> Self {
        Self { data: data.to_owned(), database: None }
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env("XIANFENG_LOG", "error").env("XIANFENG_DATA_DIR", &self.data).stdin(Stdio::null());
        if let Some(url) = &self.database {
            command.env("XIANFENG_DATABASE_URL", url);
        }
        command
    }

    /// A command of the program to its end: whether it succeeded, and what it said.
    pub fn run(&self, arguments: &[&str]) -> (bool, String) {
        let output = self.command(binary().to_str().unwrap()).args(arguments).output().expect("the program runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.success(), String::from_utf8_lossy(&said).into_owned())
    }

    /// Starts a server; its address is read by [`Server::wait`].
    pub fn start(&self) -> Server {
        let script =
            "\"$0\" serve --listen 127.0.0.1:0 & pid=$!; echo \"$pid\"; read _; { kill $pid; wait $pid; } 2>/dev/null";
        let mut command = self.command("sh");
        command.args(["-c", script]).arg(binary()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let began = Instant::now();
        let mut child = command.spawn().expect("a shell");
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        let mut line = String::new();
        out.read_line(&mut line).expect("the number of the process");
        let pid = line.trim().parse().ok().and_then(Pid::from_raw).expect("the number of the process");
        Server { began, pid, child, out }
    }
}

pub struct Server {
    began: Instant,
    pid: Pid,
    child: Child,
    out: BufReader<std::process::ChildStdout>,
}

impl Server {
    /// Its address, and how long it took to tell it.
    pub fn wait(&mut self) -> (String, Duration) {
        let url = self.out.by_ref_lines().find(|line| line.starts_with("http://"));
        (url.expect("the server starts and tells its address"), self.began.elapsed())
    }

    pub fn signal(&self, signal: Signal) {
        // One that has ended by itself is told by what it did not do.
        let _ = kill_process(self.pid, signal);
    }

    /// SIGKILL, and its end waited for.
    pub fn kill(self) {
        self.signal(Signal::KILL);
    }

    /// SIGTERM, and its end waited for.
    pub fn stop(self) {
        drop(self);
    }
}

trait Lines {
    fn by_ref_lines(&mut self) -> impl Iterator<Item = String>;
}
impl<R: BufRead> Lines for R {
    fn by_ref_lines(&mut self) -> impl Iterator<Item = String> {
        self.lines().map_while(Result::ok)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
