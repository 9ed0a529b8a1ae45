//! Who did what to what, and why: written in the transaction of the act, never changed.

use kernel::{
    Connection, Millis, Page, Result,
    id::{AuditId, PersonId},
};
use sea_orm::{
    ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use uuid::Uuid;

use crate::{Base, Tx, tables::audit};

#[derive(Debug, Clone)]
pub struct Record {
    pub id: AuditId,
    pub at: Millis,
    pub actor: Option<PersonId>,
    pub action: String,
    pub target: String,
    pub reason: Option<String>,
}

/// An act to be recorded: `action` is a GraphQL-like verb (`course.publish`), `target` an id, `path` the unit that it concerns.
pub struct Act<'a> {
    pub actor: Option<PersonId>,
    pub action: &'a str,
    pub target: String,
    pub reason: Option<String>,
    pub path: &'a str,
}

pub async fn record(base: &Base, tx: &Tx, act: Act<'_>) -> Result<()> {
    let row = audit::ActiveModel {
        id: Set(base.id::<()>().uuid()),
        at: Set(base.now()),
        actor: Set(act.actor.map(Uuid::from)),
        action: Set(act.action.to_owned()),
        target: Set(act.target),
        reason: Set(act.reason),
        path: Set(act.path.to_owned()),
    };
    audit::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

#[derive(Debug, Clone, Default)]
pub struct Filter {
    pub actor: Option<PersonId>,
    pub action: Option<String>,
    pub from: Option<Millis>,
    pub to: Option<Millis>,
}

/// Newest first; only what concerns units beneath one of the `scope` paths.
pub async fn list(
    connection: &impl ConnectionTrait,
    scope: &[String],
    filter: &Filter,
    page: &Page,
) -> Result<Connection<Record>> {
    let mut within = Condition::any();
    for path in scope {
        within = within.add(audit::Column::Path.starts_with(path.as_str()));
    }
    let mut query = audit::Entity::find().filter(within);
    if scope.is_empty() {
        query = query.filter(Condition::any().add(audit::Column::At.lt(0)));
    }
    if let Some(actor) = filter.actor {
        query = query.filter(audit::Column::Actor.eq(actor.uuid()));
    }
    if let Some(action) = &filter.action {
        query = query.filter(audit::Column::Action.eq(action.as_str()));
    }
    if let Some(from) = filter.from {
        query = query.filter(audit::Column::At.gte(from));
    }
    if let Some(to) = filter.to {
        query = query.filter(audit::Column::At.lt(to));
    }
    if let Some((at, id)) = page.after::<(i64, AuditId)>()? {
        let older = audit::Column::At.lt(at);
        let same = Condition::all().add(audit::Column::At.eq(at)).add(audit::Column::Id.lt(id.uuid()));
        query = query.filter(Condition::any().add(older).add(same));
    }
    let query = query.order_by_desc(audit::Column::At).order_by_desc(audit::Column::Id).limit(page.limit());
    let rows = query.all(connection).await?.into_iter().map(Record::from).collect();
    Ok(Connection::new(page, rows, |record: &Record| (record.at, record.id)))
}

/// Who did this to that.
pub async fn actors(connection: &impl ConnectionTrait, action: &str, target: &str) -> Result<Vec<PersonId>> {
    let query = audit::Entity::find().filter(audit::Column::Action.eq(action)).filter(audit::Column::Target.eq(target));
    Ok(query.all(connection).await?.into_iter().filter_map(|row| row.actor.map(PersonId::new)).collect())
}

impl From<audit::Model> for Record {
    fn from(row: audit::Model) -> Self {
        let actor = row.actor.map(PersonId::new);
        Self { id: row.id.into(), at: row.at, actor, action: row.action, target: row.target, reason: row.reason }
    }
}
