//! Published schemes: weights and piecewise tables as data, never changed once used.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE evaluation_scheme (
  version TEXT NOT NULL PRIMARY KEY,
  body TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["evaluation_scheme"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
