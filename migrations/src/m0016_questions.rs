//! Questions on stretches of lessons; how many characters of a reading a minute of study is counted for.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE catalogue_question (
  id $uuid NOT NULL PRIMARY KEY,
  lesson $uuid NOT NULL REFERENCES catalogue_lesson (id),
  start_at BIGINT NOT NULL,
  end_at BIGINT NOT NULL,
  prompt TEXT NOT NULL,
  options TEXT NOT NULL,
  right_option INTEGER NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX catalogue_question_lesson ON catalogue_question (lesson, start_at);
ALTER TABLE catalogue_course ADD COLUMN characters_per_minute INTEGER NOT NULL DEFAULT 600;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, "ALTER TABLE catalogue_course DROP COLUMN characters_per_minute").await?;
        columns::drop_tables(manager, &["catalogue_question"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
