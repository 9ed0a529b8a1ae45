//! Reading from SQLite, without the asynchronous driver: a row costs less than its hash.

use std::path::Path;

use kernel::entry::Fields;
use rusqlite::{
    Connection, OpenFlags, Row as Raw,
    functions::{Context, FunctionFlags},
    types::ValueRef,
};

use crate::{
    checkpoint::Block,
    source::{COLUMNS, Cached, Order, Read, Reader, Row, Side, Taker},
};

const COLUMN_COUNT: i32 = 15;

pub struct Sqlite {
    db: Connection,
    order: Order,
}

fn told(error: rusqlite::Error) -> String {
    format!("SQLite: {error}")
}

impl Sqlite {
    pub fn open(path: &Path, order: Order) -> Result<Self, String> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let db = Connection::open_with_flags(path, flags).map_err(|e| format!("{}: {e}", path.display()))?;
        // Pages are copied, not mapped: a page fault costs more than the copy, and a small cache stays near the core.
        let pragmas = "PRAGMA busy_timeout = 5000; PRAGMA cache_size = -4096;";
        db.execute_batch(pragmas).map_err(told)?;
        Ok(Self { db, order })
    }

    fn all<T>(
        &self,
        sql: &str,
        values: impl rusqlite::Params,
        read: impl FnMut(&Raw<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>, String> {
        let mut statement = self.db.prepare_cached(sql).map_err(told)?;
        let rows = statement.query_map(values, read).map_err(told)?;
        rows.collect::<Result<_, _>>().map_err(told)
    }
}

impl Reader for Sqlite {
    fn freeze(&mut self) -> Result<(), String> {
        // The first read fixes the instant.
        self.db.execute_batch("BEGIN; SELECT 1 FROM credits_head;").map_err(told)
    }

    fn head(&mut self) -> Result<i64, String> {
        let heads: Vec<i64> = self.all("SELECT last_entry FROM credits_head WHERE id = 1", [], |row| row.get(0))?;
        heads.first().copied().ok_or_else(|| "the ledger has lost its head".to_owned())
    }

    fn blocks(&mut self) -> Result<Vec<Block>, String> {
        let sql = "SELECT no, first_id, last_id, root, previous, sealed_at, public_key, signature FROM credits_block ORDER BY no";
        self.all(sql, [], |row| {
            Ok(Block {
                no: row.get(0)?,
                first: row.get(1)?,
                last: row.get(2)?,
                root: row.get(3)?,
                previous: row.get(4)?,
                sealed_at: row.get(5)?,
                key: row.get(6)?,
                signature: row.get(7)?,
            })
        })
    }

    /// A function of our own is handed the columns where the rows are read: a tenth faster than to be handed row after row.
    fn entries(&mut self, first: i64, last: i64, taker: Taker) -> Result<(), String> {
        let by = match self.order {
            Order::Stored => "rowid",
            Order::ByNumber => "id",
        };
        let flags = FunctionFlags::SQLITE_DIRECTONLY | FunctionFlags::SQLITE_UTF8;
        let is_last = move |raw: &Context<'_>| {
            let read = match row(raw) {
                Some(row) => Read::Row(row),
                None => Read::Unreadable(raw.get_raw(0).as_i64().unwrap_or(first)),
            };
            Ok(!taker.lock().is_ok_and(|mut taker| taker.take(read)))
        };
        self.db.create_scalar_function("is_last", COLUMN_COUNT, flags, is_last).map_err(told)?;
        let sql = format!(
            "SELECT 1 FROM credits_entry WHERE {by} BETWEEN ?1 AND ?2 AND is_last({COLUMNS}) ORDER BY {by} LIMIT 1"
        );
        self.all(&sql, [first, last], |_| Ok(()))?;
        self.db.remove_function("is_last", COLUMN_COUNT).map_err(told)
    }

    fn strays(&mut self, upto: i64) -> Result<Vec<i64>, String> {
        let by = match self.order {
            Order::Stored => "rowid",
            Order::ByNumber => "id",
        };
        let sql = format!("SELECT id FROM credits_entry WHERE {by} < 1 OR {by} > ?1 ORDER BY {by} LIMIT 10");
        let mut found: Vec<i64> = self.all(&sql, [upto], |row| row.get(0))?;
        if self.order == Order::ByNumber {
            // More rows than the index of numbers knows: two of one number.
            let counted: Vec<i64> = self.all("SELECT COUNT(*) FROM credits_entry NOT INDEXED", [], |row| row.get(0))?;
            let known = upto + i64::try_from(found.len()).unwrap_or(0);
            found.extend(counted.into_iter().filter(|many| *many > known));
        }
        Ok(found)
    }

    fn sides(&mut self, ids: &[i64]) -> Result<Vec<Side>, String> {
        let sql = "SELECT id, person, measure, amount, rule FROM credits_entry WHERE id = ?1";
        let mut found = Vec::with_capacity(ids.len());
        for id in ids {
            found.extend(self.all(sql, [id], |row| {
                Ok(Side {
                    id: row.get(0)?,
                    person: row.get(1)?,
                    measure: row.get(2)?,
                    amount: row.get(3)?,
                    rule: row.get(4)?,
                })
            })?);
        }
        Ok(found)
    }

    fn balances(&mut self) -> Result<Vec<Cached<[u8; 16]>>, String> {
        let sql = "SELECT person, measure, amount FROM credits_balance";
        self.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }

    fn accounts(&mut self) -> Result<Vec<Cached<String>>, String> {
        let sql = "SELECT account, measure, amount FROM credits_account";
        self.all(sql, [], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))
    }
}

/// `None` where a column holds something of another kind.
fn row<'a>(raw: &'a Context<'_>) -> Option<Row<'a>> {
    let at = |column: usize| raw.get_raw(column);
    let fields = Fields {
        id: number(at(0))?,
        person: id(at(1))?,
        measure: text(at(2))?,
        amount: number(at(3))?,
        reason_key: text(at(4))?,
        rule: text(at(5))?,
        pack: text(at(6))?,
        contra: maybe(at(7), text)?,
        course: maybe(at(8), id)?,
        lesson: maybe(at(9), id)?,
        note: maybe(at(10), text)?,
        reverses: maybe(at(11), number)?,
        day: i32::try_from(number(at(12))?).ok()?,
        posted_at: number(at(13))?,
    };
    Some(Row { fields, hash: maybe(at(14), blob)? })
}

fn maybe<'a, T>(value: ValueRef<'a>, read: impl FnOnce(ValueRef<'a>) -> Option<T>) -> Option<Option<T>> {
    match value {
        ValueRef::Null => Some(None),
        value => read(value).map(Some),
    }
}

fn number(value: ValueRef<'_>) -> Option<i64> {
    match value {
        ValueRef::Integer(number) => Some(number),
        _ => None,
    }
}

fn text(value: ValueRef<'_>) -> Option<&str> {
    match value {
        ValueRef::Text(bytes) => std::str::from_utf8(bytes).ok(),
        _ => None,
    }
}

fn blob(value: ValueRef<'_>) -> Option<&[u8]> {
    match value {
        ValueRef::Blob(bytes) => Some(bytes),
        _ => None,
    }
}

fn id(value: ValueRef<'_>) -> Option<[u8; 16]> {
    blob(value)?.try_into().ok()
}
