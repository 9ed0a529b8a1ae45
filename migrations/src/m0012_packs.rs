//! Rule packs with the days from which they are in force, who confirmed which number, facts as they were told, what waits for approval, and
//! dry runs.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// `credits_pack_state.derived_to`: entries up to this one are older than the keeping of facts; a dry run derives their facts.
const UP: &str = "
CREATE TABLE credits_pack (
  version TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  shipped BOOLEAN NOT NULL,
  added_by $uuid,
  added_at BIGINT NOT NULL
);
CREATE TABLE credits_force (
  no $serial,
  starts INTEGER NOT NULL,
  version TEXT NOT NULL REFERENCES credits_pack (version),
  set_by $uuid,
  set_at BIGINT NOT NULL
);
CREATE TABLE credits_basis (
  version TEXT NOT NULL,
  path TEXT NOT NULL,
  note TEXT NOT NULL,
  confirmed_by $uuid NOT NULL,
  confirmed_at BIGINT NOT NULL,
  PRIMARY KEY (version, path)
);
CREATE TABLE credits_pack_state (
  id INTEGER NOT NULL PRIMARY KEY,
  counter BIGINT NOT NULL,
  base_version TEXT,
  derived_to BIGINT NOT NULL
);
INSERT INTO credits_pack_state (id, counter, derived_to) SELECT 1, 0, last_entry FROM credits_head WHERE id = 1;
CREATE TABLE credits_fact (
  person $uuid NOT NULL,
  day INTEGER NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  body TEXT NOT NULL,
  PRIMARY KEY (person, day, reason)
) $clustered;
CREATE TABLE credits_pace (
  person $uuid NOT NULL,
  rule TEXT NOT NULL,
  at BIGINT NOT NULL,
  reason TEXT NOT NULL,
  PRIMARY KEY (person, rule, at, reason)
) $clustered;
CREATE TABLE credits_waiting (
  id $uuid NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  path $sorted NOT NULL,
  rule TEXT NOT NULL,
  pack TEXT NOT NULL,
  reason_key TEXT NOT NULL UNIQUE,
  measure TEXT NOT NULL,
  amount BIGINT NOT NULL,
  note TEXT NOT NULL,
  day INTEGER NOT NULL,
  at BIGINT NOT NULL,
  fact TEXT NOT NULL,
  state TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  decided_by $uuid,
  decided_at BIGINT,
  reason TEXT
);
CREATE INDEX credits_waiting_state ON credits_waiting (state, id);
CREATE TABLE credits_dry_run (
  id $uuid NOT NULL PRIMARY KEY,
  version TEXT NOT NULL,
  term $uuid NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  status TEXT NOT NULL,
  students BIGINT NOT NULL,
  done BIGINT NOT NULL,
  changed BIGINT NOT NULL,
  totals TEXT NOT NULL,
  asked_by $uuid NOT NULL,
  asked_at BIGINT NOT NULL,
  finished_at BIGINT
);
CREATE TABLE credits_dry_run_row (
  run $uuid NOT NULL REFERENCES credits_dry_run (id),
  no BIGINT NOT NULL,
  person $uuid NOT NULL,
  amounts TEXT NOT NULL,
  changed BOOLEAN NOT NULL,
  PRIMARY KEY (run, no)
) $clustered;
CREATE INDEX credits_dry_run_changed ON credits_dry_run_row (run, changed, no);
CREATE INDEX credits_entry_reversal ON credits_entry (person, day) WHERE reverses IS NOT NULL;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await?;
        columns::append_only(manager, "credits_fact").await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DROP INDEX credits_entry_reversal").await?;
        let tables = [
            "credits_dry_run_row",
            "credits_dry_run",
            "credits_waiting",
            "credits_pace",
            "credits_fact",
            "credits_pack_state",
            "credits_basis",
            "credits_force",
            "credits_pack",
        ];
        columns::drop_tables(manager, &tables).await?;
        columns::forget_append_only(manager, "credits_fact").await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
