//! Every SQL statement of this house.

mod object;
mod picture;
mod piece;
mod publish;
mod scrub;
mod shelf;
mod upload;

use std::collections::HashMap;

use kernel::{
    Connection, Error, Millis, Page, Result,
    id::{AssetId, PersonId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::Expr,
};
use uuid::Uuid;

pub(crate) use object::{Seal, forget, next_seals, next_unsealed, seal, seals_of, totals};
pub(crate) use picture::{forget_object, pictures, put_pictures};
pub(crate) use piece::{
    coming_from, hold, kept_by, let_go, lock_announced, lose, multipart, pieces, replace_pieces, set_multipart,
    still_to_come,
};
pub(crate) use publish::{Made, begin_attempt, fail, give_up, publish, publish_early, put_off, retire, retired};
pub(crate) use scrub::{begin_scrub, last_scrub, running_scrub, write_scrub};
pub(crate) use shelf::{bring_back, erase, shelf, throw_away};
pub(crate) use upload::{
    abandoned, delete_upload, end_upload, find_upload, find_upload_of, insert_upload, is_left, known_uploads, receive,
};

use crate::{
    model::{Asset, Purpose, Rendition, Status},
    tables::{asset, rendition},
};

/// Where an asset's bytes lie.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub object: Option<String>,
    pub media_type: Option<String>,
    pub playlist: Option<String>,
    pub purpose: Purpose,
    pub status: Status,
    pub complete: bool,
    /// Rendition → the prefix under which its folder lies; those that another has replaced too.
    pub renditions: HashMap<String, String>,
}

pub(crate) async fn find(connection: &impl ConnectionTrait, id: AssetId) -> Result<Option<Asset>> {
    Ok(find_many(connection, &[id]).await?.remove(&id))
}

pub(crate) async fn find_many(connection: &impl ConnectionTrait, ids: &[AssetId]) -> Result<HashMap<AssetId, Asset>> {
    let uuids = ids.iter().map(|id| id.uuid());
    let rows = asset::Entity::find().filter(asset::Column::Id.is_in(uuids)).all(connection).await?;
    let found = with_renditions(connection, rows).await?;
    Ok(found.into_iter().map(|asset| (asset.id, asset)).collect())
}

/// Newest first.
pub(crate) async fn owned_by(
    connection: &impl ConnectionTrait,
    owner: PersonId,
    purpose: Option<Purpose>,
    page: &Page,
) -> Result<Connection<Asset>> {
    let mut query =
        asset::Entity::find().filter(asset::Column::Owner.eq(owner.uuid())).filter(asset::Column::DeletedAt.is_null());
    if let Some(purpose) = purpose {
        query = query.filter(asset::Column::Purpose.eq(purpose.name()));
    }
    if let Some((at, id)) = page.after::<(Millis, AssetId)>()? {
        let same = Condition::all().add(asset::Column::CreatedAt.eq(at)).add(asset::Column::Id.lt(id.uuid()));
        query = query.filter(Condition::any().add(asset::Column::CreatedAt.lt(at)).add(same));
    }
    let query = query.order_by_desc(asset::Column::CreatedAt).order_by_desc(asset::Column::Id).limit(page.limit());
    let rows = with_renditions(connection, query.all(connection).await?).await?;
    Ok(Connection::new(page, rows, |asset: &Asset| (asset.created_at, asset.id)))
}

async fn with_renditions(connection: &impl ConnectionTrait, rows: Vec<asset::Model>) -> Result<Vec<Asset>> {
    let ready = rows.iter().filter(|row| row.playlist.is_some()).map(|row| row.id);
    let query = rendition::Entity::find().filter(rendition::Column::Asset.is_in(ready));
    // What has no picture is no choice of size.
    let query = query.filter(rendition::Column::Retired.eq(false)).filter(rendition::Column::Width.gt(0));
    let mut made: HashMap<Uuid, Vec<Rendition>> = HashMap::new();
    for row in query.order_by_asc(rendition::Column::Width).all(connection).await? {
        let rendition::Model { asset, name, width, height, bitrate, .. } = row;
        made.entry(asset).or_default().push(Rendition { name, width, height, bitrate });
    }
    rows.into_iter()
        .map(|row| {
            let renditions = made.remove(&row.id).unwrap_or_default();
            to_asset(row, renditions)
        })
        .collect()
}

