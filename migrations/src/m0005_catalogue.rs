//! Courses, chapters, lessons, readings as sanitised blocks, captions.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE catalogue_course (
  id $uuid NOT NULL PRIMARY KEY,
  title TEXT NOT NULL,
  title_key TEXT NOT NULL,
  summary TEXT NOT NULL,
  unit $uuid NOT NULL,
  audience TEXT NOT NULL,
  required BOOLEAN NOT NULL,
  hours BIGINT NOT NULL,
  credits BIGINT NOT NULL,
  status TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  published_at BIGINT,
  shelved_at BIGINT NOT NULL
);
CREATE INDEX catalogue_course_shelf ON catalogue_course (status, audience);
CREATE INDEX catalogue_course_order ON catalogue_course (required, shelved_at, id);
CREATE TABLE catalogue_lecturer (
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  person $uuid NOT NULL,
  PRIMARY KEY (course, person)
);
CREATE INDEX catalogue_lecturer_person ON catalogue_lecturer (person);
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
  characters INTEGER,
  version TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX catalogue_lesson_chapter ON catalogue_lesson (chapter, position);
CREATE INDEX catalogue_lesson_course ON catalogue_lesson (course);
CREATE INDEX catalogue_lesson_asset ON catalogue_lesson (asset);
CREATE TABLE catalogue_reading (
  lesson $uuid NOT NULL PRIMARY KEY REFERENCES catalogue_lesson (id),
  format TEXT NOT NULL,
  source TEXT NOT NULL,
  html TEXT NOT NULL,
  blocks TEXT NOT NULL
);
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
            &[
                "catalogue_captions",
                "catalogue_reading",
                "catalogue_lesson",
                "catalogue_chapter",
                "catalogue_lecturer",
                "catalogue_course",
            ],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
