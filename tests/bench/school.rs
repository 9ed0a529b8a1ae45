//! Demo schools and the program that serves them, as processes of their own. Each ends with this one: a server's shell waits on a pipe that
//! closes then, and a seed is bounded in time.

use std::{
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{Outcome, contract, http};

/// Where a school lives: its folder, its database where that is not in the folder, and a Redis if there is one.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub data: &'a Path,
    pub database: Option<&'a str>,
    pub redis: Option<&'a str>,
}

impl<'a> Place<'a> {
    pub fn folder(data: &'a Path) -> Self {
        Self { data, database: None, redis: None }
    }

    /// A command that finds it.
    pub fn give(self, command: &mut Command) -> &mut Command {
        command.env("XIANFENG_LOG", "warn");
        if let Some(url) = self.database {
            command.env("XIANFENG_DATABASE_URL", url);
        }
        if let Some(url) = self.redis {
            command.env("XIANFENG_REDIS_URL", url);
        }
        command
    }
}

/// Of a demo school's students so many have studied; whoever comes after them begins.
pub const STUDIED: usize = 400;
const PASSWORD: &str = "demo-xianfeng";
const SEED: Duration = Duration::from_secs(300);
const READY: Duration = Duration::from_secs(30);

/// A school that is being made.
pub struct Seeding {
    child: Child,
    began: Instant,
}

impl Seeding {
    pub fn start(binary: &Path, place: Place<'_>, students: usize, logins: usize) -> Outcome<Self> {
        let (students, logins) = (students.to_string(), logins.to_string());
        let mut command = Command::new(binary);
        command.args(["seed", "--demo", "--students", &students, "--logins", &logins, "--data-dir"]).arg(place.data);
        let child = place.give(&mut command).stdin(Stdio::null()).stdout(Stdio::null()).spawn()?;
        Ok(Self { child, began: Instant::now() })
    }

    /// How long it took.
    pub fn finish(mut self) -> Outcome<Duration> {
        while self.began.elapsed() < SEED {
            if let Some(status) = self.child.try_wait()? {
                return if status.success() {
                    Ok(self.began.elapsed())
                } else {
                    Err("a school could not be seeded".into())
                };
            }
            thread::sleep(Duration::from_millis(50));
        }
        Err(format!("a school was not seeded within {} s", SEED.as_secs()).into())
    }
}

impl Drop for Seeding {
    fn drop(&mut self) {
        // Already ended, as a rule.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A server on a free port of 127.0.0.1.
pub struct Server {
    pub address: SocketAddr,
    pub pid: u32,
    /// From the start of the process to the first good answer of `/readyz`.
    pub ready: Duration,
    child: Child,
}

impl Server {
    pub fn start(binary: &Path, place: Place<'_>) -> Outcome<Self> {
        Self::start_with(binary, place, &[])
    }

    /// With settings of the environment.
    pub fn start_with(binary: &Path, place: Place<'_>, settings: &[(&str, &str)]) -> Outcome<Self> {
        let script =
            "\"$0\" serve --listen 127.0.0.1:0 --data-dir \"$1\" & pid=$!; echo \"$pid\"; read _; kill $pid; wait $pid";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(binary).arg(place.data).envs(settings.iter().copied());
        let began = Instant::now();
        let mut child = place.give(&mut command).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let out = child.stdout.take().ok_or("no output of the server")?;
        let (mut pid, mut address) = (None, None);
        for line in BufReader::new(out).lines() {
            let line = line?;
            pid = pid.or_else(|| line.parse().ok());
            address = line.strip_prefix("http://").map(str::parse).transpose()?;
            if address.is_some() {
                break;
            }
        }
        let mut server = Self {
            address: address.ok_or("the server did not tell its address")?,
            pid: pid.ok_or("no number of the server's process")?,
            ready: Duration::ZERO,
            child,
        };
        server.wait_until_ready(began)?;
        Ok(server)
    }

    fn wait_until_ready(&mut self, began: Instant) -> Outcome<()> {
        while began.elapsed() < READY {
            if http::ask(self.address, &http::get("/readyz")).is_ok_and(|told| told.status == 200) {
                self.ready = began.elapsed();
                return Ok(());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Err(format!("the server was not ready within {} s", READY.as_secs()).into())
    }

    /// The cookie of an account.
    pub fn sign_in(&self, username: &str) -> Outcome<String> {
        let request = contract::request("", "SignIn", &json!({ "username": username, "password": PASSWORD }))?;
        let told = http::ask(self.address, &request)?;
        let line = told.head.lines().find_map(|line| line.strip_prefix("set-cookie: "));
        let cookie = line.and_then(|line| line.split(';').next());
        Ok(cookie
            .ok_or_else(|| format!("{username} could not sign in: {}", String::from_utf8_lossy(&told.body)))?
            .to_owned())
    }

    /// The cookies of so many students from this number on. Two at a time: the program hashes no more at once.
    pub fn sign_in_all(&self, first: usize, logins: usize) -> Outcome<Vec<String>> {
        let names: Vec<String> = (first..first + logins).map(|n| format!("s{n}")).collect();
        thread::scope(|scope| {
            let halves = names.chunks(logins.div_ceil(2).max(1));
            let threads: Vec<_> = halves
                .map(|half| {
                    scope.spawn(move || half.iter().map(|name| self.sign_in(name)).collect::<Outcome<Vec<_>>>())
                })
                .collect();
            let cookies = threads.into_iter().map(|thread| thread.join().map_err(|_| "signing in panicked")?);
            Ok(cookies.collect::<Outcome<Vec<_>>>()?.concat())
        })
    }

    /// `data` of an answer without errors.
    pub fn ask(&self, cookie: &str, operation: &str, variables: &Value) -> Outcome<Value> {
        let told = http::ask(self.address, &contract::request(cookie, operation, variables)?)?;
        let mut answer: Value = serde_json::from_slice(&told.body)?;
        match answer.get("errors") {
            Some(errors) => Err(format!("{operation}: {errors}").into()),
            None => Ok(answer.get_mut("data").map(Value::take).unwrap_or_default()),
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.stdin.take());
        drop(self.child.wait());
    }
}
