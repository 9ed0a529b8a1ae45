//! Enrolments, studies, the one lease of each person, what has been covered and on which days.
//! Studies lie in the order of their opening, not of their random ids: the ones that beat now share few pages.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE learning_enrolment (
  person $uuid NOT NULL,
  course $uuid NOT NULL,
  enrolled_at BIGINT NOT NULL,
  completed_at BIGINT,
  PRIMARY KEY (person, course)
) $clustered;
CREATE INDEX learning_enrolment_course ON learning_enrolment (course);
CREATE TABLE learning_study (
  id $uuid NOT NULL PRIMARY KEY,
  person $uuid NOT NULL,
  session $uuid NOT NULL,
  course $uuid NOT NULL,
  lesson $uuid NOT NULL,
  asset $uuid,
  version TEXT NOT NULL,
  extent TEXT NOT NULL,
  epoch BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  beaten_at BIGINT NOT NULL,
  next_seq BIGINT NOT NULL,
  last_hash TEXT,
  last_answer TEXT,
  entries_seen BIGINT
);
CREATE TABLE learning_lease (
  person $uuid NOT NULL PRIMARY KEY,
  epoch BIGINT NOT NULL,
  study $uuid NOT NULL,
  allowance_ms BIGINT NOT NULL,
  counted_at BIGINT NOT NULL
) $clustered;
CREATE TABLE learning_progress (
  person $uuid NOT NULL,
  lesson $uuid NOT NULL,
  course $uuid NOT NULL,
  version TEXT NOT NULL,
  size BIGINT NOT NULL,
  covered TEXT NOT NULL,
  covered_ms BIGINT NOT NULL,
  coverage $real NOT NULL,
  resume_at BIGINT NOT NULL,
  completed_at BIGINT,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (person, lesson)
) $clustered;
CREATE TABLE learning_day (
  person $uuid NOT NULL,
  day INTEGER NOT NULL,
  credited_ms BIGINT NOT NULL,
  PRIMARY KEY (person, day)
) $clustered;
CREATE INDEX learning_progress_course ON learning_progress (course, person);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(
            manager,
            &["learning_day", "learning_progress", "learning_lease", "learning_study", "learning_enrolment"],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
