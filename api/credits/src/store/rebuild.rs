//! The caches against the entries that they are made of.

use kernel::Result;
use platform::{Tx, dialect};
use sea_orm::{ConnectionTrait, QueryResult};

const BALANCES: &str = "SELECT person, measure, CAST(SUM(amount) AS BIGINT) AS amount, MAX(id) AS last_entry \
                        FROM credits_entry GROUP BY person, measure";
const TALLIES: &str = "SELECT person, day, measure, rule, CAST(SUM(amount) AS BIGINT) AS amount \
                       FROM credits_entry GROUP BY person, day, measure, rule";
/// Each cache, its columns, and the entries' answer.
const CACHES: [(&str, &str, &str); 2] = [
    ("credits_balance", "person, measure, amount, last_entry", BALANCES),
    ("credits_tally", "person, day, measure, rule, amount", TALLIES),
];

/// How many rows stand on one side only.
pub async fn differences(tx: &Tx) -> Result<usize> {
    let mut wrong = 0;
    for (table, columns, truth) in CACHES {
        wrong += beyond(tx, &format!("SELECT {columns} FROM {table}"), truth).await?;
        wrong += beyond(tx, truth, &format!("SELECT {columns} FROM {table}")).await?;
    }
    Ok(wrong)
}

/// Rows of the one that the other lacks.
async fn beyond(tx: &Tx, one: &str, other: &str) -> Result<usize> {
    let sql = format!("SELECT COUNT(*) AS many FROM (SELECT * FROM ({one}) a EXCEPT SELECT * FROM ({other}) b) c");
    let row = tx.query_one_raw(dialect::statement(tx, &sql, vec![])).await?;
    let count = row.as_ref().map(|row: &QueryResult| row.try_get::<i64>("", "many")).transpose()?;
    Ok(usize::try_from(count.unwrap_or(0)).unwrap_or(usize::MAX))
}

pub async fn rewrite(tx: &Tx) -> Result<()> {
    for (table, columns, truth) in CACHES {
        tx.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        tx.execute_unprepared(&format!("INSERT INTO {table} ({columns}) {truth}")).await?;
    }
    Ok(())
}
