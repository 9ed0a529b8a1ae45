//! The media library.

use kernel::{Connection, Millis, Page, Result, id::AssetId};
use platform::Tx;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Func, LikeExpr},
};

use super::{delete_upload, find_upload_of, with_renditions};
use crate::{
    model::{Asset, Shelf},
    tables::{asset, picture, rendition},
};

/// With the total.
pub(crate) async fn shelf(connection: &impl ConnectionTrait, shelf: &Shelf, page: &Page) -> Result<Connection<Asset>> {
    let all = asset::Entity::find().filter(asked(shelf));
    let total = all.clone().count(connection).await?;
    let query = match page.after::<(Millis, AssetId)>()? {
        Some((at, id)) => {
            let same = Condition::all().add(asset::Column::CreatedAt.eq(at)).add(asset::Column::Id.lt(id.uuid()));
            all.filter(Condition::any().add(asset::Column::CreatedAt.lt(at)).add(same))
        }
        None => all,
    };
    let query = query.order_by_desc(asset::Column::CreatedAt).order_by_desc(asset::Column::Id).limit(page.limit());
    let rows = with_renditions(connection, query.all(connection).await?).await?;
    Ok(Connection::new(page, rows, |asset: &Asset| (asset.created_at, asset.id)).with_total(total))
}

fn asked(shelf: &Shelf) -> Condition {
    let deleted = asset::Column::DeletedAt;
    let mut all = Condition::all().add(if shelf.deleted { deleted.is_not_null() } else { deleted.is_null() });
    if let Some(owners) = &shelf.owners {
        all = all.add(asset::Column::Owner.is_in(owners.iter().map(|id| id.uuid())));
    }
    if let Some(purpose) = shelf.purpose {
        all = all.add(asset::Column::Purpose.eq(purpose.name()));
    }
    if !shelf.statuses.is_empty() {
        all = all.add(asset::Column::Status.is_in(shelf.statuses.iter().map(|status| status.name())));
    }
    if !shelf.except.is_empty() {
        all = all.add(asset::Column::Id.is_not_in(shelf.except.iter().map(|id| id.uuid())));
    }
    if let Some(query) = shelf.query.as_deref().map(str::trim).filter(|query| !query.is_empty()) {
        let escaped: String = query
            .to_lowercase()
            .chars()
            .flat_map(|c| if matches!(c, '%' | '_' | '\\') { vec!['\\', c] } else { vec![c] })
            .collect();
        let pattern = LikeExpr::new(format!("%{escaped}%")).escape('\\');
        all = all.add(Expr::expr(Func::lower(Expr::col(asset::Column::FileName))).like(pattern));
    }
    all
}

pub(crate) async fn throw_away(tx: &Tx, id: AssetId, at: Millis) -> Result<bool> {
    let update = asset::Entity::update_many()
        .col_expr(asset::Column::DeletedAt, Expr::value(at))
        .filter(asset::Column::Id.eq(id.uuid()))
        .filter(asset::Column::DeletedAt.is_null());
    Ok(update.exec(tx).await?.rows_affected == 1)
}

pub(crate) async fn bring_back(tx: &Tx, id: AssetId) -> Result<()> {
    let none = Expr::value(Option::<i64>::None);
    let update = asset::Entity::update_many().col_expr(asset::Column::DeletedAt, none);
    update.filter(asset::Column::Id.eq(id.uuid())).exec(tx).await?;
    Ok(())
}

pub(crate) async fn erase(tx: &Tx, id: AssetId) -> Result<()> {
    rendition::Entity::delete_many().filter(rendition::Column::Asset.eq(id.uuid())).exec(tx).await?;
    picture::Entity::delete_many().filter(picture::Column::Asset.eq(id.uuid())).exec(tx).await?;
    if let Some(upload) = find_upload_of(tx, id).await? {
        delete_upload(tx, upload.id).await?;
    }
    asset::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}
