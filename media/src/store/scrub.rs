//! Statements about the checks of all objects.

use kernel::{Millis, Result};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    model::{Found, Scrub},
    tables::scrub,
};

/// As it is kept.
#[derive(Serialize, Deserialize)]
struct Report {
    #[serde(flatten)]
    found: Found,
    /// When somebody was last at it; before that was written down, never.
    #[serde(default)]
    heard_at: Millis,
}

fn report(scrub: &Scrub) -> Result<String> {
    Ok(serde_json::to_string(&Report { found: scrub.found.clone(), heard_at: scrub.heard_at })?)
}

pub(crate) async fn begin_scrub(tx: &Tx, id: Uuid, scrub: &Scrub) -> Result<()> {
    let report = report(scrub)?;
    let row = scrub::ActiveModel {
        id: Set(id),
        started_at: Set(scrub.started_at),
        ended_at: Set(scrub.ended_at),
        report: Set(report),
    };
    scrub::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Writes down how far it is; with `ended_at` it is over.
pub(crate) async fn write_scrub(tx: &Tx, id: Uuid, scrub: &Scrub) -> Result<()> {
    let row = scrub::ActiveModel {
        id: Set(id),
        ended_at: Set(scrub.ended_at),
        report: Set(report(scrub)?),
        ..Default::default()
    };
    scrub::Entity::update(row).exec(tx).await?;
    Ok(())
}

/// One that nobody will end.
pub(crate) async fn drop_scrub(tx: &Tx, id: Uuid) -> Result<()> {
    scrub::Entity::delete_by_id(id).exec(tx).await?;
    Ok(())
}

/// The newest one.
pub(crate) async fn last_scrub(connection: &impl ConnectionTrait) -> Result<Option<Scrub>> {
    let row = scrub::Entity::find().order_by_desc(scrub::Column::StartedAt).order_by_desc(scrub::Column::Id);
    row.one(connection).await?.map(to_scrub).transpose()
}

/// The one that is not over, with its id.
pub(crate) async fn running_scrub(connection: &impl ConnectionTrait) -> Result<Option<(Uuid, Scrub)>> {
    let query = scrub::Entity::find().filter(scrub::Column::EndedAt.is_null());
    let row = query.order_by_desc(scrub::Column::StartedAt).one(connection).await?;
    row.map(|row| Ok((row.id, to_scrub(row)?))).transpose()
}

fn to_scrub(row: scrub::Model) -> Result<Scrub> {
    let Report { found, heard_at } = serde_json::from_str(&row.report)?;
    Ok(Scrub { started_at: row.started_at, heard_at, ended_at: row.ended_at, found })
}
