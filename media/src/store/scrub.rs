//! Statements about the checks of all objects.

use kernel::Result;
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{model::Scrub, tables::scrub};

pub(crate) async fn begin_scrub(tx: &Tx, id: Uuid, scrub: &Scrub) -> Result<()> {
    let report = serde_json::to_string(&scrub.found)?;
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
        report: Set(serde_json::to_string(&scrub.found)?),
        ..Default::default()
    };
    scrub::Entity::update(row).exec(tx).await?;
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
    Ok(Scrub { started_at: row.started_at, ended_at: row.ended_at, found: serde_json::from_str(&row.report)? })
}
