//! Statements about uploads that gather in the object store.

use kernel::{Millis, Result, id::PersonId};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    model::{Piece, UploadId},
    tables::{piece, upload},
};

/// In the order of the file.
pub(crate) async fn pieces(connection: &impl ConnectionTrait, id: UploadId) -> Result<Vec<Piece>> {
    let query = piece::Entity::find().filter(piece::Column::Upload.eq(id.uuid()));
    let rows = query.order_by_asc(piece::Column::Start).all(connection).await?;
    rows.into_iter().map(to_piece).collect()
}

fn to_piece(row: piece::Model) -> Result<Piece> {
    Ok(Piece {
        start: u64::try_from(row.start)?,
        size: u64::try_from(row.size)?,
        part: row.part.map(u32::try_from).transpose()?,
        mark: row.mark,
    })
}

/// Puts these pieces in the place of all that begin at `from` or later.
pub(crate) async fn replace_pieces(tx: &Tx, id: UploadId, from: u64, new: &[Piece]) -> Result<()> {
    let old = piece::Entity::delete_many().filter(piece::Column::Upload.eq(id.uuid()));
    old.filter(piece::Column::Start.gte(i64::try_from(from)?)).exec(tx).await?;
    for piece in new {
        let row = piece::ActiveModel {
            upload: Set(id.uuid()),
            start: Set(i64::try_from(piece.start)?),
            size: Set(i64::try_from(piece.size)?),
            part: Set(piece.part.map(i32::try_from).transpose()?),
            mark: Set(piece.mark.clone()),
        };
        piece::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(())
}

pub(crate) async fn multipart(connection: &impl ConnectionTrait, id: UploadId) -> Result<Option<String>> {
    let found = upload::Entity::find().filter(upload::Column::Id.eq(id.uuid())).one(connection).await?;
    Ok(found.and_then(|row| row.multipart))
}

/// False when `holder` no longer holds the upload.
pub(crate) async fn set_multipart(tx: &Tx, id: UploadId, holder: Uuid, multipart: &str) -> Result<bool> {
    let update = upload::Entity::update_many().col_expr(upload::Column::Multipart, Expr::value(multipart));
    let update = update.filter(upload::Column::Id.eq(id.uuid())).filter(upload::Column::Holder.eq(holder));
    Ok(update.exec(tx).await?.rows_affected == 1)
}

/// The upload begins at its first byte again.
pub(crate) async fn lose(tx: &Tx, id: UploadId, holder: Uuid) -> Result<()> {
    let update = upload::Entity::update_many()
        .col_expr(upload::Column::Multipart, Expr::value(None::<String>))
        .col_expr(upload::Column::Received, Expr::value(0_i64))
        .filter(upload::Column::Id.eq(id.uuid()))
        .filter(upload::Column::Holder.eq(holder));
    if update.exec(tx).await?.rows_affected == 1 {
        replace_pieces(tx, id, 0, &[]).await?;
    }
    Ok(())
}

/// Takes the upload for `holder`, or keeps it; false while somebody else holds it.
pub(crate) async fn hold(tx: &Tx, id: UploadId, holder: Uuid, now: Millis, until: Millis) -> Result<bool> {
    let free = Condition::any()
        .add(upload::Column::Holder.is_null())
        .add(upload::Column::Holder.eq(holder))
        .add(upload::Column::HeldUntil.lte(now));
    let update = upload::Entity::update_many()
        .col_expr(upload::Column::Holder, Expr::value(holder))
        .col_expr(upload::Column::HeldUntil, Expr::value(until));
    Ok(update.filter(upload::Column::Id.eq(id.uuid())).filter(free).exec(tx).await?.rows_affected == 1)
}

pub(crate) async fn let_go(tx: &Tx, id: UploadId, holder: Uuid) -> Result<()> {
    let update = upload::Entity::update_many()
        .col_expr(upload::Column::Holder, Expr::value(None::<Uuid>))
        .col_expr(upload::Column::HeldUntil, Expr::value(0_i64));
    update.filter(upload::Column::Id.eq(id.uuid())).filter(upload::Column::Holder.eq(holder)).exec(tx).await?;
    Ok(())
}

#[derive(FromQueryResult)]
struct Sum {
    total: i64,
    many: i64,
}

/// Bytes of the files that a person keeps here.
pub(crate) async fn kept_by(connection: &impl ConnectionTrait, owner: PersonId) -> Result<u64> {
    let sql = "SELECT CAST(COALESCE(SUM(size), 0) AS BIGINT) AS total, COUNT(*) AS many FROM media_asset \
               WHERE owner = ? AND status IN ('QUEUED', 'PROCESSING', 'READY')";
    Ok(sum(connection, sql, vec![owner.uuid().into()]).await?.0)
}

/// Bytes that a person has announced and not yet sent to the end, and in how many uploads.
pub(crate) async fn coming_from(connection: &impl ConnectionTrait, owner: PersonId) -> Result<(u64, u64)> {
    let sql = "SELECT CAST(COALESCE(SUM(u.length), 0) AS BIGINT) AS total, COUNT(*) AS many FROM media_upload u \
               JOIN media_asset a ON a.id = u.asset WHERE a.owner = ? AND a.status = 'UPLOADING'";
    sum(connection, sql, vec![owner.uuid().into()]).await
}

/// Bytes that all open uploads together have announced and not yet sent.
pub(crate) async fn still_to_come(connection: &impl ConnectionTrait) -> Result<u64> {
    let sql = "SELECT CAST(COALESCE(SUM(length - received), 0) AS BIGINT) AS total, COUNT(*) AS many FROM media_upload";
    Ok(sum(connection, sql, Vec::new()).await?.0)
}

async fn sum(connection: &impl ConnectionTrait, sql: &str, values: Vec<sea_orm::Value>) -> Result<(u64, u64)> {
    let row = Sum::find_by_statement(dialect::statement(connection, sql, values)).one(connection).await?;
    let row = row.unwrap_or(Sum { total: 0, many: 0 });
    Ok((u64::try_from(row.total)?, u64::try_from(row.many)?))
}

/// Holds what the person has announced, in one order: two uploads that begin at once are counted one after the other.
pub(crate) async fn lock_announced(tx: &Tx, owner: PersonId) -> Result<()> {
    let sql = format!(
        "SELECT id FROM media_asset WHERE owner = ? AND status = 'UPLOADING' ORDER BY id{}",
        dialect::lock_rows(tx)
    );
    tx.query_all_raw(dialect::statement(tx, &sql, vec![owner.uuid().into()])).await?;
    Ok(())
}
