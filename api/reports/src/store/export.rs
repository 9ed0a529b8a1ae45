//! Exports: what was asked, how far it is, where the file lies.

use kernel::{Error, Millis, Result, id::ExportId};
use platform::Tx;
use sea_orm::{ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};

use crate::{
    model::{Export, ExportFormat, ExportKind, JobStatus, Order},
    tables::export,
};

/// Keys of one `IN` list; SQLite takes 32 766 parameters.
const MANY: usize = 10_000;

pub async fn find(connection: &impl ConnectionTrait, id: ExportId) -> Result<Option<Order>> {
    export::Entity::find_by_id(id.uuid()).one(connection).await?.map(Order::try_from).transpose()
}

pub async fn find_many(connection: &impl ConnectionTrait, ids: &[ExportId]) -> Result<Vec<Order>> {
    let mut found = Vec::with_capacity(ids.len());
    for some in ids.chunks(MANY) {
        let query = export::Entity::find().filter(export::Column::Id.is_in(some.iter().map(|id| id.uuid())));
        found.extend(query.all(connection).await?.into_iter().map(Order::try_from).collect::<Result<Vec<_>>>()?);
    }
    Ok(found)
}

pub async fn insert(tx: &Tx, order: &Order, now: Millis) -> Result<()> {
    let export = &order.export;
    let row = export::ActiveModel {
        id: Set(export.id.uuid()),
        asker: Set(order.asker.uuid()),
        kind: Set(export.kind.name().to_owned()),
        format: Set(export.format.name().to_owned()),
        asked: Set(serde_json::to_string(&order.asked)?),
        status: Set(export.status.name().to_owned()),
        progress: Set(0.0),
        scope: Set(None),
        students: Set(None),
        file_name: Set(None),
        failure: Set(None),
        created_at: Set(now),
        expires_at: Set(None),
    };
    export::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

fn changed(status: JobStatus) -> export::ActiveModel {
    export::ActiveModel { status: Set(status.name().to_owned()), ..Default::default() }
}

/// Only what is not finished moves on: `false` where it is.
async fn update(tx: &Tx, id: ExportId, row: export::ActiveModel, from: &[JobStatus]) -> Result<bool> {
    let from = from.iter().map(|status| status.name());
    let of = export::Entity::update_many().set(row).filter(export::Column::Id.eq(id.uuid()));
    let done = of.filter(export::Column::Status.is_in(from)).exec(tx).await?;
    Ok(done.rows_affected > 0)
}

const OPEN: [JobStatus; 2] = [JobStatus::Queued, JobStatus::Running];

pub async fn running(tx: &Tx, id: ExportId, progress: f64) -> Result<bool> {
    let row = export::ActiveModel { progress: Set(progress), ..changed(JobStatus::Running) };
    update(tx, id, row, &OPEN).await
}

/// What a finished file is.
pub struct Made {
    pub scope: Vec<String>,
    pub students: u64,
    pub file_name: String,
    pub expires_at: Millis,
}

pub async fn ready(tx: &Tx, id: ExportId, made: &Made) -> Result<bool> {
    let row = export::ActiveModel {
        progress: Set(1.0),
        scope: Set(Some(serde_json::to_string(&made.scope)?)),
        students: Set(Some(i64::try_from(made.students)?)),
        file_name: Set(Some(made.file_name.clone())),
        expires_at: Set(Some(made.expires_at)),
        ..changed(JobStatus::Ready)
    };
    update(tx, id, row, &OPEN).await
}

pub async fn failed(tx: &Tx, id: ExportId, failure: &str) -> Result<bool> {
    let row = export::ActiveModel { failure: Set(Some(failure.to_owned())), ..changed(JobStatus::Failed) };
    update(tx, id, row, &OPEN).await
}

pub async fn expired(tx: &Tx, id: ExportId) -> Result<bool> {
    update(tx, id, changed(JobStatus::Expired), &[JobStatus::Ready]).await
}

impl TryFrom<export::Model> for Order {
    type Error = Error;
    fn try_from(row: export::Model) -> Result<Self> {
        let unknown = |what: &str| Error::broken(format!("export {}: unknown {what}", row.id));
        let export = Export {
            id: row.id.into(),
            kind: ExportKind::parse(&row.kind).ok_or_else(|| unknown("kind"))?,
            format: ExportFormat::parse(&row.format).ok_or_else(|| unknown("format"))?,
            status: JobStatus::parse(&row.status).ok_or_else(|| unknown("status"))?,
            progress: row.progress,
            rows: row.students.map(u64::try_from).transpose()?,
            failure: row.failure,
        };
        Ok(Self {
            export,
            asker: row.asker.into(),
            asked: serde_json::from_str(&row.asked)?,
            scope: row.scope.map(|scope| serde_json::from_str(&scope)).transpose()?.unwrap_or_default(),
            file_name: row.file_name,
            expires_at: row.expires_at,
        })
    }
}
