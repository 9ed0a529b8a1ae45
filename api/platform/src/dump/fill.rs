//! Filling an empty database from the lines of a [`super::Snapshot`]: the schema of that time is made, its triggers, foreign keys and indexes
//! step aside, the rows come in as they are, everything is put back, and only then the schema is brought up to date. One transaction.

use std::collections::BTreeMap;

use kernel::{Error, Refusal, Result};
use migrations::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};

use super::shape::{self, Column, Table, quoted};
use crate::{Db, Tx, dialect};

pub struct Filling {
    db: Db,
    tx: Tx,
    tables: Vec<Table>,
    aside: Vec<Aside>,
    /// All that guards the rows, as it stood before.
    guards: Vec<String>,
}

/// Something that stands in the way of filling, and the words that put it back.
struct Aside {
    remove: String,
    put_back: String,
}

impl Filling {
    /// Makes the schema that these migrations made. A database that holds anything is refused, and a schema that this program does not know.
    pub async fn begin(url: &str, schema: &[String]) -> Result<Self> {
        let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        if schema.is_empty() || !known.starts_with(schema) {
            return Err(unknown(schema, &known));
        }
        let db = Db::open_to_fill(url).await?;
        let tx = db.begin().await?;
        if !shape::table_names(&tx).await?.is_empty() {
            return Err(Refusal::conflict("数据库不是空的。", "The database is not empty.").into());
        }
        Migrator::up(&*tx, Some(u32::try_from(schema.len())?)).await?;
        let (tables, guards, aside) = (shape::tables(&tx).await?, guards(&tx).await?, aside(&tx).await?);
        let filling = Self { db, tx, tables, aside, guards };
        filling.clear().await?;
        Ok(filling)
    }

    /// Nothing stands in the way any more, nothing is there: some migrations leave first rows.
    async fn clear(&self) -> Result<()> {
        for aside in &self.aside {
            self.tx.execute_unprepared(&aside.remove).await?;
        }
        for table in &self.tables {
            self.tx.execute_unprepared(&format!("DELETE FROM {}", quoted(&table.name))).await?;
        }
        Ok(())
    }

    /// Whether this schema has a table of that name; others are somebody else's.
    pub fn knows(&self, table: &str) -> bool {
        self.tables.iter().any(|known| known.name == table)
    }

    /// Adds rows: lines of a snapshot with these columns, joined by commas. Answers how many.
    pub async fn add(&self, table: &str, columns: &[Column], lines: &str) -> Result<u64> {
        let sql = self.insert(table, columns)?;
        let statement = dialect::statement(&self.tx, &sql, vec![format!("[{lines}]").into()]);
        Ok(self.tx.execute_raw(statement).await?.rows_affected())
    }

    fn insert(&self, table: &str, columns: &[Column]) -> Result<String> {
        let engine = self.tx.get_database_backend();
        let own = self.tables.iter().find(|known| known.name == table);
        let own = own.ok_or_else(|| Error::broken(format!("{table}: no such table")))?;
        let mut values = Vec::new();
        for (at, column) in columns.iter().enumerate() {
            let same = |known: &&Column| known.name == column.name && known.kind == column.kind;
            let known = own.columns.iter().find(same);
            let known = known.ok_or_else(|| Error::broken(format!("{table}.{}: no such column", column.name)))?;
            values.push(known.write(engine, at));
        }
        if columns.len() != own.columns.len() {
            return Err(Error::broken(format!("{table}: {} columns, {} here", columns.len(), own.columns.len())));
        }
        let names: Vec<String> = columns.iter().map(|column| quoted(&column.name)).collect();
        let rows = match engine {
            DbBackend::Postgres => "jsonb_array_elements(?::jsonb) AS r",
            _ => "json_each(?) AS r",
        };
        let (table, names, values) = (quoted(table), names.join(", "), values.join(", "));
        // "WHERE true" keeps SQLite's parser from taking what follows for an upsert.
        Ok(format!("INSERT INTO {table} ({names}) SELECT {values} FROM {rows} WHERE true"))
    }

    /// Puts everything back, checks it, brings the schema up to date, and makes it stand. Answers the migrations that were added.
    pub async fn finish(self, counters: &BTreeMap<String, i64>) -> Result<Vec<String>> {
        for aside in self.aside.iter().rev() {
            self.tx.execute_unprepared(&aside.put_back).await?;
        }
        self.count_on(counters).await?;
        self.check().await?;
        let before = shape::migrations(&self.tx).await?;
        Migrator::up(&*self.tx, None).await?;
        let after = shape::migrations(&self.tx).await?;
        self.tx.commit().await?;
        self.db.close().await?;
        Ok(after.into_iter().filter(|name| !before.contains(name)).collect())
    }

