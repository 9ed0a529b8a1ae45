//! Uploads that gather in the object store itself: their parts, the bytes behind the last part, and who is writing.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
ALTER TABLE media_upload ADD COLUMN multipart TEXT;
ALTER TABLE media_upload ADD COLUMN holder $uuid;
ALTER TABLE media_upload ADD COLUMN held_until BIGINT NOT NULL DEFAULT 0;
CREATE TABLE media_piece (
  upload $uuid NOT NULL,
  start BIGINT NOT NULL,
  size BIGINT NOT NULL,
  part INTEGER,
  mark TEXT NOT NULL,
  PRIMARY KEY (upload, start)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["media_piece"]).await?;
        for column in ["held_until", "holder", "multipart"] {
            columns::run(manager, &format!("ALTER TABLE media_upload DROP COLUMN {column}")).await?;
        }
        Ok(())
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
