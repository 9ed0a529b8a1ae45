//! What the first screen needs, asked for at a steady pace by many students of a large school.

use std::time::Duration;

use serde_json::Value;

use crate::{
    LOGINS, Outcome, contract,
    limits::{JSON, Limits},
    load::{self, Rota},
    report::{Loads, Report},
    school::Server,
};

const RUNS: usize = 3;
const RATE: u32 = 200;
const TIME: Duration = Duration::from_secs(15);

pub fn measure(server: &Server, limits: &Limits, report: &mut Report) -> Outcome<()> {
    let requests = server
        .sign_in_all(1, LOGINS)?
        .iter()
        .map(|cookie| contract::request(cookie, "Home", &Value::Null))
        .collect::<Outcome<Vec<_>>>()?;
    let students = || requests.iter().map(|request| Rota::new(vec![request.clone()], is_home)).collect();
    load::paced(server.address, students(), RATE, Duration::from_secs(2))?;
    let mut runs = Vec::new();
    for _ in 0..RUNS {
        let run = load::paced(server.address, students(), RATE, TIME)?;
        if let Some(complaint) = &run.complaint {
            report.note(format!("Home: {} answers were not as they should be, the first: `{complaint}`.", run.refused));
        }
        runs.push(run);
    }
    let home = Loads::of(&runs);
    report.figure(
        "`Home` at 200 requests/s, 10,000 students, p50",
        &home.p50,
        Some((JSON, &limits.json_paced.p50)),
        "",
    );
    report.figure("`Home`, p99", &home.p99, Some((JSON, &limits.json_paced.p99)), "≤ 10 ms");
    report.figure("`Home`, slowest", &home.worst, Some((JSON, &limits.json_paced.worst)), "");
    report.figure("`Home`, answered", &home.rate, Some((JSON, &limits.json_paced.rate)), "200/s");
    report.note(format!(
        "`Home` is asked in turn by {LOGINS} students of a school of 10,000, on a connection each. Only 400 of the 10,000 have studied, by design of \
         the demo; those who ask are among them. A time counts from the moment at which the request was due."
    ));
    Ok(())
}

fn is_home(body: &[u8]) -> bool {
    body.starts_with(b"{\"data\":{\"viewer\":{") && contract::is_good(body)
}
