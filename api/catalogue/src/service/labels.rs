//! Filing a course: its tags and the stages it is for.

use std::{collections::HashMap, sync::Arc};

use kernel::{Result, Viewer, id::CourseId};
use platform::audit::{self, Act};

use crate::{
    Catalogue,
    model::{Course, Filing, Labels, Status},
    rules::filing,
    store::{self, labels, versions},
};

impl Catalogue {
    /// By who teaches it, or an admin of its unit; like everything else in a course, of a published one in its draft where the school reviews courses.
    pub async fn label_course(&self, viewer: &Viewer, id: CourseId, new: Labels) -> Result<Course> {
        let (tx, course) = self.edit(viewer, id).await?;
        labels::replace(&tx, id, &new.tidy()?).await?;
        let (target, path) = (course.lasting().to_string(), &course.audience);
        let act = Act { actor: Some(viewer.person), action: "course.label", target, reason: None, path };
        audit::record(self.base(), &tx, act).await?;
        self.changed(tx, &course).await?;
        Ok(course)
    }

    /// Unguarded, like [`Catalogue::courses_by_id`]. Those without labels are missing.
    pub async fn labels(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Labels>> {
        labels::of(self.base().db.read(), ids).await
    }

    /// Published courses for the viewer's unit that are filed under a tag, with their tags; required ones first, then the newest.
    pub async fn filed(&self, viewer: &Viewer) -> Result<Vec<(CourseId, Vec<String>)>> {
        let db = self.base().db.read();
        let courses = store::tagged(db, &viewer.audiences()).await?;
        let mut labels = labels::of(db, &courses).await?;
        Ok(courses.into_iter().map(|id| (id, labels.remove(&id).unwrap_or_default().tags)).collect())
    }

    /// Under which tags students knew these courses, and when. Unguarded, like [`Catalogue::courses_by_id`].
    pub async fn filings(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Arc<Vec<Filing>>>> {
        let db = self.base().db.read();
        let courses = store::find_many(db, ids).await?;
        let (kept, first): (Vec<Course>, Vec<Course>) = courses.into_iter().partition(|course| course.version > 0);
        let mut all = HashMap::new();
        let mut unknown = HashMap::new();
        for course in kept {
            if let Some(known) = self.0.filings.get(&(course.id, course.version)).await {
                all.insert(course.id, known);
            } else {
                unknown.insert(course.id, course.version);
            }
        }
        for (course, tags) in versions::tags(db, &unknown).await? {
            let found = Arc::new(filing::filings(tags));
            if let Some(version) = unknown.get(&course) {
                self.0.filings.insert((course, *version), Arc::clone(&found)).await;
            }
            all.insert(course, found);
        }
        all.extend(self.first_filings(first).await?);
        Ok(all)
    }

    /// Published before versions were kept, and not changed since.
    async fn first_filings(&self, courses: Vec<Course>) -> Result<Vec<(CourseId, Arc<Vec<Filing>>)>> {
        let standing: Vec<Course> = courses.into_iter().filter(|course| course.status == Status::Published).collect();
        let ids: Vec<CourseId> = standing.iter().map(|course| course.id).collect();
        let mut labels = labels::of(self.base().db.read(), &ids).await?;
        let found = standing.into_iter().map(|course| {
            let tags = labels.remove(&course.id).unwrap_or_default().tags;
            let at = course.published_at.unwrap_or(course.created_at);
            (course.id, Arc::new(filing::filings(vec![(at, tags)])))
        });
        Ok(found.collect())
    }
}
