//! Every SQL statement of this house: the texts of the schemes that were used.

use kernel::{Millis, Result};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait, sea_query::OnConflict};

use crate::tables::scheme;

/// Version and text of every scheme that was ever used.
pub async fn used_schemes(connection: &impl ConnectionTrait) -> Result<Vec<(String, String)>> {
    let rows = scheme::Entity::find().all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.version, row.body)).collect())
}

/// Notes a scheme down unless its version is there already.
pub async fn keep_scheme(tx: &Tx, version: &str, body: &str, now: Millis) -> Result<()> {
    let row =
        scheme::ActiveModel { version: Set(version.to_owned()), body: Set(body.to_owned()), created_at: Set(now) };
    let once = OnConflict::column(scheme::Column::Version).do_nothing().to_owned();
    scheme::Entity::insert(row).on_conflict(once).exec_without_returning(tx).await?;
    Ok(())
}
