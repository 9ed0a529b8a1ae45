//! Videos that play before all their renditions are there; the checksum of every object, and what the last checks of them found.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// `complete`: nothing more is made of the file. A rendition's `prefix` is where its files lie: none for those made before, which lie beside
/// the playlist. A `folder` is many objects with a list of their checksums among them, and what is kept here is the checksum of that list.
const UP: &str = "
ALTER TABLE media_asset ADD COLUMN complete BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE media_asset SET complete = TRUE WHERE status IN ('READY', 'FAILED');
ALTER TABLE media_rendition ADD COLUMN prefix TEXT;
ALTER TABLE media_rendition ADD COLUMN retired BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE media_object (
  key $sorted NOT NULL PRIMARY KEY,
  asset $uuid NOT NULL REFERENCES media_asset (id),
  folder BOOLEAN NOT NULL,
  files BIGINT NOT NULL,
  size BIGINT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX media_object_asset ON media_object (asset);
CREATE TABLE media_scrub (
  id $uuid NOT NULL PRIMARY KEY,
  started_at BIGINT NOT NULL,
  ended_at BIGINT,
  report TEXT NOT NULL
);
CREATE INDEX media_scrub_started ON media_scrub (started_at);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["media_scrub", "media_object"]).await?;
        let down = "ALTER TABLE media_rendition DROP COLUMN retired;\nALTER TABLE media_rendition DROP COLUMN prefix;\n\
                    ALTER TABLE media_asset DROP COLUMN complete;\n";
        columns::run(manager, down).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
