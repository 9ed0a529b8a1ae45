//! Projections fed by events: who is on the roster, what each earned in all and on each day; and the exports asked for.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE reports_student (
  person $uuid NOT NULL PRIMARY KEY,
  number $sorted NOT NULL,
  name TEXT NOT NULL,
  sort_key $sorted NOT NULL,
  lookup TEXT NOT NULL,
  stage TEXT NOT NULL,
  unit $uuid NOT NULL,
  path $sorted NOT NULL
);
CREATE INDEX reports_student_name ON reports_student (sort_key, number, person);
CREATE INDEX reports_student_path ON reports_student (path);
CREATE TABLE reports_total (
  person $uuid NOT NULL PRIMARY KEY,
  points BIGINT NOT NULL,
  hours BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  courses BIGINT NOT NULL,
  last_entry BIGINT NOT NULL,
  last_studied_at BIGINT
) $clustered;
CREATE TABLE reports_day (
  person $uuid NOT NULL,
  day INTEGER NOT NULL,
  course $uuid NOT NULL,
  points BIGINT NOT NULL,
  hours BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  PRIMARY KEY (person, day, course)
) $clustered;
CREATE TABLE reports_completion (
  person $uuid NOT NULL,
  course $uuid NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY (person, course)
) $clustered;
CREATE TABLE reports_export (
  id $uuid NOT NULL PRIMARY KEY,
  asker $uuid NOT NULL,
  kind TEXT NOT NULL,
  format TEXT NOT NULL,
  asked TEXT NOT NULL,
  status TEXT NOT NULL,
  progress $real NOT NULL,
  scope TEXT,
  students BIGINT,
  file_name TEXT,
  failure TEXT,
  created_at BIGINT NOT NULL,
  expires_at BIGINT
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(
            manager,
            &["reports_export", "reports_completion", "reports_day", "reports_total", "reports_student"],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
