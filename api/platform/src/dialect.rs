//! The only place that looks at which database answers.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

/// The words that lock the rows read, for those who decide on them: `FOR UPDATE` on PostgreSQL; on SQLite the transaction is the only writer.
pub fn lock_rows(connection: &impl ConnectionTrait) -> &'static str {
    match connection.get_database_backend() {
        DbBackend::Postgres => " FOR UPDATE",
        _ => "",
    }
}

/// A statement whose parameters are written `?` and numbered for PostgreSQL. SQL texts here hold no question mark of their own.
pub fn statement(connection: &impl ConnectionTrait, sql: &str, values: Vec<Value>) -> Statement {
    let backend = connection.get_database_backend();
    Statement::from_sql_and_values(backend, numbered(backend, sql), values)
}

/// SQL for `next` and `oldest`: the number that the next transaction will have, and that of the oldest one still open. Numbers of rows are drawn
/// before their transaction commits, so on PostgreSQL one below the greatest may yet appear; SQLite has one writer, and nothing is open while it is
/// read.
pub fn open_transactions(connection: &impl ConnectionTrait) -> &'static str {
    match connection.get_database_backend() {
        DbBackend::Postgres => {
            "CAST(CAST(pg_snapshot_xmax(pg_current_snapshot()) AS TEXT) AS BIGINT) AS next, \
             CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS TEXT) AS BIGINT) AS oldest"
        }
        _ => "CAST(0 AS BIGINT) AS next, CAST(0 AS BIGINT) AS oldest",
    }
}

/// `(?, ?, …)` for `many` values.
pub fn placeholders(many: usize) -> String {
    format!("({})", vec!["?"; many].join(", "))
}

fn numbered(backend: DbBackend, sql: &str) -> String {
    if backend != DbBackend::Postgres {
        return sql.to_owned();
    }
    let mut parts = sql.split('?');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.enumerate().fold(first, |text, (n, part)| format!("{text}${}{part}", n + 1))
}
