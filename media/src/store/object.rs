//! Statements about the checksums of objects.

use kernel::{Millis, Result, id::AssetId};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};

use uuid::Uuid;

use crate::{model::Status, tables::object};

/// What an object is: its bytes and their SHA-256; of a folder those of the list in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Seal {
    pub key: String,
    pub folder: bool,
    /// Objects, the list included.
    pub files: i64,
    /// Bytes of all of them.
    pub size: i64,
    pub sha256: String,
}

/// A second seal of the same key takes the place of the first.
pub(crate) async fn seal(tx: &Tx, asset: AssetId, seal: &Seal, now: Millis) -> Result<()> {
    let row = object::ActiveModel {
        key: Set(seal.key.clone()),
        asset: Set(asset.uuid()),
        folder: Set(seal.folder),
        files: Set(seal.files),
        size: Set(seal.size),
        sha256: Set(seal.sha256.clone()),
        created_at: Set(now),
    };
    let columns = [object::Column::Files, object::Column::Size, object::Column::Sha256, object::Column::CreatedAt];
    let again = OnConflict::column(object::Column::Key).update_columns(columns).to_owned();
    object::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}

pub(crate) async fn forget(tx: &Tx, keys: &[String]) -> Result<()> {
    let keys = keys.iter().map(String::as_str);
    object::Entity::delete_many().filter(object::Column::Key.is_in(keys)).exec(tx).await?;
    Ok(())
}

pub(crate) async fn seals_of(connection: &impl ConnectionTrait, asset: AssetId) -> Result<Vec<Seal>> {
    let query = object::Entity::find().filter(object::Column::Asset.eq(asset.uuid()));
    Ok(query.order_by_asc(object::Column::Key).all(connection).await?.into_iter().map(to_seal).collect())
}

/// The next ones in the order of their keys, with their assets.
pub(crate) async fn next_seals(
    connection: &impl ConnectionTrait,
    after: &str,
    most: u64,
) -> Result<Vec<(AssetId, Seal)>> {
    let query = object::Entity::find().filter(object::Column::Key.gt(after)).order_by_asc(object::Column::Key);
    let rows = query.limit(most).all(connection).await?;
    Ok(rows.into_iter().map(|row| (row.asset.into(), to_seal(row))).collect())
}

/// The next finished asset with an object or a folder that has no checksum: the asset, the object's key, the folder's prefix.
pub(crate) async fn next_unsealed(
    connection: &impl ConnectionTrait,
    after: Option<Uuid>,
) -> Result<Option<(AssetId, Option<String>, Option<String>)>> {
    let sql = "SELECT * FROM (SELECT a.id AS id, \
               CASE WHEN EXISTS (SELECT 1 FROM media_object o WHERE o.key = a.object) THEN NULL ELSE a.object END AS object, \
               CASE WHEN EXISTS (SELECT 1 FROM media_object o WHERE o.key = a.playlist) THEN NULL ELSE a.playlist END AS playlist \
               FROM media_asset a WHERE a.complete = ? AND a.status = ?) AS found \
               WHERE (object IS NOT NULL OR playlist IS NOT NULL) AND id > ? ORDER BY id LIMIT 1";
    let values = vec![true.into(), Status::Ready.name().into(), after.unwrap_or_default().into()];
    let Some(row) = connection.query_one_raw(dialect::statement(connection, sql, values)).await? else {
        return Ok(None);
    };
    let id: Uuid = row.try_get("", "id")?;
    Ok(Some((id.into(), row.try_get("", "object")?, row.try_get("", "playlist")?)))
}

/// How many objects there should be.
pub(crate) async fn totals(connection: &impl ConnectionTrait) -> Result<u64> {
    let query =
        object::Entity::find().select_only().column_as(Expr::cust("CAST(COALESCE(SUM(files), 0) AS BIGINT)"), "files");
    let sum: Option<i64> = query.into_tuple().one(connection).await?;
    Ok(u64::try_from(sum.unwrap_or_default())?)
}

fn to_seal(row: object::Model) -> Seal {
    let object::Model { key, folder, files, size, sha256, .. } = row;
    Seal { key, folder, files, size, sha256 }
}
