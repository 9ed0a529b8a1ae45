//! Reading from PostgreSQL: entries come by COPY in its binary format, without a decoder between.

use futures::TryStreamExt;
use kernel::entry::Fields;
use sqlx::{Connection, PgConnection, Row as _, postgres::PgRow};
use tokio::runtime::{Builder, Runtime};

use crate::{
    checkpoint::Block,
    source::{COLUMNS, Cached, Read, Reader, Row, Side, Take, Taker},
};

pub struct Postgres {
    runtime: Runtime,
    db: PgConnection,
}

fn told(error: sqlx::Error) -> String {
    format!("PostgreSQL: {error}")
}

impl Postgres {
    pub fn open(url: &str) -> Result<Self, String> {
        let runtime = Builder::new_current_thread().enable_all().build().map_err(|e| e.to_string())?;
        let db = runtime.block_on(PgConnection::connect(url)).map_err(told)?;
        Ok(Self { runtime, db })
    }

    fn all<T>(
        &mut self,
        sql: &'static str,
        ids: Option<&[i64]>,
        read: impl Fn(&PgRow) -> Result<T, sqlx::Error>,
    ) -> Result<Vec<T>, String> {
        let query = ids.map_or_else(|| sqlx::query(sql), |ids| sqlx::query(sql).bind(ids.to_vec()));
        let rows = self.runtime.block_on(query.fetch_all(&mut self.db)).map_err(told)?;
        rows.iter().map(read).collect::<Result<_, _>>().map_err(told)
    }
}

impl Reader for Postgres {
    fn freeze(&mut self) -> Result<(), String> {
        let sql = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";
        self.runtime.block_on(sqlx::raw_sql(sql).execute(&mut self.db)).map(drop).map_err(told)
    }

    fn head(&mut self) -> Result<i64, String> {
        let heads = self.all("SELECT last_entry FROM credits_head WHERE id = 1", None, |row| row.try_get(0))?;
        heads.first().copied().ok_or_else(|| "the ledger has lost its head".to_owned())
    }

    fn blocks(&mut self) -> Result<Vec<Block>, String> {
        let sql = "SELECT no, first_id, last_id, root, previous, sealed_at, public_key, signature FROM credits_block ORDER BY no";
        self.all(sql, None, |row| {
            Ok(Block {
                no: row.try_get(0)?,
                first: row.try_get(1)?,
                last: row.try_get(2)?,
                root: row.try_get(3)?,
                previous: row.try_get(4)?,
                sealed_at: row.try_get(5)?,
                key: row.try_get(6)?,
                signature: row.try_get(7)?,
            })
        })
    }

    fn entries(&mut self, first: i64, last: i64, taker: Taker) -> Result<(), String> {
        let sql = format!(
            "COPY (SELECT {COLUMNS} FROM credits_entry WHERE id BETWEEN {first} AND {last} ORDER BY id) TO STDOUT (FORMAT binary)"
        );
        let db = &mut self.db;
        self.runtime.block_on(async {
            let mut stream = db.copy_out_raw(&sql).await.map_err(told)?;
            let mut copy = Copy::default();
            let mut wanted = true;
            // Read to the end in any case: the connection is used again.
            while let Some(bytes) = stream.try_next().await.map_err(told)? {
                let mut taker = taker.lock().map_err(|_| "the reading broke off".to_owned())?;
                wanted = wanted && copy.take(&bytes, &mut *taker)?;
            }
            Ok(())
        })
    }

    fn strays(&mut self, upto: i64) -> Result<Vec<i64>, String> {
        let sql = "SELECT id FROM credits_entry WHERE id < 1 OR id > ($1::BIGINT[])[1] ORDER BY id LIMIT 10";
        self.all(sql, Some(&[upto]), |row| row.try_get(0))
    }

    fn sides(&mut self, ids: &[i64]) -> Result<Vec<Side>, String> {
        let sql = "SELECT id, uuid_send(person), measure, amount, rule FROM credits_entry WHERE id = ANY($1)";
        self.all(sql, Some(ids), |row| {
            Ok(Side {
                id: row.try_get(0)?,
                person: person(row, 1)?,
                measure: row.try_get(2)?,
                amount: row.try_get(3)?,
                rule: row.try_get(4)?,
            })
        })
    }

    fn balances(&mut self) -> Result<Vec<Cached<[u8; 16]>>, String> {
        let sql = "SELECT uuid_send(person), measure, amount FROM credits_balance";
        self.all(sql, None, |row| Ok((person(row, 0)?, row.try_get(1)?, row.try_get(2)?)))
    }

