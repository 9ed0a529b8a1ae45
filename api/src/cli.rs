//! The commands. Whatever goes wrong is told in a sentence on standard error and exit code 1.

use std::{collections::HashMap, path::PathBuf, process::ExitCode, sync::Arc};

use clap::{Parser, Subcommand};
use kernel::{Day, Role};

use crate::{
    app::{self, App},
    backup,
    config::Config,
    demo, flows, ledger, objects, observe, play, restore, secrets, serve,
};

/// A program whose clock a test may move says so wherever it says what it is.
const VERSION: &str = if cfg!(feature = "test-clock") {
    concat!(env!("CARGO_PKG_VERSION"), " test-clock")
} else {
    env!("CARGO_PKG_VERSION")
};

#[derive(Parser)]
#[command(name = "xianfeng", version = VERSION, about = "先锋学堂 · an online party school in one program")]
struct Cli {
    /// Settings file; see api/config.default.toml
    #[arg(long, global = true)]
    config: Option<PathBuf>,
    /// Holds everything that the embedded default writes
    #[arg(long, global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the web app and the API
    Serve {
        /// Address and port; loopback only while a demo password works
        #[arg(long)]
        listen: Option<String>,
    },
    /// Work the job queue beside `serve` processes that do not
    Worker,
    /// Bring the schema up to date
    Migrate,
    /// Fill an empty school
    Seed {
        /// With the demo school; the only kind of seed there is
        #[arg(long, required = true)]
        demo: bool,
        #[arg(long, default_value_t = 200)]
        students: usize,
        /// The first L students may sign in as s1 … sL
        #[arg(long, default_value_t = 0)]
        logins: usize,
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// The day up to which there is activity (YYYY-MM-DD); default today
        #[arg(long)]
        date: Option<String>,
    },
    /// Build the search index anew
    Reindex,
    /// The ledger: verify it, make its balances anew, print its key
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Badges, levels, boards: make them anew from the study, the roster and the ledger
    #[command(subcommand)]
    Play(play::Play),
    /// Videos and files: read every object again
    #[command(subcommand)]
    Media(objects::Media),
    /// People who may sign in
    #[command(subcommand)]
    User(User),
    /// Save the school into one file while `serve` goes on: the database and a list of the objects
    Backup {
        /// A tar file; never overwritten
        file: PathBuf,
        /// Write the secrets too, into a file of their own
        #[arg(long, value_name = "FILE2")]
        secrets: Option<PathBuf>,
        /// With the bytes of the objects
        #[arg(long)]
        objects: bool,
    },
    /// Bring a school back into an empty data folder and an empty database
    Restore {
        /// What `backup` wrote
        file: PathBuf,
        /// What `backup --secrets` wrote
        #[arg(long, value_name = "FILE2")]
        secrets: Option<PathBuf>,
        /// Only look whether the file is whole
        #[arg(long)]
        check: bool,
    },
    /// Say what is wrong with this installation, in sentences
    Doctor,
    /// Print the GraphQL schema
    Schema,
}

#[derive(Subcommand)]
enum User {
    /// Make a person with an account and a one-time password, which is printed
    Create {
        #[arg(long)]
        username: String,
        #[arg(long)]
        name: String,
        /// 学号 or 工号
        #[arg(long)]
        number: String,
        /// student, lecturer, admin or auditor
        #[arg(long)]
        role: String,
        /// Title of the unit; default the school
        #[arg(long)]
        unit: Option<String>,
        /// Founds the school under this name where there is none yet
        #[arg(long)]
        school: Option<String>,
    },
}

/// Of each worker. An answer is as deep as its question is nested; without optimisation a search on PostgreSQL did not fit in the usual 2 MiB.
const STACK: usize = 8 << 20;

pub fn main() -> ExitCode {
    // Whatever this program writes is for its own user alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        eprintln!("a TLS provider was installed before");
    }
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = match runtime.enable_all().thread_stack_size(STACK).build() {
        Ok(runtime) => runtime,
        Err(error) => return told(&error.to_string()),
    };
    match runtime.block_on(run(Cli::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(fault) => told(&fault),
    }
}

