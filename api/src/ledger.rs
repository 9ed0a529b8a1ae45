//! The `ledger` commands, how the ledger is sealed here, and the verification of every night.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use clap::Subcommand;
use credits::{Credits, Sealing, Verification};
use data_encoding::HEXLOWER_PERMISSIVE;
use kernel::{Clock, Day, Millis, Zone, clock::SystemClock};
use tokio::sync::{oneshot, watch};
use verify::{Options, Report};

use crate::{
    app::{self, Houses},
    config::Config,
    secrets,
};

#[derive(Subcommand)]
pub enum Ledger {
    /// Read the whole ledger anew and name the first bad entry; exit code 1 if there is one
    Verify {
        /// File of checkpoints, kept apart from the database; default as set
        #[arg(long)]
        witness: Option<PathBuf>,
        /// Public key in hex, kept apart from this machine; may be given several times; default that of this folder
        #[arg(long)]
        key: Vec<String>,
    },
    /// Compare balances with the entries and make them anew where they differ
    Rebuild,
    /// Print the public key that checkpoints are signed with
    Key,
}

pub async fn run(config: &Config, command: Ledger) -> Result<(), String> {
    match command {
        Ledger::Verify { witness, key } => verify_now(config, witness, &key).await,
        Ledger::Rebuild => rebuild(config).await,
        Ledger::Key => {
            println!("{}", data_encoding::HEXLOWER.encode(&own_key(config)?));
            Ok(())
        }
    }
}

/// To be given to the credits house by whoever opens it.
pub fn sealing(config: &Config) -> Result<Sealing, String> {
    Ok(Sealing {
        seed: seed(config)?,
        former: keys(&config.ledger.former_keys)?,
        witness: config.witness(),
        webhook: Some(config.ledger.webhook.clone()).filter(|url| !url.is_empty()),
    })
}

fn seed(config: &Config) -> Result<[u8; 32], String> {
    secrets::secret(&config.data_dir, "checkpoint").map_err(|e| e.to_string())
}

fn own_key(config: &Config) -> Result<[u8; 32], String> {
    credits::public_key(&seed(config)?).map_err(|e| e.to_string())
}

fn keys(texts: &[String]) -> Result<Vec<[u8; 32]>, String> {
    let read = |text: &String| {
        let bytes = HEXLOWER_PERMISSIVE.decode(text.trim().as_bytes()).ok();
        let key = bytes.and_then(|bytes| bytes.try_into().ok());
        key.ok_or_else(|| format!("{text}: 公钥应为 64 位十六进制。A public key has 64 hexadecimal digits."))
    };
    texts.iter().map(read).collect()
}

/// As the command does it; without keys those of this folder.
pub async fn verify(config: &Config, keys: &[String]) -> Result<(), String> {
    verify_now(config, None, keys).await
}

/// Does not take the folder's lock: it may run beside `serve`.
async fn verify_now(config: &Config, witness: Option<PathBuf>, key: &[String]) -> Result<(), String> {
    let mut options = Options { keys: keys(key)?, witness, threads: None };
    if options.keys.is_empty() {
        options.keys = known_keys(config)?;
    }
    if options.witness.is_none() {
        options.witness = there(&config.witness());
    }
    // Brings an older copy's schema up to date; without a database that can be written to, it is read all the same.
    let db = app::database(config).await;
    let report = read(config, options).await?;
    println!("{report}");
    let seconds = report.elapsed.as_secs_f64();
    println!(
        "用时 {seconds:.1} 秒，每核每秒 {:.0} 条。{seconds:.1} s, {0:.0} entries by second and core.",
        report.speed()
    );
    let noted = match db {
        Ok(db) => {
            credits::note_check(&db, SystemClock::new().now(), &checked(&report)).await.map_err(|e| e.to_string())
        }
        Err(error) => Err(error),
    };
    if let Err(error) = noted {
        println!("核验结果未能记入数据库。What was found could not be noted in the database: {error}");
    }
    if report.is_clean() { Ok(()) } else { Err("账本核验未通过。The ledger is not in order.".to_owned()) }
}

fn known_keys(config: &Config) -> Result<Vec<[u8; 32]>, String> {
    let mut all = keys(&config.ledger.former_keys)?;
    all.push(own_key(config)?);
    Ok(all)
}

fn there(witness: &Path) -> Option<PathBuf> {
    witness.exists().then(|| witness.to_owned())
}

async fn read(config: &Config, options: Options) -> Result<Report, String> {
    let url = config.database_url();
    let (told, report) = oneshot::channel();
    // A thread that nobody waits for: going down does not wait until millions of entries are read.
    std::thread::spawn(move || told.send(verify::verify(&url, &options)));
    report.await.map_err(|e| e.to_string())?
}

fn checked(report: &Report) -> Verification {
    let first_fault = report.first_fault().map(ToString::to_string);
    Verification { entries: report.entries, upto: report.sealed_upto, first_fault }
}

/// Under the head's lock, so it may run beside `serve` too.
async fn rebuild(config: &Config) -> Result<(), String> {
    let db = app::database(config).await?;
    let rebuilt = credits::rebuild(&db).await.map_err(|e| e.to_string())?;
    for difference in &rebuilt.differences {
        println!("{}: {}", difference.table, difference.rows);
        for example in &difference.examples {
            println!("  {example}");
        }
    }
    match rebuilt.rows() {
        0 => println!("余额与账本一致。Balances say what the entries say."),
        rows => println!("{rows} 行与账本不符，已重建。{rows} rows differed and were made anew."),
    }
    Ok(())
}

/// The school's clock shows three: then the ledger is verified, for its health.
pub async fn verify_nightly(config: Config, houses: Arc<Houses>, mut stopped: watch::Receiver<bool>) {
    let mut nights = Nights::default();
    loop {
        tokio::select! {
            () = tokio::time::sleep(Duration::from_secs(60)) => {}
            _ = stopped.changed() => return,
        }
        tokio::select! {
            () = nights.look(&config, &houses) => {}
            _ = stopped.changed() => return,
        }
    }
}

/// The day on which it was last begun: once a night is enough.
#[derive(Default)]
struct Nights(Option<Day>);

impl Nights {
    async fn look(&mut self, config: &Config, houses: &Houses) {
        if self.is_due(houses.base.zone, houses.base.now())
            && let Err(error) = verify_for_health(config, &houses.credits).await
        {
            tracing::error!(%error, "the ledger could not be verified");
        }
    }

    fn is_due(&mut self, zone: Zone, now: Millis) -> bool {
        let today = Some(zone.day(now));
        let due = zone.minute(now).contains(" 03:") && self.0 != today;
        if due {
            self.0 = today;
        }
        due
    }
}

/// The same whenever somebody asks for it.
pub fn verifying(config: &Config, credits: &Credits) -> graphql::Verify {
    let (config, credits) = (config.clone(), credits.clone());
    Arc::new(move || {
        let (config, credits) = (config.clone(), credits.clone());
        Box::pin(async move { verify_for_health(&config, &credits).await.map_err(kernel::Error::broken) })
    })
}

async fn verify_for_health(config: &Config, credits: &Credits) -> Result<(), String> {
    // Beside what answers people, one core is enough.
    let options = Options { keys: known_keys(config)?, witness: there(&config.witness()), threads: Some(1) };
    let report = read(config, options).await?;
    if let Some(fault) = report.first_fault() {
        tracing::error!(%fault, faults = report.faults_found, "the ledger is not in order");
    }
    credits.checked(&checked(&report)).await.map_err(|e| e.to_string())
}

#[cfg(test)]
mod tests;
