//! Segments of a video served to players, beside nginx serving the same files: both with two workers, both asked by the same driver in turn. What
//! a study fetches is evidence and written down; nginx does nothing of that.

use std::{
    fs,
    io::Write,
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    Outcome, http,
    load::{self, Rota, Run},
    process,
    report::{Loads, Report},
    school::{Place, Server},
};

const RUNS: usize = 5;
const TIME: Duration = Duration::from_secs(4);
const CONNECTIONS: usize = 16;
/// Four seconds of video at 2 Mbit/s, and at 0.5 Mbit/s.
const SIZES: [Size; 2] = [
    Size { bytes: 1 << 20, name: "1 MiB", whole: |body| body.len() > 1 << 20 },
    Size { bytes: 1 << 18, name: "256 KiB", whole: |body| body.len() > 1 << 18 },
];
const WORKERS: &str = "2";

struct Size {
    bytes: usize,
    name: &'static str,
    whole: fn(&[u8]) -> bool,
}

/// Fills the segments of the demo's videos, which are plain pictures and small, up to the size that those of camera material have. Nobody serves
/// the folder meanwhile.
fn prepare(data: &Path, size: usize) -> Outcome<()> {
    let body: Vec<u8> = (0..size).map(|n| u8::try_from((n * 31 + n / 251) % 256)).collect::<Result<_, _>>()?;
    for path in files(&data.join("objects/assets"))? {
        if path.extension().is_some_and(|kind| kind == "m4s") {
            let mut file = fs::File::create(&path)?;
            // So that each is known again.
            file.write_all(path.to_string_lossy().as_bytes())?;
            file.write_all(&body)?;
        }
    }
    Ok(())
}

fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { found.extend(files(&path)?) } else { found.push(path) }
    }
    Ok(found)
}

pub fn measure(binary: &Path, data: &Path, report: &mut Report) -> Outcome<()> {
    let Some(nginx) = nginx() else {
        report.note("Segments: nginx is not installed (tests/install.sh nginx), so nothing was measured beside it.");
        return Ok(());
    };
    for size in &SIZES {
        beside_nginx(binary, data, nginx, size, report)?;
    }
    Ok(())
}

fn beside_nginx(binary: &Path, data: &Path, nginx: &str, size: &Size, report: &mut Report) -> Outcome<()> {
    prepare(data, size.bytes)?;
    let server = Server::start_with(binary, Place::folder(data), &[("TOKIO_WORKER_THREADS", WORKERS)])?;
    let paths = played(&server)?;
    let files = paths.iter().map(|path| file_of(&server, path)).collect::<Outcome<Vec<_>>>()?;
    let peer = Peer::start(nginx, data)?;
    let ours: Vec<Vec<u8>> = paths.iter().map(|path| http::get(path)).collect();
    let theirs = files.iter().map(|file| peer.request(file)).collect::<Outcome<Vec<_>>>()?;
    let (mut served, mut limit) = (Vec::new(), Vec::new());
    let mut costs = Vec::new();
    for n in 0..=RUNS {
        let before = process::cpu(server.pid);
        let run = ask(server.address, &ours, size)?;
        let used = process::cpu(server.pid).zip(before).map(|(after, before)| after.saturating_sub(before));
        let beside = ask(peer.address, &theirs, size)?;
        for (who, run) in [("the program", &run), ("nginx", &beside)] {
            if let Some(complaint) = &run.complaint {
                return Err(format!("{} segments of {who} were not served: {complaint}", run.refused).into());
            }
        }
        // The first one warms both.
        if n > 0 {
            costs.extend(used.map(|used| used.as_secs_f64() * 1e6 / run.times.len().max(1) as f64));
            served.push(run);
            limit.push(beside);
        }
    }
    tell(size, (&served, &limit), &costs, paths.len(), report);
    Ok(())
}

fn tell(size: &Size, runs: (&[Run], &[Run]), costs: &[f64], many: usize, report: &mut Report) {
    let (ours, theirs, name) = (Loads::of(runs.0), Loads::of(runs.1), size.name);
    report.figure(format!("segments of {name} to players"), &ours.rate, Some(("nginx", &theirs.rate)), "≥ 0.7");
    report.figure(format!("a segment of {name}, p50"), &ours.p50, Some(("nginx", &theirs.p50)), "");
    report.figure(format!("a segment of {name}, p99"), &ours.p99, Some(("nginx", &theirs.p99)), "");
    let cost = costs.iter().sum::<f64>() / costs.len().max(1) as f64;
    report.note(format!(
        "Segments of {name}: {many} of them in turn over {CONNECTIONS} connections, the program with two workers and nginx with two (sendfile, open files \
         cached), one after the other in {RUNS} pairs of runs. CPU of the program {cost:.0} µs a segment, signature, session of the study and evidence included."
    ));
}