    fn accounts(&mut self) -> Result<Vec<Cached<String>>, String> {
        let sql = "SELECT account, measure, amount FROM credits_account";
        self.all(sql, None, |row| Ok((row.try_get(0)?, row.try_get(1)?, row.try_get(2)?)))
    }
}

fn person(row: &PgRow, column: usize) -> Result<[u8; 16], sqlx::Error> {
    let bytes: Vec<u8> = row.try_get(column)?;
    bytes.try_into().map_err(|_| sqlx::Error::Decode("a person of other than 16 bytes".into()))
}

/// `PGCOPY\n\377\r\n\0`, flags, no extension.
const HEADER: usize = 19;
const FIELDS: usize = 15;

/// Reads the binary format; what breaks off at the end of a message waits for the next.
#[derive(Default)]
struct Copy {
    begun: bool,
    rest: Vec<u8>,
}

impl Copy {
    fn take(&mut self, bytes: &[u8], taker: &mut dyn Take) -> Result<bool, String> {
        if self.rest.is_empty() {
            let used = self.rows(bytes, taker)?;
            let Some(used) = used else { return Ok(false) };
            self.rest.extend_from_slice(bytes.get(used..).unwrap_or_default());
            return Ok(true);
        }
        let mut joined = std::mem::take(&mut self.rest);
        joined.extend_from_slice(bytes);
        let Some(used) = self.rows(&joined, taker)? else { return Ok(false) };
        joined.drain(..used);
        self.rest = joined;
        Ok(true)
    }

    /// How many bytes were whole rows; `None`: no more are wanted.
    fn rows(&mut self, bytes: &[u8], taker: &mut dyn Take) -> Result<Option<usize>, String> {
        let mut used = 0;
        if !self.begun {
            if bytes.len() < HEADER {
                return Ok(Some(0));
            }
            (self.begun, used) = (true, HEADER);
        }
        while let Some(tuple) = Tuple::read(bytes.get(used..).unwrap_or_default())? {
            used += tuple.length;
            if tuple.last {
                break;
            }
            let read = match tuple.row() {
                Some(row) => Read::Row(row),
                None => Read::Unreadable(tuple.number(0).unwrap_or(0)),
            };
            if !taker.take(read) {
                return Ok(None);
            }
        }
        Ok(Some(used))
    }
}

/// One row as it came.
struct Tuple<'a> {
    fields: [Option<&'a [u8]>; FIELDS],
    length: usize,
    last: bool,
}

impl<'a> Tuple<'a> {
    /// `None`: it breaks off.
    fn read(bytes: &'a [u8]) -> Result<Option<Self>, String> {
        let mut tuple = Self { fields: [None; FIELDS], length: 2, last: false };
        let Some(count) = bytes.first_chunk() else { return Ok(None) };
        match i16::from_be_bytes(*count) {
            -1 => return Ok(Some(Self { last: true, ..tuple })),
            many if usize::try_from(many) == Ok(FIELDS) => {}
            many => return Err(format!("PostgreSQL: a row of {many} columns")),
        }
        for field in &mut tuple.fields {
            let Some(length) = bytes.get(tuple.length..).and_then(<[u8]>::first_chunk) else { return Ok(None) };
            tuple.length += 4;
            let Ok(length) = usize::try_from(i32::from_be_bytes(*length)) else { continue };
            let Some(value) = bytes.get(tuple.length..tuple.length + length) else { return Ok(None) };
            *field = Some(value);
            tuple.length += length;
        }
        Ok(Some(tuple))
    }
    fn at(&self, column: usize) -> Option<&'a [u8]> {
        self.fields.get(column).copied().flatten()
    }
    fn number(&self, column: usize) -> Option<i64> {
        self.at(column)?.try_into().ok().map(i64::from_be_bytes)
    }
    fn text(&self, column: usize) -> Option<&'a str> {
        std::str::from_utf8(self.at(column)?).ok()
    }
    fn id(&self, column: usize) -> Option<[u8; 16]> {
        self.at(column)?.try_into().ok()
    }
    fn row(&self) -> Option<Row<'a>> {
        let fields = Fields {
            id: self.number(0)?,
            person: self.id(1)?,
            measure: self.text(2)?,
            amount: self.number(3)?,
            reason_key: self.text(4)?,
            rule: self.text(5)?,
            pack: self.text(6)?,
            contra: self.text(7),
            course: self.id(8),
            lesson: self.id(9),
            note: self.text(10),
            reverses: self.number(11),
            day: self.at(12)?.try_into().ok().map(i32::from_be_bytes)?,
            posted_at: self.number(13)?,
        };
        Some(Row { fields, hash: self.at(14) })
    }
}
