//! Assets, their uploads and renditions. (The bytes are in the object store.)

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE media_asset (
  id $uuid NOT NULL PRIMARY KEY,
  owner $uuid NOT NULL,
  file_name TEXT NOT NULL,
  purpose TEXT NOT NULL,
  status TEXT NOT NULL,
  progress $real NOT NULL,
  failure TEXT,
  object TEXT,
  media_type TEXT,
  size BIGINT,
  duration_ms BIGINT,
  poster TEXT,
  playlist TEXT,
  attempt $uuid,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX media_asset_owner ON media_asset (owner, created_at);
CREATE TABLE media_upload (
  asset $uuid NOT NULL PRIMARY KEY REFERENCES media_asset (id),
  id $uuid NOT NULL UNIQUE,
  length BIGINT NOT NULL,
  received BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE INDEX media_upload_expiry ON media_upload (expires_at);
CREATE TABLE media_rendition (
  asset $uuid NOT NULL REFERENCES media_asset (id),
  name TEXT NOT NULL,
  width INTEGER NOT NULL,
  height INTEGER NOT NULL,
  bitrate INTEGER NOT NULL,
  PRIMARY KEY (asset, name)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["media_rendition", "media_upload", "media_asset"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
