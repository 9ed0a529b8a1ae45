//! Blocks, what was delivered of them, and what verifications said.

use kernel::{
    Error, Millis, Result,
    entry::{Fields, Hash},
};
use platform::{Tx, dialect};
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use crate::{
    model::Verification,
    rules::checkpoint::{Block, Sealed},
    tables::{block, check, entry},
};

fn hash_of(bytes: &[u8]) -> Result<Hash> {
    bytes.try_into().map_err(|_| Error::broken("a stored hash that is not 32 bytes"))
}

fn sealed_of(row: block::Model) -> Result<Sealed> {
    let block = Block {
        no: row.no,
        first: row.first_id,
        last: row.last_id,
        root: hash_of(&row.root)?,
        previous: hash_of(&row.previous)?,
        sealed_at: row.sealed_at,
    };
    Ok(Sealed { block, key: row.public_key, signature: row.signature })
}

/// The newest block.
pub async fn last(db: &impl ConnectionTrait) -> Result<Option<Sealed>> {
    block::Entity::find().order_by_desc(block::Column::No).one(db).await?.map(sealed_of).transpose()
}

/// Public keys of all blocks, each once, in the order of their first block.
pub async fn keys(db: &impl ConnectionTrait) -> Result<Vec<Vec<u8>>> {
    let sql = "SELECT public_key FROM credits_block GROUP BY public_key ORDER BY MIN(no)";
    let rows = db.query_all_raw(dialect::statement(db, sql, vec![])).await?;
    rows.iter().map(|row| Ok(row.try_get("", "public_key")?)).collect()
}

pub async fn find(db: &impl ConnectionTrait, no: i64) -> Result<Option<Sealed>> {
    block::Entity::find_by_id(no).one(db).await?.map(sealed_of).transpose()
}

/// At most `most` blocks after the one numbered `no`, in order.
pub async fn after(db: &impl ConnectionTrait, no: i64, most: u64) -> Result<Vec<Sealed>> {
    let query = block::Entity::find().filter(block::Column::No.gt(no)).order_by_asc(block::Column::No);
    query.limit(most).all(db).await?.into_iter().map(sealed_of).collect()
}

pub async fn insert(tx: &Tx, new: &Sealed) -> Result<()> {
    let row = block::ActiveModel {
        no: Set(new.block.no),
        first_id: Set(new.block.first),
        last_id: Set(new.block.last),
        root: Set(new.block.root.to_vec()),
        previous: Set(new.block.previous.to_vec()),
        sealed_at: Set(new.block.sealed_at),
        public_key: Set(new.key.clone()),
        signature: Set(new.signature.clone()),
    };
    block::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The hashes of the rows as they stand, in order: also of those that were written before rows had a hash of their own.
pub async fn leaves(db: &impl ConnectionTrait, first: i64, last: i64) -> Result<Vec<Hash>> {
    let query = entry::Entity::find().filter(entry::Column::Id.between(first, last));
    let rows = query.order_by_asc(entry::Column::Id).all(db).await?;
    let mut buffer = Vec::new();
    let mut leaves = Vec::with_capacity(rows.len());
    for (wanted, row) in (first..).zip(&rows) {
        if row.id != wanted {
            return Err(Error::broken(format!("the entry {wanted} is missing; nothing is sealed over a gap")));
        }
        leaves.push(fields(row).hash(&mut buffer));
    }
    if last - first + 1 != i64::try_from(leaves.len())? {
        return Err(Error::broken("entries below the head are missing; nothing is sealed over a gap"));
    }
    Ok(leaves)
}

pub fn fields(row: &entry::Model) -> Fields<'_> {
    Fields {
        id: row.id,
        person: row.person.into_bytes(),
        measure: &row.measure,
        amount: row.amount,
        reason_key: &row.reason_key,
        rule: &row.rule,
        pack: &row.pack,
        contra: row.contra.as_deref(),
        course: row.course.map(|id| id.into_bytes()),
        lesson: row.lesson.map(|id| id.into_bytes()),
        note: row.note.as_deref(),
        reverses: row.reverses,
        day: row.day,
        posted_at: row.posted_at,
    }
}

/// The last block that went out by the channel; 0 before the first.
pub async fn delivered(db: &impl ConnectionTrait, channel: &str) -> Result<i64> {
    let sql = "SELECT upto FROM credits_delivery WHERE channel = ?";
    let row = db.query_one_raw(dialect::statement(db, sql, vec![channel.into()])).await?;
    Ok(row.map(|row| row.try_get("", "upto")).transpose()?.unwrap_or(0))
}

pub async fn note_delivered(tx: &Tx, channel: &str, upto: i64) -> Result<()> {
    let sql = "INSERT INTO credits_delivery (channel, upto) VALUES (?, ?) ON CONFLICT (channel) DO UPDATE SET upto = excluded.upto";
    tx.execute_raw(dialect::statement(tx, sql, vec![channel.into(), upto.into()])).await?;
    Ok(())
}

/// The last verification: when, and what it found.
pub async fn last_check(db: &impl ConnectionTrait) -> Result<Option<(Millis, Verification)>> {
    let found = check::Entity::find().order_by_desc(check::Column::Id).one(db).await?;
    let told = |row: check::Model| {
        let fault = if row.verified { None } else { Some(row.first_fault.unwrap_or_default()) };
        (row.at, Verification { entries: row.entries, upto: row.upto, first_fault: fault })
    };
    Ok(found.map(told))
}

pub async fn insert_check(tx: &Tx, now: Millis, checked: &Verification) -> Result<()> {
    let row = check::ActiveModel {
        at: Set(now),
        entries: Set(checked.entries),
        upto: Set(checked.upto),
        verified: Set(checked.first_fault.is_none()),
        first_fault: Set(checked.first_fault.clone()),
        ..Default::default()
    };
    check::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}