fn ask(address: SocketAddr, requests: &[Vec<u8>], size: &Size) -> Outcome<Run> {
    // Each connection begins elsewhere in the film.
    let asks = (0..CONNECTIONS).map(|n| {
        let mut requests = requests.to_vec();
        let many = requests.len().max(1);
        requests.rotate_left(n * 7 % many);
        Rota::new(requests, size.whole)
    });
    Ok(load::closed(address, asks.collect(), TIME)?.0)
}

/// The paths of all segments of a lesson, in its best quality, as a player finds them.
fn played(server: &Server) -> Outcome<Vec<String>> {
    let cookie = server.sign_in("s1")?;
    let lesson = crate::studying::last_video(server, &cookie)?;
    let study = server.ask(&cookie, "OpenStudy", &json!({ "lessonId": lesson }))?;
    let master = study.pointer("/openStudy/material/playlistUrl").and_then(serde_json::Value::as_str);
    let master = master.ok_or("a study without a playlist")?;
    let index = beside(master, &lines(server, master)?.pop().ok_or("an empty master playlist")?);
    Ok(lines(server, &index)?.iter().map(|name| beside(&index, name)).collect())
}

/// The names in a playlist.
fn lines(server: &Server, path: &str) -> Outcome<Vec<String>> {
    let told = http::ask(server.address, &http::get(path))?;
    let text = String::from_utf8(told.body)?;
    Ok(text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(str::to_owned).collect())
}

fn beside(path: &str, name: &str) -> String {
    let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
    format!("{folder}/{name}")
}

/// Which file a segment is: [`prepare`] has written it into each.
fn file_of(server: &Server, path: &str) -> Outcome<PathBuf> {
    let told = http::ask(server.address, &http::get(path))?;
    let end = told.body.windows(4).position(|four| four == b".m4s").ok_or("a segment that was not prepared")?;
    Ok(PathBuf::from(String::from_utf8(told.body.get(..end + 4).unwrap_or_default().to_vec())?))
}

fn nginx() -> Option<&'static str> {
    ["nginx", "/usr/sbin/nginx"]
        .into_iter()
        .find(|name| Command::new(name).arg("-v").stderr(Stdio::null()).status().is_ok_and(|status| status.success()))
}

/// nginx on the objects of the same folder.
struct Peer {
    child: Child,
    address: SocketAddr,
    root: PathBuf,
    _folder: tempfile::TempDir,
}

impl Peer {
    fn start(nginx: &str, data: &Path) -> Outcome<Self> {
        let folder = tempfile::tempdir()?;
        let root = data.join("objects").canonicalize()?;
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let file = folder.path().join("nginx.conf");
        fs::write(&file, configuration(folder.path(), &root, address))?;
        let mut command = Command::new(nginx);
        command.arg("-c").arg(&file).arg("-p").arg(folder.path()).arg("-e").arg("stderr");
        let child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        let peer = Self { child, address, root, _folder: folder };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() {
            if began.elapsed() > Duration::from_secs(10) {
                return Err("nginx does not listen".into());
            }
            thread::sleep(Duration::from_millis(20));
        }
        Ok(peer)
    }

    fn request(&self, file: &Path) -> Outcome<Vec<u8>> {
        let name = file.canonicalize()?.strip_prefix(&self.root)?.to_string_lossy().into_owned();
        Ok(http::get(&format!("/{name}")))
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // Its workers end with it.
        drop(Command::new("kill").arg(self.child.id().to_string()).status());
        drop(self.child.wait());
    }
}

fn configuration(folder: &Path, root: &Path, address: SocketAddr) -> String {
    // Workers of a master that is root are somebody else, who may not read the folder.
    let owner = fs::metadata(folder).is_ok_and(|told| std::os::unix::fs::MetadataExt::uid(&told) == 0);
    let user = if owner { "user root;" } else { "" };
    let (folder, root) = (folder.display(), root.display());
    format!(
        "{user} worker_processes {WORKERS}; daemon off; pid {folder}/pid;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; tcp_nodelay on; keepalive_requests 100000000;
  open_file_cache max=4096; open_file_cache_valid 60s;
  client_body_temp_path {folder}/a; proxy_temp_path {folder}/b; fastcgi_temp_path {folder}/c; uwsgi_temp_path {folder}/d; scgi_temp_path {folder}/e;
  types {{ video/iso.segment m4s; }}
  server {{ listen {address}; root {root}; etag on; add_header Cache-Control \"private, max-age=43200, immutable\"; }}
}}
"
    )
}
