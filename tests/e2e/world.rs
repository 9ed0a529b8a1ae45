//! A server of the real program on a free port, its data in a temporary folder, filled with the demo school. It ends with this process:
//! the shell that started it waits on a pipe that closes then, however the tests end.

use std::{
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
};

use tokio::sync::OnceCell;

use crate::client::Client;

pub struct World {
    pub url: String,
    pub data: tempfile::TempDir,
    _server: Server,
}

/// A server process and the pipe that keeps it.
pub struct Server {
    pub url: String,
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.pipe.take());
        drop(self.child.wait());
    }
}

/// The day up to which the demo school has lived.
pub const TODAY: &str = "2026-11-20";

pub fn binary() -> PathBuf {
    if let Ok(path) = std::env::var("XIANFENG_BINARY") {
        return PathBuf::from(path);
    }
    let test = std::env::current_exe().expect("this test has a path");
    let folder = test.ancestors().nth(2).expect("target/debug/deps").to_owned();
    let path = folder.join("xianfeng");
    assert!(path.exists(), "{} is missing: cargo build -p api", path.display());
    path
}

/// Runs a command of the program to its end; answers whether it succeeded, and what it said.
pub fn run(data: &Path, arguments: &[&str]) -> (bool, String) {
    run_on(data, None, arguments)
}

/// The same on a database of its own instead of SQLite in the data folder.
pub fn run_on(data: &Path, database: Option<&str>, arguments: &[&str]) -> (bool, String) {
    let settings: Vec<(&str, &str)> = database.map(|url| ("XIANFENG_DATABASE_URL", url)).into_iter().collect();
    run_with(data, &settings, arguments)
}

/// The same with settings of its own.
pub fn run_with(data: &Path, settings: &[(&str, &str)], arguments: &[&str]) -> (bool, String) {
    let mut command = Command::new(binary());
    command.args(arguments).arg("--data-dir").arg(data).env("XIANFENG_LOG", "warn");
    let output = command.envs(settings.iter().copied()).output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// Starts a server on a free port of 127.0.0.1 and waits for its address.
pub fn serve(data: &Path) -> Server {
    serve_on(data, None)
}

pub fn serve_on(data: &Path, database: Option<&str>) -> Server {
    let settings: Vec<(&str, &str)> = database.map(|url| ("XIANFENG_DATABASE_URL", url)).into_iter().collect();
    serve_with(data, &settings)
}

/// The same with settings of its own.
pub fn serve_with(data: &Path, settings: &[(&str, &str)]) -> Server {
    let script = "\"$0\" serve --listen 127.0.0.1:0 --data-dir \"$1\" & pid=$!; read _; kill $pid; wait $pid";
    serve_script(&["sh", "-c"], script, data, settings).0
}

/// By a script that begins the program ($0) on a folder ($1); answers what it said before the address, too.
pub fn serve_script(shell: &[&str], script: &str, data: &Path, settings: &[(&str, &str)]) -> (Server, Vec<String>) {
    let mut command = Command::new(shell[0]);
    command.args(&shell[1..]).arg(script).arg(binary()).arg(data).env("XIANFENG_LOG", "warn");
    command.envs(settings.iter().copied());
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a shell");
    let pipe = child.stdin.take();
    let out = child.stdout.take().expect("its output");
    let mut server = Server { url: String::new(), child, pipe };
    let mut before = Vec::new();
    for line in BufReader::new(out).lines().map_while(Result::ok) {
        if line.starts_with("http://") {
            server.url = line;
            return (server, before);
        }
        before.push(line);
    }
    panic!("the server tells no address: {before:?}");
}

static WORLD: OnceCell<World> = OnceCell::const_new();

/// Fills the folder with the demo school; where `make test` has made it already, with a copy.
fn fill(school: &Path) {
    if let Some(made) = std::env::var_os("XIANFENG_SCHOOL") {
        let copied = Command::new("cp").arg("-r").arg(made).arg(school).status();
        assert!(copied.is_ok_and(|status| status.success()), "XIANFENG_SCHOOL cannot be copied");
        return;
    }
    let arguments = ["seed", "--demo", "--students", "40", "--logins", "6", "--date", TODAY];
    let (good, said) = run(school, &arguments);
    assert!(good, "{said}");
}

/// The one server that the journeys share.
pub async fn world() -> &'static World {
    WORLD
        .get_or_init(|| async {
            let data = tempfile::tempdir().expect("a folder");
            let school = data.path().join("school");
            let seeded = tokio::task::spawn_blocking(move || {
                fill(&school);
                serve(&school)
            });
            let server = seeded.await.expect("the school is seeded");
            World { url: server.url.clone(), data, _server: server }
        })
        .await
}

impl World {
    pub fn anonymous(&self) -> Client {
        Client::new(&self.url)
    }
    /// One of the demo accounts.
    pub async fn sign_in(&self, username: &str) -> Client {
        Client::sign_in(&self.url, username, "demo-xianfeng").await
    }
}
