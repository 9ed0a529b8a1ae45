//! A request for review about spans names the content that they are of: in another text the same numbers are other words.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// What waits for an answer is taken to be of what its person studies now; a content that changes later is noticed.
const UP: &str = "
ALTER TABLE appeals_appeal ADD COLUMN version TEXT;
UPDATE appeals_appeal SET version = (
  SELECT p.version FROM learning_progress p WHERE p.person = appeals_appeal.person AND p.lesson = appeals_appeal.lesson
) WHERE lesson IS NOT NULL AND status = 'OPEN';
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, "ALTER TABLE appeals_appeal DROP COLUMN version").await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
