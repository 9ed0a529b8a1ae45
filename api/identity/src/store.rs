//! Every SQL statement of this house.

use kernel::{
    Error, Millis, Refusal, Result,
    id::{PersonId, SessionId, Uuid},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult,
    PaginatorTrait, QueryFilter, SqlErr, sea_query::Expr, sea_query::OnConflict,
};

use crate::{
    model::Session,
    rules::{self, Attempts, QUIET},
    tables::{account, attempt, session},
};

/// A name, or a person, that has an account already becomes a refusal.
fn taken(error: DbErr, username: &str) -> Error {
    match error.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(what)) if what.contains("username") => {
            Refusal::conflict(format!("用户名 {username} 已被使用。"), format!("The user name {username} is taken."))
                .into()
        }
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Refusal::conflict("此人已有账号。", "This person has an account already.").into()
        }
        _ => error.into(),
    }
}

pub async fn insert_account(tx: &Tx, row: account::Model) -> Result<()> {
    let username = row.username.clone();
    let new = account::ActiveModel {
        person: Set(row.person),
        username: Set(row.username),
        password: Set(row.password),
        one_time: Set(row.one_time),
        demo: Set(row.demo),
        created_at: Set(row.created_at),
    };
    account::Entity::insert(new).exec_without_returning(tx).await.map_err(|e| taken(e, &username))?;
    Ok(())
}

pub async fn account_named(db: &impl ConnectionTrait, username: &str) -> Result<Option<account::Model>> {
    Ok(account::Entity::find().filter(account::Column::Username.eq(username)).one(db).await?)
}

pub async fn account_of(db: &impl ConnectionTrait, person: PersonId) -> Result<Option<account::Model>> {
    Ok(account::Entity::find_by_id(person.uuid()).one(db).await?)
}

