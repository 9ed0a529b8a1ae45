//! Events, the jobs that they cause, and the audit log.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE platform_event (
  id $serial,
  at BIGINT NOT NULL,
  name TEXT NOT NULL,
  payload TEXT NOT NULL
);
CREATE TABLE platform_job (
  id $serial,
  kind TEXT NOT NULL,
  lane TEXT NOT NULL,
  payload TEXT NOT NULL,
  unique_key TEXT UNIQUE,
  outside BOOLEAN NOT NULL,
  run_at BIGINT NOT NULL,
  lease_until BIGINT NOT NULL DEFAULT 0,
  attempts INTEGER NOT NULL DEFAULT 0,
  failure TEXT,
  dead BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE INDEX platform_job_due ON platform_job (outside, dead, run_at, id);
CREATE INDEX platform_job_lane ON platform_job (lane, id);
CREATE TABLE platform_audit (
  id $uuid NOT NULL PRIMARY KEY,
  at BIGINT NOT NULL,
  actor $uuid,
  action TEXT NOT NULL,
  target TEXT NOT NULL,
  reason TEXT,
  path TEXT NOT NULL
);
CREATE INDEX platform_audit_at ON platform_audit (at, id);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await?;
        columns::append_only(manager, "platform_audit").await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["platform_audit", "platform_job", "platform_event"]).await?;
        columns::forget_append_only(manager, "platform_audit").await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