    async fn check(&self) -> Result<()> {
        if guards(&self.tx).await? != self.guards {
            return Err(Error::broken("the triggers, indexes and foreign keys are not as they were"));
        }
        if self.tx.get_database_backend() == DbBackend::Postgres {
            // Foreign keys were checked as they were put back.
            return Ok(());
        }
        let broken = shape::texts(&self.tx, "SELECT \"table\" FROM pragma_foreign_key_check").await?;
        match broken.first() {
            Some(table) => Err(Error::broken(format!("{table}: rows refer to what is not there"))),
            None => Ok(()),
        }
    }

    /// New rows get numbers that were never given before.
    async fn count_on(&self, counters: &BTreeMap<String, i64>) -> Result<()> {
        if self.tx.get_database_backend() != DbBackend::Postgres {
            for (table, last) in counters.iter().filter(|(table, _)| self.knows(table)) {
                let forget = "DELETE FROM sqlite_sequence WHERE name = ?";
                self.tx.execute_raw(dialect::statement(&self.tx, forget, vec![table.as_str().into()])).await?;
                let (note, values) = (
                    "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)",
                    vec![table.as_str().into(), (*last).into()],
                );
                self.tx.execute_raw(dialect::statement(&self.tx, note, values)).await?;
            }
            return Ok(());
        }
        for row in shape::rows(&self.tx, shape::IDENTITIES).await? {
            let (table, sequence): (String, String) = (row.try_get_by_index(0)?, row.try_get_by_index(2)?);
            let last = counters.get(&table).copied().unwrap_or(0);
            let sql = format!("SELECT setval('{sequence}', {}, {})", last.max(1), last > 0);
            shape::rows(&self.tx, &sql).await?;
        }
        Ok(())
    }
}

fn unknown(schema: &[String], known: &[String]) -> Error {
    let newest = schema.last().map_or("?", String::as_str);
    let own = known.last().map_or("?", String::as_str);
    Refusal::conflict(
        format!("备份的数据库结构是 {newest}，本程序只到 {own}。请用同样新或更新的程序恢复。"),
        format!("The backup's schema is {newest}, this program's is {own}: restore with a program as new or newer."),
    )
    .into()
}

/// Triggers, foreign keys, and indexes that no constraint needs.
async fn aside(db: &impl ConnectionTrait) -> Result<Vec<Aside>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT format('ALTER TABLE %s DISABLE TRIGGER USER', oid::regclass), format('ALTER TABLE %s ENABLE TRIGGER USER', oid::regclass)
             FROM pg_class c WHERE relnamespace = current_schema()::regnamespace AND relkind = 'r'
               AND EXISTS (SELECT 1 FROM pg_trigger t WHERE t.tgrelid = c.oid AND NOT t.tgisinternal)
             UNION ALL
             SELECT format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid)
             FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
             WHERE relnamespace = current_schema()::regnamespace
               AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x'))
             UNION ALL
             SELECT format('ALTER TABLE %s DROP CONSTRAINT %I', conrelid::regclass, conname),
                    format('ALTER TABLE %s ADD CONSTRAINT %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
             FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
             ORDER BY 1"
        }
        _ => {
            "SELECT format('DROP %s \"%w\"', type, name), sql FROM sqlite_master
             WHERE sql IS NOT NULL AND type IN ('index', 'trigger') ORDER BY type DESC, name"
        }
    };
    let found = shape::rows(db, sql).await?;
    found.iter().map(|row| Ok(Aside { remove: row.try_get_by_index(0)?, put_back: row.try_get_by_index(1)? })).collect()
}

/// All of them in words that can be compared.
async fn guards(db: &impl ConnectionTrait) -> Result<Vec<String>> {
    let sql = match db.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT format('%s %s %s', tgrelid::regclass, tgenabled, pg_get_triggerdef(oid)) FROM pg_trigger WHERE NOT tgisinternal
             UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()
             UNION ALL SELECT format('%s %s %s', conrelid::regclass, conname, pg_get_constraintdef(oid))
             FROM pg_constraint WHERE connamespace = current_schema()::regnamespace"
        }
        _ => "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master",
    };
    let mut words = shape::texts(db, sql).await?;
    words.sort();
    Ok(words)
}
