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
    let binary = std::env::args_os().nth(1).map(PathBuf::from).ok_or("usage: bench <path of the program>")?;
    let target = target()?;
    // Beside the build, not in /tmp: that may be memory, where syncing costs nothing.
    let folder = tempfile::Builder::new().prefix("bench-").tempdir_in(&target)?;
    let mut report = Report::new();
    let measured = measure(&binary, folder.path(), &mut report);
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

fn measure(binary: &Path, folder: &Path, report: &mut Report) -> Outcome<()> {
    let began = Instant::now();
    let (small, large) = (folder.join("small"), folder.join("large"));
    say(began, "seeding two demo schools");
    let seeding = [Seeding::start(binary, &small, 300, LOGINS)?, Seeding::start(binary, &large, 10_000, LOGINS)?];
    for (school, students) in seeding.into_iter().zip(["300", "10,000"]) {
        let took = school.finish()?;
        report.note(format!(
            "Seeding the demo school of {students} students beside the other: {:.0} s.",
            took.as_secs_f64()
        ));
    }
    say(began, "bare limits");
    let limits = limits::measure(folder)?;
    limits.tell(report);
    say(began, "starting, and idling");
    start::measure(binary, &small, report)?;
    let server = Server::start(binary, &small)?;
    say(began, "heartbeats");
    heartbeats::measure(&server, &limits, report)?;
    say(began, "search over GraphQL");
    search::over_graphql(&server, &limits, report)?;
    drop(server);
    let server = Server::start(binary, &large)?;
    say(began, "Home");
    home::measure(&server, &limits, report)?;
    drop(server);
    say(began, "search in the crate");
    search::in_the_crate(&folder.join("index"), report)?;
    limits::again(folder, &limits, report)?;
    report.note(format!("The whole bench took {:.0} s.", began.elapsed().as_secs_f64()));
    Ok(())
}

/// Accounts that the seed makes, and as many connections, to the program as to the bare limit.
const LOGINS: usize = 256;

fn say(began: Instant, what: &str) {
    eprintln!("{:4.0} s  {what}", began.elapsed().as_secs_f64());
}
