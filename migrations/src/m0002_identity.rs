//! Accounts, sessions (only the hash of a token is kept) and failed sign-ins.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE identity_account (
  person $uuid NOT NULL PRIMARY KEY,
  username TEXT NOT NULL UNIQUE,
  password TEXT NOT NULL,
  one_time BOOLEAN NOT NULL,
  demo BOOLEAN NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE TABLE identity_session (
  token_hash TEXT NOT NULL PRIMARY KEY,
  id $uuid NOT NULL UNIQUE,
  person $uuid NOT NULL,
  created_at BIGINT NOT NULL,
  seen_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL,
  idle_ms BIGINT NOT NULL
);
CREATE INDEX identity_session_person ON identity_session (person);
CREATE TABLE identity_attempt (
  subject TEXT NOT NULL PRIMARY KEY,
  failures INTEGER NOT NULL,
  blocked_until BIGINT NOT NULL,
  last_at BIGINT NOT NULL
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["identity_attempt", "identity_session", "identity_account"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
