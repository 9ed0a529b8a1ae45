//! Who is a member of which team, and who opted in. Each change takes the next number while it holds the one row that counts them, so numbers
//! come in the order of commits: whoever goes on from a number misses nothing.

use std::collections::HashMap;

use kernel::{Error, Result, id::PersonId};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};

use super::{MANY, behind};
use crate::{
    rules::tableau::Member,
    tables::{member, person},
};

pub async fn last_change(db: &impl ConnectionTrait) -> Result<i64> {
    let sql = "SELECT last_change FROM gamification_head WHERE id = 1";
    let row = db.query_one_raw(dialect::statement(db, sql, vec![])).await?;
    Ok(row.ok_or_else(|| Error::broken("the members have lost their head"))?.try_get("", "last_change")?)
}

/// Until the transaction ends nobody else changes a member.
pub async fn hold(tx: &Tx) -> Result<()> {
    next_change(tx).await.map(drop)
}

async fn next_change(tx: &Tx) -> Result<i64> {
    let sql = "UPDATE gamification_head SET last_change = last_change + 1 WHERE id = 1";
    tx.execute_raw(dialect::statement(tx, sql, vec![])).await?;
    last_change(tx).await
}

/// The person as they are kept; the default for who is not.
pub async fn find(db: &impl ConnectionTrait, id: PersonId) -> Result<Member> {
    let found = told(db, person::Entity::find_by_id(id.uuid()).all(db).await?).await?.pop();
    Ok(found.map(|(_, member)| member).unwrap_or_default())
}

/// Those who changed after the number, and the greatest number among them.
pub async fn changed(db: &impl ConnectionTrait, after: i64) -> Result<(Vec<(PersonId, Member)>, i64)> {
    let query = person::Entity::find().filter(person::Column::Changed.gt(after));
    let rows = query.order_by_asc(person::Column::Changed).all(db).await?;
    let last = rows.last().map_or(after, |row| row.changed);
    Ok((told(db, rows).await?, last))
}

async fn told(db: &impl ConnectionTrait, rows: Vec<person::Model>) -> Result<Vec<(PersonId, Member)>> {
    let mut paths: HashMap<_, Vec<String>> = HashMap::new();
    for some in rows.chunks(MANY) {
        let query = member::Entity::find().filter(member::Column::Person.is_in(some.iter().map(|row| row.person)));
        for row in query.order_by_asc(member::Column::Path).all(db).await? {
            paths.entry(row.person).or_default().push(row.path);
        }
    }
    let member = |row: person::Model| {
        let paths = paths.get(&row.person).cloned().unwrap_or_default();
        (row.person.into(), Member { paths, branch: row.branch, nickname: row.nickname })
    };
    Ok(rows.into_iter().map(member).collect())
}

/// Keeps the person as they are from now on.
pub async fn save(tx: &Tx, id: PersonId, now: &Member) -> Result<()> {
    let changed = next_change(tx).await?;
    let row = person::ActiveModel {
        person: Set(id.uuid()),
        branch: Set(now.branch.clone()),
        nickname: Set(now.nickname.clone()),
        changed: Set(changed),
    };
    let columns = [person::Column::Branch, person::Column::Nickname, person::Column::Changed];
    let again = OnConflict::column(person::Column::Person).update_columns(columns).to_owned();
    person::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    member::Entity::delete_many().filter(member::Column::Person.eq(id.uuid())).exec(tx).await?;
    if now.paths.is_empty() {
        return Ok(());
    }
    let rows = now.paths.iter().map(|path| member::ActiveModel { person: Set(id.uuid()), path: Set(path.clone()) });
    member::Entity::insert_many(rows).exec_without_returning(tx).await?;
    Ok(())
}

/// Who studies at or beneath the path, each once.
pub async fn beneath(db: &impl ConnectionTrait, path: &str) -> Result<Vec<PersonId>> {
    let sql = "SELECT DISTINCT person FROM gamification_member WHERE path >= ? AND path < ?";
    let rows = db.query_all_raw(dialect::statement(db, sql, vec![path.into(), behind(path).into()])).await?;
    rows.iter().map(|row| Ok(PersonId::new(row.try_get("", "person")?))).collect()
}
