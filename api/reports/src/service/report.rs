//! The credit report on the screen: totals, and pages of students.

use kernel::{
    Connection, Page, Refusal, Result, Viewer,
    id::{CourseId, UnitId},
};
use platform::audit::{self, Act};

use super::paths;
use crate::{
    Reports,
    model::{CreditRow, Direction, Filter, Shown, SortField, Summary},
    rules, store,
};

impl Reports {
    /// The totals of exactly the students in charge. The read is recorded.
    pub async fn summary(&self, viewer: &Viewer, filter: &Filter) -> Result<Summary> {
        let scope = self.scope(&viewer.charges, filter.unit).await?;
        let filter = rules::check(filter, "filter")?;
        self.course_title(&scope, filter.course).await?;
        let shown = Shown::at(&self.organisation.school().await?);
        let tx = self.base.db.begin().await?;
        for (unit, path) in &scope {
            let (actor, target) = (Some(viewer.person), unit.to_string());
            let act = Act { actor, action: "credit-report.read", target, reason: None, path };
            audit::record(&self.base, &tx, act).await?;
        }
        tx.commit().await?;
        let totals = store::report::totals(self.base.db.read(), &paths(scope), &filter).await?;
        let students = i64::try_from(totals.students)?;
        Ok(Summary {
            as_of: self.base.now(),
            students: totals.students,
            points: shown.points.then_some(totals.points),
            hours: totals.hours,
            credits: shown.credits.then_some(totals.credits),
            mean_points: (shown.points && students > 0).then(|| totals.points.share(1, students)),
        })
    }

    /// A page of students. Who never studied comes last when sorted by the last study, in either direction.
    pub async fn rows(
        &self,
        viewer: &Viewer,
        filter: &Filter,
        order: (SortField, Direction),
        page: &Page,
    ) -> Result<Connection<CreditRow>> {
        let scope = self.scope(&viewer.charges, filter.unit).await?;
        let filter = rules::check(filter, "filter")?;
        let shown = Shown::at(&self.organisation.school().await?);
        rules::may_sort(order.0, shown)?;
        let found = store::report::page(self.base.db.read(), &paths(scope), &filter, order, page).await?;
        Ok(found.map(|row| rules::masked(row, shown)))
    }

    /// NOT_FOUND for a course that is not there, or is for nobody in the scope.
    pub(super) async fn course_title(
        &self,
        scope: &[(UnitId, String)],
        course: Option<CourseId>,
    ) -> Result<Option<String>> {
        let Some(id) = course else { return Ok(None) };
        let found = self.catalogue.courses_by_id(&[id]).await?.remove(&id);
        let concerns = |audience: &str| scope.iter().any(|(_, path)| rules::related(audience, path));
        Ok(Some(found.filter(|course| concerns(&course.audience)).ok_or_else(Refusal::not_found)?.title))
    }
}
