//! Pictures of readings, and captions that a program has heard and nobody has confirmed yet.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE media_picture (
  asset $uuid NOT NULL REFERENCES media_asset (id),
  name TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  large TEXT NOT NULL,
  small TEXT,
  PRIMARY KEY (asset, name)
);
CREATE TABLE catalogue_recognition (
  id $uuid NOT NULL PRIMARY KEY,
  lesson $uuid NOT NULL REFERENCES catalogue_lesson (id),
  language TEXT NOT NULL,
  asset $uuid NOT NULL,
  status TEXT NOT NULL,
  progress $real NOT NULL,
  failure_zh TEXT,
  failure_en TEXT,
  vtt TEXT,
  asked_by $uuid NOT NULL,
  asked_at BIGINT NOT NULL,
  UNIQUE (lesson, language)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["catalogue_recognition", "media_picture"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
