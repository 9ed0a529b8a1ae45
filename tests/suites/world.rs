//! Schools for the suites. One is seeded and given its courses once; every case gets a copy of its own with a server of its own, so that
//! moving one clock moves nobody else's. Servers end with this process: the shell that started each waits on a pipe that closes then.

use std::{
    fs,
    hash::{DefaultHasher, Hash, Hasher},
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, Command, Stdio},
    sync::atomic::{AtomicU64, Ordering},
};

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::{
    dice,
    line::Line,
    school::{self, Plan},
    sdl::Sdl,
};

/// 08:00 in Beijing on the day up to which the demo school has lived.
pub const MORNING: i64 = 1_795_132_800_000;
const TODAY: &str = "2026-11-20";
/// The chance with which the courses are made; that of the cases is this run's.
const AUTHORING: u64 = 1 << 40;

pub struct Template {
    folder: PathBuf,
    pub plan: Plan,
    pub sdl: Sdl,
}

static TEMPLATE: OnceCell<Template> = OnceCell::const_new();
static COPIES: AtomicU64 = AtomicU64::new(0);

/// How many students may sign in as s1, s2, …
pub fn logins() -> u64 {
    dice::number("XIANFENG_HONEST").unwrap_or(60).max(200)
}

/// The ordinary program, or the one whose clock a test moves.
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test has a path");
    let path = test.ancestors().nth(2).expect("target/debug/deps").join(name);
    let how = if name == ORDINARY { "" } else { " --features test-clock --bin xianfeng-test-clock" };
    assert!(path.exists(), "{} is missing: cargo build -p api{how}", path.display());
    path
}
pub const ORDINARY: &str = "xianfeng";
pub const CLOCKED: &str = "xianfeng-test-clock";

pub fn run(binary: &Path, arguments: &[&str]) -> (bool, String) {
    let output = Command::new(binary).args(arguments).env("XIANFENG_LOG", "warn").output().expect("the program runs");
    let said = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&said).into_owned())
}

/// The seeded school, made once.
pub async fn template() -> &'static Template {
    TEMPLATE.get_or_init(|| async { make().await }).await
}

async fn make() -> Template {
    let (_, text) = run(&binary(CLOCKED), &["schema"]);
    let sdl = Sdl::parse(&text);
    let home = home();
    let folder = home.join("template");
    if folder.join("plan.json").exists() {
        let plan = fs::read_to_string(folder.join("plan.json")).expect("a plan");
        return Template { plan: Plan::read(&serde_json::from_str(&plan).expect("JSON")), folder, sdl };
    }
    let (began, fresh) = (std::time::Instant::now(), home.join("fresh"));
    drop(fs::remove_dir_all(&fresh));
    // One of them is `student`, who has a name of his own.
    let (students, names) = ((logins() + 1).to_string(), logins().to_string());
    let data = fresh.to_str().expect("UTF-8");
    let seed = ["seed", "--demo", "--students", &students, "--logins", &names, "--date", TODAY, "--data-dir", data];
    let (good, said) = run(&binary(CLOCKED), &seed);
    assert!(good, "{said}");
    let plan = {
        let server = Server::start(CLOCKED, &fresh, AUTHORING);
        school::publish(&server, &sdl).await
    };
    fs::write(fresh.join("plan.json"), plan.write().to_string()).expect("a plan");
    fs::rename(&fresh, &folder).expect("the school is in its place");
    crate::say(&format!("a school with {names} logins was made in {} s", began.elapsed().as_secs()));
    Template { folder, plan, sdl }
}

/// A folder of this build and this size of school; those of other builds are removed.
fn home() -> PathBuf {
    let told = fs::metadata(binary(CLOCKED)).expect("the program");
    let built = told.modified().ok().and_then(|at| at.duration_since(std::time::UNIX_EPOCH).ok()).unwrap_or_default();
    let root = Path::new(env!("CARGO_TARGET_TMPDIR")).join("suites");
    let mut hash = DefaultHasher::new();
    (include_str!("school.rs"), include_str!("world.rs"), logins(), built).hash(&mut hash);
    let name = format!("{:016x}", hash.finish());
    if let Ok(others) = fs::read_dir(&root) {
        let others = others.filter_map(Result::ok).filter(|entry| !entry.file_name().eq_ignore_ascii_case(&name));
        others.for_each(|entry| drop(fs::remove_dir_all(entry.path())));
    }
    let home = root.join(name);
    fs::create_dir_all(&home).expect("a folder");
    // Copies of a run that was killed.
    for entry in fs::read_dir(&home).expect("a folder").filter_map(Result::ok) {
        if entry.file_name().to_string_lossy().starts_with("case-") {
            drop(fs::remove_dir_all(entry.path()));
        }
    }
    home
}

