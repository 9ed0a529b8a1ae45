//! The schema, one file a step, the same on SQLite and PostgreSQL. A released file is never edited; each runs in a transaction and can be undone.
//! How to add one: copy the newest file, write `UP`, list what `down` drops, add it below.

pub mod columns;
mod m0001_platform;
mod m0002_identity;
mod m0003_organisation;
mod m0004_media;
mod m0005_catalogue;
mod m0006_learning;
mod m0007_credits;
mod m0008_evaluation;
mod m0009_reports;
mod m0010_gamification;
mod m0011_learning;
mod m0012_packs;
mod m0013_ledger;
mod m0014_play;
mod m0015_appeals;
mod m0016_questions;
mod m0017_media_jobs;
mod m0018_uploads;
mod m0019_readings;
mod m0020_versions;
mod m0022_search;
mod m0023_appeals;
mod m0024_waiting;
mod m0025_reading_assets;

use sea_orm_migration::{MigrationTrait, async_trait};
pub use sea_orm_migration::{MigratorTrait, prelude::DbErr, sea_orm};

pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_platform::Migration),
            Box::new(m0002_identity::Migration),
            Box::new(m0003_organisation::Migration),
            Box::new(m0004_media::Migration),
            Box::new(m0005_catalogue::Migration),
            Box::new(m0006_learning::Migration),
            Box::new(m0007_credits::Migration),
            Box::new(m0008_evaluation::Migration),
            Box::new(m0009_reports::Migration),
            Box::new(m0010_gamification::Migration),
            Box::new(m0011_learning::Migration),
            Box::new(m0012_packs::Migration),
            Box::new(m0013_ledger::Migration),
            Box::new(m0014_play::Migration),
            Box::new(m0015_appeals::Migration),
            Box::new(m0016_questions::Migration),
            Box::new(m0017_media_jobs::Migration),
            Box::new(m0018_uploads::Migration),
            Box::new(m0019_readings::Migration),
            Box::new(m0020_versions::Migration),
            Box::new(m0022_search::Migration),
            Box::new(m0023_appeals::Migration),
            Box::new(m0024_waiting::Migration),
            Box::new(m0025_reading_assets::Migration),
        ]
    }
}
