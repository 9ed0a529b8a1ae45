//! Which tables there are, of which columns, and how either engine says so.

use std::collections::BTreeMap;

use kernel::{Error, Result};
use sea_orm::{ConnectionTrait, DbBackend, QueryResult, Statement};
use serde::{Deserialize, Serialize};

/// Written by the migrator itself, so it is told apart.
const MIGRATIONS: &str = "seaql_migrations";

/// What a column holds, whatever each engine calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    Int,
    Bool,
    Real,
    Text,
    /// Ids and other bytes, in lower-case hexadecimal.
    Hex,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    pub name: String,
    pub kind: Kind,
    /// The engine's own word for it.
    #[serde(skip)]
    pub(super) word: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    pub name: String,
    pub columns: Vec<Column>,
    /// Columns of the primary key, in its order.
    key: Vec<String>,
}

impl Kind {
    fn of(word: &str) -> Option<Self> {
        match word.to_ascii_uppercase().as_str() {
            "INTEGER" | "BIGINT" | "SMALLINT" => Some(Self::Int),
            "BOOLEAN" => Some(Self::Bool),
            "REAL" | "DOUBLE PRECISION" => Some(Self::Real),
            "TEXT" | "VARCHAR" | "CHARACTER VARYING" => Some(Self::Text),
            "BLOB" | "UUID" | "BYTEA" => Some(Self::Hex),
            _ => None,
        }
    }
}

/// A name as SQL takes any.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

impl Table {
    /// All rows in the order of the key, each column as [`super::value`] reads it.
    pub(super) fn select(&self, engine: DbBackend) -> String {
        let columns: Vec<String> = self.columns.iter().map(|column| column.read(engine)).collect();
        let order: Vec<String> = self.order().map(|column| column.sorted(engine)).collect();
        format!("SELECT {} FROM {} ORDER BY {}", columns.join(", "), quoted(&self.name), order.join(", "))
    }

    /// The columns that decide the order; all of them where there is no key.
    fn order(&self) -> impl Iterator<Item = &Column> {
        let keyed = self.key.iter().filter_map(|name| self.columns.iter().find(|column| column.name == *name));
        let rest = self.columns.iter().filter(|_| self.key.is_empty());
        keyed.chain(rest)
    }
}

impl Column {
    fn read(&self, engine: DbBackend) -> String {
        let name = quoted(&self.name);
        match (engine, self.kind) {
            (DbBackend::Postgres, Kind::Int) => format!("{name}::bigint"),
            (DbBackend::Postgres, Kind::Bool) => format!("{name}::integer::bigint"),
            (DbBackend::Postgres, Kind::Hex) if self.word == "bytea" => format!("encode({name}, 'hex')"),
            (DbBackend::Postgres, Kind::Hex) => format!("replace({name}::text, '-', '')"),
            (_, Kind::Hex) => format!("CASE WHEN {name} IS NULL THEN NULL ELSE lower(hex({name})) END"),
            (_, Kind::Int | Kind::Bool | Kind::Real | Kind::Text) => name,
        }
    }

    /// Byte by byte on both engines.
    fn sorted(&self, engine: DbBackend) -> String {
        let collation = if engine == DbBackend::Postgres && self.kind == Kind::Text { " COLLATE \"C\"" } else { "" };
        format!("{}{collation}", quoted(&self.name))
    }

    /// How the `at`th element of a row `r` (an array of JSON) becomes a value of this column.
    pub(super) fn write(&self, engine: DbBackend, at: usize) -> String {
        match (engine, self.kind) {
            (DbBackend::Postgres, Kind::Hex) if self.word == "bytea" => format!("decode(r ->> {at}, 'hex')"),
            (DbBackend::Postgres, Kind::Text) => format!("r ->> {at}"),
            (DbBackend::Postgres, Kind::Int | Kind::Bool | Kind::Real | Kind::Hex) => {
                format!("(r ->> {at})::{}", self.word)
            }
            (_, Kind::Hex) => format!("unhex(r.value ->> {at})"),
            (_, Kind::Int | Kind::Bool | Kind::Real | Kind::Text) => format!("r.value ->> {at}"),
        }
    }
}

