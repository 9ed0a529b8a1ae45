//! Which files the text of a reading shows, beside the text: where a picture is used is asked of an index, not of every text. What was written
//! before is looked through here and once, so that from the first request on nobody throws away a picture that a reading shows; versions that
//! were kept before pictures were kept with them learn theirs from the texts that they kept.

use std::collections::{BTreeSet, HashMap};

use sea_orm_migration::{
    prelude::*,
    sea_orm::{DbBackend, Statement},
};

use crate::columns;

#[derive(DeriveMigrationName)]
pub struct Migration;

const UP: &str = "
CREATE TABLE catalogue_reading_asset (
  lesson $uuid NOT NULL REFERENCES catalogue_reading (lesson),
  asset $uuid NOT NULL,
  PRIMARY KEY (lesson, asset)
) $clustered;
CREATE INDEX catalogue_reading_asset_asset ON catalogue_reading_asset (asset);
";

/// Ids are read and written as 32 hex digits, whatever the engine keeps them as.
struct Texts<'a> {
    db: &'a SchemaManagerConnection<'a>,
    engine: DbBackend,
}

impl Texts<'_> {
    async fn rows(&self, sql: String) -> Result<Vec<(String, String)>, DbErr> {
        let rows = self.db.query_all_raw(Statement::from_string(self.engine, sql)).await?;
        rows.into_iter().map(|row| Ok((row.try_get_by_index(0)?, row.try_get_by_index(1)?))).collect()
    }

    fn hex(&self, column: &str) -> String {
        match self.engine {
            DbBackend::Postgres => format!("replace({column}::text, '-', '')"),
            _ => format!("lower(hex({column}))"),
        }
    }

    fn id(&self, hex: &str) -> String {
        match self.engine {
            DbBackend::Postgres => format!("'{hex}'::uuid"),
            _ => format!("X'{hex}'"),
        }
    }

    /// One text at a time: some are long.
    async fn of_readings(&self) -> Result<(), DbErr> {
        let lesson = self.hex("lesson");
        let there = format!("SELECT {lesson}, '' FROM catalogue_reading WHERE html LIKE '%asset:%'");
        for (lesson, _) in self.rows(there).await? {
            let lesson = self.id(&lesson);
            let text = format!("SELECT html, '' FROM catalogue_reading WHERE lesson = {lesson}");
            for asset in self.rows(text).await?.iter().flat_map(|(html, _)| named(html)) {
                let asset = self.id(&asset);
                let sql = format!("INSERT INTO catalogue_reading_asset (lesson, asset) VALUES ({lesson}, {asset})");
                self.db.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    /// A version names its texts by their hash.
    async fn of_versions(&self) -> Result<(), DbErr> {
        let pictures = self.of_kept_texts().await?;
        let there = format!("SELECT {}, CAST(number AS TEXT) FROM catalogue_version", self.hex("course"));
        for (course, number) in self.rows(there).await? {
            let course = self.id(&course);
            let content =
                format!("SELECT content, '' FROM catalogue_version WHERE course = {course} AND number = {number}");
            let content = self.rows(content).await?;
            let words = content.iter().flat_map(|(content, _)| content.split('"'));
            let shown: BTreeSet<&String> = words.filter_map(|word| pictures.get(word)).flatten().collect();
            for asset in shown {
                let asset = self.id(asset);
                let sql = format!(
                    "INSERT INTO catalogue_version_asset (course, number, asset) VALUES ({course}, {number}, {asset}) ON CONFLICT DO NOTHING"
                );
                self.db.execute_unprepared(&sql).await?;
            }
        }
        Ok(())
    }

    /// By the hash of the text.
    async fn of_kept_texts(&self) -> Result<HashMap<String, BTreeSet<String>>, DbErr> {
        let there = "SELECT hash, '' FROM catalogue_text WHERE body LIKE '%asset:%' OR body LIKE '%/pictures/%'";
        let mut found = HashMap::new();
        for (hash, _) in self.rows(there.to_owned()).await? {
            let text = self.rows(format!("SELECT body, '' FROM catalogue_text WHERE hash = '{hash}'")).await?;
            found.insert(hash, text.iter().flat_map(|(body, _)| named(body)).collect());
        }
        Ok(found)
    }
}

/// As texts named files when this was written: `asset:ast_HEX` or `/pictures/ast_HEX`. Each once.
fn named(text: &str) -> BTreeSet<String> {
    let hex = |tail: &str| {
        let word: String = tail.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
        let good = word.len() == 32 && word.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        good.then_some(word)
    };
    ["asset:ast_", "/pictures/ast_"].iter().flat_map(|lead| text.split(lead).skip(1)).filter_map(hex).collect()
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::run(manager, UP).await?;
        let texts = Texts { db: manager.get_connection(), engine: manager.get_database_backend() };
        texts.of_readings().await?;
        texts.of_versions().await
    }
    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        columns::drop_tables(manager, &["catalogue_reading_asset"]).await
    }
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }
}
