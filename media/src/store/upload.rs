//! Statements about uploads.

use std::collections::HashSet;

use kernel::{Millis, Result, id::AssetId};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Query},
};
use uuid::Uuid;

use crate::{
    model::{Status, Upload, UploadId},
    tables::{asset, piece, upload},
};

pub(crate) async fn find_upload(connection: &impl ConnectionTrait, id: UploadId) -> Result<Option<Upload>> {
    let row = upload::Entity::find().filter(upload::Column::Id.eq(id.uuid())).one(connection).await?;
    row.map(to_upload).transpose()
}

pub(crate) async fn find_upload_of(connection: &impl ConnectionTrait, asset: AssetId) -> Result<Option<Upload>> {
    upload::Entity::find_by_id(asset.uuid()).one(connection).await?.map(to_upload).transpose()
}

fn to_upload(row: upload::Model) -> Result<Upload> {
    Ok(Upload {
        id: row.id.into(),
        asset: row.asset.into(),
        length: u64::try_from(row.length)?,
        received: u64::try_from(row.received)?,
        expires_at: row.expires_at,
    })
}

pub(crate) async fn insert_upload(tx: &Tx, new: &Upload) -> Result<()> {
    let row = upload::ActiveModel {
        asset: Set(new.asset.uuid()),
        id: Set(new.id.uuid()),
        length: Set(i64::try_from(new.length)?),
        received: Set(i64::try_from(new.received)?),
        expires_at: Set(new.expires_at),
        multipart: Set(None),
        holder: Set(None),
        held_until: Set(0),
    };
    upload::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Moves the offset from what it was; false when the upload is gone, or somebody else moved it or took it over from `holder`.
pub(crate) async fn receive(
    tx: &Tx,
    (id, holder): (UploadId, Option<Uuid>),
    from: u64,
    to: u64,
    expires_at: Millis,
) -> Result<bool> {
    let mine = match holder {
        Some(holder) => upload::Column::Holder.eq(holder),
        None => upload::Column::Holder.is_null(),
    };
    let done = upload::Entity::update_many()
        .filter(mine)
        .col_expr(upload::Column::Received, Expr::value(i64::try_from(to)?))
        .col_expr(upload::Column::ExpiresAt, Expr::value(expires_at))
        .filter(upload::Column::Id.eq(id.uuid()))
        .filter(upload::Column::Received.eq(i64::try_from(from)?))
        .exec(tx)
        .await?;
    Ok(done.rows_affected == 1)
}

pub(crate) async fn delete_upload(tx: &Tx, id: UploadId) -> Result<()> {
    piece::Entity::delete_many().filter(piece::Column::Upload.eq(id.uuid())).exec(tx).await?;
    upload::Entity::delete_many().filter(upload::Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}

/// Of a file that was taken in only the end is remembered.
pub(crate) async fn end_upload(tx: &Tx, id: UploadId) -> Result<()> {
    piece::Entity::delete_many().filter(piece::Column::Upload.eq(id.uuid())).exec(tx).await?;
    let update = upload::Entity::update_many().col_expr(upload::Column::Multipart, Expr::value(None::<String>));
    update.filter(upload::Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}

/// Whether nobody went on with this upload in time.
pub(crate) async fn is_left(tx: &Tx, id: UploadId, now: Millis) -> Result<bool> {
    let query = upload::Entity::find().filter(upload::Column::Id.eq(id.uuid())).filter(is_abandoned(now));
    Ok(query.one(tx).await?.is_some())
}

/// Nobody went on in time, or nobody asks any more. One that is complete waits for its intake, however long.
fn is_abandoned(now: Millis) -> Condition {
    let unfinished = Expr::col(upload::Column::Received).lt(Expr::col(upload::Column::Length));
    let taken_in = Query::select()
        .column(asset::Column::Id)
        .from(asset::Entity)
        .and_where(asset::Column::Status.is_in([Status::Ready.name(), Status::Failed.name()]))
        .to_owned();
    let over = Condition::any().add(unfinished).add(upload::Column::Asset.in_subquery(taken_in));
    Condition::all().add(upload::Column::ExpiresAt.lte(now)).add(over)
}

/// Uploads that nobody went on with in time, at most a hundred.
pub(crate) async fn abandoned(connection: &impl ConnectionTrait, now: Millis) -> Result<Vec<UploadId>> {
    let query = upload::Entity::find().filter(is_abandoned(now)).limit(100);
    Ok(query.all(connection).await?.into_iter().map(|row| row.id.into()).collect())
}

/// Which of these are still known.
pub(crate) async fn known_uploads(connection: &impl ConnectionTrait, ids: &[UploadId]) -> Result<HashSet<UploadId>> {
    let mut known = HashSet::new();
    for some in ids.chunks(500) {
        let uuids = some.iter().map(|id| id.uuid());
        let query = upload::Entity::find().select_only().column(upload::Column::Id);
        let found: Vec<Uuid> = query.filter(upload::Column::Id.is_in(uuids)).into_tuple().all(connection).await?;
        known.extend(found.into_iter().map(UploadId::from));
    }
    Ok(known)
}