/// Puts a password in the place of `before`; answers false where that is no longer the password. Whoever chose it anew is no demo account any more.
pub async fn replace_password(tx: &Tx, before: &account::Model, password: String, one_time: bool) -> Result<bool> {
    let done = account::Entity::update_many()
        .col_expr(account::Column::Password, Expr::value(password))
        .col_expr(account::Column::OneTime, Expr::value(one_time))
        .col_expr(account::Column::Demo, Expr::value(false))
        .filter(account::Column::Person.eq(before.person))
        .filter(account::Column::Password.eq(before.password.as_str()))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub async fn any_demo(db: &impl ConnectionTrait) -> Result<bool> {
    Ok(account::Entity::find().filter(account::Column::Demo.eq(true)).count(db).await? > 0)
}

/// A session as its row stands, with what its account says.
#[derive(Clone, Copy, FromQueryResult)]
pub struct Held {
    id: Uuid,
    person: Uuid,
    pub seen_at: i64,
    expires_at: i64,
    pub idle_ms: i64,
    one_time: bool,
}

impl Held {
    pub fn lives(&self, now: Millis) -> bool {
        now < self.end()
    }
    fn end(&self) -> Millis {
        rules::end(self.seen_at, self.idle_ms, self.expires_at)
    }
    pub fn session(&self, renewed: bool) -> Session {
        let (id, person) = (SessionId::new(self.id), PersonId::new(self.person));
        Session { id, person, one_time: self.one_time, expires_at: self.end(), renewed }
    }
}

const HELD: &str = "SELECT s.id, s.person, s.seen_at, s.expires_at, s.idle_ms, a.one_time \
    FROM identity_session s JOIN identity_account a ON a.person = s.person WHERE ";

pub async fn session(db: &impl ConnectionTrait, token_hash: &str) -> Result<Option<Held>> {
    let sql = format!("{HELD} s.token_hash = ?");
    let statement = dialect::statement(db, &sql, vec![token_hash.into()]);
    Ok(Held::find_by_statement(statement).one(db).await?)
}

pub async fn session_by_id(db: &impl ConnectionTrait, id: SessionId) -> Result<Option<Held>> {
    let sql = format!("{HELD} s.id = ?");
    let statement = dialect::statement(db, &sql, vec![id.uuid().into()]);
    Ok(Held::find_by_statement(statement).one(db).await?)
}

pub async fn insert_session(tx: &Tx, new: session::Model) -> Result<()> {
    let row = session::ActiveModel {
        token_hash: Set(new.token_hash),
        id: Set(new.id),
        person: Set(new.person),
        created_at: Set(new.created_at),
        seen_at: Set(new.seen_at),
        expires_at: Set(new.expires_at),
        idle_ms: Set(new.idle_ms),
    };
    session::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Notes a use; nothing happens where another process noted one meanwhile, or the session was ended.
pub async fn note_use(tx: &Tx, token_hash: &str, before: Millis, now: Millis) -> Result<()> {
    session::Entity::update_many()
        .col_expr(session::Column::SeenAt, Expr::value(now))
        .filter(session::Column::TokenHash.eq(token_hash))
        .filter(session::Column::SeenAt.eq(before))
        .exec(tx)
        .await?;
    Ok(())
}

pub async fn delete_session(tx: &Tx, token_hash: &str) -> Result<()> {
    session::Entity::delete_by_id(token_hash).exec(tx).await?;
    Ok(())
}

/// All sessions of a person but the one kept.
pub async fn delete_sessions(tx: &Tx, person: PersonId, kept: Option<SessionId>) -> Result<()> {
    let mut these = session::Entity::delete_many().filter(session::Column::Person.eq(person.uuid()));
    if let Some(kept) = kept {
        these = these.filter(session::Column::Id.ne(kept.uuid()));
    }
    these.exec(tx).await?;
    Ok(())
}

fn attempts_of(row: &attempt::Model) -> Attempts {
    Attempts { failures: row.failures.into(), blocked_until: row.blocked_until, last_at: row.last_at }
}

pub async fn attempts(db: &impl ConnectionTrait, subject: &str) -> Result<Option<Attempts>> {
    Ok(attempt::Entity::find_by_id(subject).one(db).await?.as_ref().map(attempts_of))
}

/// Makes the row where there is none and locks it, so that failures at the same moment count one by one.
pub async fn lock_attempts(tx: &Tx, subject: &str) -> Result<Attempts> {
    let none = attempt::ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(0),
        blocked_until: Set(0),
        last_at: Set(0),
    };
    let there = OnConflict::column(attempt::Column::Subject).do_nothing().to_owned();
    attempt::Entity::insert(none).on_conflict(there).exec_without_returning(tx).await?;
    let sql = format!("SELECT * FROM identity_attempt WHERE subject = ?{}", dialect::lock_rows(tx));
    let statement = dialect::statement(tx, &sql, vec![subject.into()]);
    let row = attempt::Entity::find().from_raw_sql(statement).one(tx).await?;
    Ok(row.as_ref().map(attempts_of).unwrap_or_default())
}

pub async fn save_attempts(tx: &Tx, subject: &str, now: Attempts) -> Result<()> {
    let row = attempt::ActiveModel {
        subject: Set(subject.to_owned()),
        failures: Set(i32::try_from(now.failures).unwrap_or(i32::MAX)),
        blocked_until: Set(now.blocked_until),
        last_at: Set(now.last_at),
    };
    attempt::Entity::update(row).exec(tx).await?;
    Ok(())
}

pub async fn forget_attempts(tx: &Tx, subject: &str) -> Result<()> {
    attempt::Entity::delete_by_id(subject).exec(tx).await?;
    Ok(())
}

/// Ended sessions and forgotten failures.
pub async fn sweep(tx: &Tx, now: Millis) -> Result<()> {
    let idle = Expr::col(session::Column::SeenAt).add(Expr::col(session::Column::IdleMs)).lte(now);
    let ended = Condition::any().add(session::Column::ExpiresAt.lte(now)).add(idle);
    session::Entity::delete_many().filter(ended).exec(tx).await?;
    attempt::Entity::delete_many()
        .filter(attempt::Column::LastAt.lte(now - QUIET))
        .filter(attempt::Column::BlockedUntil.lte(now - QUIET))
        .exec(tx)
        .await?;
    Ok(())
}
