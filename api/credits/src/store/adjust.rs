//! Adjustments: proposed, then decided once.

use kernel::{
    Connection, Page, Result, Role, Viewer,
    id::{AdjustmentId, EntryId, PersonId},
};
use platform::{Tx, dialect};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::{MANY, word};
use crate::{
    model::{Adjustment, AdjustmentStatus, measure_name, measure_of},
    tables::adjustment::{ActiveModel, Column, Entity, Model},
};

fn told(row: Model) -> Result<Adjustment> {
    Ok(Adjustment {
        id: row.id.into(),
        person: row.person.into(),
        path: row.path,
        measure: word(measure_of(&row.measure), &row.measure)?,
        amount: kernel::Amount::milli(row.amount),
        reason: row.reason,
        status: word(AdjustmentStatus::parse(&row.status), &row.status)?,
        proposed_by: row.proposed_by.into(),
        proposed_at: row.proposed_at,
        decided_by: row.decided_by.map(PersonId::new),
        decided_at: row.decided_at,
        decision: row.decision,
        entry: row.entry.map(EntryId),
    })
}

pub async fn insert(tx: &Tx, new: &Adjustment) -> Result<()> {
    let row = ActiveModel {
        id: Set(new.id.uuid()),
        person: Set(new.person.uuid()),
        path: Set(new.path.clone()),
        measure: Set(measure_name(new.measure).to_owned()),
        amount: Set(new.amount.thousandths()),
        reason: Set(new.reason.clone()),
        status: Set(new.status.name().to_owned()),
        proposed_by: Set(new.proposed_by.uuid()),
        proposed_at: Set(new.proposed_at),
        decided_by: Set(None),
        decided_at: Set(None),
        decision: Set(None),
        entry: Set(None),
    };
    Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

pub async fn find(db: &impl ConnectionTrait, id: AdjustmentId) -> Result<Option<Adjustment>> {
    Entity::find_by_id(id.uuid()).one(db).await?.map(told).transpose()
}

pub async fn find_many(db: &impl ConnectionTrait, ids: &[AdjustmentId]) -> Result<Vec<Adjustment>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let query = Entity::find().filter(Column::Id.is_in(some.iter().map(|id| id.uuid())));
        found.extend(query.all(db).await?.into_iter().map(told).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

/// The adjustment that an entry came of.
pub async fn of_entry(db: &impl ConnectionTrait, entry: EntryId) -> Result<Option<Adjustment>> {
    Entity::find().filter(Column::Entry.eq(entry.0)).one(db).await?.map(told).transpose()
}

/// Whoever holds the row decides; a second one waits and finds it decided.
pub async fn lock(tx: &Tx, id: AdjustmentId) -> Result<Option<Adjustment>> {
    let sql = format!("SELECT * FROM credits_adjustment WHERE id = ?{}", dialect::lock_rows(tx));
    let statement = dialect::statement(tx, &sql, vec![id.uuid().into()]);
    Entity::find().from_raw_sql(statement).one(tx).await?.map(told).transpose()
}

pub async fn decide(tx: &Tx, decided: &Adjustment) -> Result<()> {
    let row = ActiveModel {
        id: Set(decided.id.uuid()),
        status: Set(decided.status.name().to_owned()),
        decided_by: Set(decided.decided_by.map(PersonId::uuid)),
        decided_at: Set(decided.decided_at),
        decision: Set(decided.decision.clone()),
        entry: Set(decided.entry.map(|entry| entry.0)),
        ..Default::default()
    };
    Entity::update(row).exec(tx).await?;
    Ok(())
}

/// Newest first, of the units that the viewer is in charge of or audits.
pub async fn list(
    db: &impl ConnectionTrait,
    viewer: &Viewer,
    status: Option<AdjustmentStatus>,
    page: &Page,
) -> Result<Connection<Adjustment>> {
    let mut within = Condition::any();
    for path in [Role::Admin, Role::Auditor].into_iter().flat_map(|role| viewer.scope(role)) {
        within = within.add(Column::Path.starts_with(path));
    }
    let mut query = Entity::find().filter(within);
    if let Some(status) = status {
        query = query.filter(Column::Status.eq(status.name()));
    }
    if let Some(after) = page.after::<AdjustmentId>()? {
        query = query.filter(Column::Id.lt(after.uuid()));
    }
    let rows = query.order_by_desc(Column::Id).limit(page.limit()).all(db).await?;
    let rows = rows.into_iter().map(told).collect::<Result<_>>()?;
    Ok(Connection::new(page, rows, |adjustment: &Adjustment| adjustment.id))
}
