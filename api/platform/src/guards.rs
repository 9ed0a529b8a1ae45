//! Whether the database still is what the migrations made of it: whole, of this program's schema, and refusing to change what only grows.

use kernel::Result;
use migrations::{Migrator, MigratorTrait};

use crate::{Db, dump::shape};

/// The first thing that SQLite finds wrong with its file; PostgreSQL keeps its own.
pub async fn damage(db: &Db) -> Result<Option<String>> {
    if db.is_postgres() {
        return Ok(None);
    }
    let found = shape::texts(db.read(), "PRAGMA quick_check(1)").await?;
    Ok(found.into_iter().find(|line| line != "ok"))
}

/// Migrations that are still to be done, and those that this program does not know.
pub async fn migrations(db: &Db) -> Result<(Vec<String>, Vec<String>)> {
    let done = shape::migrations(db.read()).await?;
    let known: Vec<String> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
    let pending = known.iter().filter(|name| !done.contains(name)).cloned().collect();
    Ok((pending, done.into_iter().filter(|name| !known.contains(name)).collect()))
}

/// The tables that only grow, and those of them that are no longer guarded. What a fresh schema has is the measure.
pub async fn growing(db: &Db) -> Result<(Vec<String>, Vec<String>)> {
    let fresh = Db::open_to_fill("sqlite::memory:").await?;
    let done = u32::try_from(shape::migrations(db.read()).await?.len())?;
    Migrator::up(fresh.read(), Some(done)).await?;
    let wanted = triggers(&fresh).await?;
    fresh.close().await?;
    let found = triggers(db).await?;
    let mut growing: Vec<String> =
        wanted.iter().filter_map(|name| name.strip_suffix("_no_update")).map(str::to_owned).collect();
    growing.sort();
    let postgres = db.is_postgres();
    let guarded = |table: &String| {
        let own = |name: &&String| name.strip_prefix(table.as_str()).is_some_and(|rest| rest.starts_with("_no_"));
        if postgres {
            found.contains(&format!("{table}_only_grows"))
        } else {
            wanted.iter().filter(own).all(|name| found.contains(name))
        }
    };
    let unguarded = growing.iter().filter(|table| !guarded(table)).cloned().collect();
    Ok((growing, unguarded))
}

/// Those that are in force.
async fn triggers(db: &Db) -> Result<Vec<String>> {
    let sql = if db.is_postgres() {
        "SELECT tgname::text FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
         WHERE NOT tgisinternal AND tgenabled IN ('O', 'A') AND relnamespace = current_schema()::regnamespace"
    } else {
        "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    };
    shape::texts(db.read(), sql).await
}
