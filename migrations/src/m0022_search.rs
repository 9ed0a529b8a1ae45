//! Labels of courses: words they are filed under, and the stages they are for. Search finds, suggests and counts by them.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE catalogue_label (
  course $uuid NOT NULL REFERENCES catalogue_course (id),
  kind TEXT NOT NULL,
  value TEXT NOT NULL,
  PRIMARY KEY (course, kind, value)
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["catalogue_label"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
