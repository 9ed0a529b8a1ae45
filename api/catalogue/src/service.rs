//! Use cases of lecturers (author, publish) and of everybody who finds a course (browse).

mod author;
mod browse;
mod publish;

use kernel::{Refusal, Result, Role, Viewer, id::CourseId};
use sea_orm::ConnectionTrait;

use crate::{Catalogue, model::Course, store};

impl Catalogue {
    /// A course that the viewer may change: theirs as a lecturer; else as if it were not there, or FORBIDDEN where they may see it.
    async fn editable(&self, db: &impl ConnectionTrait, viewer: &Viewer, id: CourseId) -> Result<Course> {
        let course = store::visible(db, &browse::sight(viewer), id).await?.ok_or_else(Refusal::not_found)?;
        let teaches = viewer.has(Role::Lecturer) && course.lecturers.contains(&viewer.person);
        if teaches { Ok(course) } else { Err(Refusal::forbidden().into()) }
    }
}
