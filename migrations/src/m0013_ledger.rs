//! The ledger can be proved: the account on the other side and a hash with each entry, sealed blocks, what was delivered of them, the last
//! verification; and adjustments by two people. Entries older than this have neither contra nor hash; their first seal covers them as they are.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE credits_entry ADD COLUMN contra TEXT;
ALTER TABLE credits_entry ADD COLUMN content_hash $bytes;
CREATE UNIQUE INDEX credits_entry_reverses ON credits_entry (reverses);
CREATE TABLE credits_account (
  account TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount BIGINT NOT NULL,
  last_entry BIGINT NOT NULL,
  PRIMARY KEY (account, measure)
) $clustered;
INSERT INTO credits_account (account, measure, amount, last_entry)
  SELECT 'issue:' || rule, measure, CAST(-SUM(amount) AS BIGINT), MAX(id) FROM credits_entry GROUP BY rule, measure;
CREATE TABLE credits_block (
  no BIGINT NOT NULL PRIMARY KEY,
  first_id BIGINT NOT NULL UNIQUE,
  last_id BIGINT NOT NULL UNIQUE,
  root $bytes NOT NULL,
  previous $bytes NOT NULL,
  sealed_at BIGINT NOT NULL,
  public_key $bytes NOT NULL,
  signature $bytes NOT NULL
);
CREATE TABLE credits_delivery (
  channel TEXT NOT NULL PRIMARY KEY,
  upto BIGINT NOT NULL
);
CREATE TABLE credits_check (
  id $serial,
  at BIGINT NOT NULL,
  entries BIGINT NOT NULL,
  upto BIGINT NOT NULL,
  verified BOOLEAN NOT NULL,
  first_fault TEXT
);
CREATE TABLE credits_adjustment (
  id $uuid NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  path TEXT NOT NULL,
  measure TEXT NOT NULL,
  amount BIGINT NOT NULL,
  reason TEXT NOT NULL,
  status TEXT NOT NULL,
  proposed_by $uuid NOT NULL,
  proposed_at BIGINT NOT NULL,
  decided_by $uuid,
  decided_at BIGINT,
  decision TEXT,
  entry BIGINT REFERENCES credits_entry (id)
);
CREATE INDEX credits_adjustment_status ON credits_adjustment (status, id);
";

/// An attacker's REPLACE would delete a row without a DELETE trigger: SQLite fires none for it.
const NO_REPLACE: [&str; 2] = [
    "CREATE TRIGGER credits_entry_no_replace BEFORE INSERT ON credits_entry WHEN EXISTS (SELECT 1 FROM credits_entry \
     WHERE id = NEW.id OR reason_key = NEW.reason_key OR reverses = NEW.reverses) \
     BEGIN SELECT RAISE(ABORT, 'credits_entry only grows'); END",
    "CREATE TRIGGER credits_block_no_replace BEFORE INSERT ON credits_block WHEN EXISTS (SELECT 1 FROM credits_block \
     WHERE no = NEW.no OR first_id = NEW.first_id OR last_id = NEW.last_id) \
     BEGIN SELECT RAISE(ABORT, 'credits_block only grows'); END",
];
const GROWING: [&str; 3] = ["credits_entry", "credits_block", "platform_audit"];

fn postgres(manager: &SchemaManager<'_>) -> bool {
    manager.get_database_backend() == DbBackend::Postgres
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bytes = if postgres(manager) { "BYTEA" } else { "BLOB" };
        columns::run(manager, &UP.replace("$bytes", bytes)).await?;
        columns::append_only(manager, "credits_block").await?;
        let connection = manager.get_connection();
        if !postgres(manager) {
            for trigger in NO_REPLACE {
                connection.execute_unprepared(trigger).await?;
            }
            return Ok(());
        }
        for table in GROWING {
            let trigger = format!(
                "CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION {table}_refuse()"
            );
            connection.execute_unprepared(&trigger).await?;
        }
        Ok(())
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        if postgres(manager) {
            for table in GROWING {
                connection.execute_unprepared(&format!("DROP TRIGGER {table}_no_truncate ON {table}")).await?;
            }
        } else {
            connection.execute_unprepared("DROP TRIGGER credits_entry_no_replace").await?;
        }
        let tables = ["credits_adjustment", "credits_check", "credits_delivery", "credits_block", "credits_account"];
        columns::drop_tables(manager, &tables).await?;
        columns::forget_append_only(manager, "credits_block").await?;
        connection.execute_unprepared("DROP INDEX credits_entry_reverses").await?;
        for column in ["content_hash", "contra"] {
            connection.execute_unprepared(&format!("ALTER TABLE credits_entry DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
