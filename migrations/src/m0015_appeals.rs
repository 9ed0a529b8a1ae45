//! Appeals: requests for review and their answers.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE appeals_appeal (
  id $uuid NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  path TEXT NOT NULL,
  entry BIGINT,
  course $uuid,
  lesson $uuid,
  spans TEXT NOT NULL,
  reason TEXT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  answered_by $uuid,
  answered_at BIGINT,
  answer TEXT,
  outcome BIGINT,
  released_ms BIGINT
);
CREATE INDEX appeals_appeal_person ON appeals_appeal (person, id);
CREATE INDEX appeals_appeal_queue ON appeals_appeal (status, id);
CREATE INDEX appeals_appeal_entry ON appeals_appeal (entry);
CREATE UNIQUE INDEX appeals_appeal_open_entry ON appeals_appeal (person, entry) WHERE status = 'OPEN';
CREATE UNIQUE INDEX appeals_appeal_open_lesson ON appeals_appeal (person, lesson) WHERE status = 'OPEN';
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["appeals_appeal"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