fn told(fault: &str) -> ExitCode {
    eprintln!("{fault}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<(), String> {
    if matches!(cli.command, Command::Schema) {
        print!("{}", graphql::sdl());
        return Ok(());
    }
    let config = settings(&cli)?;
    observe::start_logs(&config.log)?;
    match cli.command {
        Command::Serve { .. } => serve::serve(&config).await,
        Command::Worker => serve::work(&config).await,
        Command::Migrate => app::database(&config).await.map(drop),
        Command::Seed { demo: _, students, logins, seed, date } => {
            let date = date.map(|d| d.parse::<Day>().map_err(|()| format!("--date {d}: YYYY-MM-DD"))).transpose()?;
            demo::fill(&config, demo::Size { students, logins, seed, date }).await
        }
        Command::Reindex => reindex(&config).await,
        Command::Ledger(command) => ledger::run(&config, command).await,
        Command::Play(command) => play::run(&config, command).await,
        Command::Media(command) => objects::run(&config, command).await,
        Command::User(user) => create(&config, user).await,
        Command::Backup { file, secrets, objects } => {
            backup::backup(&config, &backup::Asked { file, secrets, objects }).await
        }
        Command::Restore { file, secrets, check } => {
            restore::restore(&config, &restore::Asked { file, secrets, check }).await
        }
        Command::Doctor => crate::doctor::examine(&config).await,
        Command::Schema => Ok(()),
    }
}

fn settings(cli: &Cli) -> Result<Config, String> {
    let file = match &cli.config {
        Some(path) => std::fs::read_to_string(path).map_err(|e| format!("{}: {e}", path.display()))?,
        None => String::new(),
    };
    let mut flags = Vec::new();
    if let Some(folder) = &cli.data_dir {
        flags.push(("data_dir", folder.to_str().ok_or("--data-dir: not UTF-8")?.to_owned()));
    }
    if let Command::Serve { listen: Some(address) } = &cli.command {
        flags.push(("listen", address.clone()));
    }
    let environment: HashMap<String, String> =
        std::env::vars().filter(|(name, _)| name.starts_with("XIANFENG_")).collect();
    Config::load(&file, &environment, &flags)
}

/// Beside a `serve` that may be running on the same data folder: it goes on answering from the old index and takes the new one over when it is whole.
async fn reindex(config: &Config) -> Result<(), String> {
    let fault = |e: &dyn std::fmt::Display| e.to_string();
    let db = app::database(config).await?;
    let (clock, ids) = (Arc::new(kernel::clock::SystemClock::new()), Arc::new(kernel::id::RandomIds));
    let base = platform::Base { db, outbox: flows::outbox(), clock, ids, zone: config.zone() };
    let secret = secrets::secret(&config.data_dir, "media").map_err(|e| fault(&e))?;
    let media = media::Media::open(base.clone(), app::media_config(config, secret)).await.map_err(|e| fault(&e))?;
    let organisation = organisation::Organisation::new(base.clone());
    let catalogue = catalogue::Catalogue::new(base.clone(), organisation, media);
    let index = search::Index::beside(&config.data_dir.join("index"), &app::words(config)?);
    let index = Arc::new(index.map_err(|e| fault(&e))?);
    let documents = catalogue::jobs::reindex(&catalogue, &index).await.map_err(|e| fault(&e))?;
    println!("索引已重建，共 {documents} 篇。The index was rebuilt: {documents} documents.");
    base.db.close().await.map_err(|e| fault(&e))
}

async fn create(config: &Config, user: User) -> Result<(), String> {
    let User::Create { username, name, number, role, unit, school } = user;
    let role = match role.as_str() {
        "student" => Role::Student,
        "lecturer" => Role::Lecturer,
        "admin" => Role::Admin,
        "auditor" => Role::Auditor,
        other => return Err(format!("--role {other}: student, lecturer, admin or auditor")),
    };
    let app = App::open(config).await?;
    let fault =
        |e: kernel::Error| e.refusal().map_or_else(|| e.to_string(), |r| format!("{} {}", r.text.zh, r.text.en));
    if let Some(name) = school {
        let school = organisation::School { name, play: organisation::Play::Private, uses_credits: true, demo: false };
        app.houses.organisation.found_school(school).await.map_err(fault)?;
    }
    let root = app.houses.organisation.root().await.map_err(fault)?;
    let unit = match unit {
        None => root,
        Some(title) => {
            let units = app.houses.organisation.units_beneath(&[root.path]).await.map_err(fault)?;
            units
                .into_iter()
                .find(|unit| unit.title == title)
                .ok_or_else(|| format!("--unit {title}: 没有这个单位。There is no such unit."))?
        }
    };
    let new =
        organisation::NewPerson { number, name, sort_key: None, stage: organisation::Stage::None, unit: Some(unit.id) };
    let person = app.houses.organisation.add_person(new).await.map_err(fault)?;
    app.houses.organisation.grant(person.id, role, unit.id).await.map_err(fault)?;
    let password = data_encoding::BASE32_NOPAD.encode(&app.houses.base.ids.secret().as_bytes()[..10]).to_lowercase();
    app.houses.identity.create_account(person.id, &username, &password, true, false).await.map_err(fault)?;
    app.worker.run_until_idle().await.map_err(fault)?;
    println!("{username}  一次性密码 one-time password: {password}");
    Ok(())
}
