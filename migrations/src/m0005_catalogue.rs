//! Courses, chapters, lessons, readings as sanitised blocks, captions.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE catalogue_course (
  id $uuid NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  unit $uuid NOT NULL,
  audience TEXT NOT NULL,
  required BOOLEAN NOT NULL,
  hours BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  published_at BIGINT
);
CREATE INDEX catalogue_course_shelf ON catalogue_course (status, audience);
CREATE TABLE catalogue_lecturer (
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  person $uuid NOT NULL,
  PRIMARY KEY (course, person)
);
CREATE TABLE catalogue_chapter (
  id $uuid NOT NULL PRIMARY KEY,
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  position INTEGER NOT NULL,
  title TEXT NOT NULL
);
CREATE INDEX catalogue_chapter_course ON catalogue_chapter (course, position);
CREATE TABLE catalogue_lesson (
  id $uuid NOT NULL PRIMARY KEY,
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  chapter $uuid NOT NULL REFERENCES catalogue_chapter (id),
  position INTEGER NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  required BOOLEAN NOT NULL,
  asset $uuid,
  duration_ms BIGINT,
  html TEXT,
  blocks TEXT,
  characters INTEGER,
  version TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX catalogue_lesson_chapter ON catalogue_lesson (chapter, position);
CREATE INDEX catalogue_lesson_course ON catalogue_lesson (course);
CREATE INDEX catalogue_lesson_asset ON catalogue_lesson (asset);
CREATE TABLE catalogue_captions (
  id $uuid NOT NULL PRIMARY KEY,
  lesson $uuid NOT NULL REFERENCES catalogue_lesson (id),
  language TEXT NOT NULL,
  label TEXT NOT NULL,
  vtt TEXT NOT NULL,
  UNIQUE (lesson, language)
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
            &["catalogue_captions", "catalogue_lesson", "catalogue_chapter", "catalogue_lecturer", "catalogue_course"],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
