//! One database behind two doors: reads go to `read()`, writes to `begin()`. On SQLite that is one writer connection in immediate
//! transactions beside read-only ones (WAL, `synchronous=FULL`); on PostgreSQL both are the same pool, READ COMMITTED: what must not
//! race is decided by unique keys and row locks, so nothing has to be retried.

use std::{
    ops::Deref,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use kernel::Result;
use migrations::{Migrator, MigratorTrait};
use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
};
use tokio::sync::watch;

/// How long a writer waits for another process's write on SQLite.
const BUSY: Duration = Duration::from_secs(5);

#[derive(Clone)]
pub struct Db {
    writer: DatabaseConnection,
    reader: DatabaseConnection,
    /// Rung after each commit that left jobs behind.
    pub(crate) wake: Arc<watch::Sender<u64>>,
}

impl Db {
    /// `sqlite:PATH` (made when it is not there) or `postgres://…`.
    pub async fn open(url: &str, readers: u32) -> Result<Self> {
        match url.strip_prefix("sqlite:") {
            Some(path) => Self::sqlite(Path::new(path.trim_start_matches("//")), readers).await,
            None => Self::postgres(url, readers).await,
        }
    }

    /// For looking only: nothing is made, migrated or written, whoever else has the database open.
    pub async fn open_to_read(url: &str) -> Result<Self> {
        let Some(path) = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) else {
            return Self::postgres(url, 1).await;
        };
        let reader = Database::connect(sqlite_options(&format!("sqlite://{path}"), 1, true)).await?;
        Ok(Self::of(reader.clone(), reader))
    }

    /// For filling a new database in one go. On SQLite the file is not safe against a cut before it was closed and synced: fill one that
    /// nobody uses yet, then rename it.
    pub async fn open_to_fill(url: &str) -> Result<Self> {
        let Some(path) = url.strip_prefix("sqlite:").map(|path| path.trim_start_matches("//")) else {
            return Self::postgres(url, 1).await;
        };
        let file = if path == ":memory:" { "sqlite::memory:".to_owned() } else { format!("sqlite://{path}?mode=rwc") };
        let mut options = sqlite_options(&file, 1, false);
        options.map_sqlx_sqlite_opts(|o| {
            let o = o.create_if_missing(true).foreign_keys(false).optimize_on_close(true, None);
            o.pragma("journal_mode", "MEMORY").pragma("synchronous", "OFF").pragma("cache_size", "-131072")
        });
        let writer = Database::connect(options).await?;
        Ok(Self::of(writer.clone(), writer))
    }

    fn of(writer: DatabaseConnection, reader: DatabaseConnection) -> Self {
        Self { writer, reader, wake: Arc::new(watch::channel(0).0) }
    }

    async fn sqlite(path: &Path, readers: u32) -> Result<Self> {
        let url = format!("sqlite://{}?mode=rwc", path.display());
        // The writer first: it makes the file and the WAL that readers need.
        let writer = Database::connect(sqlite_options(&url, 1, false)).await?;
        let reader = Database::connect(sqlite_options(&url, readers.max(1), true)).await?;
        Ok(Self::of(writer, reader))
    }

    async fn postgres(url: &str, connections: u32) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(connections.max(4)).sqlx_logging(false).acquire_timeout(Duration::from_secs(15));
        let pool = Database::connect(options).await?;
        Ok(Self::of(pool.clone(), pool))
    }

    /// Wakes the worker as if jobs had been left behind: the time that some wait for may have come.
    pub fn wake(&self) {
        self.wake.send_modify(|count| *count += 1);
    }

    /// Turns whenever a transaction of this process left something behind: for who follows the announcements.
    pub fn woken(&self) -> watch::Receiver<u64> {
        self.wake.subscribe()
    }

    /// Brings the schema up to date. On PostgreSQL an advisory lock keeps two starting processes apart; on SQLite the gate's lock file does.
    pub async fn migrate(&self) -> Result<()> {
        if !self.is_postgres() {
            return Ok(Migrator::up(&self.writer, None).await?);
        }
        let guard = self.writer.begin().await?;
        guard.execute_unprepared("SELECT pg_advisory_xact_lock(20261121)").await?;
        Migrator::up(&self.writer, None).await?;
        Ok(guard.commit().await?)
    }

    /// Undoes the last `steps` migrations.
    pub async fn migrate_down(&self, steps: u32) -> Result<()> {
        Ok(Migrator::down(&self.writer, Some(steps)).await?)
    }

    pub fn is_postgres(&self) -> bool {
        self.writer.get_database_backend() == DbBackend::Postgres
    }

    /// For reading; a write through it is refused on SQLite.
    pub const fn read(&self) -> &DatabaseConnection {
        &self.reader
    }

    /// A write transaction. Dropped without [`Tx::commit`] it is rolled back. Never begin a second one while holding one: SQLite has one writer.
    pub async fn begin(&self) -> Result<Tx> {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let inner = self.writer.begin_with_options(options).await?;
        Ok(Tx { inner, wake: self.wake.clone(), left_jobs: AtomicBool::new(false) })
    }

    /// Answers whether the database answers.
    pub async fn ping(&self) -> Result<()> {
        self.reader.execute_unprepared("SELECT 1").await?;
        Ok(())
    }

    pub async fn close(self) -> Result<()> {
        self.reader.close().await?;
        Ok(self.writer.close().await?)
    }
}

