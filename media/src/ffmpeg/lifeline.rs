//! A program ends with the process that started it, at whatever moment that one dies. What Linux offers for it begins to hold only when the
//! program (or bubblewrap around it) has come to ask for it, and whoever was started before and asks after stays alive. So a watcher stands beside
//! each program and reads its standard input, a pipe whose other end only the starter has and never writes to: when that ends, all end.

use std::{ffi::OsString, path::Path, process::Stdio};

use rustix::process::{Pid, Signal, kill_process_group};
use tokio::process::{Child, ChildStdin, Command};

use super::sandbox::in_path;

/// Whom the watcher kills.
#[derive(Debug, Clone, Copy)]
pub enum Reach {
    /// All that it can see: it is alone with the program in a namespace of processes.
    Everybody,
    /// The program's process group, which is named after it.
    Group,
}

/// The words in front of a program that put a watcher beside it.
pub fn watched(reach: Reach) -> Vec<OsString> {
    let Some(shell) = in_path(Path::new("sh")) else { return Vec::new() };
    let all = match reach {
        Reach::Everybody => "-1",
        Reach::Group => "-$$",
    };
    let watch = format!(
        "exec 3<&0 </dev/null; {{ read -r _ <&3; kill -s KILL -- {all}; }} >/dev/null 2>&1 & exec 3<&-; exec \"$@\""
    );
    vec![shell.into(), "-c".into(), watch.into(), "watched".into()]
}

/// Gives the program its end of the pipe.
pub fn tie(command: &mut Command) {
    command.stdin(Stdio::piped());
}

/// Our end. The program and all that it started live no longer than this.
pub struct Held {
    group: Option<u32>,
    _pipe: Option<ChildStdin>,
}

pub fn held(child: &mut Child) -> Held {
    Held { group: child.id(), _pipe: child.stdin.take() }
}

impl Held {
    /// It has ended by itself: its number may be another's by now.
    pub fn ended(mut self) {
        self.group = None;
    }
}
impl Drop for Held {
    fn drop(&mut self) {
        let pid = self.group.and_then(|id| i32::try_from(id).ok()).and_then(Pid::from_raw);
        if let Some(pid) = pid {
            // Nothing to do when it is gone already.
            let _ = kill_process_group(pid, Signal::KILL);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{os::unix::process::ExitStatusExt, time::Duration};

    use super::*;

    fn begun(program: &[&str]) -> Child {
        let mut words = watched(Reach::Group).into_iter();
        let mut command = Command::new(words.next().unwrap());
        tie(&mut command);
        command.args(words).args(program).stdout(Stdio::piped()).process_group(0).kill_on_drop(true).spawn().unwrap()
    }

    const SOON: Duration = Duration::from_secs(20);

    /// As if the starter had died between starting it and the moment in which it could ask to die with it.
    #[tokio::test]
    async fn a_program_whose_starter_died_before_it_began_does_not_live_on() {
        let mut child = begun(&["sleep", "3600"]);
        // Of a starter that is gone, only the pipe is told.
        drop(child.stdin.take());
        let status = tokio::time::timeout(SOON, child.wait()).await.expect("it ends").unwrap();
        assert_eq!(status.signal(), Some(9));
    }

    #[tokio::test]
    async fn the_watcher_keeps_nobody_waiting_who_reads_what_the_program_prints() {
        let mut child = begun(&["echo", "done"]);
        let pipe = child.stdin.take();
        let output = tokio::time::timeout(SOON, child.wait_with_output()).await.expect("the output ends").unwrap();
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(0), b"done\n".as_slice()));
        drop(pipe);
    }
}
