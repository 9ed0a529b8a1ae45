//! How many lessons each person has finished, as heard: what a level is made of.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE gamification_progress (
  person $uuid NOT NULL PRIMARY KEY,
  finished INTEGER NOT NULL
) $clustered;
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["gamification_progress"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
