//! The whole database as text that either engine can read: one line for each row, in the order of the primary key, all of one moment. The same
//! rows give the same bytes on SQLite and on PostgreSQL, so a school may move from one to the other, and two copies are compared by their sums.

mod fill;
pub(crate) mod shape;

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use futures::{Stream, StreamExt};
use kernel::{Error, Result};
use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseTransaction, IsolationLevel, QueryResult, Statement, StreamTrait,
    TransactionOptions, TransactionTrait,
};

pub use fill::Filling;
pub use shape::{Column, Kind, Table};

use crate::Db;

/// What the database held at one moment; later writes of others are not seen.
pub struct Snapshot {
    db: Db,
    tx: DatabaseTransaction,
}

impl Snapshot {
    /// Of a database that others may be writing to.
    pub async fn of(url: &str) -> Result<Self> {
        let db = Db::open_to_read(url).await?;
        let mut options = TransactionOptions::default();
        if db.is_postgres() {
            options.isolation_level = Some(IsolationLevel::RepeatableRead);
            options.access_mode = Some(AccessMode::ReadOnly);
        }
        let tx = db.read().begin_with_options(options).await?;
        // The moment is that of the first read.
        tx.execute_unprepared("SELECT COUNT(*) FROM seaql_migrations").await?;
        Ok(Self { db, tx })
    }

    pub fn engine(&self) -> &'static str {
        if self.db.is_postgres() { "postgres" } else { "sqlite" }
    }

    /// Names of the migrations that made the schema, oldest first.
    pub async fn migrations(&self) -> Result<Vec<String>> {
        shape::migrations(&self.tx).await
    }

    pub async fn tables(&self) -> Result<Vec<Table>> {
        shape::tables(&self.tx).await
    }

    /// The last number that each counting column gave away, by table.
    pub async fn counters(&self) -> Result<BTreeMap<String, i64>> {
        let mut found = shape::counters(&self.tx).await?;
        // One engine knows counters that were never used, the other does not.
        found.retain(|_, number| *number > 0);
        Ok(found)
    }

    /// Each row as one line of JSON, an array in the order of the columns.
    pub async fn lines<'a>(&'a self, table: &'a Table) -> Result<impl Stream<Item = Result<String>> + 'a> {
        let engine = ConnectionTrait::get_database_backend(&self.tx);
        let rows = self.tx.stream_raw(Statement::from_string(engine, table.select(engine))).await?;
        Ok(rows.map(move |row| line(&row?, &table.columns)))
    }

    pub async fn close(self) -> Result<()> {
        self.tx.rollback().await?;
        self.db.close().await
    }
}

fn line(row: &QueryResult, columns: &[Column]) -> Result<String> {
    let mut text = String::from("[");
    for (n, column) in columns.iter().enumerate() {
        if n > 0 {
            text.push(',');
        }
        text.push_str(&value(row, n, column)?);
    }
    text.push(']');
    Ok(text)
}

fn value(row: &QueryResult, n: usize, column: &Column) -> Result<String> {
    let found = match column.kind {
        Kind::Int => row.try_get_by_index::<Option<i64>>(n)?.map(|int| int.to_string()),
        Kind::Bool => row.try_get_by_index::<Option<i64>>(n)?.map(|int| (int != 0).to_string()),
        Kind::Real => row.try_get_by_index::<Option<f64>>(n)?.map(|real| real_text(real, column)).transpose()?,
        Kind::Hex => row.try_get_by_index::<Option<String>>(n)?.map(|hex| format!("\"{hex}\"")),
        Kind::Text => {
            row.try_get_by_index::<Option<String>>(n)?.map(|text| serde_json::to_string(&text)).transpose()?
        }
    };
    Ok(found.unwrap_or_else(|| "null".to_owned()))
}

/// The shortest text that reads back as the same number.
fn real_text(real: f64, column: &Column) -> Result<String> {
    if !real.is_finite() {
        return Err(Error::broken(format!("column {} holds a number that is none", column.name)));
    }
    Ok(serde_json::to_string(&real)?)
}
