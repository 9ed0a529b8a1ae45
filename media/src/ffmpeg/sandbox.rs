//! How a program of foreign bytes is held. Where the machine lets bubblewrap work: no network, no other process to be seen, no file but the
//! system's libraries, the one source (to be read) and the one folder (to be written). Elsewhere only limits, and a program that dies with us.

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    process::Stdio,
    sync::OnceLock,
    time::Duration,
};

use kernel::{Error, Result};

use super::lifeline::{Reach, watched};

const MOST_MEMORY: u64 = 6 << 30;
const LARGEST_FILE: u64 = 40 << 30;
const MOST_PROCESSES: u32 = 256;
/// Where the source lies inside, and the folder.
const SOURCE: &str = "/in/source";
const FOLDER: &str = "/out";

/// What holds the programs here.
#[derive(Debug, Clone)]
pub enum Sandbox {
    Bubblewrap(PathBuf),
    /// Limits only, and why.
    Bare(String),
}

/// What one run may touch.
#[derive(Clone, Copy)]
pub struct Room<'a> {
    /// To be written; the working folder.
    pub folder: &'a Path,
    /// To be read.
    pub source: &'a Path,
}

impl Sandbox {
    /// Tried once in a process: whether bubblewrap is there, and whether the machine lets it work.
    pub fn of_this_machine() -> &'static Self {
        static FOUND: OnceLock<Sandbox> = OnceLock::new();
        FOUND.get_or_init(|| {
            let found = Self::probe();
            match &found {
                Self::Bubblewrap(path) => tracing::info!(bubblewrap = %path.display(), "conversions run in a sandbox"),
                Self::Bare(why) => tracing::warn!(why, "conversions run without a sandbox, under limits only"),
            }
            found
        })
    }

    fn probe() -> Self {
        let Some(path) = in_path(Path::new("bwrap")) else {
            return Self::Bare("bubblewrap is not installed".to_owned());
        };
        let Some(program) = in_path(Path::new("true")) else {
            return Self::Bare("there is no program to try it with".to_owned());
        };
        let room = Room { folder: Path::new("/"), source: Path::new("/dev/null") };
        let mut command = std::process::Command::new(&path);
        command.args(held(&program, room, false)).arg("--").arg(&program);
        match command.env_clear().stdin(Stdio::null()).output() {
            Ok(output) if output.status.success() => Self::Bubblewrap(path),
            Ok(output) => Self::Bare(String::from_utf8_lossy(&output.stderr).trim().chars().take(200).collect()),
            Err(error) => Self::Bare(error.to_string()),
        }
    }

    /// The name of the source as the program sees it.
    pub fn inside(&self, source: &Path) -> Result<String> {
        match self {
            Self::Bubblewrap(_) => Ok(SOURCE.to_owned()),
            Self::Bare(_) => {
                source.to_str().map(str::to_owned).ok_or_else(|| Error::broken("the work folder's name is not UTF-8"))
            }
        }
    }

    /// All words of the command line up to the program's own arguments.
    pub fn line(&self, program: &Path, room: Room<'_>, most: Duration) -> Vec<OsString> {
        let mut line = Vec::new();
        if let Some(nice) = helper("nice") {
            line.extend([nice, "-n".into(), "10".into()]);
        }
        if let Some(prlimit) = helper("prlimit") {
            // Two threads may each use the whole time.
            let seconds = most.as_secs() * 2 + 1;
            let limits = [format!("--cpu={seconds}"), format!("--as={MOST_MEMORY}"), format!("--fsize={LARGEST_FILE}")];
            line.push(prlimit);
            line.extend(limits.map(OsString::from));
            line.extend(["--core=0", "--nofile=256"].map(OsString::from));
        }
        match self {
            Self::Bubblewrap(path) => {
                line.push(path.into());
                line.extend(held(program, room, true));
                line.push("--".into());
                // Inside, so that only the processes inside are counted.
                if let Some(prlimit) = helper("prlimit") {
                    line.extend([prlimit, format!("--nproc={MOST_PROCESSES}").into()]);
                }
                line.extend(watched(Reach::Everybody));
            }
            Self::Bare(_) => {
                if let Some(setpriv) = helper("setpriv") {
                    line.extend([setpriv, "--no-new-privs".into(), "--pdeathsig".into(), "KILL".into()]);
                }
                line.extend(watched(Reach::Group));
            }
        }
        line.push(program.into());
        line
    }
}

/// The words of bubblewrap. Nobody inside, a session of its own, and death with whoever started it.
fn held(program: &Path, room: Room<'_>, work: bool) -> Vec<OsString> {
    let mut all: Vec<OsString> = [
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--cap-drop",
        "ALL",
        "--uid",
        "65534",
        "--gid",
        "65534",
    ]
    .map(OsString::from)
    .into();
    let mut bind = |how: &str, from: &Path, to: &Path| all.extend([how.into(), from.into(), to.into()]);
    bind("--ro-bind", Path::new("/usr"), Path::new("/usr"));
    for name in ["/lib", "/lib64", "/bin"] {
        let path = Path::new(name);
        match std::fs::read_link(path) {
            Ok(target) => bind("--symlink", &target, path),
            Err(_) => bind("--ro-bind-try", path, path),
        }
    }
    for name in ["/etc/ld.so.cache", "/etc/alternatives", "/etc/fonts"] {
        bind("--ro-bind-try", Path::new(name), Path::new(name));
    }
    if let Some(own) = program.parent().filter(|own| !own.starts_with("/usr") && own.components().count() > 2) {
        bind("--ro-bind", own, own);
    }
    if work {
        bind("--ro-bind", room.source, Path::new(SOURCE));
        bind("--bind", room.folder, Path::new(FOLDER));
        all.extend(["--chdir", FOLDER].map(OsString::from));
    }
    all.extend(["--dev", "/dev", "--tmpfs", "/tmp"].map(OsString::from));
    all
}

fn helper(name: &str) -> Option<OsString> {
    in_path(Path::new(name)).map(PathBuf::into_os_string)
}

/// The absolute path of a program, since it runs without a `PATH`.
pub fn in_path(program: &Path) -> Option<PathBuf> {
    if program.components().count() > 1 {
        return program.is_file().then(|| program.to_owned());
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file())
}
