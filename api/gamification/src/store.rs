//! Every SQL statement of this house.

use kernel::{Result, id::PersonId};
use platform::{Tx, dialect};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::tables::progress;

/// How many lessons the person has finished.
pub async fn finished(db: &impl ConnectionTrait, person: PersonId) -> Result<u32> {
    let row = progress::Entity::find_by_id(person.uuid()).one(db).await?;
    Ok(row.map_or(0, |row| u32::try_from(row.finished).unwrap_or(0)))
}

pub async fn count_one(tx: &Tx, person: PersonId) -> Result<()> {
    let sql = "INSERT INTO gamification_progress (person, finished) VALUES (?, 1) \
               ON CONFLICT (person) DO UPDATE SET finished = gamification_progress.finished + 1";
    tx.execute_raw(dialect::statement(tx, sql, vec![person.uuid().into()])).await?;
    Ok(())
}
