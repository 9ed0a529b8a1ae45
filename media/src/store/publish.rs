//! Statements of a conversion: who may write, what is published, what another has replaced.

use kernel::{Millis, Result, id::AssetId};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::{moved, object::Seal, seal};
use crate::{
    model::{Rendition, Status},
    tables::{asset, rendition},
};

/// What a conversion made.
pub(crate) struct Made {
    pub playlist: String,
    pub duration_ms: i64,
    pub renditions: Vec<Rendition>,
    pub poster: Option<String>,
    /// Of the folder in which all of it lies.
    pub seal: Seal,
}

/// From here on only this attempt writes to the row; what plays already goes on playing. False when there is nothing left to do.
pub(crate) async fn begin_attempt(tx: &Tx, id: AssetId, attempt: Uuid, now: Millis) -> Result<bool> {
    let of = || asset::Entity::update_many().filter(asset::Column::Id.eq(id.uuid()));
    let row = asset::ActiveModel { attempt: Set(Some(attempt)), ..moved(id, Status::Processing, now) };
    let waiting = asset::Column::Status.is_in([Status::Queued.name(), Status::Processing.name()]);
    if of().set(row).filter(waiting).exec(tx).await?.rows_affected == 1 {
        return Ok(true);
    }
    let plays = of()
        .col_expr(asset::Column::Attempt, Expr::value(attempt))
        .filter(asset::Column::Status.eq(Status::Ready.name()))
        .filter(asset::Column::Complete.eq(false));
    Ok(plays.exec(tx).await?.rows_affected == 1)
}

/// The first rendition of a video: it plays, and the others follow.
pub(crate) async fn publish_early(
    tx: &Tx,
    id: AssetId,
    attempt: Uuid,
    media_type: &str,
    made: Made,
    now: Millis,
) -> Result<bool> {
    ready(tx, id, attempt, media_type, Some(made), false, now).await
}

/// Makes the asset ready for good in one step, unless a later attempt has taken over. What a video's early rendition was stays where it is,
/// without being offered any more.
pub(crate) async fn publish(
    tx: &Tx,
    id: AssetId,
    attempt: Uuid,
    media_type: &str,
    made: Option<Made>,
    now: Millis,
) -> Result<bool> {
    let former = rendition::Entity::update_many().col_expr(rendition::Column::Retired, Expr::value(true));
    former.filter(rendition::Column::Asset.eq(id.uuid())).exec(tx).await?;
    ready(tx, id, attempt, media_type, made, true, now).await
}

async fn ready(
    tx: &Tx,
    id: AssetId,
    attempt: Uuid,
    media_type: &str,
    made: Option<Made>,
    complete: bool,
    now: Millis,
) -> Result<bool> {
    let mut row = asset::ActiveModel { media_type: Set(Some(media_type.to_owned())), ..moved(id, Status::Ready, now) };
    row.complete = Set(complete);
    let mut renditions = Vec::new();
    if let Some(made) = made {
        let prefix = made.playlist.clone();
        seal(tx, id, &made.seal, now).await?;
        row.playlist = Set(Some(made.playlist));
        row.duration_ms = Set(Some(made.duration_ms));
        row.poster = Set(made.poster);
        renditions = made.renditions.into_iter().map(|made| to_row(id, made, prefix.clone())).collect();
    }
    let update = asset::Entity::update_many().set(row).filter(asset::Column::Id.eq(id.uuid()));
    if update.filter(asset::Column::Attempt.eq(attempt)).exec(tx).await?.rows_affected != 1 {
        return Ok(false);
    }
    for row in renditions {
        rendition::Entity::insert(row).exec_without_returning(tx).await?;
    }
    Ok(true)
}

fn to_row(asset: AssetId, made: Rendition, prefix: String) -> rendition::ActiveModel {
    rendition::ActiveModel {
        asset: Set(asset.uuid()),
        name: Set(made.name),
        width: Set(made.width),
        height: Set(made.height),
        bitrate: Set(made.bitrate),
        prefix: Set(Some(prefix)),
        retired: Set(false),
    }
}

/// Ends the asset with a sentence, unless a later attempt has taken over.
pub(crate) async fn fail(tx: &Tx, id: AssetId, attempt: Uuid, sentence: &str, now: Millis) -> Result<bool> {
    let failure = Set(Some(sentence.to_owned()));
    let row = asset::ActiveModel { failure, object: Set(None), complete: Set(true), ..moved(id, Status::Failed, now) };
    let update = asset::Entity::update_many().set(row).filter(asset::Column::Id.eq(id.uuid()));
    Ok(update.filter(asset::Column::Attempt.eq(attempt)).exec(tx).await?.rows_affected == 1)
}

/// What plays stays as it is: no further renditions are made.
pub(crate) async fn give_up(tx: &Tx, id: AssetId, attempt: Uuid, now: Millis) -> Result<bool> {
    let row = asset::ActiveModel { complete: Set(true), updated_at: Set(now), ..Default::default() };
    let update = asset::Entity::update_many().set(row).filter(asset::Column::Id.eq(id.uuid()));
    Ok(update.filter(asset::Column::Attempt.eq(attempt)).exec(tx).await?.rows_affected == 1)
}

/// Back among those that wait, unless it plays already or a later attempt has taken over.
pub(crate) async fn put_off(tx: &Tx, id: AssetId, attempt: Uuid, now: Millis) -> Result<()> {
    let update =
        asset::Entity::update_many().set(moved(id, Status::Queued, now)).filter(asset::Column::Id.eq(id.uuid()));
    let update = update.filter(asset::Column::Status.eq(Status::Processing.name()));
    update.filter(asset::Column::Attempt.eq(attempt)).exec(tx).await?;
    Ok(())
}

/// The prefixes of renditions that others have replaced.
pub(crate) async fn retired(tx: &Tx, id: AssetId) -> Result<Vec<String>> {
    let query = rendition::Entity::find().filter(rendition::Column::Asset.eq(id.uuid()));
    let rows = query.filter(rendition::Column::Retired.eq(true)).all(tx).await?;
    Ok(rows.into_iter().filter_map(|row| row.prefix).collect())
}

/// From here on nobody reads them any more.
pub(crate) async fn retire(tx: &Tx, id: AssetId) -> Result<()> {
    let query = rendition::Entity::delete_many().filter(rendition::Column::Asset.eq(id.uuid()));
    query.filter(rendition::Column::Retired.eq(true)).exec(tx).await?;
    Ok(())
}