pub(super) async fn rows(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<QueryResult>> {
    Ok(db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?)
}

pub(crate) async fn texts(db: &impl ConnectionTrait, sql: &str) -> Result<Vec<String>> {
    rows(db, sql).await?.iter().map(|row| Ok(row.try_get_by_index(0)?)).collect()
}

pub(crate) async fn migrations(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let mut names = texts(db, &format!("SELECT version FROM {MIGRATIONS}")).await?;
    names.sort();
    Ok(names)
}

pub(super) async fn table_names(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT relname::text FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = current_schema()::regnamespace"
        }
        _ => "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite^_%' ESCAPE '^'",
    };
    let mut names = texts(db, sql).await?;
    names.sort();
    Ok(names)
}

pub(super) async fn tables(db: &impl ConnectionTrait) -> Result<Vec<Table>> {
    let mut tables = Vec::new();
    for name in table_names(db).await?.into_iter().filter(|name| name != MIGRATIONS) {
        tables.push(table(db, name).await?);
    }
    Ok(tables)
}

async fn table(db: &impl ConnectionTrait, name: String) -> Result<Table> {
    let text = name.replace('\'', "''");
    let quoted = quoted(&name).replace('\'', "''");
    let (columns, key) = match db.get_database_backend() {
        DbBackend::Postgres => (
            format!(
                "SELECT attname::text, format_type(atttypid, NULL) FROM pg_attribute
                 WHERE attrelid = '{quoted}'::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            ),
            format!(
                "SELECT a.attname::text FROM pg_index i CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k(n, o)
                 JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n
                 WHERE i.indrelid = '{quoted}'::regclass AND i.indisprimary ORDER BY k.o"
            ),
        ),
        _ => (
            format!("SELECT name, type FROM pragma_table_info('{text}') ORDER BY cid"),
            format!("SELECT name FROM pragma_table_info('{text}') WHERE pk > 0 ORDER BY pk"),
        ),
    };
    let found = rows(db, &columns).await?;
    let columns = found.iter().map(|row| column(&name, row)).collect::<Result<_>>()?;
    Ok(Table { columns, key: texts(db, &key).await?, name })
}

fn column(table: &str, row: &QueryResult) -> Result<Column> {
    let (name, word): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    let kind = Kind::of(&word)
        .ok_or_else(|| Error::broken(format!("{table}.{name}: columns of type {word} cannot be backed up")))?;
    Ok(Column { name, kind, word })
}

/// On PostgreSQL: table, column and sequence of each counting column.
pub(super) const IDENTITIES: &str =
    "SELECT c.relname::text, a.attname::text, pg_get_serial_sequence(quote_ident(c.relname), a.attname)
     FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
     WHERE a.attidentity <> '' AND c.relnamespace = current_schema()::regnamespace ORDER BY 1";

pub(super) async fn counters(db: &impl ConnectionTrait) -> Result<BTreeMap<String, i64>> {
    let mut counters = BTreeMap::new();
    if db.get_database_backend() == DbBackend::Postgres {
        for row in rows(db, IDENTITIES).await? {
            let (table, sequence): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
            let sql = format!("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM {sequence}");
            for found in rows(db, &sql).await? {
                counters.insert(table.clone(), found.try_get_by_index(0)?);
            }
        }
        return Ok(counters);
    }
    if table_names(db).await?.is_empty() {
        return Ok(counters);
    }
    for row in rows(db, "SELECT name, seq FROM sqlite_sequence").await? {
        counters.insert(row.try_get_by_index(0)?, row.try_get_by_index(1)?);
    }
    Ok(counters)
}
