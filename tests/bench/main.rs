//! `make bench`: measures the program given as argument and writes a report, beside each figure the bare limit of the same machine in the same
//! run. It judges nothing: no figure fails a build. Everything is on 127.0.0.1, on free ports, in folders that are removed again.

mod boards;
mod contract;
mod convert;
mod heartbeats;
mod home;
mod http;
mod ledger;
mod limits;
mod load;
mod play;
mod process;
mod report;
mod rivals;
mod school;
mod search;
mod segments;
mod served;
mod start;
mod studying;
mod text;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use report::Report;
use school::{Place, STUDIED, Seeding, Server};

/// The program's own: what is measured in this process is measured as it runs there.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Whatever goes wrong ends the bench with a sentence.
type Outcome<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1);
    let first = arguments.next();
    if first.as_deref() == Some(search::RESIDENT) {
        return search::tell_resident(Path::new(&arguments.next().unwrap_or_default()));
    }
    let binary = first.map(PathBuf::from).ok_or("usage: bench <path of the program> [part…]")?;
    let parts = Parts(arguments.collect());
    let target = target()?;
    // Beside the build, not in /tmp: that may be memory, where syncing costs nothing.
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&target)?;
    let mut report = Report::new();
    let measured = measure(&binary, folder.path(), &parts, &mut report);
    // What was measured before something went wrong is told all the same.
    let text = report.render();
    println!("{text}");
    std::fs::write(target.join("bench-report.md"), text)?;
    measured
}

/// The folder of the build: this program is `target/release/examples/bench`.
fn target() -> Outcome<PathBuf> {
    let own = std::env::current_exe()?;
    Ok(own.ancestors().nth(3).ok_or("this program does not lie in a target folder")?.to_owned())
}

/// What to measure: everything, or the parts that were named.
struct Parts(Vec<String>);

impl Parts {
    fn has(&self, part: &str) -> bool {
        self.0.is_empty() || self.0.iter().any(|named| named == part)
    }
    fn is_only(&self, part: &str) -> bool {
        !self.0.is_empty() && self.0.iter().all(|named| named == part)
    }
}

fn measure(binary: &Path, folder: &Path, parts: &Parts, report: &mut Report) -> Outcome<()> {
    let began = Instant::now();
    if parts.has("convert") {
        say(began, "conversions");
        convert::measure(folder, report)?;
        if parts.is_only("convert") {
            // Nothing else is asked for that needs a school.
            return Ok(());
        }
    }
    if parts.is_only("index") {
        say(began, "search in the crate, beside SQLite and PostgreSQL");
        return search::in_the_crate(&folder.join("search"), report);
    }
    let (small, large) = (folder.join("small"), folder.join("large"));
    say(began, "seeding two demo schools");
    let mut seeding = vec![(Seeding::start(binary, Place::folder(&small), SMALL, STUDIED + LOGINS)?, "700")];
    if parts.has("home") || parts.has("ledger") {
        seeding.push((Seeding::start(binary, Place::folder(&large), 10_000, LOGINS)?, "10,000"));
    }
    for (school, students) in seeding {
        let took = school.finish()?;
        report.note(format!(
            "Seeding the demo school of {students} students beside the other: {:.0} s.",
            took.as_secs_f64()
        ));
    }
    say(began, "bare limits");
    let limits = limits::measure(folder)?;
    limits.tell(report);
    if parts.has("start") {
        say(began, "starting, and idling");
        start::measure(binary, &small, report)?;
    }
    if parts.has("segments") {
        say(began, "segments, beside nginx");
        segments::measure(binary, &small, report)?;
    }
    let server = Server::start(binary, Place::folder(&small))?;
    if parts.has("heartbeats") {
        say(began, "heartbeats");
        heartbeats::on_sqlite(&server, &limits, report)?;
    }
    if parts.has("play") {
        say(began, "the first picture on a phone");
        play::measure(&server, report)?;
    }
    if parts.has("search") {
        say(began, "search over GraphQL");
        served::in_the_demo(&server, &limits, report)?;
    }
    drop(server);
    if parts.has("postgres") {
        say(began, "heartbeats on PostgreSQL");
        heartbeats::on_postgres(binary, folder, &limits, report)?;
    }
    if parts.has("boards") {
        say(began, "boards of 100,000 students");
        boards::measure(binary, &small, &limits, report)?;
    }
    if parts.has("home") {
        let server = Server::start(binary, Place::folder(&large))?;
        say(began, "Home");
        home::measure(&server, &limits, report)?;
    }
    if parts.has("ledger") {
        say(began, "heartbeats beside a ledger of 10,000 and of 10,000,000 entries, and verifying it");
        ledger::measure(binary, (&large, &folder.join("grown")), report)?;
    }
    if parts.has("search") {
        say(began, "search over GraphQL in 200,000 paragraphs, fresh and made anew");
        served::at_large(binary, &small, report)?;
    }
    if parts.has("index") {
        say(began, "search in the crate, beside SQLite and PostgreSQL");
        search::in_the_crate(&folder.join("search"), report)?;
    }
    limits::again(folder, &limits, report)?;
    report.note(format!("The whole bench took {:.0} s.", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Students of the small school: those who have studied, and more than there are connections.
const SMALL: usize = 700;

/// Students who ask, and as many connections, to the program as to the bare limit.
const LOGINS: usize = 256;

fn say(began: Instant, what: &str) {
    eprintln!("{:4.0} s  {what}", began.elapsed().as_secs_f64());
}
