//! What runs in the sandbox sees nothing, reaches nobody and outlives nobody.

use std::{net::TcpListener, path::Path, time::Duration};

use super::convert::somebody_works_in;
use crate::ffmpeg::{
    run::{Outcome, Tools},
    sandbox::{Room, Sandbox},
};

fn tools(sandbox: Sandbox) -> Tools {
    Tools::find("ffmpeg".into(), "ffprobe".into(), sandbox)
}

async fn shell(tools: &Tools, script: &str, room: Room<'_>, most: Duration) -> Outcome {
    let words = ["-c".to_owned(), script.to_owned()];
    tools.read(Path::new("/bin/bash"), &words, room, most).await.unwrap()
}

#[tokio::test]
async fn what_runs_inside_reads_no_secret_reaches_no_network_and_leaves_nobody_behind() {
    let sandbox = Sandbox::of_this_machine().clone();
    if let Sandbox::Bare(why) = &sandbox {
        eprintln!("SKIPPED: no sandbox here: {why}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (work, secret, source) =
        (folder.path().join("work"), folder.path().join("secret"), folder.path().join("source"));
    std::fs::create_dir(&work).unwrap();
    std::fs::write(&secret, "密钥").unwrap();
    std::fs::write(&source, "source").unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let port = listener.local_addr().unwrap().port();
    let (tools, room) = (tools(sandbox), Room { folder: &work, source: &source });
    let second = Duration::from_secs(20);
    let cases = [
        (format!("cat {}", secret.display()), false),
        ("cat /etc/passwd".to_owned(), false),
        ("ls /proc/1/root".to_owned(), false),
        (format!("exec 3<>/dev/tcp/127.0.0.1/{port}"), false),
        ("echo x > /in/source".to_owned(), false),
        ("echo x > /usr/bin/x".to_owned(), false),
        ("cat /in/source && echo made > /out/made".to_owned(), true),
    ];
    for (script, works) in cases {
        let ended = shell(&tools, &script, room, second).await;
        assert_eq!(matches!(ended, Outcome::Done(_)), works, "{script}: {ended:?}");
    }
    assert_eq!(std::fs::read_to_string(work.join("made")).unwrap(), "made\n");
    assert!(listener.accept().is_err(), "nobody was called");
    // More processes than are let be, and none of them outlives its time. (Of the very root of the machine Linux counts none.)
    let many = "for n in {1..300}; do sleep 60 & done; wait";
    let ended = shell(&tools, many, room, Duration::from_secs(3)).await;
    assert!(rustix::process::geteuid().is_root() || !matches!(ended, Outcome::Done(_)), "{ended:?}");
    assert_gone(&work).await;
}

#[tokio::test]
async fn without_a_sandbox_the_time_still_ends_and_the_whole_group_dies() {
    let folder = tempfile::tempdir().unwrap();
    let work = folder.path().canonicalize().unwrap();
    let tools = tools(Sandbox::Bare("for this test".to_owned()));
    let room = Room { folder: &work, source: &work };
    let ended = shell(&tools, "sleep 60 & sleep 60", room, Duration::from_millis(300)).await;
    assert!(matches!(ended, Outcome::TimedOut), "{ended:?}");
    assert_gone(&work).await;
    for (script, killed) in [("kill -SEGV $$", false), ("kill -KILL $$", true)] {
        let ended = shell(&tools, script, room, Duration::from_secs(20)).await;
        assert_eq!(matches!(ended, Outcome::Killed), killed, "{script}: {ended:?}");
    }
}

async fn assert_gone(folder: &Path) {
    let gone = async {
        while somebody_works_in(folder) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("nothing is left of it");
}
