//! The check of all objects: begun by an admin or once a week, looked at by admins.

use kernel::{Millis, Result, Role, Viewer};

use crate::{Media, model::Scrub, store};

const WEEK_MS: Millis = 7 * 24 * 3_600_000;

impl Media {
    /// Begins a check of all objects; one that is running is answered as it is.
    pub async fn scrub(&self, viewer: &Viewer) -> Result<Scrub> {
        viewer.must(Role::Admin)?;
        self.begin_scrub().await
    }

    /// The newest check.
    pub async fn last_scrub(&self, viewer: &Viewer) -> Result<Option<Scrub>> {
        viewer.must(Role::Admin)?;
        store::last_scrub(self.base().db.read()).await
    }

    /// A week after the last one began the next does.
    pub(crate) async fn scrub_weekly(&self) -> Result<()> {
        let last = store::last_scrub(self.base().db.read()).await?;
        let due = last.is_none_or(|last| self.base().now() - last.started_at >= WEEK_MS);
        if due { self.begin_scrub().await.map(drop) } else { Ok(()) }
    }
}