fn sqlite_options(url: &str, connections: u32, read_only: bool) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options.max_connections(connections).sqlx_logging(false).test_before_acquire(false);
    options.idle_timeout(None::<Duration>).max_lifetime(None::<Duration>).acquire_timeout(Duration::from_secs(30));
    options.map_sqlx_sqlite_opts(move |o| {
        let o = o.create_if_missing(!read_only).busy_timeout(BUSY).foreign_keys(true).read_only(read_only);
        let o = o.pragma("cache_size", "-16384").pragma("mmap_size", "268435456").pragma("temp_store", "memory");
        if read_only {
            return o;
        }
        // Journal mode and synchronous by name: an acknowledged commit is on disk.
        o.pragma("journal_mode", "WAL")
            .pragma("synchronous", "FULL")
            .pragma("wal_autocheckpoint", "4000")
            .optimize_on_close(true, None)
    });
    options
}

/// A write transaction that wakes the worker once it is committed.
pub struct Tx {
    inner: DatabaseTransaction,
    wake: Arc<watch::Sender<u64>>,
    left_jobs: AtomicBool,
}

impl Tx {
    /// From here on the change stands.
    pub async fn commit(self) -> Result<()> {
        self.inner.commit().await?;
        if self.left_jobs.into_inner() {
            self.wake.send_modify(|count| *count += 1);
        }
        Ok(())
    }
    /// Told by whoever adds a job.
    pub(crate) fn leaves_jobs(&self) {
        self.left_jobs.store(true, Ordering::Relaxed);
    }
    pub async fn rollback(self) -> Result<()> {
        Ok(self.inner.rollback().await?)
    }
    /// A savepoint within this transaction; what it leaves behind is told to the outer one.
    pub(crate) async fn savepoint(&self) -> Result<Self> {
        self.leaves_jobs();
        Ok(Self { inner: self.inner.begin().await?, wake: self.wake.clone(), left_jobs: AtomicBool::new(false) })
    }
}

impl Deref for Tx {
    type Target = DatabaseTransaction;
    fn deref(&self) -> &DatabaseTransaction {
        &self.inner
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Tx {
    fn get_database_backend(&self) -> DbBackend {
        self.inner.get_database_backend()
    }
    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.inner.execute_raw(statement).await
    }
    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.inner.execute_unprepared(sql).await
    }
    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.inner.query_one_raw(statement).await
    }
    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.inner.query_all_raw(statement).await
    }
}
