//! Throw-away databases: SQLite always; PostgreSQL too where `XIANFENG_TEST_POSTGRES` names a server whose user may create databases.
//! Time stands still, ids repeat.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use kernel::{
    Zone,
    clock::{SetClock, parse_rfc3339},
    id::SeededIds,
};
use sea_orm::{ConnectionTrait, Database};

use crate::{Base, Db, Outbox};

/// Saturday, 21 November 2026, 10:00 in Shanghai.
pub const NOW: &str = "2026-11-21T02:00:00.000Z";

/// A base on a fresh, migrated database.
pub struct TestBase {
    pub base: Base,
    pub clock: Arc<SetClock>,
    pub name: &'static str,
    /// Of the database, for readers of their own.
    pub url: String,
    /// Keeps the folder of a SQLite file alive; also a place for a test's files.
    pub folder: tempfile::TempDir,
    database: Option<(String, String)>,
}

impl TestBase {
    /// One base for each kind of database that is at hand.
    pub async fn each(outbox: Outbox) -> Vec<Self> {
        let mut all = vec![Self::sqlite(outbox.clone()).await];
        if let Ok(server) = std::env::var("XIANFENG_TEST_POSTGRES") {
            all.push(Self::postgres(&server, outbox).await);
        }
        all
    }

    pub async fn sqlite(outbox: Outbox) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = format!("sqlite:{}", folder.path().join("xianfeng.db").display());
        Self::on("sqlite", &url, outbox, folder, None).await
    }

    async fn postgres(server: &str, outbox: Outbox) -> Self {
        let name = create(server).await;
        let folder = tempfile::tempdir().expect("a temporary folder");
        Self::on("postgres", &format!("{server}/{name}"), outbox, folder, Some((server.to_owned(), name.clone()))).await
    }

    async fn on(
        name: &'static str,
        url: &str,
        outbox: Outbox,
        folder: tempfile::TempDir,
        database: Option<(String, String)>,
    ) -> Self {
        let db = Db::open(url, 2).await.expect("the database opens");
        db.migrate().await.expect("the schema is made");
        let clock = Arc::new(SetClock::at(parse_rfc3339(NOW).expect("a time")));
        let base = Base { db, outbox, clock: clock.clone(), ids: Arc::new(SeededIds::new(1)), zone: Zone::default() };
        Self { base, clock, name, folder, url: url.to_owned(), database }
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Closes and removes the database.
    pub async fn end(self) {
        self.base.db.close().await.expect("closes");
        if let Some((server, name)) = self.database {
            drop_database(&server, &name).await;
        }
    }
}

/// A throw-away redis-server that keeps nothing; it ends with this value.
pub struct TestRedis {
    pub url: String,
    server: std::process::Child,
}

impl TestRedis {
    /// `None`, and a line that says so, where redis-server is not installed.
    pub async fn start() -> Option<Self> {
        let port = free_port();
        let arguments = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--port", &port.to_string()];
        let mut command = std::process::Command::new("redis-server");
        command.args(arguments).current_dir(std::env::temp_dir());
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::null());
        let Ok(server) = command.spawn() else {
            eprintln!("SKIPPED on Redis: redis-server is not installed (apt-get install redis-server)");
            return None;
        };
        for _ in 0..200 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
        }
        Some(Self { url: format!("redis://127.0.0.1:{port}/0"), server })
    }
    /// From now on nobody answers there.
    pub fn kill(&mut self) {
        self.server.kill().expect("the server is killed");
        self.server.wait().expect("the server ends");
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        drop(self.server.kill());
        drop(self.server.wait());
    }
}

fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
    listener.local_addr().expect("an address").port()
}

/// Makes an empty database and answers its name.
pub async fn create(server: &str) -> String {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let admin = Database::connect(format!("{server}/postgres")).await.expect("the test server answers");
    admin.execute_unprepared(&format!("CREATE DATABASE {name}")).await.expect("a database of its own");
    admin.close().await.expect("closes");
    name
}

pub async fn drop_database(server: &str, name: &str) {
    let admin = Database::connect(format!("{server}/postgres")).await.expect("the test server answers");
    admin.execute_unprepared(&format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("drops");
}
