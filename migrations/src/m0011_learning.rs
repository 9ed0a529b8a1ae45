//! The whole study protocol: what was served, what is pending behind a question, what was refused and why, and habits that a person may look at.
//! What a heartbeat changes of a study lies in the one row of its person while the study holds the lease: a beat dirties two small pages.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE learning_script (
  id $uuid NOT NULL PRIMARY KEY,
  text TEXT NOT NULL
) $clustered;
ALTER TABLE learning_study ADD COLUMN script $uuid;
ALTER TABLE learning_study ADD COLUMN evidence TEXT NOT NULL DEFAULT '';
ALTER TABLE learning_lease ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE learning_lease ADD COLUMN beaten_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE learning_lease ADD COLUMN live TEXT NOT NULL DEFAULT '';
ALTER TABLE learning_progress ADD COLUMN script $uuid;
ALTER TABLE learning_progress ADD COLUMN pending TEXT NOT NULL DEFAULT '';
ALTER TABLE learning_progress ADD COLUMN refused TEXT NOT NULL DEFAULT '';
ALTER TABLE learning_progress ADD COLUMN checks TEXT NOT NULL DEFAULT '';
CREATE INDEX learning_progress_pending ON learning_progress (lesson, person) WHERE pending <> '';
CREATE INDEX learning_study_opened ON learning_study (opened_at);
CREATE TABLE learning_flag (
  id $uuid NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  study $uuid NOT NULL,
  kind TEXT NOT NULL,
  figure_ms BIGINT NOT NULL,
  noted_at BIGINT NOT NULL,
  reviewed_by $uuid,
  reviewed_at BIGINT,
  note TEXT,
  UNIQUE (study, kind)
) $clustered;
CREATE INDEX learning_flag_noted ON learning_flag (noted_at, id);
";

/// What this step adds to tables of the step before.
const COLUMNS: [(&str, &str); 9] = [
    ("learning_study", "script"),
    ("learning_study", "evidence"),
    ("learning_lease", "version"),
    ("learning_lease", "beaten_at"),
    ("learning_lease", "live"),
    ("learning_progress", "script"),
    ("learning_progress", "pending"),
    ("learning_progress", "refused"),
    ("learning_progress", "checks"),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for index in ["learning_study_opened", "learning_progress_pending"] {
            connection.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        for (table, column) in COLUMNS {
            connection.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
        }
        columns::drop_tables(manager, &["learning_flag", "learning_script"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
