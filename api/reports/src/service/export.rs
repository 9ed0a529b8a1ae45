//! An export's life: asked for, made in the background, handed out to whoever asked, gone after a week.

use std::collections::HashMap;

use kernel::{
    Error, Language, Millis, Refusal, Result, Viewer,
    id::{ExportId, UnitId},
};
use platform::{
    audit::{self, Act},
    jobs::{self, NewJob},
};

use super::paths;
use crate::{
    Reports,
    jobs::{EXPIRE, EXPORT},
    model::{Asked, Export, ExportFile, ExportKind, Filter, JobStatus, NewExport, Order},
    rules,
    store::{self, export::Made},
};

/// Files with people's figures do not lie about for longer.
pub const KEPT_MS: Millis = 7 * 86_400_000;
/// After so many tries the asker is told; the queue's own eight would take minutes.
const TRIES: i32 = 3;

impl Reports {
    /// Asks for a file; what is in it is decided when it is made.
    pub async fn request_export(&self, viewer: &Viewer, new: NewExport) -> Result<Export> {
        let scope = self.scope(&viewer.charges, new.filter.unit).await?;
        let filter = self.checked(&scope, &new).await?;
        let export = Export {
            id: self.base.id(),
            kind: new.kind,
            format: new.format,
            status: JobStatus::Queued,
            progress: 0.0,
            rows: None,
            failure: None,
        };
        let asked = Asked::new(&filter, new.term, viewer.language);
        let (asker, file_name) = (viewer.person, None);
        let order = Order { export, asker, asked, scope: paths(scope.clone()), file_name, expires_at: None };
        let now = self.base.now();
        let tx = self.base.db.begin().await?;
        store::export::insert(&tx, &order, now).await?;
        // One asker's exports are made one after another.
        let lane = format!("export:{asker}");
        let job = NewJob { kind: EXPORT, lane, key: None, outside: true, run_at: now };
        jobs::add(&tx, job, &order.export.id).await?;
        self.note(&tx, &order, "export.request", &scope).await?;
        tx.commit().await?;
        Ok(order.export)
    }

    /// NOT_FOUND for everybody but whoever asked.
    pub async fn export(&self, viewer: &Viewer, id: ExportId) -> Result<Export> {
        Ok(self.order_of(viewer, id).await?.at(self.base.now()))
    }

    /// Unguarded: whoever asks knows who may see what.
    pub async fn exports_by_id(&self, ids: &[ExportId]) -> Result<HashMap<ExportId, Export>> {
        let (found, now) = (store::export::find_many(self.base.db.read(), ids).await?, self.base.now());
        Ok(found.into_iter().map(|order| (order.export.id, order.at(now))).collect())
    }

    /// The finished file, for whoever asked and is still in charge of all that is in it. The download is recorded.
    pub async fn export_file(&self, viewer: &Viewer, id: ExportId) -> Result<ExportFile> {
        let order = self.order_of(viewer, id).await?;
        match (order.at(self.base.now()).status, &order.file_name) {
            (JobStatus::Ready, Some(name)) => {
                let scope = self.scope(&viewer.charges, None).await?;
                let covered = |path: &String| scope.iter().any(|(_, own)| path.starts_with(own));
                if !order.scope.iter().all(covered) {
                    return Err(Refusal::not_found().into());
                }
                let tx = self.base.db.begin().await?;
                self.note(&tx, &order, "export.download", &scope).await?;
                tx.commit().await?;
                Ok(ExportFile {
                    file_name: name.clone(),
                    content_type: order.export.format.content_type(),
                    object: order.object(),
                })
            }
            (JobStatus::Expired, _) => {
                let (zh, en) = ("文件已过期，请重新导出。", "The file has expired; please export again.");
                Err(Refusal::new(kernel::Code::NotFound, zh, en).into())
            }
            _ => Err(Refusal::not_found().into()),
        }
    }

