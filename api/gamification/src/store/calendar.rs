//! The calendar of weeks that do not count, and goals of days a week.

use kernel::{
    Day, Result,
    id::{FreezeId, Uuid},
};
use platform::Tx;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, sea_query::OnConflict,
};

use super::day_of;
use crate::{
    model::Freeze,
    tables::{freeze, rhythm},
};

fn freeze_of(row: freeze::Model) -> Result<Freeze> {
    Ok(Freeze {
        id: row.id.into(),
        title: row.title,
        from: day_of(row.starts)?,
        to: day_of(row.ends)?,
        unit: row.unit.into(),
        path: row.path,
    })
}

/// All of them, in the order of their days; a school has a few dozen.
pub async fn freezes(db: &impl ConnectionTrait) -> Result<Vec<Freeze>> {
    let rows = freeze::Entity::find().order_by_asc(freeze::Column::Starts).order_by_asc(freeze::Column::Id);
    rows.all(db).await?.into_iter().map(freeze_of).collect()
}

pub async fn freeze(db: &impl ConnectionTrait, id: FreezeId) -> Result<Option<Freeze>> {
    freeze::Entity::find_by_id(id.uuid()).one(db).await?.map(freeze_of).transpose()
}

pub async fn insert_freeze(tx: &Tx, new: &Freeze) -> Result<()> {
    let row = freeze::ActiveModel {
        id: Set(new.id.uuid()),
        title: Set(new.title.clone()),
        starts: Set(new.from.number()),
        ends: Set(new.to.number()),
        unit: Set(new.unit.uuid()),
        path: Set(new.path.clone()),
    };
    freeze::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn delete_freeze(tx: &Tx, id: FreezeId) -> Result<()> {
    freeze::Entity::delete_by_id(id.uuid()).exec(tx).await?;
    Ok(())
}

/// Days a week by the Monday from which they hold, oldest first.
pub async fn rhythm(db: &impl ConnectionTrait, owner: Uuid) -> Result<Vec<(Day, u32)>> {
    let query = rhythm::Entity::find().filter(rhythm::Column::Owner.eq(owner));
    let rows = query.order_by_asc(rhythm::Column::Monday).all(db).await?;
    rows.into_iter().map(|row| Ok((day_of(row.monday)?, u32::try_from(row.days).unwrap_or(0)))).collect()
}

pub async fn set_rhythm(tx: &Tx, owner: Uuid, monday: Day, days: u32) -> Result<()> {
    let row = rhythm::ActiveModel {
        owner: Set(owner),
        monday: Set(monday.number()),
        days: Set(i32::try_from(days).unwrap_or(0)),
    };
    let key = [rhythm::Column::Owner, rhythm::Column::Monday];
    let again = OnConflict::columns(key).update_column(rhythm::Column::Days).to_owned();
    rhythm::Entity::insert(row).on_conflict(again).exec_without_returning(tx).await?;
    Ok(())
}
