//! Review before publishing, kept versions of courses, drafts of published courses, what was covered of earlier contents; files that are
//! thrown away or replaced.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// A demo goes on publishing at once; every other school is asked for one reviewer until it says otherwise.
const UP: &str = "
ALTER TABLE organisation_school ADD COLUMN review TEXT NOT NULL DEFAULT 'ONE';
UPDATE organisation_school SET review = 'NONE' WHERE demo;
ALTER TABLE catalogue_course ADD COLUMN draft_of $uuid;
ALTER TABLE catalogue_course ADD COLUMN source TEXT NOT NULL DEFAULT '';
ALTER TABLE catalogue_course ADD COLUMN edition TEXT NOT NULL DEFAULT '';
ALTER TABLE catalogue_course ADD COLUMN version INTEGER NOT NULL DEFAULT 0;
ALTER TABLE catalogue_course ADD COLUMN withdrawn_by $uuid;
CREATE UNIQUE INDEX catalogue_course_draft ON catalogue_course (draft_of);
ALTER TABLE catalogue_chapter ADD COLUMN origin $uuid;
ALTER TABLE catalogue_chapter ADD COLUMN removed_at BIGINT;
ALTER TABLE catalogue_lesson ADD COLUMN origin $uuid;
ALTER TABLE catalogue_lesson ADD COLUMN removed_at BIGINT;
ALTER TABLE catalogue_question ADD COLUMN origin $uuid;
CREATE TABLE catalogue_hand (
  course $uuid NOT NULL,
  person $uuid NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (course, person)
) $clustered;
CREATE TABLE catalogue_submission (
  id $uuid NOT NULL PRIMARY KEY,
  course $uuid NOT NULL,
  target $uuid NOT NULL,
  title TEXT NOT NULL,
  audience TEXT NOT NULL,
  submitted_by $uuid NOT NULL,
  submitted_at BIGINT NOT NULL,
  outcome TEXT NOT NULL,
  closed_at BIGINT
);
CREATE INDEX catalogue_submission_course ON catalogue_submission (course, submitted_at);
CREATE INDEX catalogue_submission_open ON catalogue_submission (outcome, submitted_at, id);
CREATE TABLE catalogue_review (
  submission $uuid NOT NULL REFERENCES catalogue_submission (id),
  reviewer $uuid NOT NULL,
  approved BOOLEAN NOT NULL,
  reason TEXT NOT NULL,
  at BIGINT NOT NULL,
  PRIMARY KEY (submission, reviewer)
) $clustered;
CREATE TABLE catalogue_version (
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  number INTEGER NOT NULL,
  digest TEXT NOT NULL,
  content TEXT NOT NULL,
  source TEXT NOT NULL,
  edition TEXT NOT NULL,
  published_by $uuid NOT NULL,
  published_at BIGINT NOT NULL,
  submission $uuid,
  PRIMARY KEY (course, number)
) $clustered;
CREATE TABLE catalogue_version_asset (
  course $uuid NOT NULL,
  number INTEGER NOT NULL,
  asset $uuid NOT NULL,
  PRIMARY KEY (course, number, asset)
) $clustered;
CREATE INDEX catalogue_version_asset_asset ON catalogue_version_asset (asset);
CREATE TABLE catalogue_text (
  hash TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL
) $clustered;
CREATE TABLE catalogue_replacement (
  asset $uuid NOT NULL PRIMARY KEY,
  old $uuid NOT NULL,
  person $uuid NOT NULL,
  asked_at BIGINT NOT NULL
) $clustered;
ALTER TABLE media_asset ADD COLUMN deleted_at BIGINT;
CREATE INDEX media_asset_shelf ON media_asset (created_at, id);
CREATE TABLE learning_progress_past (
  person $uuid NOT NULL,
  lesson $uuid NOT NULL,
  version TEXT NOT NULL,
  course $uuid NOT NULL,
  size BIGINT NOT NULL,
  covered TEXT NOT NULL,
  covered_ms BIGINT NOT NULL,
  coverage $real NOT NULL,
  resume_at BIGINT NOT NULL,
  completed_at BIGINT,
  updated_at BIGINT NOT NULL,
  script $uuid,
  pending TEXT NOT NULL,
  refused TEXT NOT NULL,
  checks TEXT NOT NULL,
  PRIMARY KEY (person, lesson, version)
) $clustered;
";

const INDEXES: [&str; 2] = ["catalogue_course_draft", "media_asset_shelf"];

const COLUMNS: [(&str, &str); 12] = [
    ("organisation_school", "review"),
    ("catalogue_course", "draft_of"),
    ("catalogue_course", "source"),
    ("catalogue_course", "edition"),
    ("catalogue_course", "version"),
    ("catalogue_course", "withdrawn_by"),
    ("catalogue_chapter", "origin"),
    ("catalogue_chapter", "removed_at"),
    ("catalogue_lesson", "origin"),
    ("catalogue_lesson", "removed_at"),
    ("catalogue_question", "origin"),
    ("media_asset", "deleted_at"),
];

const TABLES: [&str; 8] = [
    "learning_progress_past",
    "catalogue_replacement",
    "catalogue_text",
    "catalogue_version_asset",
    "catalogue_version",
    "catalogue_review",
    "catalogue_submission",
    "catalogue_hand",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let connection = manager.get_connection();
        for index in INDEXES {
            connection.execute_unprepared(&format!("DROP INDEX {index}")).await?;
        }
        for (table, column) in COLUMNS {
            connection.execute_unprepared(&format!("ALTER TABLE {table} DROP COLUMN {column}")).await?;
        }
        columns::drop_tables(manager, &TABLES).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
