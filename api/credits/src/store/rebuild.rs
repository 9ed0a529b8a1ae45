//! The caches against the entries that they are made of. Every cache here is made of entries alone and can be thrown away.

use kernel::{Amount, Result, id::PersonId};
use platform::{Tx, dialect};
use sea_orm::{ConnectionTrait, QueryResult};

use super::day_of;
use crate::model::Difference;

const BALANCES: &str = "SELECT person, measure, CAST(SUM(amount) AS BIGINT) AS amount, MAX(id) AS last_entry \
                        FROM credits_entry GROUP BY person, measure";
const ACCOUNTS: &str = "SELECT account, measure, CAST(-SUM(amount) AS BIGINT) AS amount, MAX(id) AS last_entry FROM \
                        (SELECT COALESCE(contra, 'issue:' || rule) AS account, measure, amount, id FROM credits_entry) e \
                        GROUP BY account, measure";
const TALLIES: &str = "SELECT person, day, measure, rule, CAST(SUM(amount) AS BIGINT) AS amount \
                       FROM credits_entry GROUP BY person, day, measure, rule";

/// A cache: its table, what a row is of, what it says, and the entries' answer. How to add one: a line here.
struct Cache {
    table: &'static str,
    keys: &'static [&'static str],
    says: &'static [&'static str],
    truth: &'static str,
}

const CACHES: [Cache; 3] = [
    Cache { table: "credits_balance", keys: &["person", "measure"], says: &["amount", "last_entry"], truth: BALANCES },
    Cache { table: "credits_account", keys: &["account", "measure"], says: &["amount", "last_entry"], truth: ACCOUNTS },
    Cache { table: "credits_tally", keys: &["person", "day", "measure", "rule"], says: &["amount"], truth: TALLIES },
];
/// So many rows of a cache are told one by one.
const EXAMPLES: usize = 10;

/// What each cache says otherwise than the entries; caches that agree are absent.
pub async fn differences(tx: &Tx) -> Result<Vec<Difference>> {
    let mut found = Vec::new();
    for cache in &CACHES {
        let rows = tx.query_all_raw(dialect::statement(tx, &cache.comparison(), vec![])).await?;
        let Some(first) = rows.first() else { continue };
        let many: i64 = first.try_get("", "many")?;
        let examples = rows.iter().map(|row| cache.told(row)).collect::<Result<_>>()?;
        found.push(Difference { table: cache.table.to_owned(), rows: usize::try_from(many)?, examples });
    }
    Ok(found)
}

impl Cache {
    fn columns(&self) -> String {
        [self.keys, self.says].concat().join(", ")
    }
    /// A row for each that differs: whose it is, what stands and what should. Nothing stands where a row is missing, or should not be there.
    fn comparison(&self) -> String {
        let same =
            |columns: &[&str]| columns.iter().map(|c| format!("a.{c} = b.{c}")).collect::<Vec<_>>().join(" AND ");
        let keys: Vec<String> = self.keys.iter().map(|c| format!("COALESCE(a.{c}, b.{c}) AS {c}")).collect();
        format!(
            "SELECT {}, a.amount AS stands, b.amount AS due, COUNT(*) OVER () AS many FROM {} a \
             FULL OUTER JOIN ({}) b ON {} WHERE a.amount IS NULL OR b.amount IS NULL OR NOT ({}) LIMIT {EXAMPLES}",
            keys.join(", "),
            self.table,
            self.truth,
            same(self.keys),
            same(self.says),
        )
    }
    fn told(&self, row: &QueryResult) -> Result<String> {
        let mut words = Vec::new();
        for column in self.keys {
            words.push(match *column {
                "person" => PersonId::new(row.try_get("", column)?).to_string(),
                "day" => day_of(row.try_get("", column)?)?.to_string(),
                _ => row.try_get("", column)?,
            });
        }
        let amount = |column| -> Result<String> {
            let found: Option<i64> = row.try_get("", column)?;
            Ok(found.map_or_else(|| "-".to_owned(), |amount| Amount::milli(amount).to_string()))
        };
        Ok(format!("{}: {} -> {}", words.join(" "), amount("stands")?, amount("due")?))
    }
}

pub async fn rewrite(tx: &Tx) -> Result<()> {
    for cache in &CACHES {
        let (table, columns, truth) = (cache.table, cache.columns(), cache.truth);
        tx.execute_unprepared(&format!("DELETE FROM {table}")).await?;
        tx.execute_unprepared(&format!("INSERT INTO {table} ({columns}) SELECT {columns} FROM ({truth}) t")).await?;
    }
    Ok(())
}
