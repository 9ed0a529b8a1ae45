//! `make bench`: measures the program given as argument and writes a report, beside each figure the bare limit of the same machine in the same
//! run. It judges nothing: no figure fails a build. Everything is on 127.0.0.1, on free ports, in folders that are removed again.

mod contract;
mod heartbeats;
mod home;
mod http;
mod limits;
mod load;
mod process;
mod report;
mod rivals;
mod school;
mod search;
mod start;
mod text;

use std::{
    path::{Path, PathBuf},
    time::Instant,
};

use report::Report;
use school::{Seeding, Server};

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
}

fn measure(binary: &Path, folder: &Path, parts: &Parts, report: &mut Report) -> Outcome<()> {
    let began = Instant::now();
    let (small, large) = (folder.join("small"), folder.join("large"));
    say(began, "seeding two demo schools");
    let mut seeding = vec![(Seeding::start(binary, &small, 300, LOGINS)?, "300")];
    if parts.has("home") {
        seeding.push((Seeding::start(binary, &large, 10_000, LOGINS)?, "10,000"));
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
    let server = Server::start(binary, &small)?;
    if parts.has("heartbeats") {
        say(began, "heartbeats");
        heartbeats::measure(&server, &limits, report)?;
    }
    if parts.has("search") {
        say(began, "search over GraphQL");
        search::over_graphql(&server, &limits, report)?;
    }
    drop(server);
    if parts.has("home") {
        let server = Server::start(binary, &large)?;
        say(began, "Home");
        home::measure(&server, &limits, report)?;
    }
    if parts.has("search") {
        say(began, "search in the crate");
        search::enlarge(&small)?;
        let server = Server::start(binary, &small)?;
        search::over_graphql_at_large(&server, report)?;
        drop(server);
        search::in_the_crate(&folder.join("search"), report)?;
    }
    limits::again(folder, &limits, report)?;
    report.note(format!("The whole bench took {:.0} s.", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Accounts that the seed makes, and as many connections, to the program as to the bare limit.
const LOGINS: usize = 256;

fn say(began: Instant, what: &str) {
    eprintln!("{:4.0} s  {what}", began.elapsed().as_secs_f64());
}