fn to_asset(row: asset::Model, renditions: Vec<Rendition>) -> Result<Asset> {
    Ok(Asset {
        id: row.id.into(),
        owner: row.owner.into(),
        purpose: purpose(&row)?,
        status: status(&row)?,
        file_name: row.file_name,
        progress: row.progress,
        failure: row.failure,
        size: row.size,
        duration_ms: row.duration_ms,
        renditions,
        poster: row.poster,
        complete: row.complete,
        created_at: row.created_at,
        deleted_at: row.deleted_at,
    })
}

fn purpose(row: &asset::Model) -> Result<Purpose> {
    Purpose::parse(&row.purpose).ok_or_else(|| Error::broken(format!("unknown purpose {}", row.purpose)))
}

fn status(row: &asset::Model) -> Result<Status> {
    Status::parse(&row.status).ok_or_else(|| Error::broken(format!("unknown status {}", row.status)))
}

/// Holds the asset's row until the end of the transaction: who changes an upload decides on the asset's state.
pub(crate) async fn lock(tx: &Tx, id: AssetId) -> Result<Option<Asset>> {
    let sql = format!("SELECT id FROM media_asset WHERE id = ?{}", dialect::lock_rows(tx));
    tx.query_one_raw(dialect::statement(tx, &sql, vec![id.uuid().into()])).await?;
    find(tx, id).await
}

pub(crate) async fn place(connection: &impl ConnectionTrait, id: AssetId) -> Result<Option<Place>> {
    let Some(row) = asset::Entity::find_by_id(id.uuid()).one(connection).await? else { return Ok(None) };
    let (purpose, status) = (purpose(&row)?, status(&row)?);
    let made = rendition::Entity::find().filter(rendition::Column::Asset.eq(id.uuid())).all(connection).await?;
    let beside = row.playlist.clone().unwrap_or_default();
    let renditions = made.into_iter().map(|made| (made.name, made.prefix.unwrap_or_else(|| beside.clone()))).collect();
    let asset::Model { object, media_type, playlist, complete, .. } = row;
    Ok(Some(Place { object, media_type, playlist, purpose, status, complete, renditions }))
}

/// A new asset; `object` is there already when it did not come by an upload.
pub(crate) async fn insert(tx: &Tx, asset: &Asset, object: Option<String>) -> Result<()> {
    let row = asset::ActiveModel {
        id: Set(asset.id.uuid()),
        owner: Set(asset.owner.uuid()),
        file_name: Set(asset.file_name.clone()),
        purpose: Set(asset.purpose.name().to_owned()),
        status: Set(asset.status.name().to_owned()),
        progress: Set(asset.progress),
        failure: Set(None),
        object: Set(object),
        media_type: Set(None),
        size: Set(asset.size),
        duration_ms: Set(None),
        poster: Set(None),
        playlist: Set(None),
        attempt: Set(None),
        complete: Set(false),
        created_at: Set(asset.created_at),
        updated_at: Set(asset.created_at),
        deleted_at: Set(None),
    };
    asset::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// The last byte is on disk.
pub(crate) async fn queue(tx: &Tx, id: AssetId, size: i64, now: Millis) -> Result<()> {
    let row = asset::ActiveModel { size: Set(Some(size)), ..moved(id, Status::Queued, now) };
    asset::Entity::update(row).exec(tx).await?;
    Ok(())
}

fn moved(id: AssetId, status: Status, now: Millis) -> asset::ActiveModel {
    asset::ActiveModel {
        id: Set(id.uuid()),
        status: Set(status.name().to_owned()),
        progress: Set(if status == Status::Ready { 1.0 } else { 0.0 }),
        updated_at: Set(now),
        ..Default::default()
    }
}

/// Sets how far the step in hand is. With an `attempt`: false when a later one has taken over.
pub(crate) async fn set_progress(
    tx: &Tx,
    id: AssetId,
    attempt: Option<Uuid>,
    progress: f64,
    now: Millis,
) -> Result<bool> {
    let mut update = asset::Entity::update_many()
        .col_expr(asset::Column::Progress, Expr::value(progress))
        .col_expr(asset::Column::UpdatedAt, Expr::value(now))
        .filter(asset::Column::Id.eq(id.uuid()));
    if let Some(attempt) = attempt {
        update = update.filter(asset::Column::Attempt.eq(attempt));
    }
    Ok(update.exec(tx).await?.rows_affected == 1)
}

/// The file as uploaded is in the object store.
pub(crate) async fn set_object(tx: &Tx, id: AssetId, object: &str, size: i64) -> Result<()> {
    let row = asset::ActiveModel {
        id: Set(id.uuid()),
        object: Set(Some(object.to_owned())),
        size: Set(Some(size)),
        ..Default::default()
    };
    asset::Entity::update(row).exec(tx).await?;
    Ok(())
}
