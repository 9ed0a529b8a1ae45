//! Power cuts: the data folder lies on ext4 in an image; the server is stopped in the middle of its work, the image is copied as the disk has it,
//! and the copy is mounted as after a crash. What had only been in memory is gone; what had been acknowledged must not be.

use std::{
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use rustix::process::Signal;

use crate::{
    chance::Chance,
    check,
    kills::{self, TURN},
    load::Cast,
    number, say,
    server::School,
};

/// A mounted image; unmounted when it goes.
struct Disk {
    folder: PathBuf,
}

fn did(program: &str, arguments: &[&str]) -> Result<(), String> {
    let output = Command::new(program).args(arguments).output().map_err(|e| format!("{program}: {e}"))?;
    let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
    if output.status.success() { Ok(()) } else { Err(format!("{program}: {said}")) }
}

impl Disk {
    fn mount(image: &Path, folder: &Path) -> Result<Self, String> {
        std::fs::create_dir_all(folder).map_err(|e| e.to_string())?;
        let (image, at) = (image.to_str().unwrap(), folder.to_str().unwrap());
        did("mount", &["-t", "ext4", "-o", "loop", image, at])?;
        Ok(Self { folder: folder.to_owned() })
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let folder = self.folder.to_str().unwrap();
        if did("umount", &[folder]).is_err() {
            // Whoever still looks at it must not keep the image.
            drop(did("umount", &["--lazy", folder]));
        }
    }
}

fn image(path: &Path) -> Result<(), String> {
    let (path, size) = (path.to_str().unwrap(), 400 << 20);
    std::fs::File::create(path).and_then(|file| file.set_len(size)).map_err(|e| e.to_string())?;
    did("mkfs.ext4", &["-q", "-F", path])
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_when_the_power_is_cut() {
    let _turn = TURN.lock().await;
    let cuts = number("XIANFENG_CUTS", 3);
    let folder = tempfile::tempdir().unwrap();
    let mut disk = folder.path().join("disk-0");
    let mounted = image(&disk).and_then(|()| Disk::mount(&disk, &folder.path().join("mounted-0")));
    let mut mounted = match mounted {
        Ok(mounted) => mounted,
        Err(why) => return say(&format!("  POWER CUTS SKIPPED: no image can be mounted here ({why})")),
    };
    let (mut chance, seed) = Chance::from_environment();
    say(&format!("  {cuts} power cuts, XIANFENG_SEED={seed}"));
    let mut school = kills::school(&mounted.folder.join("school")).await;
    let second = Cast::second_admin(&school);
    let mut server = school.start();
    let (mut url, _) = server.wait();
    let cast = Cast::gather(&url, &second).await;
    // What was there before is on the disk; only the load is at stake.
    did("sync", &["-f", mounted.folder.to_str().unwrap()]).unwrap();
    for n in 1..=cuts {
        let life = Duration::from_millis(chance.between(800, 2500));
        cast.work(&url, &server, life, Signal::STOP, &mut chance).await;
        let copy = folder.path().join(format!("disk-{n}"));
        did("cp", &["--sparse=always", disk.to_str().unwrap(), copy.to_str().unwrap()]).unwrap();
        server.kill();
        drop(mounted);
        std::fs::remove_file(&disk).unwrap();
        disk = copy;
        mounted = Disk::mount(&disk, &folder.path().join(format!("mounted-{n}"))).unwrap();
        school = School::at(&mounted.folder.join("school"));
        server = school.start();
        url = server.wait().0;
        cast.check(&url, n % 10 == 0 || n == cuts).await;
    }
    cast.settle(&url).await;
    server.stop();
    kills::ledger(&school);
    let said = check::summary(&cast.oracle.lock().unwrap());
    say(&format!("  {cuts} power cuts: 0 lost, 0 twice; {said}"));
}
