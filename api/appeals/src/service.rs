//! Use cases: asking for review ([`ask`]) and answering ([`answer`]).

mod answer;
mod ask;

use std::collections::HashMap;

use kernel::{
    Connection, Page, Refusal, Result, Role, Viewer,
    id::{AppealId, EntryId, PersonId},
};

use crate::{
    Appeals,
    model::{Appeal, Status, Subject},
    rules, store,
};

impl Appeals {
    /// The viewer's own, newest first.
    pub async fn mine(&self, viewer: &Viewer, page: &Page) -> Result<Connection<Appeal>> {
        store::of_person(self.base.db.read(), viewer.person, page).await
    }

    /// Of the people in the viewer's charge, newest first. FORBIDDEN for who has no charge.
    pub async fn queue(&self, viewer: &Viewer, status: Option<Status>, page: &Page) -> Result<Connection<Appeal>> {
        store::beneath(self.base.db.read(), &charge(viewer)?, status, page).await
    }

    /// How many wait for an answer in the viewer's charge.
    pub async fn waiting(&self, viewer: &Viewer) -> Result<u64> {
        store::count_open_beneath(self.base.db.read(), &charge(viewer)?).await
    }

    /// NOT_FOUND for who neither made it nor has charge of who did.
    pub async fn find(&self, viewer: &Viewer, id: AppealId) -> Result<Appeal> {
        let found = store::find(self.base.db.read(), id).await?.filter(|appeal| rules::may_see(viewer, appeal));
        found.ok_or_else(|| Refusal::not_found().into())
    }

    /// Unguarded: whoever asks knows who may see what.
    pub async fn appeals_by_id(&self, ids: &[AppealId]) -> Result<HashMap<AppealId, Appeal>> {
        let found = store::find_many(self.base.db.read(), ids).await?;
        Ok(found.into_iter().map(|appeal| (appeal.id, appeal)).collect())
    }

    /// The person's newest appeal about each of these entries.
    pub async fn about(&self, person: PersonId, entries: &[EntryId]) -> Result<HashMap<EntryId, Appeal>> {
        let found = store::of_entries(self.base.db.read(), person, entries).await?;
        let by_entry = |appeal: Appeal| match appeal.subject {
            Subject::Entry(entry) => Some((entry, appeal)),
            Subject::Spans { .. } => None,
        };
        Ok(found.into_iter().filter_map(by_entry).collect())
    }
}

/// The paths of which the viewer is admin or auditor.
fn charge(viewer: &Viewer) -> Result<Vec<String>> {
    let mut paths = viewer.scope(Role::Admin);
    paths.extend(viewer.scope(Role::Auditor));
    if paths.is_empty() {
        return Err(Refusal::forbidden().into());
    }
    Ok(paths)
}
