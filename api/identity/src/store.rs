//! Every SQL statement of this house.

use kernel::{
    Error, Millis, Refusal, Result,
    id::{PersonId, SessionId},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, SqlErr,
    sea_query::{Expr, OnConflict},
};

use crate::{
    model::{Attempts, Session},
    tables::{account, attempt, session},
};

pub use account::Model as Account;

pub async fn account(db: &impl ConnectionTrait, username: &str) -> Result<Option<Account>> {
    Ok(account::Entity::find().filter(account::Column::Username.eq(username)).one(db).await?)
}

pub async fn account_of(db: &impl ConnectionTrait, person: PersonId) -> Result<Option<Account>> {
    Ok(account::Entity::find_by_id(person.uuid()).one(db).await?)
}

pub async fn insert_account(tx: &Tx, row: Account) -> Result<()> {
    let row: account::ActiveModel = row.into();
    let inserted = account::Entity::insert(row).exec_without_returning(tx).await;
    inserted.map(drop).map_err(|error| match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Refusal::conflict("该用户名或人员已有账号。", "This name or person has an account already.").into()
        }
        _ => error.into(),
    })
}

/// From now on it is the person's own: neither one-time nor the demo's.
pub async fn set_password(tx: &Tx, person: PersonId, hash: String) -> Result<()> {
    let row = account::ActiveModel {
        person: Set(person.uuid()),
        password: Set(hash),
        one_time: Set(false),
        demo: Set(false),
        ..Default::default()
    };
    account::Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn demo_accounts(db: &impl ConnectionTrait) -> Result<u64> {
    Ok(account::Entity::find().filter(account::Column::Demo.eq(true)).count(db).await?)
}

/// The session, and whether its account still has a one-time password.
pub async fn session(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Session>> {
    let Some(row) = session::Entity::find_by_id(token_hash).one(db).await? else { return Ok(None) };
    let account = account::Entity::find_by_id(row.person).one(db).await?;
    let one_time = account.ok_or_else(|| Error::broken("a session without an account"))?.one_time;
    let (id, person) = (row.id.into(), row.person.into());
    Ok(Some(Session { id, person, one_time, seen_at: row.seen_at, expires_at: row.expires_at, idle_ms: row.idle_ms }))
}

pub async fn insert_session(tx: &Tx, token_hash: &str, new: &Session, now: Millis) -> Result<()> {
    let row = session::ActiveModel {
        token_hash: Set(token_hash.to_owned()),
        id: Set(new.id.uuid()),
        person: Set(new.person.uuid()),
        created_at: Set(now),
        seen_at: Set(new.seen_at),
        expires_at: Set(new.expires_at),
        idle_ms: Set(new.idle_ms),
    };
    session::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn touch_session(tx: &Tx, token_hash: &str, seen_at: Millis, expires_at: Millis) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(seen_at))
        .col_expr(session::Column::ExpiresAt, Expr::value(expires_at))
        .filter(session::Column::TokenHash.eq(token_hash))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn delete_session(tx: &Tx, token_hash: &str) -> Result<()> {
    session::Entity::delete_by_id(token_hash).exec(tx).await?;
    Ok(())
}

pub async fn session_person(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<PersonId>> {
    let row = session::Entity::find().filter(session::Column::Id.eq(id.uuid())).one(db).await?;
    Ok(row.map(|row| row.person.into()))
}

pub async fn delete_other_sessions(tx: &Tx, person: PersonId, kept: SessionId) -> Result<()> {
    let others = session::Entity::delete_many().filter(session::Column::Person.eq(person.uuid()));
    others.filter(session::Column::Id.ne(kept.uuid())).exec(tx).await?;
    Ok(())
}

pub async fn delete_ended(tx: &Tx, now: Millis) -> Result<u64> {
    let ended = session::Entity::delete_many().filter(session::Column::ExpiresAt.lt(now)).exec(tx).await?;
    let quiet =
        attempt::Entity::delete_many().filter(attempt::Column::LastAt.lt(now - 24 * 3_600_000)).exec(tx).await?;
    Ok(ended.rows_affected + quiet.rows_affected)
}

pub async fn attempts(db: &impl ConnectionTrait, subject: &str) -> Result<Attempts> {
    let row = attempt::Entity::find_by_id(subject).one(db).await?;
    let known = |row: attempt::Model| Attempts {
        failures: row.failures,
        blocked_until: row.blocked_until,
        last_at: row.last_at,
    };
    Ok(row.map(known).unwrap_or_default())
}

pub async fn put_attempts(tx: &Tx, subject: &str, attempts: Attempts) -> Result<()> {
    let row = attempt::ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(attempts.failures),
        blocked_until: Set(attempts.blocked_until),
        last_at: Set(attempts.last_at),
    };
    let columns = [attempt::Column::Failures, attempt::Column::BlockedUntil, attempt::Column::LastAt];
    let again = OnConflict::column(attempt::Column::Subject).update_columns(columns).to_owned();
    attempt::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn forget_attempts(tx: &Tx, subject: &str) -> Result<()> {
    attempt::Entity::delete_by_id(subject).exec(tx).await?;
    Ok(())
}
