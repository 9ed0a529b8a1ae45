//! Filing a course: its tags and the stages it is for.

use std::collections::HashMap;

use kernel::{Result, Viewer, id::CourseId};
use platform::audit::{self, Act};

use crate::{
    Catalogue,
    model::{Course, Labels},
    store::labels,
};

impl Catalogue {
    /// By who teaches it, or an admin of its unit; like everything else in a course, of a published one in its draft where the school reviews courses.
    pub async fn label_course(&self, viewer: &Viewer, id: CourseId, new: Labels) -> Result<Course> {
        let (tx, course) = self.edit(viewer, id).await?;
        labels::replace(&tx, id, &new.tidy()?).await?;
        let (target, path) = (id.to_string(), &course.audience);
        let act = Act { actor: Some(viewer.person), action: "course.label", target, reason: None, path };
        audit::record(self.base(), &tx, act).await?;
        self.changed(tx, &course).await?;
        Ok(course)
    }

    /// Unguarded, like [`Catalogue::courses_by_id`]. Those without labels are missing.
    pub async fn labels(&self, ids: &[CourseId]) -> Result<HashMap<CourseId, Labels>> {
        labels::of(self.base().db.read(), ids).await
    }
}
