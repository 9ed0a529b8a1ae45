//! The audit log.

use ::platform::audit;
use async_graphql::{ComplexObject, Context, ID, InputObject, Object, Result, SimpleObject};
use kernel::{Page, Role, id::PersonId};

use crate::{
    audit_targets::{self, AuditTarget},
    context::{houses, viewer},
    error::told,
    organisation::{self, Person},
    page::{AuditNames, Paged, paged},
    scalar::{self, DateTime},
};

#[derive(InputObject, Default)]
pub struct AuditFilter {
    actor_id: Option<ID>,
    action: Option<String>,
    from: Option<DateTime>,
    to: Option<DateTime>,
}

#[derive(SimpleObject)]
#[graphql(complex)]
pub struct AuditEntry {
    id: ID,
    at: DateTime,
    action: String,
    target: String,
    reason: Option<String>,
    #[graphql(skip)]
    actor_id: Option<PersonId>,
}

#[ComplexObject]
impl AuditEntry {
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let Some(id) = self.actor_id else { return Ok(None) };
        organisation::person(ctx, id).await
    }
    /// What `target` names.
    async fn targets(&self, ctx: &Context<'_>) -> Result<Vec<AuditTarget>> {
        audit_targets::of(ctx, &self.target).await
    }
}

impl From<audit::Record> for AuditEntry {
    fn from(record: audit::Record) -> Self {
        Self {
            id: ID(record.id.to_string()),
            at: DateTime(record.at),
            action: record.action,
            target: record.target,
            reason: record.reason,
            actor_id: record.actor,
        }
    }
}

#[derive(Default)]
pub struct PlatformQuery;

#[Object]
impl PlatformQuery {
    /// Newest first, for admins and auditors, of the units in their charge.
    #[graphql(complexity = "crate::page::cost(first, child_complexity)")]
    async fn audit_log(
        &self,
        ctx: &Context<'_>,
        filter: Option<AuditFilter>,
        first: i32,
        after: Option<String>,
    ) -> Result<Paged<AuditEntry, AuditNames>> {
        let viewer = viewer(ctx)?;
        let page = Page::try_new(first, after).map_err(|e| told(ctx)(e.into()))?;
        let mut scope = viewer.scope(Role::Auditor);
        scope.extend(viewer.scope(Role::Admin));
        if scope.is_empty() {
            return Err(told(ctx)(kernel::Refusal::forbidden().into()));
        }
        let filter = filter.unwrap_or_default();
        let filter = audit::Filter {
            actor: scalar::id_option(filter.actor_id.as_ref()).map_err(told(ctx))?,
            action: filter.action,
            from: filter.from.map(|d| d.0),
            to: filter.to.map(|d| d.0),
        };
        let found = audit::list(houses(ctx).base.db.read(), &scope, &filter, &page).await.map_err(told(ctx))?;
        Ok(paged(found.map(AuditEntry::from)))
    }
}