    async fn order_of(&self, viewer: &Viewer, id: ExportId) -> Result<Order> {
        let found = store::export::find(self.base.db.read(), id).await?;
        Ok(found.filter(|order| order.asker == viewer.person).ok_or_else(Refusal::not_found)?)
    }

    async fn note(&self, tx: &platform::Tx, order: &Order, action: &str, scope: &[(UnitId, String)]) -> Result<()> {
        for (_, path) in scope {
            let (actor, target) = (Some(order.asker), order.export.id.to_string());
            audit::record(&self.base, tx, Act { actor, action, target, reason: None, path }).await?;
        }
        Ok(())
    }

    /// The filter as it will be used. A term stands for its days in a credit report that names none; scores know neither days nor courses.
    async fn checked(&self, scope: &[(UnitId, String)], new: &NewExport) -> Result<Filter> {
        let mut filter = rules::check(&new.filter, "input.filter")?;
        self.course_title(scope, filter.course).await?;
        let term = match new.term {
            Some(id) => Some(self.organisation.term(id).await?.ok_or_else(Refusal::not_found)?),
            None => None,
        };
        match (new.kind, term) {
            (ExportKind::LiteracyReport, _) => rules::suits_scores(&filter)?,
            (ExportKind::CreditReport, Some(term)) if filter.from.is_none() && filter.to.is_none() => {
                (filter.from, filter.to) = (Some(term.starts), Some(term.ends));
            }
            (ExportKind::CreditReport, _) => {}
        }
        Ok(filter)
    }

    /// The job. Run again after a crash it writes the same object again.
    pub(crate) async fn make_export(&self, id: ExportId, attempt: i32) -> Result<()> {
        let Some(order) = store::export::find(self.base.db.read(), id).await? else { return Ok(()) };
        if !self.progress(id, 0.0).await? {
            return Ok(());
        }
        match self.fill(&order).await {
            Ok(made) => self.finish(&order, &made).await,
            Err(Error::Refusal(refusal)) => self.fail(&order, refusal.say(order.asked.language())).await,
            Err(error) if attempt >= TRIES => {
                tracing::error!(export.id = %id, %error, "an export could not be made");
                self.fail(&order, sorry(order.asked.language())).await
            }
            Err(error) => Err(error),
        }
    }

    /// Whether the export is still to be made.
    pub(super) async fn progress(&self, id: ExportId, progress: f64) -> Result<bool> {
        let tx = self.base.db.begin().await?;
        let open = store::export::running(&tx, id, progress).await?;
        tx.commit().await?;
        Ok(open)
    }

    async fn finish(&self, order: &Order, made: &Made) -> Result<()> {
        let tx = self.base.db.begin().await?;
        if store::export::ready(&tx, order.export.id, made).await? {
            let lane = format!("expire:{}", order.export.id);
            let job = NewJob { kind: EXPIRE, lane, key: None, outside: true, run_at: made.expires_at };
            jobs::add(&tx, job, &order.export.id).await?;
        }
        tx.commit().await
    }

    async fn fail(&self, order: &Order, sentence: &str) -> Result<()> {
        let tx = self.base.db.begin().await?;
        store::export::failed(&tx, order.export.id, sentence).await?;
        tx.commit().await
    }

    /// The job a week later: the file is gone.
    pub(crate) async fn expire_export(&self, id: ExportId) -> Result<()> {
        let Some(order) = store::export::find(self.base.db.read(), id).await? else { return Ok(()) };
        self.media.blob().delete(&order.object()).await?;
        let tx = self.base.db.begin().await?;
        store::export::expired(&tx, id).await?;
        tx.commit().await
    }
}

const fn sorry(language: Language) -> &'static str {
    match language {
        Language::Chinese => "导出时发生故障，请稍后重试；如仍失败，请联系管理员。",
        Language::English => "The export failed; please try again later, or tell the administrator.",
    }
}
