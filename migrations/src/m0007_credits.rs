//! The ledger: entries only ever get added; balances and tallies are caches of it.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE credits_head (
  id INTEGER NOT NULL PRIMARY KEY,
  last_entry BIGINT NOT NULL
);
INSERT INTO credits_head (id, last_entry) VALUES (1, 0);
CREATE TABLE credits_entry (
  id BIGINT NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  measure TEXT NOT NULL,
  amount BIGINT NOT NULL,
  reason_key TEXT NOT NULL UNIQUE,
  rule TEXT NOT NULL,
  pack TEXT NOT NULL,
  course $uuid,
  lesson $uuid,
  note TEXT,
  reverses BIGINT REFERENCES credits_entry (id),
  day INTEGER NOT NULL,
  posted_at BIGINT NOT NULL
);
CREATE INDEX credits_entry_person ON credits_entry (person, id);
CREATE TABLE credits_balance (
  person $uuid NOT NULL,
  measure TEXT NOT NULL,
  amount BIGINT NOT NULL,
  last_entry BIGINT NOT NULL,
  PRIMARY KEY (person, measure)
) $clustered;
CREATE TABLE credits_tally (
  person $uuid NOT NULL,
  day INTEGER NOT NULL,
  measure TEXT NOT NULL,
  rule TEXT NOT NULL,
  amount BIGINT NOT NULL,
  PRIMARY KEY (person, day, measure, rule)
) $clustered;
CREATE INDEX credits_tally_day ON credits_tally (day);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await?;
        columns::append_only(manager, "credits_entry").await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["credits_tally", "credits_balance", "credits_entry", "credits_head"]).await?;
        columns::forget_append_only(manager, "credits_entry").await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