/// A copy of the school and the server that serves it; both go with it.
pub struct World {
    pub server: Server,
    pub plan: &'static Plan,
    pub sdl: &'static Sdl,
    folder: PathBuf,
}

impl Drop for World {
    fn drop(&mut self) {
        self.server.end();
        let said = fs::read_to_string(self.log()).unwrap_or_default();
        drop(fs::remove_dir_all(&self.folder));
        let faults: Vec<&str> =
            said.lines().filter(|line| line.contains("panicked") || line.contains("ERROR")).collect();
        assert!(std::thread::panicking() || faults.is_empty(), "the server had faults: {faults:#?}");
    }
}

impl World {
    /// On the clock that tests move, or on the machine's.
    pub async fn start(program: &str) -> Self {
        let template = template().await;
        let number = COPIES.fetch_add(1, Ordering::SeqCst);
        let folder = template.folder.with_file_name(format!("case-{number}"));
        copy(&template.folder, &folder).expect("a copy of the school");
        let server = Server::start(program, &folder, dice::seed());
        Self { server, plan: &template.plan, sdl: &template.sdl, folder }
    }
    pub async fn clocked() -> Self {
        Self::start(CLOCKED).await
    }
    /// What the server said on standard error.
    pub fn log(&self) -> PathBuf {
        self.folder.join("server.log")
    }
    /// The data of its server.
    pub fn folder(&self) -> &Path {
        &self.folder
    }
    pub async fn sign_in(&self, name: &str) -> Line {
        Line::sign_in(&self.server.url, name).await
    }
}

/// What the object store keeps never changes in place, so links will do; all else is copied.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, target) = (entry.path(), to.join(entry.file_name()));
        if entry.file_type()?.is_dir() {
            copy(&path, &target)?;
        } else if path.components().any(|part| part.as_os_str() == "objects") {
            fs::hard_link(&path, &target)?;
        } else {
            fs::copy(&path, &target)?;
        }
    }
    Ok(())
}

/// A server process and the pipe that keeps it.
pub struct Server {
    pub url: String,
    child: Child,
    pipe: Option<ChildStdin>,
}

impl Server {
    /// On a free port of 127.0.0.1; returns when it has told its address.
    pub fn start(program: &str, data: &Path, seed: u64) -> Self {
        let script = "\"$0\" serve --listen 127.0.0.1:0 --data-dir \"$1\" & pid=$!; read _; kill $pid; wait $pid";
        let mut command = Command::new("sh");
        command.args(["-c", script]).arg(binary(program)).arg(data);
        command.env("XIANFENG_LOG", "error").env("XIANFENG_TEST_CLOCK", MORNING.to_string());
        command.env("XIANFENG_TEST_SEED", seed.to_string());
        let log = fs::File::create(data.join("server.log")).expect("a log");
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(log).spawn().expect("a shell");
        let pipe = child.stdin.take();
        let out = child.stdout.take().expect("its output");
        let url = BufReader::new(out).lines().map_while(Result::ok).find(|line| line.starts_with("http://"));
        let told = || fs::read_to_string(data.join("server.log")).unwrap_or_default();
        Self { url: url.unwrap_or_else(|| panic!("no address: {}", told())), child, pipe }
    }

    fn end(&mut self) {
        drop(self.pipe.take());
        drop(self.child.wait());
    }

    /// Lets time pass on the server; answers its monotonic clock.
    pub async fn advance(&self, line: &Line, millis: i64) -> i64 {
        self.turn(line, json!({ "advanceMs": millis })).await["monotonicMs"].as_i64().expect("a time")
    }

    /// Moves the server's clocks.
    pub async fn turn(&self, line: &Line, by: Value) -> Value {
        let url = format!("{}/test-clock", self.url);
        let request = line.request(reqwest::Method::POST, &url).header("content-type", "application/json");
        let told = request.body(by.to_string()).send().await.expect("the clock answers").text().await.expect("a text");
        serde_json::from_str(&told).unwrap_or_else(|_| panic!("the clock says: {told}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.end();
    }
}
