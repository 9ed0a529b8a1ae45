//! What was covered of contents that a lesson no longer has, and who finishes a course because less is asked of them.

use kernel::{
    Result,
    id::{CourseId, LessonId, PersonId, Uuid},
};
use platform::{Tx, dialect};
use sea_orm::{ConnectionTrait, EntityTrait, FromQueryResult};

use super::read::CHUNK;
use crate::{model::Record, tables::progress};

const COLUMNS: &str = "person, lesson, version, course, size, covered, covered_ms, coverage, resume_at, completed_at, updated_at, script, \
                       pending, refused, checks";

/// Keeps the row of this person in this lesson beside those of its other contents, before a new union comes in its place.
pub async fn keep(tx: &Tx, person: PersonId, lesson: LessonId) -> Result<()> {
    let renewed = [
        "covered",
        "covered_ms",
        "coverage",
        "resume_at",
        "completed_at",
        "updated_at",
        "pending",
        "refused",
        "checks",
    ];
    let renewed: Vec<String> = renewed.iter().map(|column| format!("{column} = excluded.{column}")).collect();
    let sql = format!(
        "INSERT INTO learning_progress_past ({COLUMNS}) SELECT {COLUMNS} FROM learning_progress WHERE person = ? AND lesson = ? \
         ON CONFLICT (person, lesson, version) DO UPDATE SET {}",
        renewed.join(", ")
    );
    tx.execute_raw(dialect::statement(tx, &sql, vec![person.uuid().into(), lesson.uuid().into()])).await?;
    Ok(())
}

/// The union that was begun of this content before another took its place.
pub async fn find(tx: &Tx, person: PersonId, lesson: LessonId, version: &str) -> Result<Option<Record>> {
    let sql = format!("SELECT {COLUMNS} FROM learning_progress_past WHERE person = ? AND lesson = ? AND version = ?");
    let values = vec![person.uuid().into(), lesson.uuid().into(), version.into()];
    let row = progress::Entity::find().from_raw_sql(dialect::statement(tx, &sql, values)).one(tx).await?;
    row.map(Record::try_from).transpose()
}

#[derive(FromQueryResult)]
struct Who {
    person: Uuid,
}

/// Who has not completed the course, but each of these lessons.
pub async fn finishers(tx: &Tx, course: CourseId, needed: &[LessonId]) -> Result<Vec<PersonId>> {
    if needed.is_empty() || needed.len() > CHUNK {
        return Ok(Vec::new());
    }
    let sql = format!(
        "SELECT e.person AS person FROM learning_enrolment e WHERE e.course = ? AND e.completed_at IS NULL AND \
         (SELECT COUNT(*) FROM learning_progress p WHERE p.person = e.person AND p.lesson IN ({}) AND p.completed_at IS NOT NULL) = ?",
        vec!["?"; needed.len()].join(", ")
    );
    let mut values = vec![course.uuid().into()];
    values.extend(needed.iter().map(|lesson| lesson.uuid().into()));
    values.push(i64::try_from(needed.len())?.into());
    let rows = Who::find_by_statement(dialect::statement(tx, &sql, values)).all(tx).await?;
    Ok(rows.into_iter().map(|row| row.person.into()).collect())
}
