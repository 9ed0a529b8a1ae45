//! Pictures of readings: single ones, those of a document, its pages.

use std::collections::HashMap;

use kernel::{Result, id::AssetId};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};
use uuid::Uuid;

use crate::{
    model::Picture,
    tables::{asset, picture},
};

/// In the place of those of an earlier attempt; false when a later one has taken over.
pub(crate) async fn put_pictures(
    tx: &Tx,
    id: AssetId,
    attempt: Uuid,
    prefix: &str,
    pictures: &[Picture],
) -> Result<bool> {
    let row = asset::ActiveModel { playlist: Set(Some(prefix.to_owned())), ..Default::default() };
    let mine = asset::Entity::update_many().set(row).filter(asset::Column::Id.eq(id.uuid()));
    if mine.filter(asset::Column::Attempt.eq(attempt)).exec(tx).await?.rows_affected != 1 {
        return Ok(false);
    }
    picture::Entity::delete_many().filter(picture::Column::Asset.eq(id.uuid())).exec(tx).await?;
    let mut rows = Vec::with_capacity(pictures.len());
    for picture in pictures {
        rows.push(picture::ActiveModel {
            asset: Set(id.uuid()),
            name: Set(picture.name.clone()),
            width: Set(i32::try_from(picture.width)?),
            height: Set(i32::try_from(picture.height)?),
            large: Set(picture.large.clone()),
            small: Set(picture.small.clone()),
        });
    }
    if !rows.is_empty() {
        picture::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(true)
}

/// By their names.
pub(crate) async fn pictures(
    connection: &impl ConnectionTrait,
    ids: &[AssetId],
) -> Result<HashMap<AssetId, Vec<Picture>>> {
    let uuids = ids.iter().map(|id| id.uuid());
    let rows = picture::Entity::find().filter(picture::Column::Asset.is_in(uuids));
    let mut found: HashMap<AssetId, Vec<Picture>> = HashMap::new();
    for row in rows.order_by_asc(picture::Column::Name).all(connection).await? {
        let picture::Model { asset, name, width, height, large, small } = row;
        let (width, height) = (u32::try_from(width)?, u32::try_from(height)?);
        found.entry(asset.into()).or_default().push(Picture { name, width, height, large, small });
    }
    Ok(found)
}

/// The file as it was uploaded is kept no longer.
pub(crate) async fn forget_object(tx: &Tx, id: AssetId) -> Result<()> {
    let row = asset::ActiveModel { id: Set(id.uuid()), object: Set(None), ..Default::default() };
    asset::Entity::update(row).exec(tx).await?;
    Ok(())
}
