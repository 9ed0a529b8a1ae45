//! The school, its units as a tree by path, the roster, roles within units, terms.

use sea_orm_migration::prelude::*;

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE organisation_school (
  id INTEGER NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  play TEXT NOT NULL,
  uses_credits BOOLEAN NOT NULL,
  demo BOOLEAN NOT NULL
);
CREATE TABLE organisation_unit (
  id $uuid NOT NULL PRIMARY KEY,
  no INTEGER NOT NULL UNIQUE,
  parent $uuid REFERENCES organisation_unit (id),
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  path $sorted NOT NULL UNIQUE,
  created_at BIGINT NOT NULL
);
CREATE TABLE organisation_person (
  id $uuid NOT NULL PRIMARY KEY,
  number $sorted NOT NULL UNIQUE,
  name TEXT NOT NULL,
  sort_key $sorted NOT NULL,
  stage TEXT NOT NULL,
  unit $uuid REFERENCES organisation_unit (id),
  path $sorted NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX organisation_person_path ON organisation_person (path);
CREATE TABLE organisation_charge (
  person $uuid NOT NULL REFERENCES organisation_person (id),
  role TEXT NOT NULL,
  unit $uuid NOT NULL REFERENCES organisation_unit (id),
  path $sorted NOT NULL,
  PRIMARY KEY (person, role, unit)
);
CREATE TABLE organisation_term (
  id $uuid NOT NULL PRIMARY KEY,
  name TEXT NOT NULL,
  starts INTEGER NOT NULL,
  ends INTEGER NOT NULL,
  status TEXT NOT NULL
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
                "organisation_term",
                "organisation_charge",
                "organisation_person",
                "organisation_unit",
                "organisation_school",
            ],
        )
        .await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
